import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatIpv4 } from '../network/index.ts'
import { readConfig } from './config.ts'
import { LeaseTable, reservationsWithin, type LeaseRecord, type LeaseState } from './leases.ts'
import { addressOf, roomConfig } from './testdata/room.ts'

const settings = readConfig(roomConfig)
const client = (n: number) => ({ key: `mac:52:54:00:00:00:0${n}`, mac: `52:54:00:00:00:0${n}` })
const poolAddress = (n: number) => addressOf('192.168.60.50') + n
const lease = (
  n: number,
  owner: number,
  state: LeaseState = 'leased',
  expiresAt = 1000,
  startsAt = 0,
): LeaseRecord => ({
  address: poolAddress(n),
  ...client(owner),
  hostName: '',
  state,
  startsAt,
  expiresAt,
})
const offer = (n: number, owner: number, offeredAt = 0) => ({
  address: poolAddress(n),
  ...client(owner),
  offeredAt,
  expiresAt: offeredAt + 60_000,
})
/** All that can be seen of a table from outside. */
const view = (table: LeaseTable) => ({
  leases: table.all(),
  free: table.freeCount,
  offers: table.offerCount,
  known: [1, 2, 3, 4].map((n) => table.leaseOf(client(n).key)),
})

describe('the lease table', () => {
  it('takes up saved leases: live ones hold their address, the others come last in turn', () => {
    const table = new LeaseTable(settings, [
      lease(0, 1, 'released', 500),
      lease(1, 2, 'leased', 900),
      lease(2, 3, 'leased', 100),
    ])
    table.expire(200)
    expect(table.freeCount).toBe(3)
    const turns = [5, 6, 7].map((n) => {
      const address = table.addressFor(client(n), undefined, 200)!
      table.hold({ ...offer(0, n, 200), address })
      return formatIpv4(address)
    })
    expect(turns).toEqual(['192.168.60.53', '192.168.60.50', '192.168.60.52'])
  })

  it('knows a client by its live lease, else by its latest one', () => {
    const live = new LeaseTable(settings, [lease(0, 1, 'leased', 1000, 1), lease(1, 1, 'released', 5, 3)])
    expect(live.leaseOf(client(1).key)?.address).toBe(poolAddress(0))
    const gone = new LeaseTable(settings, [lease(1, 1, 'released', 9, 3), lease(0, 1, 'expired', 4, 1)])
    expect(gone.leaseOf(client(1).key)?.address).toBe(poolAddress(1))
  })

  it('keeps leases of addresses that left the pool, and gives them to nobody', () => {
    const outside = { ...lease(0, 1), address: addressOf('192.168.60.99') }
    const table = new LeaseTable(settings, [outside])
    expect(table.standing(outside.address, client(1))).toBe('outsidePool')
    expect(table.freeCount).toBe(4)
  })

  it('expires offers and leases when their time has come, not before', () => {
    const table = new LeaseTable(settings)
    table.put([lease(0, 1, 'leased', 60_000)])
    table.hold(offer(1, 2))
    table.expire(59_999)
    expect(view(table)).toMatchObject({ free: 2, offers: 1 })
    table.expire(60_000)
    expect(view(table)).toMatchObject({ free: 4, offers: 0, leases: [{ state: 'expired' }] })
  })

  it('follows a lease that was renewed, and one that was cut short', () => {
    const table = new LeaseTable(settings)
    table.put([lease(0, 1, 'leased', 100)])
    table.put([lease(0, 1, 'leased', 300)])
    table.expire(200)
    expect(table.leaseOf(client(1).key)?.state).toBe('leased')
    table.put([lease(0, 1, 'leased', 250)])
    table.expire(250)
    expect(table.leaseOf(client(1).key)?.state).toBe('expired')
  })

  it('forgets whose an address was once someone else has it', () => {
    const table = new LeaseTable(settings)
    table.put([lease(0, 1)])
    table.put([lease(0, 2)])
    expect(table.leaseOf(client(1).key)).toBeUndefined()
    expect(table.leaseOf(client(2).key)?.address).toBe(poolAddress(0))
  })

  it('can undo what could not be saved, several in reverse order', () => {
    const record = fc
      .tuple(fc.nat(3), fc.integer({ min: 1, max: 4 }), fc.constantFrom('leased', 'released', 'declined'), fc.nat(999))
      .map(([n, owner, state, expiresAt]) => lease(n, owner, state as LeaseState, expiresAt, expiresAt))
    const batches = fc.array(fc.array(record, { minLength: 1, maxLength: 2 }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), batches, (before, changes) => {
        const table = new LeaseTable(settings)
        for (const saved of before) table.put([saved])
        const was = view(table)
        const undo = changes.map((records) => table.put(records))
        for (const step of undo.reverse()) step()
        expect(view(table)).toEqual(was)
        table.expire(2000)
        expect(table.all().filter(({ state }) => state === 'leased')).toEqual([])
        expect(table.freeCount).toBe(4)
      }),
    )
  })

  it('holds at most one offer per client and per address', () => {
    const table = new LeaseTable(settings)
    table.hold(offer(0, 1))
    table.hold(offer(1, 1))
    expect([table.offerCount, table.freeCount]).toEqual([1, 3])
    table.hold(offer(1, 2))
    expect(table.offerOf(client(1).key)).toBeUndefined()
    expect([table.offerCount, table.freeCount]).toEqual([1, 3])
  })

  it('stays small under a flood of clients that never come back', () => {
    const table = new LeaseTable(settings)
    let served = 0
    for (let n = 0; n < 20_000; n++) {
      const flooder = { key: `mac:${n}`, mac: `${n}` }
      table.expire(n)
      const address = table.addressFor(flooder, undefined, n)
      if (address === undefined) continue
      served++
      table.hold({ address, ...flooder, offeredAt: n, expiresAt: n + 60_000 })
    }
    expect(table.offerCount).toBe(4)
    expect(served).toBe(8)
    expect(table.all()).toEqual([])
  })

  it('leaves aside reservations of other networks', () => {
    const here = { mac: client(1).mac, address: addressOf('192.168.60.9') }
    const elsewhere = { mac: client(2).mac, address: addressOf('10.0.0.9') }
    expect(reservationsWithin([here, elsewhere], settings)).toEqual([here])
  })
})
