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
  /** The NIC that passed its checks, as it is now; the settings may have gone on to another one. */
  venue(nic: string): Promise<Venue>
  /** Throws a CodedError `nic.notFound` or `nic.noAddress` when the exam cannot go on where it was held. */
  mustBeThere(venue: Venue): Promise<void>
  simulatedVenue(): Venue
  simulatedPreflight(): PreflightView
  /** Throws a CodedError when the settings cannot make a working server there. */
  prepare(venue: Venue): Promise<Record<ServiceName, SupervisedService>>
  /** The simulated machines, switched on once the services run. */
  openSimulatedRoom(): Promise<{ stop(): Promise<void> }>
  /** Takes back the addresses that NICs were given for the exam. */
  takeBackAddresses(): Promise<void>
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
  #cutShort: { exam: ExamRecord; leases: number; machines: number } | undefined
  #preflight: PreflightView | undefined
  /** The checks that are being run by themselves, whatever comes of them. */
  #checking: Promise<void> | undefined
  /** Where services are being opened, or are open. */
  #venue: Venue | undefined
  #closing = false
  /** Settles, always well, when what was begun last is done. */
  #underWay: Promise<unknown> = Promise.resolve()

  constructor(deps: SessionDeps) {
    this.#deps = deps
    const [latest, ...older] = deps.store.unfinished()
    for (const exam of older) deps.store.stop(exam.id, exam.startedAt)
    if (latest)
      this.#cutShort = {
        exam: latest,
        leases: deps.activeLeases(latest),
        machines: deps.store.machinesHeard(latest.id),
      }
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

  /** Where the exam is held, from the moment its services are being opened. */
  get venue(): Venue | undefined {
    return this.#venue
  }

  /** Runs the checks alone. */
  check(): Promise<PreflightView> {
    const check = this.#alone(async () => {
      this.#enter('preflight', 'checking')
      try {
        return await this.#check()
      } finally {
        this.#enter('idle')
      }
    })
    const done = (): void => {
      this.#checking = undefined
    }
    this.#checking = check.then(done, done)
    return check
  }

  /**
   * Checks, then starts. A blocked check refuses; a warning refuses unless accepted.
   * @throws CodedError `exam.preflightFailed`, `exam.startFailed` or what `prepare` threw; nothing is left bound then.
   */
  start(how: { acceptWarnings: boolean }): Promise<void> {
    // The screen checks by itself when a NIC is chosen: a click in that moment must not be lost.
    return this.#checking ? this.#checking.then(() => this.#start(how)) : this.#start(how)
  }

  #start({ acceptWarnings }: { acceptWarnings: boolean }): Promise<void> {
    return this.#attempt(async () => {
      this.#enter('preflight', 'checking')
      const checked = await this.#check()
      const worst = this.#deps.worst(checked)
      if (worst === 'blocked' || (worst === 'warning' && !acceptWarnings))
        throw new CodedError('exam.preflightFailed', 'the checks before the start did not pass', { worst })
      if (checked.nic === undefined) throw new CodedError('exam.noNic', 'no NIC was checked')
      await this.#open(await this.#deps.venue(checked.nic))
    })
  }

  startSimulated(): Promise<void> {
    return this.#attempt(async () => {
      this.#preflight = this.#deps.simulatedPreflight()
      await this.#open(this.#deps.simulatedVenue())
    })
  }

  /**
   * Takes up the exam that was cut short, with its machines and leases.
   * @throws CodedError `nic.notFound` or `nic.noAddress` when its NIC or its address is gone; it can still be resumed.
   */
  resume(): Promise<void> {
    const exam = this.#cutShort?.exam
    if (!exam) return Promise.reject(new CodedError('exam.notRunning', 'there is no exam to resume'))
    return this.#attempt(async () => {
      this.#enter('starting', 'resuming')
      if (!exam.simulated) await this.#deps.mustBeThere(exam)
      await this.#open(exam, exam)
    })
  }

  /** Gives up the exam that was cut short. */
  discard(): void {
    if (!this.#cutShort || this.#phase !== 'idle') return
    this.#deps.store.stop(this.#cutShort.exam.id, this.#deps.clock.now())
    this.#cutShort = undefined
    this.#deps.onChange()
  }

  /** Stops everything. When it returns, or throws because the end could not be recorded, no port is held. */
  stop(): Promise<void> {
    const running = this.#running
    if (!running || this.#phase !== 'running')
      return Promise.reject(new CodedError('exam.notRunning', 'no exam is running'))
    return this.#track(async () => {
      const { clock, emit, store, journal } = this.#deps
      this.#enter('stopping', 'stopping')
      try {
        await this.#close()
        emit({ type: 'exam.stopped', at: clock.now(), examId: running.examId, ...addressOf(running.venue) })
        store.stop(running.examId, clock.now())
        await this.#deps.takeBackAddresses().catch((error: unknown) => this.report(error))
      } finally {
        journal.setExam(null)
        this.#running = undefined
        this.#enter('idle')
      }
    })
  }

  /** Something went wrong that the technician must see, whatever the exam is doing. */
  report(error: unknown): void {
    this.#error = toWireError(error)
    this.#deps.onChange()
  }

  /** The app is closing: lets go of every port but leaves the exam to be resumed. */
  async suspend(): Promise<void> {
    this.#closing = true
    // A start that is under way gives up at its next step.
    await this.#underWay
    await this.#close()
    await this.#deps
      .takeBackAddresses()
      .catch((error: unknown) => this.#deps.logger.error('an address was not taken back', { error: String(error) }))
  }

  async #check(): Promise<PreflightView> {
    try {
      this.#preflight = await this.#deps.preflight((view) => {
        this.#preflight = view
        this.#deps.onChange()
      })
      return this.#preflight
    } finally {
      if (this.#preflight) this.#preflight = { ...this.#preflight, running: false }
      this.#deps.onChange()
    }
  }

  async #open(venue: Venue, resumed?: ExamRecord): Promise<void> {
    const { clock, emit, journal, journeys, store, supervisor } = this.#deps
    this.#venue = venue
    this.#enter('starting', resumed ? 'resuming' : 'preparing')
    let examId: number | undefined
    try {
      const services = await this.#deps.prepare(venue)
      this.#mustNotBeClosing()
      journeys.clear()
      this.#enter('starting', 'starting')

      // The record comes first: what a service does from its first packet on belongs to this exam.
      const startedAt = resumed?.startedAt ?? clock.now()
      examId = resumed?.id ?? store.start({ ...venue, at: startedAt })
      if (resumed) for (const event of journal.eventsOf(examId)) journeys.accept(event)
      journal.setExam(examId)
      emit({ type: resumed ? 'exam.resumed' : 'exam.started', at: clock.now(), examId, ...addressOf(venue) })

      await supervisor.start(services)
      this.#mustNotBeClosing()
      if (!supervisor.anyRunning)
        throw new CodedError('exam.startFailed', 'no service could start', { services: supervisor.failed().join(', ') })
      if (venue.simulated) this.#simulatedRoom = await this.#deps.openSimulatedRoom()
      // Who starts another exam has given up the one that was cut short.
      if (this.#cutShort && !resumed) store.stop(this.#cutShort.exam.id, clock.now())
      this.#running = { examId, venue, startedAt }
    } catch (error) {
      await this.#close()
      if (examId !== undefined) {
        if (!resumed) store.stop(examId, clock.now())
        journal.setExam(null)
        journeys.clear()
      }
      throw error
    }
    this.#cutShort = undefined
    this.#enter('running')
  }

  async #close(): Promise<void> {
    const room = this.#simulatedRoom
    this.#simulatedRoom = undefined
    this.#venue = undefined
    try {
      await room?.stop()
    } finally {
      await this.#deps.supervisor.stop()
    }
  }

  #attempt(task: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      this.#error = undefined
      try {
        await task()
      } catch (error) {
        this.#deps.logger.warn('exam not started', { error: String(error) })
        this.#error = toWireError(error)
        this.#enter('idle')
        throw error
      }
    })
  }

  /** One thing at a time: rejects, with nothing begun, unless it is idle. */
  #alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#track(async () => {
      this.#mustNotBeClosing()
      if (this.#phase !== 'idle') throw new CodedError('exam.alreadyRunning', `an exam is ${this.#phase}`)
      return await task()
    })
  }

  #track<T>(task: () => Promise<T>): Promise<T> {
    const work = task()
    const before = this.#underWay
    this.#underWay = work.then(
      () => before,
      () => before,
    )
    return work
  }

  #mustNotBeClosing(): void {
    if (this.#closing) throw new CodedError('exam.startFailed', 'Amorce is closing')
  }

  #enter(phase: ExamView['phase'], step?: ExamStep): void {
    this.#phase = phase
    this.#step = step
    this.#deps.onChange()
  }

  #resumable(): ExamView['resumable'] {
    if (!this.#cutShort || this.#phase !== 'idle') return undefined
    const { exam, leases, machines } = this.#cutShort
    const { id, nic, address, startedAt, simulated } = exam
    return { examId: id, nic, address, startedAt, simulated, leases, machines }
  }
}

const addressOf = ({ nic, address }: Venue): { nic: string; address: string } => ({ nic, address })
