import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
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
import type { Database } from '../storage/index.ts'
import { makeFolder, nameFile, syncFile } from './durable.ts'
import { safeName } from './safeName.ts'
import { PapersStore, type Subject, type Work } from './store.ts'
import { sha256Of, uploadLimits, Uploads, type UploadState } from './uploads.ts'

/** A machine of the exam as exam papers know it. Until there are rooms, a seat is its item's asset tag or its MAC. */
export interface SeatAtWork {
  mac: Mac
  seat: string
  /** What a person calls it; the seat when absent. */
  label?: string
  /** Where its item is; empty when not known. */
  group: string
  /** Another one for each boot. */
  boot: string
}

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
  onChange(): void
}

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

  /** Another exam begins: nothing was asked for in it yet. */
  begin(): void {
    this.#round = { number: 0, isFinal: false, at: 0 }
    this.#lastRoundAt = this.#deps.clock.now()
    this.#changed()
  }

  /** Call about once a second. */
  tick(): void {
    if (this.#everyMinutes === 0 || !this.#deps.exam()?.isRunning || this.#round.isFinal) return
    if (this.#deps.clock.now() - this.#lastRoundAt >= this.#everyMinutes * 60_000) this.collect(false)
  }

  // ---- What the technician does

  /** @throws CodedError `file.notRead` */
  async addSubjects(paths: readonly string[], targets: readonly string[]): Promise<void> {
    for (const path of paths) await this.#addSubject(path, targets)
    this.#changed()
  }

  async #addSubject(path: string, targets: readonly string[]): Promise<void> {
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
      const subject = { name, size, sha256, addedAt: clock.now(), targets: [...targets] }
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
    this.#changed()
  }

  /** 0 for not at all. */
  collectEvery(minutes: number): void {
    this.#everyMinutes = minutes
    this.#lastRoundAt = this.#deps.clock.now()
    this.#changed()
  }

  works(): Work[] {
    const exam = this.#deps.exam()
    return exam ? this.#store.works(exam.id) : []
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
        view = { seat, group: '', fetched: [], works: [], handedOut: 0 }
        seats.set(seat, view)
      }
      return view
    }
    for (const machine of machines) {
      const view = seatOf(machine.seat)
      view.mac = machine.mac
      view.group = machine.group
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
        const { id, name, size, sha256, addedAt, targets } = subject
        const fetchedBy = theirs.filter(({ seat }) => seats.get(seat)?.fetched.includes(id)).length
        return { id, name, size, sha256, addedAt, targets, fetchedBy, of: theirs.length }
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

  holdsToken(seat: SeatAtWork, token: string | string[] | null | undefined): boolean {
    if (typeof token !== 'string') return false
    const [given, expected] = [Buffer.from(token), Buffer.from(this.#tokenOf(seat))]
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  stateOf(seat: SeatAtWork, language: Language): unknown {
    const exam = this.#exam()
    const token = this.#tokenOf(seat)
    return {
      ...{ language, seat: seat.label ?? seat.seat, token, round: this.#round, now: this.#deps.clock.now() },
      limits: { fileBytes: uploadLimits.fileBytes, partBytes: uploadLimits.partBytes },
      subjects: this.#store
        .subjects(exam.simulated)
        .filter((subject) => isFor(subject, seat))
        .map(({ id, name, size, sha256 }) => ({
          ...{ id, name, size, sha256 },
          href: `/exam/api/subjects/${id}/${encodeURIComponent(name)}?token=${token}`,
        })),
      works: this.#store.worksOf(exam.id, seat.seat).map(workView),
    }
  }

  /** @throws CodedError `content.notFound` also for one that is not handed to this seat. */
  async openSubject(seat: SeatAtWork, id: number, client: Ipv4): Promise<{ content: ContentFile; name: string }> {
    const subject = this.#store.subjects(this.#exam().simulated).find((each) => each.id === id && isFor(each, seat))
    if (!subject) throw new CodedError('content.notFound', `no subject ${id} for ${seat.seat}`)
    return { content: await this.#content.open(`subjects/${id}/${subject.name}`, client), name: subject.name }
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
    const state = await this.#uploads.begin({
      ...parsed.data,
      ...{ examId: this.#exam().id, seat: seat.seat, mac: seat.mac, round: this.#round.number },
    })
    if ('receipt' in state) this.#changed()
    return wireState(state)
  }

  isUploadOf(seat: SeatAtWork, id: string): boolean {
    return this.#uploads.wishOf(id)?.seat === seat.seat
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

  #tokenOf({ mac, boot }: SeatAtWork): string {
    return createHmac('sha256', this.#secret).update(`${this.#exam().id} ${mac} ${boot}`).digest('hex').slice(0, 32)
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

const isFor = ({ targets }: Subject, { seat, group }: SeatAtWork): boolean =>
  targets.includes(allSeats) || targets.includes(`seat:${seat}`) || (group !== '' && targets.includes(`group:${group}`))

const workView = ({ id, name, version, size, sha256, receivedAt, candidate, round }: Work): WorkView => ({
  ...{ id, name, version, size, sha256, receivedAt, candidate, round },
})

const wireState = (state: UploadState): { id: string; offset: number } | { id: string; receipt: WorkView } =>
  'receipt' in state ? { id: state.id, receipt: workView(state.receipt) } : state

const { compare: compareNames } = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' })
