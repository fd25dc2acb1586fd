import { randomBytes } from 'node:crypto'
import type { Clock } from '../base/index.ts'
import {
  createBootMenu,
  createBootRules,
  createChains,
  isStartedByChain,
  programSigners,
  resolveBoot,
  signedLoaders,
  signedTable,
  type AskedBoot,
  type BootDecision,
  type BootMenu,
  type BootMenuDesk,
  type BootProfile,
  type BootRules,
  type BootSituation,
  type Chains,
  type MachinePlace,
  type UefiLoader,
} from '../boot/index.ts'
import type {
  AmorceEvent,
  BootChoicesView,
  BootDecisionView,
  BootRuleTarget,
  BootRuleView,
  CandidateBoot,
  ChainLimit,
  ChainView,
  Mac,
  MachineDetail,
  MachineView,
  ProgramSigner,
  SeveralBootsInput,
  SeveralBootsView,
  SittingView,
  WinpeTask,
} from '../contract/index.ts'
import type { Journeys } from '../exam/index.ts'
import type { Database } from '../storage/index.ts'
import type { ExamDay } from './examDay.ts'

export interface BootDeskDeps {
  database: Database
  clock: Clock
  /** The boot profiles, and two of them that always are. */
  profiles(): { list: readonly BootProfile[]; default: BootProfile; everyday: BootProfile }
  examDay: ExamDay
  journeys: Journeys
  itemOf(mac: Mac): MachineView['item']
  /** Where kernels are, the first that has one wins. */
  kernelFolders: readonly string[]
  /** Paths of the boot files that there are. */
  bootFiles(): readonly string[]
  /** Those among them that the technician added. */
  ownBootFiles(): ReadonlySet<string>
  /** Since when machines boot from here; undefined while they do not. */
  examStartedAt(): number | undefined
  onChange(): void
}

/** So long before its planned time a sitting decides what its room boots, and so long after it. */
const beforeMs = 2 * 3600_000
const afterMs = 12 * 3600_000

/** What each machine boots: the rules, the menu, and where they meet rooms, sittings and the boots that are under way. */
export class BootDesk {
  readonly rules: BootRules
  readonly menu: BootMenu
  readonly menuDesk: BootMenuDesk
  readonly chains: Chains
  readonly #deps: BootDeskDeps
  /** A rule for one boot counts until that boot has ended: a machine may ask twice. */
  readonly #underWay = new Map<Mac, { boot: number; scope: BootRuleView['scope']; asked: AskedBoot }>()

  constructor(deps: BootDeskDeps) {
    this.#deps = deps
    this.rules = createBootRules(deps.database, deps.clock)
    this.menu = createBootMenu(deps.database, deps.clock, randomBytes)
    this.chains = createChains(deps.database, deps.clock)
    this.menuDesk = {
      menuFor: (mac) => {
        const decision = this.#decide(mac)
        return decision.isMenu ? { ...this.#entries(decision), ...this.menu.view } : undefined
      },
      pick: (mac, profileId, code) => {
        const decision = this.#decide(mac)
        const entry = this.#entries(decision).entries.find(({ profile }) => profile.id === profileId)
        if (!decision.isMenu || !entry) return undefined
        return !entry.needsCode || this.menu.accepts(code, mac) ? entry.profile : undefined
      },
    }
  }

  get view(): BootChoicesView {
    return { rules: this.rules.list(), menu: this.menu.view }
  }

  /**
   * A choice for the machines where several candidates sit: all of them or none, written into their sitting's journal. Who has no
   * seat is left out.
   * @throws CodedError `boot.profileNotFound`, `candidate.notFound`, `sitting.wrongState`
   */
  setSeveral({ sittingId, boots, once, who }: SeveralBootsInput): SeveralBootsView {
    const { sittings, rooms } = this.#deps.examDay
    const seatOf = new Map(sittings.get(sittingId).candidates.map(({ id, seatId }) => [id, seatId]))
    const macAt = new Map(rooms.list().flatMap(({ seats }) => seats.map(({ id, mac }) => [id, mac])))
    const nameOf = new Map(this.#deps.profiles().list.map(({ id, name }) => [id, name]))
    const before: CandidateBoot[] = []
    this.#deps.database.transaction(() => {
      for (const { candidateId, profileId } of boots) {
        const seatId = seatOf.get(candidateId)
        if (seatId === undefined) continue
        // A rule of the seat would not count beside one of its machine.
        const mac = macAt.get(seatId)
        const target: BootRuleTarget = mac === undefined ? { scope: 'seat', seatId } : { scope: 'machine', mac }
        const rule = this.rules.of(target, once)
        before.push({ candidateId, profileId: rule ? (rule.profileId ?? null) : 'none' })
        if (profileId !== 'none') this.rules.set({ target, profileId, once })
        else if (rule) this.rules.remove(rule.id)
        const action = profileId === 'none' ? 'bootUsual' : once ? 'bootOnce' : 'bootAlways'
        const profile = typeof profileId === 'number' ? nameOf.get(profileId) : undefined
        sittings.choseBoot(sittingId, candidateId, { action, profile }, who)
      }
    })()
    return { choices: this.view, before }
  }

  /** The panel's part. */
  detailOf(mac: Mac): Pick<MachineDetail, 'nextBoot' | 'chain'> {
    const firmware = this.#deps.journeys.get(mac)?.firmware
    const nextBoot = this.#nextBootOf(mac)
    return { nextBoot, ...(firmware && signedTable[firmware] && { chain: this.#chainOf(mac, nextBoot) }) }
  }

  /** Whether a machine whose UEFI firmware asks for its loader is to have the signed one. */
  firmwareAsks(mac: Mac): boolean {
    return this.chains.firmwareAsks(mac)
  }

  /**
   * What an installed Windows with Amorce's package is told: locked for an exam, or free. Asked with every heartbeat, so that
   * it goes back by itself when the exam is over.
   */
  readonly modeOf = (mac: Mac): 'exam' | 'everyday' =>
    this.#decide(mac).profile.purpose === 'exam' ? 'exam' : 'everyday'

  readonly profileFor = (mac: Mac): BootProfile => this.#decide(mac).profile

  /**
   * What Windows PE does by itself on a machine that is in it. It restarts after that only into something else: the same again,
   * and again, would be for ever.
   */
  readonly winpeTaskOf = (mac: Mac): { task: WinpeTask; restarts: boolean } => {
    const { id, winpeTask: task } = this.#decide(mac).profile
    return { task, restarts: this.#nextBootOf(mac).profileId !== id }
  }

  /**
   * Going to its disk, a machine is handed the iPXE that leaves the NIC to the firmware: one that drives it itself may not give it
   * back, and hang as it ends. Not where the technician put an iPXE of their own in its place.
   */
  readonly uefiLoaderFor = (mac: Mac): UefiLoader => {
    const own = this.#deps.ownBootFiles()
    const isOwn = own.has('ipxe.efi') && !own.has('snponly.efi')
    return this.#decide(mac).profile.system === 'localDisk' && !isOwn ? 'snponly.efi' : 'ipxe.efi'
  }

  /** Who sits there, or may sit there, is of this sitting; else the one that decides for its room. */
  sittingOf(mac: Mac): number | undefined {
    const { examDay, itemOf } = this.#deps
    const roomId = examDay.seatOf(mac, itemOf(mac)?.id)?.roomId ?? examDay.currentRoom?.id
    return examDay.placeOf(mac).sitter?.sittingId ?? this.#sittingIn(roomId).sitting?.id
  }

  /** What it boots the next time that it is switched on. */
  #nextBootOf(mac: Mac): BootDecisionView {
    const { profile, over, overruled, ...decision } = resolveBoot(this.#situation(mac, 'next'))
    return {
      ...decision,
      profileId: profile.id,
      profileName: profile.name,
      ...(over && { over: over.name }),
      overruled: overruled.map(({ source, once, profile: other }) => ({
        source,
        once,
        ...(other !== 'menu' && { profileName: other.name }),
      })),
    }
  }

  #chainOf(mac: Mac, { profileId, isMenu }: BootDecisionView): ChainView {
    const isSigned = this.chains.isSigned(mac)
    const profile = this.#deps.profiles().list.find(({ id }) => id === profileId)
    const limits: ChainLimit[] = []
    const there = new Set(this.#deps.bootFiles())
    if (isSigned && [...signedLoaders].some((name) => !there.has(name))) limits.push('missing')
    if (isSigned && profile?.system === 'windows') limits.push('windows')
    const signers = (path: string): readonly ProgramSigner[] => programSigners(path, this.#deps.kernelFolders) ?? []
    const ofKernel = isSigned && profile?.system === 'linux' ? signers(profile.kernel) : undefined
    if (ofKernel?.length === 0) limits.push('unsignedKernel')
    else if (ofKernel && !isStartedByChain(ofKernel, signers('grubx64.efi'))) limits.push('foreignKernel')
    if (isSigned && isMenu && this.menu.view.hasCode) limits.push('menu')
    const choice = this.chains.choiceOf(mac)
    const [kernelSigner] = ofKernel ?? []
    return {
      choice,
      isSigned,
      needsSigned: this.chains.needsSigned(mac),
      limits,
      ...(kernelSigner && { kernelSigner }),
    }
  }

  hear(event: AmorceEvent): void {
    this.chains.hear(event, this.#deps.journeys.machineOf(event))
    if (event.type !== 'boot.script') return
    const { mac } = event
    const decision = this.#decide(mac)
    const { ruleId, once, source } = decision
    if (!once || ruleId === undefined || source === 'sitting' || source === 'default') return
    const asked = this.#situation(mac).rules[source]?.once
    if (!asked || this.#underWay.get(mac)?.asked.ruleId === ruleId) return
    this.#underWay.set(mac, { boot: this.#bootOf(mac), scope: source, asked })
    this.rules.use(ruleId, mac)
    this.rules.tidy()
    this.#deps.onChange()
  }

  /** How many boots of it this exam has seen. */
  #bootOf(mac: Mac): number {
    return this.#deps.journeys.get(mac)?.boots ?? 0
  }

  #decide(mac: Mac): BootDecision {
    return resolveBoot(this.#situation(mac))
  }

  /** With a code, it is asked for everything but what is booted anyway: nobody leaves an exam by its menu. */
  #entries({ profile: usual }: BootDecision): {
    entries: { profile: BootProfile; needsCode: boolean }[]
    usual: BootProfile
  } {
    const { hasCode } = this.menu.view
    const { list } = this.#deps.profiles()
    const all = list.some(({ id }) => id === usual.id) ? list : [usual, ...list]
    return { usual, entries: all.map((profile) => ({ profile, needsCode: hasCode && profile.id !== usual.id })) }
  }

  #situation(mac: Mac, boot: 'present' | 'next' = 'present'): BootSituation {
    const profiles = this.#deps.profiles()
    const byId = new Map(profiles.list.map((profile) => [profile.id, profile]))
    const { examDay } = this.#deps
    const seat = examDay.seatOf(mac, this.#deps.itemOf(mac)?.id)
    // A machine without a seat is taken to stand where machines are booted.
    const roomId = seat?.roomId ?? examDay.currentRoom?.id
    const { sitting, overSince } = this.#sittingIn(roomId)
    const group = sitting?.candidates.find(({ seatId }) => seatId !== undefined && seatId === seat?.id)?.group
    const place: MachinePlace = { mac, seatId: seat?.id, roomId, sittingId: sitting?.id, group }
    const rules: BootSituation['rules'] = {}
    for (const rule of this.rules.about(place)) {
      const profile = rule.profileId === undefined ? 'menu' : byId.get(rule.profileId)
      if (!profile) continue
      const asked = { ruleId: rule.id, profile, since: rule.createdAt }
      rules[rule.scope] = { ...rules[rule.scope], [rule.once ? 'once' : 'always']: asked }
    }
    const underWay = this.#underWay.get(mac)
    if (boot === 'present' && underWay?.boot === this.#bootOf(mac))
      rules[underWay.scope] = { once: underWay.asked, ...rules[underWay.scope] }
    const sittingProfile = sitting?.profileId === undefined ? undefined : byId.get(sitting.profileId)
    return {
      rules,
      default: profiles.default,
      everyday: profiles.everyday,
      ...(sittingProfile && { sitting: sittingProfile }),
      ...(overSince !== undefined && { overSince }),
    }
  }

  /** The sitting that decides for a room, or when its last one ended. */
  #sittingIn(roomId: number | undefined): { sitting?: SittingView; overSince?: number } {
    const startedAt = this.#deps.examStartedAt() ?? Infinity
    const now = this.#deps.clock.now()
    const there = this.#deps.examDay.all.filter((sitting) => roomId !== undefined && sitting.roomId === roomId)
    const ended = there.map(({ closedAt }) => closedAt ?? 0).filter((closedAt) => closedAt >= startedAt)
    const overSince = ended.length > 0 ? Math.max(...ended) : undefined
    const sitting = there.find(({ state, plannedAt }) => {
      if (state === 'running' || state === 'paused') return true
      if (state !== 'draft' && state !== 'ready') return false
      // One without a time may be there for any day: it is the next one only as long as none was held.
      if (plannedAt === undefined) return overSince === undefined
      return plannedAt - beforeMs <= now && now <= plannedAt + afterMs
    })
    return sitting ? { sitting } : { overSince }
  }
}
