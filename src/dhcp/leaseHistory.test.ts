import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../storage/index.ts'
import { createLeaseHistory, type PastLease } from './leaseHistory.ts'
import { keptHistory } from './leaseJournal.ts'
import { setAsideMs, type LeaseRecord } from './leases.ts'
import { createLeaseStore, type LeaseStore } from './leaseStore.ts'
import { addressOf } from './testdata/room.ts'

const network = '192.168.60.0/24'
const [here, there] = ['192.168.60.20', '192.168.60.21'].map(addressOf) as [number, number]
const one = '52:54:00:00:00:01'
const two = '52:54:00:00:00:02'
const record = (mac: string, changes: Partial<LeaseRecord>): LeaseRecord => ({
  ...{ address: here, key: `mac:${mac}`, mac, hostName: '', state: 'leased', startsAt: 1000, expiresAt: 5000 },
  ...changes,
})

describe('the history of leases', () => {
  let database: Database
  let store: LeaseStore
  beforeEach(() => {
    database = openDatabase({ path: ':memory:', nativeBinding: process.env.AMORCE_SQLITE_BINDING })
    store = createLeaseStore(database)
  })
  afterEach(() => database.close())

  const fold = (): void => {
    while (store.tidy());
  }
  const told = (past: PastLease[]): string[] =>
    past.map(({ mac, startsAt, end }) => `${mac.slice(-1)} ${startsAt} ${end ? `${end.how} ${end.at}` : 'still'}`)
  const ofAddress = (now: number): string[] => told(createLeaseHistory(database).ofAddress(network, here, now, 50))

  it('tells who had an address, the latest first, and how it ended', () => {
    store.commit(network, [record(one, {})])
    fold()
    store.commit(network, [record(one, { expiresAt: 9000 })])
    fold()
    expect(ofAddress(8999)).toEqual(['1 1000 still'])
    expect(ofAddress(9000)).toEqual(['1 1000 expired 9000'])
    store.commit(network, [record(two, { startsAt: 10_000, state: 'released', expiresAt: 11_000 })])
    fold()
    expect(ofAddress(20_000)).toEqual(['2 10000 released 11000', '1 1000 expired 9000'])
  })

  it('knows when an address was set aside', () => {
    store.commit(network, [record(one, { state: 'declined', expiresAt: 3000 + setAsideMs })])
    store.commit(network, [
      record('', { address: there, key: 'conflict:192.168.60.21', state: 'conflict', expiresAt: 1000 + setAsideMs }),
    ])
    fold()
    expect(ofAddress(4000)).toEqual(['1 1000 declined 3000'])
    expect(createLeaseHistory(database).ofAddress(network, there, 4000, 50)).toMatchObject([
      { mac: '', end: { how: 'conflict', at: 1000 } },
    ])
  })

  it('misses none that came and went before they were brought into the table', () => {
    store.commit(network, [record(one, {})])
    store.commit(network, [record(one, { state: 'released', expiresAt: 2000 })])
    store.commit(network, [record(two, { startsAt: 3000, expiresAt: 9000 })])
    fold()
    expect(ofAddress(4000)).toEqual(['2 3000 still', '1 1000 released 2000'])
    expect(store.load(network)).toMatchObject([{ mac: two, state: 'leased' }])
  })

  it('follows a machine from address to address', () => {
    store.commit(network, [record(one, { state: 'released', expiresAt: 2000 })])
    store.commit(network, [record(one, { address: there, startsAt: 2000 })])
    fold()
    const past = createLeaseHistory(database).ofMachine(network, one, 3000, 50)
    expect(past.map(({ address }) => address)).toEqual([there, here])
  })

  it('forgets the oldest when it has grown long', () => {
    const row = (n: number): LeaseRecord => record(one, { startsAt: n, expiresAt: n + 1, state: 'released' })
    database.transaction(() => {
      const insert = database.prepare(
        `INSERT INTO lease_history (network, address, client_key, mac, host_name, state, starts_at, expires_at)
         VALUES (?, ?, 'k', ?, '', 'released', ?, ?)`,
      )
      for (let n = 0; n < keptHistory; n++) insert.run(network, there, two, n, n + 1)
    })()
    store.commit(network, [row(1)])
    fold()
    const kept = database.prepare<[], number>('SELECT count(*) FROM lease_history').pluck().get()
    expect(kept).toBe(keptHistory)
    expect(ofAddress(4000)).toEqual(['1 1 released 2'])
  })
})
