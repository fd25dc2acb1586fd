import { beforeEach, expect, it } from 'vitest'
import type { AmorceEvent, JournalEntry, JournalQuery } from '../../src/contract/index.ts'
import { Client } from './client.ts'
import { HandBridge } from './fixtures.ts'
import { Journal } from './journal.svelte.ts'

const heard: AmorceEvent = {
  type: 'dhcp.discover',
  at: 0,
  mac: 'aa',
  client: { firmware: 'bios', secs: 0, xid: 1 },
}
const entry = (id: number, event: AmorceEvent = heard, mac = 'aa'): JournalEntry => ({ id, at: id, mac, event })

let bridge: HandBridge
let journal: Journal
let stored: JournalEntry[]
const ids = () => journal.entries.map(({ id }) => id)

beforeEach(() => {
  stored = []
  bridge = new HandBridge().answer('journal.list', (input) => {
    const { before, limit } = input as JournalQuery
    return stored
      .filter(({ id }) => before === 0 || id < before)
      .sort((a, b) => b.id - a.id)
      .slice(0, limit)
  })
  journal = new Journal(new Client(bridge, () => {}))
})

it('puts what happens now at the top', async () => {
  stored = [entry(1), entry(2)]
  await journal.refresh()
  journal.apply({ seq: 1, journal: [entry(3), entry(4)] })
  expect(ids()).toEqual([4, 3, 2, 1])
})

it('never shows an entry twice when it is both pushed and listed', async () => {
  stored = [entry(1), entry(2), entry(3)]
  const listed = journal.refresh()
  journal.apply({ seq: 1, journal: [entry(3), entry(4)] })
  await listed
  journal.apply({ seq: 2, journal: [entry(4), entry(5)] })
  expect(ids()).toEqual([5, 4, 3, 2, 1])
})

it('holds new entries back while paused, and shows them after', async () => {
  await journal.refresh()
  journal.pause()
  journal.apply({ seq: 1, journal: [entry(1), entry(2)] })
  expect(ids()).toEqual([])
  expect(journal.waiting).toBe(2)
  journal.goLive()
  expect(ids()).toEqual([2, 1])
  expect(journal.waiting).toBe(0)
})

it('asks for older entries below the oldest one shown, until there are none', async () => {
  stored = Array.from({ length: 250 }, (_, index) => entry(index + 1))
  await journal.refresh()
  expect(journal.entries).toHaveLength(200)
  await journal.loadOlder()
  expect(journal.entries).toHaveLength(250)
  expect(journal.reachedEnd).toBe(true)
  await journal.loadOlder()
  expect(bridge.inputsOf('journal.list')).toHaveLength(2)
})

it('lets only entries join that the filters let through', async () => {
  journal.groups = ['trouble']
  await journal.refresh()
  const refused: AmorceEvent = { type: 'dhcp.nak', at: 0, mac: 'aa', reason: 'taken' }
  journal.apply({ seq: 1, journal: [entry(1), entry(2, refused), entry(3, refused, 'bb')] })
  expect(ids()).toEqual([3, 2])
  journal.mac = 'bb'
  journal.apply({ seq: 2, journal: [entry(4, refused), entry(5, refused, 'bb')] })
  expect(ids()).toEqual([5, 3, 2])
})
