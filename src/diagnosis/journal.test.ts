import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import type { AmorceEvent, JournalEntry, JournalQuery } from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { Journal } from './journal.ts'

const mac = '52:54:00:00:00:01'
const everything: JournalQuery = { groups: [], mac: '', search: '', before: 0, limit: 100 }

let database: Database
let clock: ManualClock
let appended: JournalEntry[]
let failures: unknown[]
let journal: Journal

beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  clock = new ManualClock()
  appended = []
  failures = []
  journal = new Journal({
    database,
    clock,
    logger: silentLogger,
    machineOf: (event) => ('mac' in event ? event.mac : undefined),
    onAppend: (entries) => appended.push(...entries),
    onFailure: (error) => failures.push(error),
  })
})
afterEach(() => {
  if (database.open) database.close()
})

const heartbeat = (stage: 'system' | 'ready'): AmorceEvent => ({
  type: 'agent.heartbeat',
  at: clock.now(),
  mac,
  client: '192.168.60.50',
  stage,
  facts: {},
})
const nak = (): AmorceEvent => ({ type: 'dhcp.nak', at: clock.now(), mac, reason: 'taken' })
const progress = (): AmorceEvent => ({
  type: 'transfer.progress',
  at: clock.now(),
  id: 't1',
  client: '192.168.60.50',
  bytes: 1,
  retransmissions: 0,
})

describe('the journal', () => {
  it('writes what waits together, and only then tells of it', () => {
    journal.record(nak())
    journal.record(heartbeat('system'))
    expect(appended).toEqual([])
    clock.advance(50)
    expect(appended.map(({ id, mac: about, event }) => [id, about, event.type])).toEqual([
      [1, mac, 'dhcp.nak'],
      [2, mac, 'agent.heartbeat'],
    ])
  })

  it('keeps the first heartbeat of a kind and no progress of transfers', () => {
    for (const event of [heartbeat('system'), heartbeat('ready'), heartbeat('ready'), progress()]) journal.record(event)
    journal.flush()
    expect(appended).toHaveLength(2)
  })

  it('lists newest first, page by page', () => {
    for (let n = 0; n < 5; n++) journal.record(nak())
    const first = journal.list({ ...everything, limit: 2 })
    expect(first.map(({ id }) => id)).toEqual([5, 4])
    expect(journal.list({ ...everything, before: 4 }).map(({ id }) => id)).toEqual([3, 2, 1])
  })

  it('filters by group, machine and text, taking wildcards for what they are', () => {
    journal.record(nak())
    journal.record(heartbeat('ready'))
    journal.record({ type: 'dhcp.malformed', at: clock.now(), from: '10.0.0.1', reason: '100% wrong' })
    const types = (query: Partial<JournalQuery>): string[] =>
      journal.list({ ...everything, ...query }).map(({ event }) => event.type)
    expect(types({ groups: ['trouble'] })).toEqual(['dhcp.malformed', 'dhcp.nak'])
    expect(types({ groups: ['boot'] })).toEqual(['agent.heartbeat'])
    expect(types({ mac })).toEqual(['agent.heartbeat', 'dhcp.nak'])
    expect(types({ search: '100%' })).toEqual(['dhcp.malformed'])
    expect(types({ search: '0%w' })).toEqual([])
  })

  it('gives back the events of one exam, oldest first', () => {
    database
      .prepare(`INSERT INTO exams (id, nic, address, prefix, simulated, started_at) VALUES (7, 'e', 'a', 24, 0, 0)`)
      .run()
    journal.record(nak())
    journal.setExam(7)
    const event = heartbeat('ready')
    journal.record(event)
    journal.setExam(null)
    journal.record(nak())
    expect(journal.eventsOf(7)).toEqual([event])
  })

  it('counts what a flood brings past what it can keep', () => {
    for (let n = 0; n < 4100; n++) journal.record(nak())
    journal.flush()
    expect(appended).toHaveLength(4001)
    expect(appended.at(-1)?.event).toMatchObject({ type: 'journal.skipped', count: 100 })
  })

  it('says when it cannot write, and loses nothing meanwhile', () => {
    database.exec("CREATE TEMP TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    journal.record(nak())
    clock.advance(50)
    expect(failures).toHaveLength(1)
    expect(appended).toEqual([])
    database.exec('DROP TRIGGER full')
    clock.advance(1000)
    expect(appended).toHaveLength(1)
  })
})

describe('closing', () => {
  it('writes what waits and records nothing more', () => {
    journal.record(nak())
    journal.close()
    journal.record(nak())
    clock.advance(1000)
    expect(journal.list(everything)).toHaveLength(1)
  })

  it('does not try for ever what could not be written', () => {
    journal.record(nak())
    database.close()
    journal.close()
    expect(failures).toHaveLength(1)
    clock.advance(60_000)
    expect(failures).toHaveLength(1)
  })
})
