import type { Clock, Logger } from '../base/index.ts'
import type { AmorceEvent, Language, Mac, MachineView, SittingView } from '../contract/index.ts'
import type { Papers } from '../examFiles/index.ts'
import { createSittingClock } from '../sittings/index.ts'
import type { Database } from '../storage/index.ts'
import type { ExamDay } from './examDay.ts'

export interface SittingRunnerDeps {
  database: Database
  clock: Clock
  logger: Logger
  examDay: ExamDay
  papers: Papers
  language(): Language
  /** What runs on the network. */
  exam(): { id?: number; isRunning: boolean; isSimulated: boolean }
  /** All that are known in this exam. */
  machines(): readonly Pick<MachineView, 'mac' | 'seat'>[]
  /** Heard in this exam: it is awake. */
  isHeard(mac: Mac): boolean
  /** The MACs of an item of the stock. */
  macsOf(itemId: number): readonly Mac[]
  wake(mac: Mac): Promise<void>
  /** Days after which a closed sitting is made anonymous and its work taken away; 0 for never. */
  retentionDays(): number
}

const dayMs = 86_400_000
/** A laptop is opened each morning; a server that runs for years looks by itself. */
const forgetEveryMs = dayMs / 4

/** Leads a sitting through its day: wakes its machines, collects, closes; and forgets it when its time has come. */
export class SittingRunner {
  readonly #deps: SittingRunnerDeps
  readonly #tickClock: () => void
  #lookedAt = -Infinity

  constructor(deps: SittingRunnerDeps) {
    this.#deps = deps
    const { database, clock, examDay, papers, language } = deps
    this.#tickClock = createSittingClock({
      ...{ database, clock, language, sittings: examDay.sittings, held: () => examDay.held },
      onTimeUp: () => papers.collect(false),
      onClosed: (sitting) => this.#closed(sitting),
    })
  }

  /** Once, when the console has been opened: what was held when it was closed or killed goes on, what is old is forgotten. */
  async open(): Promise<void> {
    if (this.#deps.examDay.held.length > 0) this.#collectAsAgreed()
    await this.#forgetWhenDue()
  }

  /** About once a second, whether or not an exam runs on the network. */
  tick(): void {
    this.#tickClock()
    this.#forgetWhenDue().catch((error: unknown) =>
      this.#deps.logger.error('old sittings were not made anonymous', { error: String(error) }),
    )
  }

  async #forgetWhenDue(): Promise<void> {
    const { clock, logger } = this.#deps
    if (clock.now() - this.#lookedAt < forgetEveryMs) return
    this.#lookedAt = clock.now()
    const count = await this.forgetOld()
    if (count > 0) logger.info('old sittings were made anonymous', { count })
  }

  begin(id: number, who: string): SittingView {
    const { examDay, exam, papers } = this.#deps
    const { id: examId, isRunning, isSimulated } = exam()
    const place = isRunning ? { examId, isRehearsal: isSimulated } : { isRehearsal: false }
    const sitting = examDay.sittings.begin(id, who, place)
    for (const { mac, seat } of this.#deps.machines())
      if (seat && seat.roomId === sitting.roomId) examDay.seatMachines.note(id, seat.id, mac)
    this.#collectAsAgreed()
    papers.touched()
    return sitting
  }

  close(id: number, who: string): SittingView {
    const sitting = this.#deps.examDay.sittings.close(id, who)
    this.#closed(sitting)
    return sitting
  }

  /**
   * Wakes the machines of a sitting's seats that have not been heard.
   * @returns how many were called; one that did not wake shows by its silence
   * @throws CodedError `exam.noNic`, `lease.notWoken` when not even the first call could be sent
   */
  async wake(id: number): Promise<number> {
    const { examDay, isHeard, macsOf, wake } = this.#deps
    const { roomId, candidates } = examDay.sittings.get(id)
    const taken = new Set(candidates.map(({ seatId }) => seatId))
    const seats = roomId === undefined ? [] : examDay.rooms.get(roomId).seats.filter((seat) => taken.has(seat.id))
    const macs = seats.flatMap(({ mac, item }) => mac ?? (item ? macsOf(item.id) : []))
    const asleep = [...new Set(macs)].filter((mac) => !isHeard(mac))
    for (const mac of asleep) await wake(mac)
    return asleep.length
  }

  hear(event: AmorceEvent): void {
    if (event.type !== 'exam.started' || this.#deps.exam().isSimulated) return
    for (const { id, state, wakes } of this.#deps.examDay.sittings.list().slice(0, 20))
      if (wakes && (state === 'ready' || state === 'running') && this.#isNext(id))
        this.wake(id).catch((error: unknown) =>
          this.#deps.logger.warn('machines were not woken', { sitting: id, error: String(error) }),
        )
  }

  /** Takes names and work out of what is older than is agreed. @returns how many sittings were */
  async forgetOld(): Promise<number> {
    const { clock, examDay, retentionDays } = this.#deps
    const days = retentionDays()
    if (days === 0) return 0
    const before = clock.now() - days * dayMs
    const old = [...examDay.sittings.list(), ...examDay.sittings.archived()].filter(
      ({ closedAt, anonymisedAt }) => closedAt !== undefined && closedAt < before && anonymisedAt === undefined,
    )
    for (const { id } of old) await this.anonymise(id, '')
    return old.length
  }

  async anonymise(id: number, who: string): Promise<SittingView> {
    const { examDay, papers } = this.#deps
    const sitting = examDay.sittings.anonymise(id, who)
    await papers.forgetWorks(papers.worksOfSitting(id))
    return sitting
  }

  async forgetCandidate(id: number, sittingId: number, who: string): Promise<SittingView> {
    const { examDay, papers } = this.#deps
    const sitting = examDay.sittings.forgetCandidate(id, who)
    await papers.forgetWorks(papers.worksOfSitting(sittingId).filter(({ candidateId }) => candidateId === id))
    return sitting
  }

  #closed({ id }: SittingView): void {
    const { examDay, papers } = this.#deps
    const others = examDay.held.filter((held) => held.id !== id)
    papers.collect(others.length === 0)
  }

  /** As often as the one of those that are held that asks most. */
  #collectAsAgreed(): void {
    const { examDay, papers } = this.#deps
    const minutes = examDay.held.map(({ collectMinutes }) => collectMinutes).filter((each) => each > 0)
    papers.collectEvery(minutes.length > 0 ? Math.min(...minutes) : 0)
  }

  /** The first that is prepared, and whatever is planned within half a day of it. */
  #isNext(id: number): boolean {
    const open = this.#deps.examDay.sittings.list().filter(({ state }) => state === 'ready' || state === 'running')
    const [first] = open
    const sitting = open.find((each) => each.id === id)
    if (!first || !sitting) return false
    if (first.id === id) return true
    return Math.abs((sitting.plannedAt ?? Infinity) - (first.plannedAt ?? 0)) < dayMs / 2
  }
}
