import type { Clock, Emit, Logger } from '../base/index.ts'
import {
  CodedError,
  toWireError,
  type ExamStep,
  type ExamView,
  type NicAddress,
  type PreflightView,
  type ServiceName,
} from '../contract/index.ts'
import type { ExamRecord, ExamStore } from './examStore.ts'
import type { Journeys } from './journeys.ts'
import type { SupervisedService, Supervisor } from './supervisor.ts'

/** Where an exam is held: the chosen NIC and its address, or the simulated room. */
export interface Venue extends NicAddress {
  nic: string
  simulated: boolean
}

/** What the session needs from around it. */
export interface SessionDeps {
  clock: Clock
  emit: Emit
  logger: Logger
  store: ExamStore
  supervisor: Supervisor
  journeys: Journeys
  journal: { setExam(examId: number | null): void; eventsOf(examId: number): Parameters<Emit>[0][] }
  /** Runs the checks for the NIC in the settings; `worst` tells whether to go on. */
  preflight(onProgress: (view: PreflightView) => void): Promise<PreflightView>
  worst(view: PreflightView): 'ok' | 'warning' | 'blocked'
  /** The chosen NIC as it is now, for a start that passed its checks. */
  venue(): Promise<Venue>
  simulatedVenue(): Venue
  simulatedPreflight(): PreflightView
  /** Throws a CodedError when the settings cannot make a working server there. */
  prepare(venue: Venue): Promise<Record<ServiceName, SupervisedService>>
  /** The simulated machines, switched on once the services run. */
  openSimulatedRoom(): Promise<{ stop(): Promise<void> }>
  activeLeases(venue: Venue): number
  profile(venue: Venue): { id?: number; name: string }
  onChange(): void
}

/** One exam at a time: from the click, through the checks, to a running room and back to nothing bound. */
export class ExamSession {
  readonly #deps: SessionDeps
  #phase: ExamView['phase'] = 'idle'
  #step: ExamStep | undefined
  #error: ExamView['error']
  #running: { examId: number; venue: Venue; startedAt: number } | undefined
  #simulatedRoom: { stop(): Promise<void> } | undefined
  #cutShort: ExamRecord | undefined
  #preflight: PreflightView | undefined

  constructor(deps: SessionDeps) {
    this.#deps = deps
    const [latest, ...older] = deps.store.unfinished()
    for (const exam of older) deps.store.stop(exam.id, exam.startedAt)
    this.#cutShort = latest
  }

  get view(): ExamView {
    const venue = this.#running?.venue
    const profile = venue && this.#deps.profile(venue)
    return {
      phase: this.#phase,
      examId: this.#running?.examId,
      nic: venue?.nic,
      address: venue?.address,
      prefix: venue?.prefix,
      startedAt: this.#running?.startedAt,
      simulated: venue?.simulated ?? false,
      profileId: profile?.id,
      profileName: profile?.name,
      step: this.#step,
      error: this.#error,
      resumable: this.#resumable(),
    }
  }

  get preflight(): PreflightView | undefined {
    return this.#preflight
  }

  get running(): boolean {
    return this.#running !== undefined
  }

  get venue(): Venue | undefined {
    return this.#running?.venue
  }

  /** Runs the checks alone. */
  async check(): Promise<PreflightView> {
    this.#mustBeIdle()
    this.#enter('preflight', 'checking')
    try {
      return await this.#check()
    } finally {
      this.#enter('idle')
    }
  }

  /**
   * Checks, then starts. A blocked check refuses; a warning refuses unless accepted.
   * @throws CodedError `exam.preflightFailed`, `exam.startFailed` or what `prepare` threw; nothing is left bound then.
   */
  async start({ acceptWarnings }: { acceptWarnings: boolean }): Promise<void> {
    this.#mustBeIdle()
    await this.#attempt(async () => {
      this.#enter('preflight', 'checking')
      const worst = this.#deps.worst(await this.#check())
      if (worst === 'blocked' || (worst === 'warning' && !acceptWarnings))
        throw new CodedError('exam.preflightFailed', 'the checks before the start did not pass', { worst })
      await this.#open(await this.#deps.venue())
    })
  }

  async startSimulated(): Promise<void> {
    this.#mustBeIdle()
    await this.#attempt(async () => {
      this.#preflight = this.#deps.simulatedPreflight()
      await this.#open(this.#deps.simulatedVenue())
    })
  }

  /** Takes up the exam that was cut short, with its machines and leases. */
  async resume(): Promise<void> {
    this.#mustBeIdle()
    const exam = this.#cutShort
    if (!exam) throw new CodedError('exam.notRunning', 'there is no exam to resume')
    await this.#attempt(() => this.#open(exam, exam))
  }

  /** Gives up the exam that was cut short. */
  discard(): void {
    if (!this.#cutShort) return
    this.#deps.store.stop(this.#cutShort.id, this.#deps.clock.now())
    this.#cutShort = undefined
    this.#deps.onChange()
  }

  /** Stops everything. When it returns no port is held. */
  async stop(): Promise<void> {
    const running = this.#running
    if (!running || this.#phase !== 'running') throw new CodedError('exam.notRunning', 'no exam is running')
    this.#enter('stopping', 'stopping')
    await this.#close()
    const { clock, emit, store, journal } = this.#deps
    emit({ type: 'exam.stopped', at: clock.now(), examId: running.examId, ...addressOf(running.venue) })
    store.stop(running.examId, clock.now())
    journal.setExam(null)
    this.#running = undefined
    this.#enter('idle')
  }

  /** Something went wrong that the technician must see, whatever the exam is doing. */
  report(error: unknown): void {
    this.#error = toWireError(error)
    this.#deps.onChange()
  }

  /** The app is closing: lets go of every port but leaves the exam to be resumed. */
  async suspend(): Promise<void> {
    await this.#close()
  }

  async #check(): Promise<PreflightView> {
    this.#preflight = await this.#deps.preflight((view) => {
      this.#preflight = view
      this.#deps.onChange()
    })
    this.#deps.onChange()
    return this.#preflight
  }

  async #open(venue: Venue, resumed?: ExamRecord): Promise<void> {
    const { clock, emit, journal, journeys, store, supervisor } = this.#deps
    this.#enter('starting', resumed ? 'resuming' : 'preparing')
    const services = await this.#deps.prepare(venue)
    journeys.clear()
    this.#enter('starting', 'starting')

    // The record comes first: what a service does from its first packet on belongs to this exam.
    const startedAt = resumed?.startedAt ?? clock.now()
    const examId = resumed?.id ?? store.start({ ...venue, at: startedAt })
    if (resumed) for (const event of journal.eventsOf(examId)) journeys.accept(event)
    journal.setExam(examId)
    emit({ type: resumed ? 'exam.resumed' : 'exam.started', at: clock.now(), examId, ...addressOf(venue) })

    try {
      await supervisor.start(services)
      if (!supervisor.anyRunning)
        throw new CodedError('exam.startFailed', 'no service could start', { services: supervisor.failed().join(', ') })
      if (venue.simulated) this.#simulatedRoom = await this.#deps.openSimulatedRoom()
    } catch (error) {
      await this.#close()
      if (!resumed) store.stop(examId, clock.now())
      journal.setExam(null)
      throw error
    }
    this.#running = { examId, venue, startedAt }
    this.#cutShort = undefined
    this.#enter('running')
  }

  async #close(): Promise<void> {
    const room = this.#simulatedRoom
    this.#simulatedRoom = undefined
    await room?.stop()
    await this.#deps.supervisor.stop()
  }

  async #attempt(task: () => Promise<void>): Promise<void> {
    this.#error = undefined
    try {
      await task()
    } catch (error) {
      this.#deps.logger.warn('exam not started', { error: String(error) })
      this.#error = toWireError(error)
      this.#enter('idle')
      throw error
    }
  }

  #enter(phase: ExamView['phase'], step?: ExamStep): void {
    this.#phase = phase
    this.#step = step
    this.#deps.onChange()
  }

  #mustBeIdle(): void {
    if (this.#phase !== 'idle') throw new CodedError('exam.alreadyRunning', `an exam is ${this.#phase}`)
  }

  #resumable(): ExamView['resumable'] {
    const exam = this.#cutShort
    if (!exam || this.#phase !== 'idle') return undefined
    return {
      examId: exam.id,
      nic: exam.nic,
      address: exam.address,
      startedAt: exam.startedAt,
      simulated: exam.simulated,
      leases: this.#deps.activeLeases(exam),
      machines: this.#deps.store.machinesHeard(exam.id),
    }
  }
}

const addressOf = ({ nic, address }: Venue): { nic: string; address: string } => ({ nic, address })
