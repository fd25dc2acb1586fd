import { beforeEach, expect, it } from 'vitest'
import { CodedError, type LeasePage, type LeaseQuery, type LeaseView, type PoolView } from '../../src/contract/index.ts'
import { Client } from './client.ts'
import { HandBridge, settled } from './fixtures.ts'
import { Leases } from './leases.svelte.ts'

const aLease = (n: number): LeaseView => ({ address: `10.0.0.${n}`, state: 'leased', isReserved: false })
const counts = { free: 9, offered: 0, leased: 1, reserved: 0, declined: 0, excluded: 0 }
const pool: PoolView = { network: '10.0.0.0/24', first: '10.0.0.1', last: '10.0.0.10', counts, runs: [] }

let bridge: HandBridge
let leases: Leases
const queries = () => bridge.inputsOf('lease.list') as LeaseQuery[]

beforeEach(() => {
  bridge = new HandBridge()
    .answer('lease.pool', () => pool)
    .answer('lease.list', (input): LeasePage => {
      const { offset, limit, search } = input as LeaseQuery
      const total = search ? 1 : 250
      const length = Math.max(Math.min(limit, total - offset), 0)
      return { leases: Array.from({ length }, (_, index) => aLease(offset + index)), total, all: 250 }
    })
  leases = new Leases(new Client(bridge, () => {}))
})

it('asks for nothing while nobody looks', async () => {
  leases.apply({ seq: 1, leasesRevision: 1 })
  await settled()
  expect(queries()).toEqual([])
  const close = leases.open()
  await settled()
  expect(queries()).toHaveLength(1)
  expect(leases.pool).toEqual(pool)
  close()
  leases.apply({ seq: 2, leasesRevision: 2 })
  await settled()
  expect(queries()).toHaveLength(1)
})

it('asks for the pages in sight, and for them again when something changed', async () => {
  leases.open()
  await settled()
  leases.need(150, 210)
  await settled()
  expect(queries().map(({ offset }) => offset)).toEqual([0, 100, 200])
  expect(leases.row(205)?.address).toBe('10.0.0.205')
  expect(leases.row(5)).toBeUndefined()
  leases.apply({ seq: 1, leasesRevision: 7 })
  leases.apply({ seq: 2, leasesRevision: 7 })
  await settled()
  expect(queries().map(({ offset }) => offset)).toEqual([0, 100, 200, 100, 200])
})

it('makes one more question of all that changes while one is under way, with the filter as it is then', async () => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  bridge.answer('lease.pool', async () => {
    await held
    return pool
  })
  leases.open()
  for (let revision = 1; revision <= 5; revision += 1) leases.apply({ seq: revision, leasesRevision: revision })
  leases.search = 'A1'
  leases.refresh()
  release()
  await settled()
  expect(queries().map(({ search }) => search)).toEqual(['', 'A1'])
  expect([leases.total, leases.all]).toEqual([1, 250])
})

it('says in its place why nothing can be shown, and shows again once it can', async () => {
  bridge.answer('lease.pool', () => {
    throw new CodedError('dhcp.poolInvalid', 'the pool ends before it starts')
  })
  leases.open()
  await settled()
  expect(leases.problem?.code).toBe('dhcp.poolInvalid')
  bridge.answer('lease.pool', () => null)
  leases.refresh()
  await settled()
  expect([leases.problem, leases.pool]).toEqual([undefined, null])
})

it('takes a reservation back by making the one that it replaced again, or by ending it', async () => {
  const reservation = { address: '10.0.0.5', mac: '52:54:00:00:00:01' }
  const before = { ...reservation, address: '10.0.0.9' }
  bridge.answer('lease.reserve', () => before)
  const undo = await leases.reserve(reservation)
  undo?.()
  await settled()
  expect(bridge.inputsOf('lease.reserve')).toEqual([reservation, before])

  bridge.answer('lease.reserve', () => null)
  const end = await leases.reserve(reservation)
  end?.()
  await settled()
  expect(bridge.inputsOf('lease.unreserve')).toEqual(['10.0.0.5'])
})
