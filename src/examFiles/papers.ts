import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { copyFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Clock, Emit } from '../base/index.ts'
import { createContent, TransferLog, type Content, type ContentFile, type LoggedTransfer } from '../content/index.ts'
import {
  CodedError,
  type Ipv4,
  type Language,
  type Mac,
  type PapersView,
  type SeatPapersView,
  type WorkView,
} from '../contract/index.ts'
import type { Sitter } from '../sittings/index.ts'
import type { Database } from '../storage/index.ts'
import { makeFolder, nameFile, syncFile } from './durable.ts'
import { safeName } from './safeName.ts'
import { isShownByBrowsers } from './shownByBrowsers.ts'
import { PapersStore, type Subject, type Work } from './store.ts'
import { sha256Of, uploadLimits, Uploads, type UploadState } from './uploads.ts'

/** A machine of the exam as exam papers know it. Where nobody of a sitting sits, its seat is its item's tag or its MAC. */
export interface SeatAtWork {
  mac: Mac
  seat: string
  /** What a person calls it; the seat when absent. */
  label?: string
  /** The sitter's, else where its item is; empty when not known. */
  group: string
  /** Where it stands in a room's plan. */
  seatId?: number
  /** Absent when nobody of a sitting sits there. */
  sitter?: Sitter
  /** Another one for each boot. */
  boot: string
}

/** What the agent of a machine says of the folder it has: whose it is, if anybody's. */
export interface AgentFolder {
  of: number | undefined
}

/** What the agent of a machine keeps on it. */
export interface AgentPapers {
  /** Whose folder it is; absent when nobody of a sitting sits there. */
  sitter?: { id: number; isOver: boolean }
  /** Another machine has yet to give that folder up: its last work is on its way. */
  isAwaited: boolean
  /** The folder was elsewhere since: what this machine has of it is older. */
  isStale: boolean
  /** Another one when there is something else to fetch, or somebody else. */
  tag: string
  /** Of the exam's files, for this machine and this boot. */
  key: string
  subjects: { id: number; size: number; sha256: string; name: string }[]
  /** What the agent sent of them last, wherever they sat. */
  work?: { id: number; sha256: string }
}

/** The folder of the candidate, as agents send it. */
const agentWorkName = 'travail.tar.gz'
const lateWorkName = 'travail-tardif.tar.gz'
/** A machine that is silent for longer is not waited for. */
const silentMs = 20_000

export interface PapersDeps {
  database: Database
  clock: Clock
  emit: Emit
  /** `papers/` in the data folder. */
  folder: string
  freeBytes(): Promise<number>
  /** The exam that is held, or was held last. */
  exam(): { id: number; simulated: boolean; isRunning: boolean; url?: string } | undefined
  /** The machine that was leased this address in this exam. */
  machineAt(address: Ipv4): SeatAtWork | undefined
  /** Every machine of the exam. */
  machines(): SeatAtWork[]
  /** A candidate types the code of the ticket. @throws CodedError `ticket.unknown`, `ticket.otherSeat` */
  signIn?(ticket: string, seat: SeatAtWork): void
  onChange(): void
}

const signInSchema = z.object({ ticket: z.string().max(64) })
/** Wrong tickets of one machine in a minute; more are not looked at. */
const mostWrongTickets = 6

const wishSchema = z.object({
  name: z.string().min(1).max(255),
  size: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  candidate: z.string().max(120).default(''),
})

export const allSeats = 'all'

/** Exam papers handed out and work collected, in the exam that is held. */
export class Papers {
  readonly #deps: PapersDeps
  readonly #store: PapersStore
  readonly #uploads: Uploads
  readonly #content: Content
  readonly #log: TransferLog
  /** Of tokens; another one each time the console starts. */
  readonly #secret = randomBytes(32)
  readonly #transfers = new Map<string, LoggedTransfer>()
  readonly #wrongTickets = new Map<Mac, number[]>()
  /** Who was given a token in the present boot of a machine. */
  readonly #holders = new Map<Mac, SeatAtWork[]>()
  /** Whose folder the agent of a machine had when it was heard last, and where each folder was opened last. */
  readonly #folders = new Map<Mac, { candidateId: number | undefined; heardAt: number }>()
  readonly #lastAt = new Map<number, Mac>()
  #round = { number: 0, isFinal: false, at: 0 }
  #everyMinutes = 0
  #lastRoundAt = 0
  #revision = 0

  constructor(deps: PapersDeps) {
    this.#deps = deps
    const { database, clock, emit, folder, freeBytes } = deps
    this.#store = new PapersStore(database)
    this.#uploads = new Uploads({ folder, store: this.#store, clock, freeBytes })
    this.#content = createContent({ roots: [folder], kindOf: () => 'file' })
    this.#log = new TransferLog({
      protocol: 'http',
      clock,
      // Their ids must not meet those of the HTTP server's own log.
      emit: (event) => {
        if (!('id' in event)) return emit(event)
        const own = { ...event, id: `work-${event.id}` }
        emit(own.type === 'transfer.end' ? { ...own, direction: 'received' } : own)
      },
    })
  }

  get folder(): string {
    return this.#deps.folder
  }

  /** How often the machines were asked for their work. */
  get rounds(): number {
    return this.#round.number
  }

  /** Counts up when anything that is shown changed. */
  get revision(): number {
    return this.#revision
  }

  /** Another exam begins, in which nothing was asked for yet, or one goes on from where it was. */
  begin(): void {
    const exam = this.#deps.exam()
    this.#round = (exam && this.#store.lastRound(exam.id)) ?? { number: 0, isFinal: false, at: 0 }
    this.#lastRoundAt = this.#deps.clock.now()
    this.#changed()
  }

  /** What a machine is shown may have changed outside: a sitting began. */
  touched(): void {
    this.#changed()
  }

  /** Call about once a second. */
  tick(): void {
    if (this.#everyMinutes === 0 || !this.#deps.exam()?.isRunning || this.#round.isFinal) return
    if (this.#deps.clock.now() - this.#lastRoundAt >= this.#everyMinutes * 60_000) this.collect(false)
  }

  // ---- What the technician does

  /** @throws CodedError `file.notRead` */
  async addSubjects(paths: readonly string[], targets: readonly string[], sittingId?: number): Promise<void> {
    for (const path of paths) await this.#addSubject(path, targets, sittingId)
    this.#changed()
  }

  async #addSubject(path: string, targets: readonly string[], sittingId?: number): Promise<void> {
    const { folder, clock } = this.#deps
    const name = safeName(basename(path))
    const incoming = join(folder, 'incoming')
    const temporary = join(incoming, `subject-${randomBytes(8).toString('hex')}`)
    try {
      await makeFolder(incoming)
      await copyFile(path, temporary)
      await syncFile(temporary)
      const { size } = await stat(temporary)
      const sha256 = await sha256Of(temporary)
      const isSimulated = this.#deps.exam()?.simulated ?? false
      const whose = sittingId === undefined ? {} : { sittingId }
      const subject = { name, size, sha256, addedAt: clock.now(), targets: [...targets], ...whose }
      const id = this.#store.addSubject(subject, isSimulated)
      await nameFile(temporary, join(folder, 'subjects', String(id), name))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new CodedError('file.notWritten', reason, { file: name, reason })
    } finally {
      await rm(temporary, { force: true })
    }
  }

  setTargets(id: number, targets: readonly string[]): void {
    this.#store.setTargets(id, targets)
    this.#changed()
  }

  removeSubject(id: number): void {
    this.#store.removeSubject(id, this.#deps.clock.now())
    this.#changed()
  }

  restoreSubject(id: number): void {
    this.#store.restoreSubject(id)
    this.#changed()
  }

  /** Asks every machine for its work: pages say so to their candidates, agents send it by themselves. */
  collect(isFinal: boolean): void {
    const now = this.#deps.clock.now()
    this.#round = { number: this.#round.number + 1, isFinal, at: now }
    this.#lastRoundAt = now
    const exam = this.#deps.exam()
    if (exam) this.#store.addRound(exam.id, this.#round)
    this.#changed()
  }

  /** 0 for not at all. After a final collection too: another sitting has begun. */
  collectEvery(minutes: number): void {
    this.#everyMinutes = minutes
    this.#round.isFinal = false
    this.#lastRoundAt = this.#deps.clock.now()
    this.#changed()
  }

  works(): Work[] {
    const exam = this.#deps.exam()
    return exam ? this.#store.works(exam.id) : []
  }

  /** Newest first. */
  worksOfSitting(sittingId: number): Work[] {
    return this.#store.worksOfSitting(sittingId)
  }

  subjectsOfSitting(sittingId: number): Subject[] {
    return this.#store.subjects(false).filter((subject) => subject.sittingId === sittingId)
  }

  /** Takes the files away, and with them what they say of whoever wrote them. */
  async forgetWorks(works: readonly Work[]): Promise<void> {
    const there = works.filter(({ removedAt }) => removedAt === undefined)
    for (const { path } of there) await rm(join(this.folder, ...path.split('/')), { force: true })
    this.#store.forgetWorks(
      there.map(({ id }) => id),
      this.#deps.clock.now(),
    )
    if (there.length > 0) this.#changed()
  }

  view(): PapersView {
    const exam = this.#deps.exam()
    const subjects = this.#store.subjects(exam?.simulated ?? false)
    const works = this.works()
    const machines = this.#deps.machines()
    const fetches = this.#store.fetches()
    const seats = new Map<string, SeatPapersView>()
    const seatOf = (seat: string): SeatPapersView => {
      let view = seats.get(seat)
      if (!view) {
        view = { seat, group: '', candidate: '', fetched: [], works: [], handedOut: 0 }
        seats.set(seat, view)
      }
      return view
    }
    for (const machine of machines) {
      const view = seatOf(machine.seat)
      view.mac = machine.mac
      view.group = machine.group
      view.candidate = machine.sitter?.name ?? ''
      view.handedOut = subjects.filter((subject) => isFor(subject, machine)).length
    }
    for (const { subjectId, seat } of fetches) {
      // A seat of another day has no place in this exam.
      if (seats.has(seat) && subjects.some(({ id }) => id === subjectId)) seatOf(seat).fetched.push(subjectId)
    }
    for (const work of works) seatOf(work.seat).works.push(workView(work))
    return {
      subjects: subjects.map((subject) => {
        const theirs = machines.filter((machine) => isFor(subject, machine))
        const { id, name, size, sha256, addedAt, targets, sittingId } = subject
        const fetchedBy = theirs.filter(({ seat }) => seats.get(seat)?.fetched.includes(id)).length
        return { id, name, size, sha256, addedAt, targets, sittingId, fetchedBy, of: theirs.length }
      }),
      seats: [...seats.values()].sort((a, b) => compareNames(a.seat, b.seat)),
      groups: [...new Set(machines.map(({ group }) => group).filter(Boolean))].sort(compareNames),
      round: { ...this.#round },
      everyMinutes: this.#everyMinutes,
      ...(exam?.isRunning && exam.url && { url: `${exam.url}/exam` }),
      folder: this.folder,
    }
  }

  // ---- What a machine does

  seatAt(address: Ipv4): SeatAtWork | undefined {
    return this.#deps.exam()?.isRunning ? this.#deps.machineAt(address) : undefined
  }

  /**
   * Whom a token of this machine speaks for: who sits there; or who sat there in this boot, whose last work is still taken.
   * One that was given out while nobody sat there speaks for whoever does.
   */
  holderOf(seat: SeatAtWork, token: string | string[] | null | undefined): SeatAtWork | undefined {
    if (typeof token !== 'string') return undefined
    const { sitter: _, ...machine } = seat
    if ([seat, machine].some((each) => isSame(token, this.#tokenOf(each)))) return seat
    return this.#holders.get(seat.mac)?.find((each) => each.boot === seat.boot && isSame(token, this.#tokenOf(each)))
  }

  /** The agent of a machine says whose folder it has. */
  noteFolder({ mac }: SeatAtWork, candidateId: number | undefined): void {
    if (candidateId !== undefined && this.#folders.get(mac)?.candidateId !== candidateId)
      this.#lastAt.set(candidateId, mac)
    this.#folders.set(mac, { candidateId, heardAt: this.#deps.clock.monotonic() })
  }

  #isElsewhere({ mac, sitter }: SeatAtWork): boolean {
    return sitter !== undefined && (this.#lastAt.get(sitter.candidateId) ?? mac) !== mac
  }

  #isAwaited({ mac, sitter }: SeatAtWork): boolean {
    const since = this.#deps.clock.monotonic() - silentMs
    return [...this.#folders].some(
      ([other, { candidateId, heardAt }]) =>
        other !== mac && candidateId !== undefined && candidateId === sitter?.candidateId && heardAt > since,
    )
  }

  stateOf(seat: SeatAtWork, language: Language): unknown {
    const token = this.#giveToken(seat)
    return {
      ...{ language, seat: seat.label ?? seat.seat, token, now: this.#deps.clock.now() },
      round: seat.sitter?.isOver
        ? { ...this.#round, number: Math.max(this.#round.number, 1), isFinal: true }
        : this.#round,
      hasSittings: this.#deps.signIn !== undefined,
      ...(seat.sitter && { sitter: sitterState(seat.sitter) }),
      limits: { fileBytes: uploadLimits.fileBytes, partBytes: uploadLimits.partBytes },
      subjects: this.#subjectsFor(seat).map(({ id, name, size, sha256 }) => {
        const href = `/exam/api/subjects/${id}/${encodeURIComponent(name)}?token=${token}`
        return { id, name, size, sha256, href, ...(isShownByBrowsers(name) && { viewHref: `${href}&view=1` }) }
      }),
      // With where to fetch them again: a candidate who was moved to another machine goes on with them.
      works: this.#worksOf(seat)
        .filter(({ removedAt }) => removedAt === undefined)
        .map((work) => ({
          ...workView(work),
          href: `/exam/api/works/${work.id}/${encodeURIComponent(work.name)}?token=${token}`,
        })),
    }
  }

  /** The same for a machine's agent, which keeps a folder as it is said here. */
  forAgent(seat: SeatAtWork): AgentPapers {
    const subjects = this.#subjectsFor(seat)
    const names = new Set<string>()
    const work = this.#worksOf(seat).find(({ name, removedAt }) => name === agentWorkName && removedAt === undefined)
    const { sitter } = seat
    return {
      ...(sitter && { sitter: { id: sitter.candidateId, isOver: sitter.isOver } }),
      isAwaited: this.#isAwaited(seat),
      isStale: this.#folders.get(seat.mac)?.candidateId === sitter?.candidateId && this.#isElsewhere(seat),
      tag: createHash('sha256')
        .update(JSON.stringify([sitter?.candidateId, subjects.map(({ id, sha256 }) => [id, sha256])]))
        .digest('hex')
        .slice(0, 16),
      key: this.#giveToken(seat),
      subjects: subjects.map(({ id, size, sha256, name }) => {
        // In one folder, two of the same name are told apart.
        const own = names.has(name.toLowerCase()) ? `${id} ${name}` : name
        names.add(own.toLowerCase())
        return { id, size, sha256, name: own }
      }),
      ...(sitter && work && { work: { id: work.id, sha256: work.sha256 } }),
    }
  }

  /** @throws CodedError `content.notFound` also for one that is not handed to this seat. */
  async openSubject(seat: SeatAtWork, id: number, client: Ipv4): Promise<{ content: ContentFile; name: string }> {
    const subject = this.#subjectsFor(seat).find((each) => each.id === id)
    if (!subject) throw new CodedError('content.notFound', `no subject ${id} for ${seat.seat}`)
    return { content: await this.#content.open(`subjects/${id}/${subject.name}`, client), name: subject.name }
  }

  /** @throws CodedError `content.notFound` also for work that is another one's. */
  async openWork(seat: SeatAtWork, id: number, client: Ipv4): Promise<{ content: ContentFile; name: string }> {
    const work = this.#worksOf(seat).find((each) => each.id === id && each.removedAt === undefined)
    if (!work) throw new CodedError('content.notFound', `no work ${id} of ${seat.seat}`)
    return { content: await this.#content.open(work.path, client), name: work.name }
  }

  /**
   * Who sits there says so with the code of their ticket.
   * @throws CodedError `input.invalid`, `ticket.unknown`, `ticket.otherSeat`, `ticket.tooMany` after too many wrong ones
   */
  signIn(seat: SeatAtWork, wish: unknown): void {
    const parsed = signInSchema.safeParse(wish)
    if (!parsed.success) throw new CodedError('input.invalid', parsed.error.message)
    const now = this.#deps.clock.now()
    const wrong = (this.#wrongTickets.get(seat.mac) ?? []).filter((at) => now - at < 60_000)
    if (wrong.length >= mostWrongTickets) throw new CodedError('ticket.tooMany', `${seat.mac} guesses tickets`)
    try {
      if (!this.#deps.signIn) throw new CodedError('ticket.unknown', 'there are no sittings')
      this.#deps.signIn(parsed.data.ticket, seat)
      this.#wrongTickets.delete(seat.mac)
      this.#changed()
    } catch (error) {
      this.#wrongTickets.set(seat.mac, [...wrong, now])
      throw error
    }
  }

  /** @param file as transfers name it. */
  noteSent(file: string, client: Ipv4): void {
    const id = /^\/?subjects\/(\d{1,9})\//.exec(file)?.[1]
    const seat = id === undefined ? undefined : this.#deps.machineAt(client)
    if (id === undefined || !seat) return
    this.#store.noteFetch(Number(id), seat.seat, seat.mac, this.#deps.clock.now())
    this.#changed()
  }

  /** @throws CodedError `input.invalid`, and as `Uploads.begin` */
  async beginUpload(seat: SeatAtWork, wish: unknown): Promise<unknown> {
    const parsed = wishSchema.safeParse(wish)
    if (!parsed.success) throw new CodedError('input.invalid', parsed.error.message)
    const { name } = parsed.data
    const state = await this.#uploads.begin({
      ...parsed.data,
      // What comes from a machine after its candidate's folder was opened at another is kept, but is not their newest work.
      name: name === agentWorkName && this.#isElsewhere(seat) ? lateWorkName : name,
      ...{ examId: this.#exam().id, seat: seat.seat, mac: seat.mac, round: this.#round.number },
      seatId: seat.seatId,
      candidateId: seat.sitter?.candidateId,
      sittingId: seat.sitter?.sittingId,
      candidate: seat.sitter?.name || parsed.data.candidate,
    })
    if ('receipt' in state) this.#changed()
    return wireState(state)
  }

  isUploadOf(seat: SeatAtWork, id: string): boolean {
    const wish = this.#uploads.wishOf(id)
    return wish !== undefined && wish.seat === seat.seat && wish.candidateId === seat.sitter?.candidateId
  }

  async takePart(
    seat: SeatAtWork,
    id: string,
    offset: number,
    body: AsyncIterable<Buffer>,
    client: Ipv4,
  ): Promise<{ conflict: number } | 'busy' | 'hashMismatch' | { id: string; offset: number } | { receipt: WorkView }> {
    const wish = this.#uploads.wishOf(id)
    const transfer = this.#transfers.get(id) ?? this.#beginTransfer(id, offset, client)
    let bytes = offset
    try {
      const state = await this.#uploads.append(id, offset, body, (total) => {
        bytes = total
        transfer.progress(total - this.#startOf(id), 0)
      })
      if (state === 'hashMismatch') this.#endTransfer(id, 'failed', bytes, 'the hash is not that of the file')
      else if (state !== 'busy' && 'receipt' in state) {
        this.#endTransfer(id, 'complete', bytes)
        const { name, version, size, sha256 } = state.receipt
        const { mac, seat: seatName } = seat
        this.#deps.emit({
          ...{ type: 'work.received', at: this.#deps.clock.now(), mac, client },
          ...{ seat: seatName, name, version, size, sha256 },
        })
        this.#changed()
      }
      if (state === 'busy' || state === 'hashMismatch' || 'conflict' in state) return state
      return wireState(state)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#endTransfer(id, error instanceof CodedError ? 'failed' : 'aborted', bytes, reason)
      throw error
    } finally {
      if (!wish) this.#transfers.delete(id)
    }
  }

  readonly #starts = new Map<string, number>()
  #startOf(id: string): number {
    return this.#starts.get(id) ?? 0
  }

  #beginTransfer(id: string, offset: number, client: Ipv4): LoggedTransfer {
    const wish = this.#uploads.wishOf(id)
    const transfer = this.#log.begin({
      ...{ client, file: wish?.name ?? id, direction: 'received', kind: 'file', size: (wish?.size ?? 0) - offset },
      options: offset > 0 ? { from: offset } : {},
    })
    this.#starts.set(id, offset)
    this.#transfers.set(id, transfer)
    return transfer
  }

  #endTransfer(id: string, outcome: 'complete' | 'aborted' | 'failed', bytes: number, reason?: string): void {
    this.#transfers.get(id)?.end(outcome, Math.max(bytes - this.#startOf(id), 0), 0, reason)
    this.#transfers.delete(id)
    this.#starts.delete(id)
  }

  #giveToken(seat: SeatAtWork): string {
    const others = (this.#holders.get(seat.mac) ?? []).filter(
      ({ boot, sitter }) => boot === seat.boot && sitter?.candidateId !== seat.sitter?.candidateId,
    )
    this.#holders.set(seat.mac, seat.sitter ? [...others, seat] : others)
    return this.#tokenOf(seat)
  }

  #tokenOf({ mac, boot, sitter }: SeatAtWork): string {
    return createHmac('sha256', this.#secret)
      .update(`${this.#exam().id} ${mac} ${boot} ${sitter?.candidateId ?? ''}`)
      .digest('hex')
      .slice(0, 32)
  }

  #subjectsFor(seat: SeatAtWork): Subject[] {
    return this.#store.subjects(this.#exam().simulated).filter((subject) => isFor(subject, seat))
  }

  #worksOf({ seat, sitter }: SeatAtWork): Work[] {
    return this.#store.worksOf({ examId: this.#exam().id, seat, ...(sitter && { candidateId: sitter.candidateId }) })
  }

  #exam(): { id: number; simulated: boolean } {
    const exam = this.#deps.exam()
    if (!exam) throw new CodedError('exam.notRunning', 'no exam is held')
    return exam
  }

  #changed(): void {
    this.#revision += 1
    this.#deps.onChange()
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The subject of a sitting is for who sits it, and not before its start signal. */
const isFor = ({ targets, sittingId }: Subject, { seat, group, sitter }: SeatAtWork): boolean =>
  (sittingId === undefined || (sitter?.sittingId === sittingId && sitter.hasBegun)) &&
  isTarget(targets, { seat, group })

const isTarget = (targets: readonly string[], { seat, group }: Pick<SeatAtWork, 'seat' | 'group'>): boolean =>
  targets.includes(allSeats) || targets.includes(`seat:${seat}`) || (group !== '' && targets.includes(`group:${group}`))

/** What the page says to who sits there. */
const sitterState = ({ sittingTitle, name, number, isSignedIn, hasBegun, isOver }: Sitter): object => ({
  ...{ sitting: sittingTitle, name, number, isSignedIn, hasBegun, isOver },
})

const workView = ({ id, name, version, size, sha256, receivedAt, candidate, round }: Work): WorkView => ({
  ...{ id, name, version, size, sha256, receivedAt, candidate, round },
})

const wireState = (state: UploadState): { id: string; offset: number } | { id: string; receipt: WorkView } =>
  'receipt' in state ? { id: state.id, receipt: workView(state.receipt) } : state

const { compare: compareNames } = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' })
