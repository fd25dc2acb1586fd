import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../storage/index.ts'
import { createReservations, type Reservation, type Reservations } from './reservations.ts'
import { addressOf } from './testdata/room.ts'

const network = '192.168.60.0/24'
const mac = '52:54:00:00:00:01'
const other = '52:54:00:00:00:02'
const uuid = '12345678-9abc-def0-1122-334455667788'
const at = (dotted: string) => addressOf(dotted)

describe('reservations', () => {
  let database: Database
  let reservations: Reservations
  beforeEach(() => {
    database = openDatabase({ path: ':memory:', nativeBinding: process.env.AMORCE_SQLITE_BINDING })
    reservations = createReservations(database)
  })
  afterEach(() => database.close())

  it('are listed by address, each network its own', () => {
    reservations.set(network, { mac, address: at('192.168.60.9') })
    reservations.set(network, { uuid, address: at('192.168.60.8') })
    reservations.set('10.0.0.0/8', { mac, uuid, address: at('10.0.0.5') })
    expect(reservations.list(network)).toEqual([
      { uuid, address: at('192.168.60.8') },
      { mac, address: at('192.168.60.9') },
    ])
    expect(reservations.list('10.0.0.0/8')).toEqual([{ mac, uuid, address: at('10.0.0.5') }])
  })

  it('move with their machine, known by MAC or by UUID', () => {
    reservations.set(network, { mac, uuid, address: at('192.168.60.8') })
    reservations.set(network, { mac, address: at('192.168.60.9') })
    reservations.set(network, { uuid, address: at('192.168.60.10') })
    reservations.set(network, { mac, uuid, address: at('192.168.60.11') })
    expect(reservations.list(network)).toEqual([{ mac, uuid, address: at('192.168.60.11') }])
  })

  it('are kept as the wire has them', () => {
    reservations.set(network, { mac: '52-54-00-AA-00-01', uuid: uuid.toUpperCase(), address: at('192.168.60.8') })
    expect(reservations.list(network)).toMatchObject([{ mac: '52:54:00:aa:00:01', uuid }])
  })

  it('can be removed once', () => {
    reservations.set(network, { mac, address: at('192.168.60.9') })
    expect(reservations.remove(network, at('192.168.60.9'))).toBe(true)
    expect(reservations.remove(network, at('192.168.60.9'))).toBe(false)
    expect(reservations.list(network)).toEqual([])
  })

  it('may be on the loopback network, where the simulated room is', () => {
    const simulated = '127.60.0.0/24'
    reservations.set(simulated, { mac, address: at('127.60.0.10') })
    expect(reservations.list(simulated)).toEqual([{ mac, address: at('127.60.0.10') }])
  })

  it.each<[string, Reservation, string, string]>([
    ['an address of another network', { mac, address: at('10.0.0.5') }, 'address', 'outsideNetwork'],
    ['the broadcast address', { mac, address: at('192.168.60.255') }, 'address', 'notAHost'],
    ['no machine', { address: at('192.168.60.9') }, 'mac', 'missing'],
    ['half a MAC', { mac: '52:54:00', address: at('192.168.60.9') }, 'mac', 'notAMac'],
    ['half a UUID', { uuid: '1234', address: at('192.168.60.9') }, 'uuid', 'notAUuid'],
    ['an address of another machine', { mac, address: at('192.168.60.7') }, 'address', 'taken'],
  ])('are refused with %s, and nothing is changed', (_what, reservation, field, reason) => {
    reservations.set(network, { mac: other, address: at('192.168.60.7') })
    reservations.set(network, { mac, address: at('192.168.60.20') })
    const before = reservations.list(network)
    expect(() => reservations.set(network, reservation)).toThrow(
      expect.objectContaining({ code: 'input.invalid', details: { field, reason } }),
    )
    expect(reservations.list(network)).toEqual(before)
  })
})
