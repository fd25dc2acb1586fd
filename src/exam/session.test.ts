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

  it('is held on the NIC that was checked, though another one was chosen meanwhile', async () => {
    const asked: string[] = []
    const session = openSession({
      venue: (nic) => {
        asked.push(nic)
        return Promise.resolve({ ...venue, nic })
      },
    })
    await session.start({ acceptWarnings: false })
    expect(asked).toEqual(['exam0'])
  })

  it.each<[string, Partial<SessionDeps>]>([
    ['its NIC went away after the checks', { venue: () => Promise.reject(new CodedError('nic.notFound', 'gone')) }],
    ['the pool is wrong', { prepare: () => Promise.reject(new CodedError('dhcp.poolInvalid', 'no pool')) }],
    ['the checks themselves fail', { preflight: () => Promise.reject(new Error('no list of NICs')) }],
  ])('is not started when %s: nothing is bound, and it can be tried again', async (_, changes) => {
    const session = openSession(changes)
    await expect(session.start({ acceptWarnings: false })).rejects.toThrow()
    expect(session.view).toMatchObject({ phase: 'idle', error: { code: expect.any(String) as string } })
    expect(session.venue).toBeUndefined()
    expect(session.preflight?.running ?? false).toBe(false)
    expect(services.dhcp.starts).toBe(0)
    expect(new ExamStore(database).unfinished()).toEqual([])
    await session.startSimulated().catch(() => {})
    expect(session.view.error?.code).not.toBe('exam.alreadyRunning')
  })

  it('starts once when it is asked twice', async () => {
    const session = openSession()
    const both = [session.start({ acceptWarnings: false }), session.startSimulated()]
    expect(await Promise.all(both.map(code))).toEqual(['none', 'exam.alreadyRunning'])
    expect(services.dhcp.starts).toBe(1)
  })

  it('gives up the exam that was cut short before', async () => {
    await openSession().start({ acceptWarnings: false })
    const session = openSession()
    await session.start({ acceptWarnings: false })
    await session.stop()
    expect(openSession().view.resumable).toBeUndefined()
  })

  it('waits for the checks that the screen runs by itself, so that no click is lost', async () => {
    let finish = (): void => {}
    const held = new Promise<void>((resolve) => (finish = resolve))
    const session = openSession({ preflight: () => held.then(() => passed) })
    const checks = session.check()
    const start = session.start({ acceptWarnings: false })
    finish()
    await Promise.all([checks, start])
    expect(session.view.phase).toBe('running')
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

  it('is refused while it is stopping already', async () => {
    const session = openSession()
    await session.start({ acceptWarnings: false })
    expect(await Promise.all([session.stop(), session.stop()].map(code))).toEqual(['none', 'exam.notRunning'])
  })

  it('lets go of everything although its end cannot be written', async () => {
    const session = openSession()
    await session.start({ acceptWarnings: false })
    database.exec("CREATE TRIGGER full BEFORE UPDATE ON exams BEGIN SELECT raise(ABORT, 'disk full'); END")
    await expect(session.stop()).rejects.toThrow('disk full')
    expect(session.view.phase).toBe('idle')
    expect(openServices()).toEqual([false, false, false])
  })

  it('says so when a NIC keeps the address it was given', async () => {
    const refused = new CodedError('address.permission', 'no')
    const session = openSession({ takeBackAddresses: () => Promise.reject(refused) })
    await session.start({ acceptWarnings: false })
    await session.stop()
    expect(session.view).toMatchObject({ phase: 'idle', error: { code: 'address.permission' } })
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

  it.each(['nic.notFound', 'nic.noAddress'] as const)('stays resumable, nothing bound, on %s', async (reason) => {
    await openSession().start({ acceptWarnings: false })
    const before = services.dhcp.starts
    const session = openSession({ mustBeThere: () => Promise.reject(new CodedError(reason, 'not now')) })
    expect(await code(session.resume())).toBe(reason)
    expect(session.view).toMatchObject({ phase: 'idle', error: { code: reason }, resumable: { nic: 'exam0' } })
    expect(services.dhcp.starts).toBe(before)
  })

  it('is only the last one: an older one is closed', async () => {
    const store = new ExamStore(database)
    store.start({ ...venue, at: 1 })
    const latest = store.start({ ...venue, at: 2 })
    expect(openSession().view.resumable?.examId).toBe(latest)
    expect(store.unfinished()).toHaveLength(1)
  })
})

describe('closing', () => {
  it('waits for a start that is under way and undoes it', async () => {
    let prepared = (): void => {}
    const preparing = new Promise<void>((resolve) => (prepared = resolve))
    const session = openSession({ prepare: () => preparing.then(() => services) })
    const starting = code(session.start({ acceptWarnings: false }))
    const closing = session.suspend()
    prepared()
    await closing
    expect(await starting).toBe('exam.startFailed')
    expect(openServices()).toEqual([false, false, false])
    expect(new ExamStore(database).unfinished()).toEqual([])
  })

  it('leaves a running exam to be resumed, with nothing bound', async () => {
    let takenBack = 0
    const session = openSession({ takeBackAddresses: () => Promise.resolve(void takenBack++) })
    await session.start({ acceptWarnings: false })
    await session.suspend()
    expect(openServices()).toEqual([false, false, false])
    expect(takenBack).toBe(1)
    expect(openSession().view.resumable).toMatchObject({ nic: 'exam0' })
    expect(await code(session.start({ acceptWarnings: false }))).toBe('exam.startFailed')
  })
})
