import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import { CodedError, type AmorceEvent, type NicView, type ServiceName } from '../contract/index.ts'
import { Supervisor, type Venue } from '../exam/index.ts'
import { examNicChange, ExamNicGuard, type ExamNicChange } from './examNic.ts'
import { mustBeThere, openRealVenue } from './venue.ts'

const venue: Venue = { nic: 'exam0', address: '192.168.60.1', prefix: 24, simulated: false }
const exam0: NicView = {
  name: 'exam0',
  kind: 'ethernet',
  addresses: [{ address: '192.168.60.1', prefix: 24 }],
  link: 'up',
  index: 3,
}
const wifi: NicView = { name: 'wlan0', kind: 'wifi', addresses: [{ address: '10.1.2.3', prefix: 24 }], link: 'up' }
const bare: NicView = { ...exam0, addresses: [] }

describe('what happened to the NIC of an exam', () => {
  it.each<[string, ExamNicChange | undefined, NicView[], NicView[]]>([
    ['nothing', undefined, [exam0, wifi], [exam0, wifi]],
    ['the first listing', 'back', [], [exam0]],
    ['another NIC came', undefined, [exam0], [exam0, wifi]],
    ['another NIC went', undefined, [exam0, wifi], [exam0]],
    ['it got one more address', undefined, [exam0], [{ ...exam0, addresses: [...exam0.addresses, ...wifi.addresses] }]],
    ['its speed changed', undefined, [exam0], [{ ...exam0, speedMbps: 100 }]],
    ['unplugged', 'gone', [exam0, wifi], [wifi]],
    ['unplugged when it had no address any more', 'gone', [bare], []],
    ['plugged in again with its address', 'back', [wifi], [exam0, wifi]],
    ['plugged in again without', undefined, [wifi], [bare, wifi]],
    ['its address was taken away', 'noAddress', [exam0], [bare]],
    ['its address came back', 'back', [bare], [exam0]],
    ['unplugged and back between two looks', 'replaced', [exam0], [{ ...exam0, index: 9 }]],
    ['the cable was pulled', 'down', [exam0], [{ ...exam0, link: 'down' }]],
    ['the cable is in again', 'up', [{ ...exam0, link: 'down' }], [exam0]],
  ])('%s', (_, change, before, after) => expect(examNicChange(venue, before, after)).toBe(change))
})

describe('where an exam can be held', () => {
  const codeOf = (task: () => unknown): string => {
    try {
      task()
    } catch (error) {
      return error instanceof CodedError ? error.code : String(error)
    }
    return 'none'
  }

  it.each<[string, string, NicView[]]>([
    ['on its NIC with its address', 'none', [wifi, exam0]],
    ['not on a NIC that is gone', 'nic.notFound', [wifi]],
    ['not on a NIC that lost its address', 'nic.noAddress', [bare]],
    [
      'not where the network is another size now',
      'nic.noAddress',
      [{ ...exam0, addresses: [{ address: '192.168.60.1', prefix: 16 }] }],
    ],
  ])('resumed %s', (_, code, nics) => expect(codeOf(() => mustBeThere(nics, venue))).toBe(code))

  it('started on a NIC of that name with a private address', () => {
    expect(openRealVenue([wifi, exam0], 'exam0')).toEqual(venue)
    expect(codeOf(() => openRealVenue([wifi], 'exam0'))).toBe('nic.notFound')
    expect(codeOf(() => openRealVenue([bare], 'exam0'))).toBe('nic.noAddress')
  })
})

describe('the services follow their NIC', () => {
  let events: AmorceEvent[]
  let opened: Record<ServiceName, number>
  let supervisor: Supervisor
  let held: Venue | undefined
  let guard: ExamNicGuard

  beforeEach(async () => {
    const clock = new ManualClock()
    const emit = (event: AmorceEvent): void => void events.push(event)
    events = []
    held = venue
    opened = { dhcp: 0, tftp: 0, http: 0 }
    supervisor = new Supervisor({ clock, emit, logger: silentLogger })
    guard = new ExamNicGuard({ clock, emit, logger: silentLogger, supervisor, venue: () => held })
    const service = (name: ServiceName) => ({
      count: 0,
      start: () => Promise.resolve(void opened[name]++),
      stop: () => Promise.resolve(),
    })
    await supervisor.start({ dhcp: service('dhcp'), tftp: service('tftp'), http: service('http') })
    events = []
  })

  const states = (): string[] => supervisor.views().map(({ state, error }) => error?.code ?? state)
  const told = (): string[] => events.flatMap((event) => (event.type === 'nic.changed' ? [event.change] : []))

  it('fail when it goes, and are opened anew when it is back with its address', async () => {
    await guard.look([exam0], [])
    expect(states()).toEqual(['nic.notFound', 'nic.notFound', 'nic.notFound'])
    await guard.look([], [bare])
    expect(opened).toEqual({ dhcp: 1, tftp: 1, http: 1 })
    await guard.look([bare], [exam0])
    expect(states()).toEqual(['running', 'running', 'running'])
    expect(opened).toEqual({ dhcp: 2, tftp: 2, http: 2 })
    expect(told()).toEqual(['gone', 'back'])
  })

  it('fail when it loses the address of the exam', async () => {
    await guard.look([exam0], [bare])
    expect(states()).toEqual(['nic.noAddress', 'nic.noAddress', 'nic.noAddress'])
  })

  it('are opened anew when it was replaced between two looks: their sockets are dead', async () => {
    await guard.look([exam0], [{ ...exam0, index: 9 }])
    expect(states()).toEqual(['running', 'running', 'running'])
    expect(opened).toEqual({ dhcp: 2, tftp: 2, http: 2 })
    expect(told()).toEqual(['gone', 'back'])
  })

  it('follow two changes that come at once in their order', async () => {
    await Promise.all([guard.look([exam0], []), guard.look([], [exam0])])
    expect(states()).toEqual(['running', 'running', 'running'])
  })

  it('are left alone by a cable, by other NICs and by an address that was set just before the start', async () => {
    await guard.look([exam0], [{ ...exam0, link: 'down' }])
    await guard.look([exam0, wifi], [exam0])
    await guard.look([bare], [exam0])
    expect(opened).toEqual({ dhcp: 1, tftp: 1, http: 1 })
    expect(told()).toEqual(['down'])
  })

  it('are not opened for an exam that was stopped meanwhile', async () => {
    await guard.look([exam0], [])
    const back = guard.look([], [exam0])
    held = undefined
    await supervisor.stop()
    await back
    expect(states()).toEqual(['stopped', 'stopped', 'stopped'])
  })
})
