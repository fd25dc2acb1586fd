import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../storage/index.ts'
import { LeaseJournal, leaseJournalOf } from './leaseJournal.ts'
import type { LeaseRecord } from './leases.ts'
import { createLeaseStore } from './leaseStore.ts'

const network = '10.0.0.0/16'
const first = 0x0a000001
const nativeBinding = process.env.AMORCE_SQLITE_BINDING

const recordOf = (n: number, hostName = `pc-${n}`): LeaseRecord => ({
  address: first + n,
  key: `mac:52:54:00:00:00:${n.toString(16)}`,
  mac: `52:54:00:00:00:${n.toString(16)}`,
  hostName,
  state: 'leased',
  startsAt: 1,
  expiresAt: 2,
})
const recordsOf = (count: number, hostName?: string): LeaseRecord[] =>
  Array.from({ length: count }, (_, n) => recordOf(n, hostName))

describe('the lease journal', () => {
  let folder: string
  let path: string
  let database: Database
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amorce-journal-'))
    path = join(folder, 'amorce.sqlite')
    database = openDatabase({ path, nativeBinding })
  })
  afterEach(() => {
    database.close()
    rmSync(folder, { recursive: true })
  })

  const count = (table: string): unknown => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
  const saved = (): unknown =>
    database.prepare('SELECT address, host_name AS hostName FROM leases ORDER BY address').all()

  it('takes a batch in one row, and brings it into the table when it is told to', () => {
    const journal = new LeaseJournal(database)
    journal.append(network, recordsOf(3))
    expect([count('lease_journal'), count('leases')]).toEqual([1, 0])
    expect(journal.fold()).toBe(false)
    expect([count('lease_journal'), count('leases')]).toEqual([0, 3])
  })

  it('folds many in slices, and keeps their rows until the last of them', () => {
    const journal = new LeaseJournal(database)
    journal.append(network, recordsOf(100))
    journal.append(network, recordsOf(100))
    expect(journal.fold()).toBe(true)
    expect([count('lease_journal'), count('leases')]).toEqual([2, 64])
    expect(journal.fold()).toBe(false)
    expect([count('lease_journal'), count('leases')]).toEqual([0, 100])
  })

  it('keeps what came while it was folding, and lets the latest win', () => {
    const journal = new LeaseJournal(database)
    journal.append(network, recordsOf(100, 'before'))
    journal.fold()
    journal.append(network, [recordOf(0, 'after'), recordOf(99, 'after')])
    journal.foldAll()
    expect(count('lease_journal')).toBe(0)
    expect(saved()).toEqual(
      recordsOf(100, 'before').map(({ address }, n) => ({
        address,
        hostName: n === 0 || n === 99 ? 'after' : 'before',
      })),
    )
  })

  it('catches up with a run that was killed, whatever it had folded', () => {
    const journal = new LeaseJournal(database)
    journal.append(network, recordsOf(300, 'before'))
    journal.fold()
    journal.append(network, [recordOf(1, 'after')])
    database.close()

    database = openDatabase({ path, nativeBinding })
    const load = createLeaseStore(database).load(network)
    expect(load.map(({ hostName }) => hostName)).toEqual(recordsOf(300).map((_, n) => (n === 1 ? 'after' : 'before')))
    expect(count('lease_journal')).toBe(0)
  })

  it('is one for all that use a database', () => {
    expect(leaseJournalOf(database)).toBe(leaseJournalOf(database))
    createLeaseStore(database).commit(network, [recordOf(1)])
    expect(createLeaseStore(database).load(network)).toEqual([recordOf(1)])
  })

  it('keeps networks apart', () => {
    const store = createLeaseStore(database)
    store.commit(network, [recordOf(1, 'here')])
    store.commit('10.0.0.0/8', [recordOf(1, 'there')])
    expect(store.load(network)).toEqual([recordOf(1, 'here')])
    expect(store.load('10.0.0.0/8')).toEqual([recordOf(1, 'there')])
  })
})
