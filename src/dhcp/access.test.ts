import { describe, expect, it } from 'vitest'
import type { DhcpConfig } from './config.ts'
import { uint16 } from './options/integer.ts'
import { machineUuid } from './options/machineUuid.ts'
import { addressOf, message, Room, type RoomOptions } from './testdata/room.ts'

const us = '192.168.60.1'
const macOf = (n: number) => `52:54:00:00:01:${n.toString(16).padStart(2, '0')}`
const uuid = '12345678-9abc-def0-1122-334455667788'
const saysUuid = { 97: machineUuid.encode(uuid) }
const quarantine = { start: '192.168.60.200', end: '192.168.60.201' }
const bootDecider: RoomOptions['bootDecider'] = ({ firmware }) => ({
  firmwareRow: firmware,
  nextServer: us,
  bootFile: 'undionly.kpxe',
})
/** A room that knows machine 1, and machine 2 by its UUID. */
const roomWith = (config: Partial<DhcpConfig>, more: Partial<RoomOptions> = {}) =>
  new Room({ config, isKnown: (mac, said) => mac === macOf(1) || said === uuid, bootDecider, ...more })
const pxe = { options: { 93: uint16.encode(0) } }

describe('unknown machines', () => {
  it('are served like any other, unless said', () => {
    const room = roomWith({})
    expect(room.hear(message('discover', { mac: macOf(9) })).reply).toMatchObject({ type: 'offer' })
  })

  it.each(['discover', 'request', 'inform'] as const)('are not answered a %s where they are ignored', (type) => {
    const room = roomWith({ unknownMachines: 'ignore' })
    const fields = { mac: macOf(9), ciaddr: type === 'discover' ? '0.0.0.0' : '192.168.60.50' }
    const { events, reply, decision } = room.hear(message(type, fields))
    expect([reply, decision.change]).toEqual([undefined, undefined])
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.silent', reason: 'policy', policy: 'unknown' })
  })

  it('are known by their MAC, by a UUID, by the allow list or by a reservation', () => {
    const room = roomWith(
      { unknownMachines: 'ignore', allow: [macOf(3).toUpperCase()] },
      { reservations: [{ mac: macOf(4), address: '192.168.60.9' }] },
    )
    const served = [
      room.boot({ mac: macOf(1) }),
      room.boot({ mac: macOf(2), options: saysUuid }),
      room.boot({ mac: macOf(3) }),
      room.boot({ mac: macOf(4) }),
      room.boot({ mac: macOf(5) }),
    ]
    expect(served).toEqual(['192.168.60.50', '192.168.60.51', '192.168.60.52', '192.168.60.9', undefined])
  })

  it('stay known by their UUID when the system that they booted no longer says it', () => {
    const room = roomWith({ unknownMachines: 'ignore' })
    room.boot({ mac: macOf(2), options: saysUuid })
    expect(room.boot({ mac: macOf(2) })).toBe('192.168.60.50')
    expect(room.hear(message('request', { mac: macOf(2), ciaddr: '192.168.60.50' })).reply?.type).toBe('ack')
  })

  it('get an address apart and no boot file in quarantine, and the screen is told', () => {
    const room = roomWith({ unknownMachines: 'quarantine', quarantine })
    const { events, reply } = room.hear(message('discover', { mac: macOf(9), ...pxe }))
    expect(reply).toMatchObject({ type: 'offer', yiaddr: '192.168.60.200', packet: { siaddr: 0 } })
    expect(reply?.packet.options.has(67)).toBe(false)
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.offer', quarantined: true })
    const known = room.hear(message('discover', { mac: macOf(1), ...pxe }))
    expect(known.reply?.packet.options.has(67)).toBe(true)
    expect(known.events.at(-1)).not.toHaveProperty('quarantined')
  })

  it('cannot fill the pool from quarantine', () => {
    const room = roomWith({ unknownMachines: 'quarantine', quarantine })
    expect([6, 7, 8].map((n) => room.boot({ mac: macOf(n), requested: '192.168.60.50' }))).toEqual([
      '192.168.60.200',
      '192.168.60.201',
      undefined,
    ])
    const grab = message('request', { mac: macOf(8), requested: '192.168.60.50', serverId: us })
    expect(room.hear(grab).reply?.type).toBe('nak')
    expect(room.boot({ mac: macOf(1) })).toBe('192.168.60.50')
  })

  it('leave quarantine when they next ask after they became known', () => {
    const known = new Set<string>()
    const config = { unknownMachines: 'quarantine', quarantine } as const
    const room = new Room({ config, isKnown: (mac) => known.has(mac) })
    const mac = macOf(9)
    expect(room.boot({ mac })).toBe('192.168.60.200')
    expect(room.hear(message('request', { mac, ciaddr: '192.168.60.200' })).reply?.type).toBe('ack')
    known.add(mac)
    expect(room.hear(message('request', { mac, ciaddr: '192.168.60.200' })).reply?.type).toBe('nak')
    expect(room.boot({ mac })).toBe('192.168.60.50')
  })

  it('get nothing on a network without a quarantine', () => {
    const subnet = { network: '10.0.20.0', prefix: 24, poolStart: '10.0.20.50', poolEnd: '10.0.20.60' }
    const room = roomWith({ unknownMachines: 'quarantine', quarantine, subnets: [subnet] })
    const { events } = room.hear(message('discover', { mac: macOf(9), giaddr: '10.0.20.1' }))
    expect(events.at(-1)).toMatchObject({ reason: 'policy', policy: 'unknown' })
    expect(room.boot({ mac: macOf(1), giaddr: '10.0.20.1' })).toBe('10.0.20.50')
  })
})

describe('the deny list', () => {
  const config = { deny: [macOf(1)] }

  it('comes before all that makes a machine known', () => {
    const room = roomWith(
      { ...config, allow: [macOf(1)] },
      { reservations: [{ mac: macOf(1), address: '192.168.60.9' }] },
    )
    const { events, reply } = room.hear(message('discover', { mac: macOf(1) }))
    expect(reply).toBeUndefined()
    expect(events).toMatchObject([{ type: 'dhcp.discover' }, { reason: 'policy', policy: 'denied' }])
    expect(room.boot({ mac: macOf(2) })).toBe('192.168.60.50')
  })

  it('lets a machine give back what it has', () => {
    const lease = { address: addressOf('192.168.60.50'), key: `mac:${macOf(1)}`, mac: macOf(1), hostName: '' }
    const room = roomWith(config, { leases: [{ ...lease, state: 'leased', startsAt: 0, expiresAt: 8.64e15 }] })
    room.hear(message('release', { mac: macOf(1), ciaddr: '192.168.60.50', serverId: us }))
    expect(room.leaseLines()).toEqual([`192.168.60.50 released mac:${macOf(1)}`])
  })
})

describe('a reservation by UUID', () => {
  const reservations = [{ uuid, address: '192.168.60.51' }]

  it('follows the machine whatever NIC it boots from', () => {
    const room = roomWith({}, { reservations })
    expect(room.boot({ mac: macOf(5), options: saysUuid })).toBe('192.168.60.51')
    room.hear(message('release', { mac: macOf(5), ciaddr: '192.168.60.51', serverId: us }))
    expect(room.boot({ mac: macOf(6), options: saysUuid })).toBe('192.168.60.51')
    expect(room.boot({ mac: macOf(7), requested: '192.168.60.51' })).toBe('192.168.60.50')
  })

  it('holds for the system that was booted, which says no UUID, through a restart of the server too', () => {
    const room = roomWith({}, { reservations })
    room.boot({ mac: macOf(5), options: saysUuid })
    const again = roomWith({}, { reservations, leases: room.table.all() })
    expect(again.hear(message('request', { mac: macOf(5), ciaddr: '192.168.60.51' })).reply?.type).toBe('ack')
    expect(again.boot({ mac: macOf(5) })).toBe('192.168.60.51')
  })

  it('can be taken up and dropped while the table is in use', () => {
    const room = roomWith({})
    room.table.reserve([{ mac: macOf(9), address: addressOf('192.168.60.50') }])
    expect([room.boot({ mac: macOf(5) }), room.boot({ mac: macOf(9) })]).toEqual(['192.168.60.51', '192.168.60.50'])
    room.table.reserve([])
    room.hear(message('release', { mac: macOf(9), ciaddr: '192.168.60.50', serverId: us }))
    expect(room.table.freeCount).toBe(3)
    expect(room.boot({ mac: macOf(6), requested: '192.168.60.50' })).toBe('192.168.60.50')
  })
})
