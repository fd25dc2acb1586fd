import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CodedError } from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import type { LeaseRecord } from './leases.ts'
import { createLeaseStore, type LeaseStore } from './leaseStore.ts'
import { addressOf } from './testdata/room.ts'

const network = '192.168.60.0/24'
const record: LeaseRecord = {
  address: addressOf('192.168.60.250'),
  key: 'id:666f6f',
  mac: '52:54:00:00:00:01',
  hostName: 'poste-é',
  state: 'leased',
  startsAt: Date.UTC(2026, 0, 5),
  expiresAt: Date.UTC(2026, 0, 6),
}

describe('the lease store', () => {
  let database: Database
  let store: LeaseStore
  beforeEach(() => {
    database = openDatabase({ path: ':memory:', nativeBinding: process.env.AMORCE_SQLITE_BINDING })
    store = createLeaseStore(database)
  })
  afterEach(() => database.close())

  it('gives back what was saved, addresses above 127 and all', () => {
    store.commit(network, [record])
    expect(store.load(network)).toEqual([record])
    expect(store.load('10.0.0.0/8')).toEqual([])
  })

  it('keeps the UUID that a machine said', () => {
    const said = { ...record, uuid: '12345678-9abc-def0-1122-334455667788' }
    store.commit(network, [said])
    expect(store.load(network)).toEqual([said])
  })

  it('keeps the last record of an address', () => {
    store.commit(network, [record, { ...record, state: 'released' }])
    store.commit(network, [{ ...record, state: 'declined' }])
    expect(store.load(network)).toEqual([{ ...record, state: 'declined' }])
  })

  it('saves all of a batch or nothing', () => {
    const wrong = { ...record, address: record.address + 1, state: 'borrowed' } as unknown as LeaseRecord
    expect(() => store.commit(network, [record, wrong])).toThrow(CodedError)
    try {
      store.commit(network, [wrong])
    } catch (error) {
      expect(error).toMatchObject({ code: 'dhcp.leaseNotSaved', details: { network } })
    }
    expect(store.load(network)).toEqual([])
  })

  it('says so when the database is gone', () => {
    database.close()
    expect(() => store.commit(network, [record])).toThrow(expect.objectContaining({ code: 'dhcp.leaseNotSaved' }))
  })

  it('reads reservations', () => {
    database
      .prepare('INSERT INTO reservations (network, mac, address) VALUES (?, ?, ?)')
      .run(network, record.mac, record.address)
    expect(store.reservations(network)).toEqual([{ mac: record.mac, address: record.address }])
    expect(store.reservations('10.0.0.0/8')).toEqual([])
  })
})
