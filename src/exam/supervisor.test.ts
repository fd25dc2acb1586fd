import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import { CodedError, type AmorceEvent, type ServiceName } from '../contract/index.ts'
import { Supervisor, type SupervisedService } from './supervisor.ts'

/** A service whose opening and closing end when the test says so; it must never be opened twice. */
class SlowService implements SupervisedService {
  open = false
  count = 0
  failStop = false
  #finish: (() => void)[] = []

  async start(): Promise<void> {
    if (this.open) throw new Error('opened twice')
    await new Promise<void>((resolve) => this.#finish.push(resolve))
    this.open = true
  }

  stop(): Promise<void> {
    if (this.failStop) return Promise.reject(new Error('stuck'))
    this.open = false
    return Promise.resolve()
  }

  /** Ends the start that is under way. */
  async finishStart(): Promise<void> {
    while (this.#finish.length === 0) await Promise.resolve()
    this.#finish.shift()?.()
  }
}

let services: Record<ServiceName, SlowService>
let supervisor: Supervisor
let events: AmorceEvent[]

beforeEach(() => {
  services = { dhcp: new SlowService(), tftp: new SlowService(), http: new SlowService() }
  events = []
  supervisor = new Supervisor({ clock: new ManualClock(), emit: (event) => events.push(event), logger: silentLogger })
})

const all = (): SlowService[] => Object.values(services)
const finishAll = (): Promise<unknown> => Promise.all(all().map((service) => service.finishStart()))
const started = async (): Promise<void> => {
  const starting = supervisor.start(services)
  await finishAll()
  await starting
}
const states = (): string[] => supervisor.views().map(({ state }) => state)
const stateOf = (name: ServiceName): string | undefined => supervisor.views().find((view) => view.name === name)?.state

describe('one service at a time, in the order it was asked', () => {
  it('a stop waits for the start before it, and nothing stays open', async () => {
    const starting = supervisor.start(services)
    const stopping = supervisor.stop()
    await finishAll()
    await Promise.all([starting, stopping])
    expect(states()).toEqual(['stopped', 'stopped', 'stopped'])
    expect(all().some(({ open }) => open)).toBe(false)
  })

  it('a NIC that vanishes during the start fails the service once it runs', async () => {
    const starting = supervisor.start(services)
    const failing = supervisor.fail('dhcp', new CodedError('nic.notFound', 'gone'))
    await finishAll()
    await Promise.all([starting, failing])
    expect(supervisor.views()[0]).toMatchObject({ state: 'failed', error: { code: 'nic.notFound' } })
    expect(services.dhcp.open).toBe(false)
    expect([stateOf('tftp'), stateOf('http')]).toEqual(['running', 'running'])
  })

  it('two restarts at once open it twice in a row, never together', async () => {
    await started()
    const both = [supervisor.restart('tftp'), supervisor.restart('tftp')]
    await services.tftp.finishStart()
    await services.tftp.finishStart()
    await Promise.all(both)
    expect(stateOf('tftp')).toBe('running')
  })

  it('a restart asked for after the stop has nothing to restart', async () => {
    await started()
    const stopping = supervisor.stop()
    await expect(supervisor.restart('http')).rejects.toMatchObject({ code: 'exam.notRunning' })
    await stopping
    expect(services.http.open).toBe(false)
  })

  it('a restart asked for before the stop is undone by it', async () => {
    await started()
    const restarting = supervisor.restart('http')
    const stopping = supervisor.stop()
    await services.http.finishStart()
    await Promise.all([restarting, stopping])
    expect(services.http.open).toBe(false)
  })
})

describe('failing', () => {
  it('is said once, with its cause, and the others go on', async () => {
    await started()
    events = []
    const gone = new CodedError('nic.notFound', 'gone', { nic: 'exam0' })
    await Promise.all([supervisor.fail('http', gone), supervisor.fail('http', gone)])
    expect(events).toMatchObject([{ type: 'service.state', service: 'http', state: 'failed', code: 'nic.notFound' }])
    expect(supervisor.failed()).toEqual(['http'])
    expect(supervisor.anyRunning).toBe(true)
  })

  it('says nothing of a service that does not run', async () => {
    await supervisor.fail('http', new Error('late'))
    expect(events).toEqual([])
  })

  it('shows a service that would not stop, and stops the others all the same', async () => {
    await started()
    services.tftp.failStop = true
    await supervisor.stop()
    expect(states()).toEqual(['stopped', 'failed', 'stopped'])
  })
})
