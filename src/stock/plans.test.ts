import { expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import type { ConsumableQuery } from '../contract/index.ts'
import { openDatabase } from '../storage/index.ts'
import { emptyConsumable } from './consumableInput.ts'
import { createStockRooms, type StockRooms } from './rooms.ts'

/** Every statement that the stock's rooms prepare while `act` runs, with SQLite's plan for it. */
function plansOf(act: (rooms: StockRooms) => void): { sql: string; plan: string }[] {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const statements = new Set<string>()
  const spied = new Proxy(database, {
    get(target, key) {
      if (key === 'prepare')
        return (sql: string) => {
          statements.add(sql)
          return target.prepare(sql)
        }
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  act(createStockRooms(spied, new ManualClock(), () => ''))
  const nullsFor = (sql: string): unknown[] => {
    const named = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null])
    return named.length > 0 ? [Object.fromEntries(named)] : [...sql.matchAll(/\?/g)].map(() => null)
  }
  return [...statements].map((sql) => ({
    sql,
    plan: (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...nullsFor(sql)) as { detail: string }[])
      .map(({ detail }) => detail)
      .join('\n'),
  }))
}

const page = { offset: 0, limit: 100 }
const consumables: ConsumableQuery = {
  search: '',
  categories: [],
  levels: [],
  sort: 'name',
  descending: false,
  ...page,
}

it('no list, search or sheet reads all of what grows without end', () => {
  const plans = plansOf((rooms) => {
    for (const sort of ['assetTag', 'type', 'model', 'serial', 'location', 'state', 'updatedAt'] as const)
      rooms.items.list({ search: '', states: [], types: [], sort, descending: false, ...page })
    rooms.items.list({ search: 'x', states: ['spare'], types: ['pc'], sort: 'model', descending: true, ...page })
    rooms.consumables.list({ ...consumables, search: 'x', levels: ['low'] })
    rooms.consumables.ids({ search: 'x', categories: ['paper'], levels: ['low'] })
    rooms.movements.list({ limit: 100 })
    rooms.movements.list({ consumableId: 1, before: 9, limit: 100 })
    rooms.movements.list({ locationId: 1, limit: 100 })
    rooms.movements.list({ printerId: 1, limit: 100 })
    for (const filter of ['open', 'overdue', 'ended'] as const) rooms.loans.list({ search: '', filter, ...page })
    rooms.interventions.list({ search: '', states: [], kinds: [], ...page })
    rooms.finder.find('x')
    rooms.disposal.list()
  })
  // SCAN of the table itself, not of an index that gives its order: that stops at the end of the page.
  const big = 'movements|item_history|item_macs|intervention_notes|import_changes|cartridge_changes|document_contents'
  const scanning = plans.filter(({ plan }) => new RegExp(`^SCAN (${big})( AS \\w+)?$`, 'm').test(plan))
  // Without an index of its own the newest of a table come first in its own order.
  expect(scanning.map(({ sql }) => sql.replace(/\s+/g, ' ').trim())).toEqual([
    expect.stringMatching(/FROM movements .* ORDER BY movements.id DESC LIMIT @limit$/),
  ])
  const items = plans.filter(({ plan }) => /^SCAN items$/m.test(plan)).map(({ sql }) => sql.replace(/\s+/g, ' ').trim())
  expect(items).toEqual([
    // A new tag is proposed on a click; makers and models are offered once a form opens.
    expect.stringContaining('asset_tag COLLATE NOCASE >= ?'),
  ])
})

it('the one box asks each index once, and then rows by their keys', () => {
  const plans = plansOf((rooms) => void rooms.finder.find('x')).filter(({ sql }) => sql.includes('_search MATCH'))
  expect(plans.length).toBeGreaterThan(1)
  for (const { plan } of plans) expect(plan).toMatch(/SCAN (records|items)_search VIRTUAL TABLE INDEX/)
  const sorting = plans.filter(({ sql }) => sql.includes('records_search')).map(({ plan }) => plan)
  expect(sorting.join('\n')).not.toContain('TEMP B-TREE')
})

it('one consumable is read by its key, with its levels by theirs: many are changed one after the other', () => {
  const plans = plansOf((rooms) => {
    const { id } = rooms.consumables.add({ ...emptyConsumable, reference: 'A', name: 'A' })
    rooms.consumables.updateMany([id], { threshold: 3 })
  })
  const [one] = plans.filter(({ sql }) => /FROM consumables/.test(sql) && /WHERE id = \?$/.test(sql))
  expect(one?.plan).toContain('SEARCH consumables USING INTEGER PRIMARY KEY')
  expect(one?.plan).toMatch(/SEARCH stock_levels USING (PRIMARY KEY|INDEX|COVERING INDEX)/)
})

it('the dashboard and the places count items by their indexes, and read none', () => {
  const plans = plansOf((rooms) => {
    rooms.dashboards.get()
    rooms.items.locations.list()
  })
  const indexOf = (part: string): string[] =>
    plans.flatMap(({ sql, plan }) =>
      (sql.includes(part) ? [...plan.matchAll(/items USING .*?INDEX (\w+)/g)] : []).map((found) => found[1] ?? ''),
    )
  expect(indexOf('GROUP BY state')).toEqual(['items_by_state'])
  expect(indexOf('GROUP BY purchased_on')).toEqual(['items_by_purchase'])
  expect(indexOf('substr(warranty_until')).toEqual(['items_by_warranty'])
  const places = plans.find(({ sql }) => sql.includes('GROUP BY location_id'))
  expect(places?.plan).toMatch(/SEARCH items USING COVERING INDEX items_in_location/)
})
