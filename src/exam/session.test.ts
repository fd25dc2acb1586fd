import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import { CodedError, type AmorceEvent, type PreflightView, type ServiceName } from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { ExamStore } from './examStore.ts'
import { Journeys } from './journeys.ts'
import { ExamSession, type SessionDeps, type Venue } from './session.ts'
import { Supervisor, type SupervisedService } from './supervisor.ts'
import { Story } from './testing/events.ts'

const venue: Venue = { nic: 'exam0', address: '192.168.60.1', prefix: 24, simulated: false }
const passed: PreflightView = { ranAt: 0, nic: 'exam0', running: false, lines: [] }

/** A service that binds nothing and remembers what was done to it. */
class FakeService implements SupervisedService {
  open = false
  starts = 0
  count = 0
  failWith: Error | undefined
  endpoint = '192.168.60.1:0'

  start(): Promise<void> {
    this.starts++
    if (this.failWith) return Promise.reject(this.failWith)
    this.open = true
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.open = false
    return Promise.resolve()
  }
}

let database: Database
let clock: ManualClock
let services: Record<ServiceName, FakeService>
let supervisor: Supervisor
let events: AmorceEvent[]
let worst: 'ok' | 'warning' | 'blocked'

beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  clock = new ManualClock()
  services = { dhcp: new FakeService(), tftp: new FakeService(), http: new FakeService() }
  events = []
  worst = 'ok'
  supervisor = new Supervisor({ clock, emit: (event) => events.push(event), logger: silentLogger })
})

const openSession = (changes: Partial<SessionDeps> = {}): ExamSession =>
  new ExamSession({
    clock,
    emit: (event) => events.push(event),
    logger: silentLogger,
    store: new ExamStore(database),
    supervisor,
    journeys: new Journeys({ itemOf: () => undefined }),
    journal: { setExam: () => {}, eventsOf: () => [] },
    preflight: () => Promise.resolve(passed),
    worst: () => worst,
    venue: () => Promise.resolve(venue),
    mustBeThere: () => Promise.resolve(),
    takeBackAddresses: () => Promise.resolve(),
    simulatedVenue: () => ({ ...venue, nic: 'simulation', simulated: true }),
    simulatedPreflight: () => passed,
    prepare: () => Promise.resolve(services),
    openSimulatedRoom: () => Promise.resolve({ stop: () => Promise.resolve() }),
    activeLeases: () => 3,
    profile: () => ({ id: 1, name: 'Examen' }),
    onChange: () => {},
    ...changes,
  })

const code = async (task: Promise<unknown>): Promise<string> => {
  try {
    await task
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error)
  }
  return 'none'
}

const openServices = (): boolean[] => Object.values(services).map(({ open }) => open)

describe('starting an exam', () => {
  it('runs the checks, starts the three services and says so', async () => {
    const session = openSession()
    await session.start({ acceptWarnings: false })
    expect(session.view).toMatchObject({ phase: 'running', nic: 'exam0', profileName: 'Examen', simulated: false })
    expect(openServices()).toEqual([true, true, true])
    expect(events.map(({ type }) => type)).toContain('exam.started')
  })

  it('refuses when a check is blocked, and binds nothing', async () => {
    worst = 'blocked'
    const session = openSession()
    expect(await code(session.start({ acceptWarnings: true }))).toBe('exam.preflightFailed')
    expect(session.view).toMatchObject({ phase: 'idle', error: { code: 'exam.preflightFailed' } })
    expect(services.dhcp.starts).toBe(0)
  })

  it('asks before it goes on past a warning', async () => {
    worst = 'warning'
    const session = openSession()
    expect(await code(session.start({ acceptWarnings: false }))).toBe('exam.preflightFailed')
    expect(await code(session.start({ acceptWarnings: true }))).toBe('none')
  })

  it('goes on with the others when one service fails, which can be tried again', async () => {
    services.tftp.failWith = new CodedError('socket.portInUse', 'port 69 is held')
    const session = openSession()
    await session.start({ acceptWarnings: false })
    expect(session.view.phase).toBe('running')
    expect(supervisor.views().map(({ name, state }) => [name, state])).toEqual([
      ['dhcp', 'running'],
      ['tftp', 'failed'],
      ['http', 'running'],
    ])
    services.tftp.failWith = undefined
    await supervisor.restart('tftp')
    expect(openServices()).toEqual([true, true, true])
  })

  it('is not started when no service can, and leaves nothing to resume', async () => {
    for (const service of Object.values(services)) service.failWith = new Error('no')
    const session = openSession()
    expect(await code(session.start({ acceptWarnings: false }))).toBe('exam.startFailed')
    expect(session.view.phase).toBe('idle')
    expect(new ExamStore(database).unfinished()).toEqual([])
  })

  it('closes what it opened when the simulated room does not open', async () => {
    const session = openSession({ openSimulatedRoom: () => Promise.reject(new Error('no wire')) })
    await expect(session.startSimulated()).rejects.toThrow('no wire')
    expect(openServices()).toEqual([false, false, false])
    expect(new ExamStore(database).unfinished()).toEqual([])
  })

  it('is refused while another runs', async () => {
    const session = openSession()
    await session.start({ acceptWarnings: false })
    expect(await code(session.start({ acceptWarnings: false }))).toBe('exam.alreadyRunning')
  })
})

describe('stopping an exam', () => {
  it('lets go of everything and leaves nothing to resume', async () => {
    const session = openSession()
    await session.start({ acceptWarnings: false })
    await session.stop()
    expect(session.view).toMatchObject({ phase: 'idle', resumable: undefined })
    expect(openServices()).toEqual([false, false, false])
    expect(new ExamStore(database).unfinished()).toEqual([])
  })

  it('is refused when none runs', async () => {
    expect(await code(openSession().stop())).toBe('exam.notRunning')
  })
})

describe('an exam that was cut short', () => {
  it('is offered for resumption and taken up with its machines', async () => {
    await openSession().start({ acceptWarnings: false })
    const told: AmorceEvent[] = []
    new Story((event) => told.push(event)).bootToReady()
    clock.advance(60_000)

    const journeys = new Journeys({ itemOf: () => undefined })
    const session = openSession({ journeys, journal: { setExam: () => {}, eventsOf: () => told } })
    const { examId } = session.view.resumable ?? {}
    expect(session.view.resumable).toMatchObject({ nic: 'exam0', leases: 3 })
    await session.resume()
    expect(session.view).toMatchObject({ phase: 'running', examId, resumable: undefined })
    expect(journeys.all()).toMatchObject([{ stage: 'ready' }])
    expect(events.at(-1)).toMatchObject({ type: 'service.state', state: 'running' })
    expect(events.map(({ type }) => type)).toContain('exam.resumed')
  })

  it('can be given up', async () => {
    await openSession().start({ acceptWarnings: false })
    const session = openSession()
    session.discard()
    expect(session.view.resumable).toBeUndefined()
    expect(openSession().view.resumable).toBeUndefined()
  })

  it('stays resumable when it cannot be taken up now', async () => {
    await openSession().start({ acceptWarnings: false })
    for (const service of Object.values(services)) service.failWith = new Error('no')
    const session = openSession()
    expect(await code(session.resume())).toBe('exam.startFailed')
    expect(session.view.resumable).toBeDefined()
  })

  it('is only the last one: an older one is closed', async () => {
    const store = new ExamStore(database)
    store.start({ ...venue, at: 1 })
    const latest = store.start({ ...venue, at: 2 })
    expect(openSession().view.resumable?.examId).toBe(latest)
    expect(store.unfinished()).toHaveLength(1)
  })
})
