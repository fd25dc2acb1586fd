import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import type { TransferDirection, TransferOutcome, TransferQuery } from '../contract/index.ts'
import { Transfers } from './transfers.ts'

const mac = '52:54:00:12:34:56'
const other = '52:54:00:00:00:02'
const macs: Record<string, string> = { '10.0.0.1': mac, '10.0.0.2': other }

let clock: ManualClock
let transfers: Transfers
let changes: number

const begin = (id: string, client = '10.0.0.1', size?: number, direction?: TransferDirection): void =>
  transfers.accept({
    ...{ type: 'transfer.start', at: clock.now(), id, protocol: 'tftp', client, file: `${id}.efi`, kind: 'loader' },
    ...{ options: { blksize: 1468 }, ...(size !== undefined && { size }), ...(direction && { direction }) },
  })
const progress = (id: string, bytes: number, retransmissions = 0): void =>
  transfers.accept({ type: 'transfer.progress', at: clock.now(), id, client: '10.0.0.1', bytes, retransmissions })
const end = (id: string, bytes: number, durationMs: number, outcome: TransferOutcome = 'complete'): void =>
  transfers.accept({
    ...{ type: 'transfer.end', at: clock.now(), id, protocol: 'tftp', client: '10.0.0.1', file: `${id}.efi` },
    ...{ kind: 'loader', bytes, durationMs, retransmissions: 3, outcome },
    ...(outcome === 'complete' ? {} : { reason: 'gone' }),
  })
const refuse = (file: string): void =>
  transfers.accept({
    ...{ type: 'transfer.refused', at: clock.now(), protocol: 'http', client: '10.0.0.9' },
    ...{ file, code: 'content.notFound' },
  })

const list = (query: Partial<TransferQuery> = {}) =>
  transfers.list({
    ...{ search: '', states: [], protocols: [], directions: [], mac: '' },
    ...{ sort: 'startedAt', descending: true, offset: 0, limit: 100 },
    ...query,
  })
const ids = (query: Partial<TransferQuery> = {}): string[] => list(query).transfers.map(({ id }) => id)

beforeEach(() => {
  clock = new ManualClock()
  changes = 0
  transfers = new Transfers({
    clock,
    machineOf: (event) => ('client' in event && typeof event.client === 'string' ? macs[event.client] : undefined),
    hostNameOf: (machine) => (machine === mac ? 'pc-a1' : undefined),
    itemOf: (machine) => (machine === other ? { id: 7, assetTag: 'B2', location: 'B104' } : undefined),
    seatOf: (machine) => (machine === mac ? { id: 3, label: 'A4', roomId: 1 } : undefined),
    link: () => ({ nic: 'enp0s8', linkMbps: 1000 }),
    onChange: () => changes++,
  })
})

describe('the table', () => {
  it('tells a transfer from its start to its end', () => {
    begin('a', '10.0.0.1', 4000)
    expect(list().transfers).toMatchObject([
      { id: 'a', mac, hostName: 'pc-a1', seat: { label: 'A4' }, state: 'running', bytes: 0, rate: 0 },
    ])
    expect(ids({ search: 'a4' })).toEqual(['a'])
    clock.advance(1000)
    progress('a', 3000, 1)
    expect(list()).toMatchObject({ running: 1, transfers: [{ bytes: 3000, rate: 3000, retransmissions: 1 }] })
    clock.advance(1000)
    end('a', 4000, 2000)
    expect(list()).toMatchObject({ total: 1, running: 0 })
    expect(list().transfers).toMatchObject([
      { state: 'complete', bytes: 4000, rate: 2000, retransmissions: 3, endedAt: clock.now() },
    ])
  })

  it('one that is over within a millisecond is not told as slow', () => {
    begin('a', '10.0.0.1', 800)
    end('a', 800, 0)
    expect(list().transfers).toMatchObject([{ state: 'complete', rate: 800_000 }])
  })

  it('the rate is that of the last moments, and none when nothing moves', () => {
    begin('a', '10.0.0.1', 1e6)
    clock.advance(1000)
    progress('a', 1000)
    clock.advance(1000)
    progress('a', 11_000)
    expect(list().transfers[0]?.rate).toBe(10_000)
    clock.advance(2001)
    expect(list().transfers[0]?.rate).toBe(0)
  })

  it('says why one ended badly, and what was refused', () => {
    begin('a')
    end('a', 10, 5, 'timeout')
    refuse('/nothing')
    expect(list({ sort: 'state', descending: false }).transfers).toMatchObject([
      { state: 'timeout', reason: 'gone' },
      { state: 'refused', code: 'content.notFound', file: '/nothing', address: '10.0.0.9' },
    ])
  })

  it('filters by result, way, machine and what is typed', () => {
    begin('a')
    begin('b', '10.0.0.2', 10, 'received')
    refuse('/c')
    end('a', 10, 5)
    expect(ids({ states: ['complete'] })).toEqual(['a'])
    expect(ids({ directions: ['received'] })).toEqual(['b'])
    expect(ids({ mac: other })).toEqual(['b'])
    expect(ids({ search: 'b104' })).toEqual(['b'])
    expect(ids({ search: 'A.EFI' })).toEqual(['a'])
    expect(ids({ protocols: ['http'] })).toHaveLength(1)
    expect(list({ search: 'nowhere' })).toMatchObject({ total: 0, all: 3 })
  })

  it('sorts both ways, equals newest first, and gives a page', () => {
    for (const id of ['a', 'b', 'c']) {
      begin(id)
      clock.advance(10)
    }
    expect(ids()).toEqual(['c', 'b', 'a'])
    expect(ids({ descending: false })).toEqual(['a', 'b', 'c'])
    expect(ids({ sort: 'protocol', descending: false })).toEqual(['c', 'b', 'a'])
    expect(ids({ offset: 1, limit: 1 })).toEqual(['b'])
  })

  it('begins anew with an exam, and not when one is resumed', () => {
    begin('a')
    const about = { at: clock.now(), examId: 1, nic: 'x', address: '10.0.0.254' }
    transfers.accept({ ...about, type: 'exam.resumed' })
    expect(ids()).toEqual(['a'])
    transfers.accept({ ...about, type: 'exam.started' })
    expect(list()).toMatchObject({ all: 0, running: 0 })
    end('a', 10, 5)
    expect(list()).toMatchObject({ all: 0, running: 0 })
  })

  it('forgets the oldest that ended, and never one that runs', () => {
    begin('runs')
    for (let index = 0; index < 5000; index++) {
      begin(`t${index}`)
      end(`t${index}`, 1, 1)
    }
    expect(list()).toMatchObject({ all: 5000, running: 1 })
    expect(ids({ search: 'runs' })).toEqual(['runs'])
    expect(ids({ search: 't0.efi' })).toEqual([])
  })

  it('counts up only with what it shows', () => {
    const before = transfers.revision
    transfers.accept({ type: 'nic.changed', at: 0, nic: 'x', change: 'up' })
    transfers.tick()
    progress('unknown', 5)
    expect([transfers.revision, changes]).toEqual([before, 0])
    begin('a')
    transfers.tick()
    expect([transfers.revision, changes]).toEqual([before + 2, 2])
  })
})

describe('the throughput', () => {
  it('is what was moved in each whole second, both ways, of all and of each machine', () => {
    begin('a', '10.0.0.1')
    begin('b', '10.0.0.2', 10, 'received')
    progress('a', 100)
    clock.advance(1000)
    progress('a', 350)
    progress('b', 40)
    clock.advance(1000)
    progress('a', 999_999)
    const { sent, received, linkMbps, lastAt } = transfers.throughput({ mac: '', seconds: 10 })
    expect(sent.slice(-3)).toEqual([0, 100, 250])
    expect(received.slice(-2)).toEqual([0, 40])
    expect({ linkMbps, lastAt }).toEqual({ linkMbps: 1000, lastAt: Math.floor(clock.now() / 1000) * 1000 - 1000 })
    expect(transfers.throughput({ mac, seconds: 10 }).received.at(-1)).toBe(0)
    expect(transfers.throughput({ mac: other, seconds: 10 }).received.at(-1)).toBe(40)
    expect(transfers.throughput({ mac: '52:54:00:00:00:99', seconds: 10 }).sent).toEqual(Array(10).fill(0))
  })

  it('forgets after ten minutes', () => {
    begin('a')
    progress('a', 100)
    clock.advance(300_000)
    progress('a', 101)
    clock.advance(300_000)
    const { sent } = transfers.throughput({ mac: '', seconds: 600 })
    expect(sent).toHaveLength(600)
    expect([sent[0], sent[300]]).toEqual([100, 1])
    progress('a', 102)
    clock.advance(1000)
    expect(transfers.throughput({ mac: '', seconds: 600 }).sent.filter((bytes) => bytes > 0)).toEqual([1, 1])
  })
})
