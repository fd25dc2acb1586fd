import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { dirname, join } from 'node:path'
import type { Clock, Emit, Logger } from '../base/index.ts'
import { checkProfile, type BootProfile } from '../boot/index.ts'
import {
  addressOrNetworkSchema,
  CodedError,
  type AllowedHost,
  type AllowedInput,
  type ExamRules,
  type ExamRulesInput,
  type Ipv4,
  type Mac,
  type SettingsView,
} from '../contract/index.ts'
import type { AgentFolder, AgentPapers } from '../examFiles/index.ts'
import type { HeadRouteHandler, RouteHandler } from '../http/index.ts'
import {
  agentRoutes,
  BootAccess,
  createExamRules,
  examBoot,
  guardedExamFiles,
  kernelWords,
  refusedWordIn,
  readOverlaySources,
  type ExamBoot,
  type ExamRulesStore,
  type OverlaySources,
} from '../overlay/index.ts'
import type { Database } from '../storage/index.ts'

export interface ExamSystemAround {
  database: Database
  clock: Clock
  logger: Logger
  /** `resources/boot-loaders.json`; the overlay's sources are beside it. */
  loaderManifest: string
  bootOf(mac: Mac): string
  profiles(): readonly BootProfile[]
  emit: Emit
  /** Whose lease an address is, as far as it is known. */
  macOf(client: Ipv4): Mac | undefined
  /** Whose rules a machine is under. */
  sittingOf(mac: Mac): number | undefined
  /** Written down in the journal of the sitting, with the rules themselves. */
  noteSittingRules(sittingId: number, who: string, areOwn: boolean): void
  papersAt(client: Ipv4, folder?: AgentFolder): AgentPapers | undefined
  round(): number
  /** The addresses of a name, IPv4; another way, for tests. */
  lookUp?: (host: string) => Promise<string[]>
}

/** How the exam system takes part in the services of one exam. */
export interface ExamSystemAtVenue {
  boot(profile: BootProfile, mac: Mac, client: Ipv4): ExamBoot | 'refused' | undefined
  routes(inner: RouteHandler): RouteHandler
  examFiles(inner: HeadRouteHandler): HeadRouteHandler
  mayFetch(path: string, client: Ipv4): boolean
}

/** The exam system in the house: which profiles have rules, and who is given what of an exam. */
export class ExamSystem {
  readonly rules: ExamRulesStore
  readonly access: BootAccess
  readonly #around: ExamSystemAround

  constructor(around: ExamSystemAround) {
    this.#around = around
    const { database, clock, bootOf } = around
    this.rules = createExamRules(database)
    this.access = new BootAccess({ database, clock, randomBytes, bootOf })
  }

  /** @throws CodedError `examRules.notLinux`, `examRules.opensMachine`, `examRules.hostUnknown`, `boot.profileInvalid` (`tooLong`) */
  async setRules(profile: BootProfile, input: ExamRulesInput | null): Promise<ExamRules | null> {
    if (input === null) {
      this.rules.set(profile.id, undefined)
      return null
    }
    if (profile.system !== 'linux')
      throw new CodedError('examRules.notLinux', `${profile.name} boots no Linux`, { profile: profile.name })
    checkProfile(profile, kernelWords)
    const word = refusedWordIn(profile.commandLine)
    if (word !== undefined)
      throw new CodedError('examRules.opensMachine', `${word} would open an exam`, { profile: profile.name, word })
    const rules = await this.#withAddresses(input)
    this.rules.set(profile.id, rules)
    return rules
  }

  /**
   * In place of those of the profile, at the next boot of each machine of the sitting; null for those of the profile again.
   * @throws CodedError `sitting.notFound`, `sitting.wrongState` once it is over, `examRules.hostUnknown`
   */
  async setSittingRules(sittingId: number, input: ExamRulesInput | null, who: string): Promise<ExamRules | null> {
    const rules = input && (await this.#withAddresses(input))
    const { database, noteSittingRules } = this.#around
    database.transaction(() => {
      noteSittingRules(sittingId, who, rules !== null)
      this.rules.setOfSitting(sittingId, rules ?? undefined)
    })()
    return rules
  }

  /** Whose rules this machine is under when it boots a profile: absent for a profile that locks nothing. */
  rulesSourceOf(profileId: number, mac: Mac): 'profile' | { sittingId: number } | undefined {
    if (!this.rules.of(profileId)) return undefined
    const sittingId = this.#around.sittingOf(mac)
    return sittingId !== undefined && this.rules.ofSitting(sittingId) ? { sittingId } : 'profile'
  }

  #rulesFor(profileId: number, mac: Mac): ExamRules | undefined {
    const source = this.rulesSourceOf(profileId, mac)
    return typeof source === 'object' ? this.rules.ofSitting(source.sittingId) : this.rules.of(profileId)
  }

  async #withAddresses(input: ExamRulesInput): Promise<ExamRules> {
    return { ...input, allowed: await Promise.all(input.allowed.map((each) => this.#resolved(each))) }
  }

  async #resolved({ host, ports }: AllowedInput): Promise<AllowedHost> {
    if (addressOrNetworkSchema.safeParse(host).success) return { host, ports, addresses: [host] }
    try {
      const addresses = await (this.#around.lookUp ?? lookUp)(host)
      if (addresses.length > 0) return { host, ports, addresses: [...new Set(addresses)].sort().slice(0, 50) }
    } catch {
      // Told below, as a name without an address is.
    }
    throw new CodedError('examRules.hostUnknown', `no address is known for ${host}`, { host })
  }

  /** @param address of the server; the agents and pages of the machines speak HTTP. */
  async at(address: Ipv4, { httpPort, httpsPort, dhcpMode }: SettingsView): Promise<ExamSystemAtVenue> {
    const serverUrl = `http://${address}:${httpPort}`
    const ports = [httpPort, httpsPort].filter((port) => port > 0)
    const { clock, emit, logger, loaderManifest, macOf, papersAt, profiles, round } = this.#around
    const { access, rules } = this
    const sources: OverlaySources = await readOverlaySources(join(dirname(loaderManifest), 'exam-overlay'))
    return {
      boot(profile, mac, client) {
        if (profile.system !== 'linux' || !rules.of(profile.id)) {
          access.close(mac, client)
          return undefined
        }
        // Where another server gives the addresses, whose an address is may not be known.
        const holder = macOf(client)
        if (holder !== mac && (dhcpMode === 'full' || holder !== undefined)) {
          logger.warn('an exam was asked for from an address that is not under lease to the machine', { mac, client })
          return 'refused'
        }
        const boot = examBoot(access, mac, client, profile.id)
        if (boot === 'refused')
          emit({
            ...{ type: 'agent.incident', at: clock.now(), mac, client },
            ...{ incident: 'accessRefused', text: 'script: access.spent' },
          })
        return boot
      },
      routes: (inner) =>
        agentRoutes(inner, {
          ...{ access, sources, serverUrl, serverAddress: address, serverPorts: ports },
          ...{ round, logger, clock, emit, macOf, papersAt },
          rulesOf: (id, mac) => this.#rulesFor(id, mac),
        }),
      examFiles: (inner) => guardedExamFiles(inner, access),
      mayFetch: (path, client) => {
        const users = profiles().filter((profile) => filesOf(profile).has(path))
        // A file that a profile without rules names too is nothing of an exam.
        return users.length === 0 || users.some(({ id }) => !rules.of(id) || access.mayFetch(client, id))
      },
    }
  }
}

/** What a profile names: its kernel, its initrds, and what its command line has the system fetch. */
function filesOf({ system, kernel, initrds, commandLine }: BootProfile): Set<string> {
  if (system === 'localDisk') return new Set()
  const fetched = [...commandLine.matchAll(/\{server\}\/files\/([^\s,]+)/g)].map(([, path = '']) => path)
  return new Set([kernel, ...initrds, ...fetched.map(decoded)])
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function lookUp(host: string): Promise<string[]> {
  return (await lookup(host, { all: true, family: 4 })).map(({ address }) => address)
}
