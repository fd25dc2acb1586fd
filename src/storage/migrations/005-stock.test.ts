import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../database.ts'
import { migrations } from './index.ts'

const before = migrations.slice(
  0,
  migrations.findIndex(({ name }) => name === '005-stock'),
)
const upTo = migrations.slice(0, before.length + 1)

let folder: string
let database: Database

const open = (wanted: typeof migrations): Database =>
  openDatabase({
    path: join(folder, 'amorce.sqlite'),
    nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
    migrations: wanted,
  })

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-migration-'))))
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A file of the schema before, with these places, brought up to date. */
function migrated(places: readonly string[]): void {
  const old = open(before)
  const insert = old.prepare(
    "INSERT INTO items (asset_tag, type, location, state, created_at, updated_at) VALUES (?, ?, ?, 'spare', 1, 2)",
  )
  for (const [index, place] of places.entries()) insert.run(`PC-${index}`, index === 0 ? 'kiosk' : 'pc', place)
  if (places.length > 0) noteFirst(old)
  old.close()
  database = open(upTo)
}
function noteFirst(old: Database): void {
  old.prepare("INSERT INTO item_history (item_id, at, field, before, after) VALUES (1, 1, 'created', '', 'PC-0')").run()
  old.prepare("INSERT INTO items_search (rowid, text) VALUES (1, 'PC-0 kept')").run()
}
const all = (sql: string): unknown[] => database.prepare(sql).all()

describe('items of the first schema', () => {
  it('keep what they say, and their places become a tree', () => {
    migrated(['B104 / A1', 'b104/A2', 'B104', '', 'Site /Bât. B/ B104', 'A//B', '/ Réserve /'])
    expect(all('SELECT asset_tag, location, type FROM items ORDER BY id')).toEqual([
      { asset_tag: 'PC-0', location: 'B104 / A1', type: 'kiosk' },
      { asset_tag: 'PC-1', location: 'B104 / A2', type: 'pc' },
      { asset_tag: 'PC-2', location: 'B104', type: 'pc' },
      { asset_tag: 'PC-3', location: '', type: 'pc' },
      { asset_tag: 'PC-4', location: 'Site / Bât. B / B104', type: 'pc' },
      { asset_tag: 'PC-5', location: expect.stringContaining('B') as string, type: 'pc' },
      { asset_tag: 'PC-6', location: 'Réserve', type: 'pc' },
    ])
    expect(
      all(`SELECT locations.path, parents.path AS parent FROM locations
           LEFT JOIN locations AS parents ON parents.id = locations.parent_id
           WHERE locations.path LIKE 'Site%' OR locations.path LIKE 'B104%' ORDER BY locations.path`),
    ).toEqual([
      { path: 'B104', parent: null },
      { path: 'B104 / A1', parent: 'B104' },
      { path: 'B104 / A2', parent: 'B104' },
      { path: 'Site', parent: null },
      { path: 'Site / Bât. B', parent: 'Site' },
      { path: 'Site / Bât. B / B104', parent: 'Site / Bât. B' },
    ])
    expect(all('SELECT who, source FROM item_history')).toEqual([{ who: '', source: 'person' }])
    expect(all("SELECT rowid FROM items_search WHERE items_search MATCH 'kept'")).toEqual([{ rowid: 1 }])
    expect(all('PRAGMA foreign_key_check')).toEqual([])
    expect(all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })

  it('may have none', () => {
    migrated([])
    expect(all('SELECT count(*) AS n FROM locations')).toEqual([{ n: 0 }])
  })
})

describe('a state that must not be', () => {
  beforeEach(() => {
    migrated(['B104', 'B105'])
    database.exec(`
      INSERT INTO consumables (id, reference, name, category, created_at, updated_at) VALUES (1, 'TN-1', 'Toner', 'cartridge', 0, 0);
      INSERT INTO people (id, name) VALUES (1, 'Ana');
      INSERT INTO movements (at, consumable_id, kind, quantity, to_id, reason) VALUES (0, 1, 'in', 5, 1, 'delivery');`)
  })

  const move = (rest: string): string =>
    `INSERT INTO movements (at, consumable_id, kind, quantity, from_id, to_id, reason) VALUES (0, 1, ${rest})`

  it.each([
    ['more is taken than there is', move("'out', 6, 1, NULL, 'use'"), 'not enough in stock'],
    ['it is taken from where there is none', move("'transfer', 1, 2, 1, 'move'"), 'not enough in stock'],
    ['a movement goes nowhere', move("'in', 1, NULL, NULL, 'delivery'"), 'CHECK'],
    ['a movement moves nothing', move("'in', 0, NULL, 1, 'delivery'"), 'CHECK'],
    ['a transfer stays in its place', move("'transfer', 1, 1, 1, 'move'"), 'CHECK'],
    ['a movement is rewritten', 'UPDATE movements SET quantity = 6', 'never changed'],
    ['a movement is deleted', 'DELETE FROM movements', 'never deleted'],
    [
      'a movement is slipped in before others',
      "INSERT INTO movements (id, at, consumable_id, kind, quantity, to_id, reason) VALUES (-1, 0, 1, 'in', 1, 1, 'initial')",
      'after all others',
    ],
    ['a level is written by hand', 'UPDATE stock_levels SET quantity = 50', 'sum of its movements'],
    [
      'a level counts a movement twice',
      'UPDATE stock_levels SET quantity = 10, movement_id = 1',
      'sum of its movements',
    ],
    ['a level is invented', "INSERT INTO stock_levels VALUES (1, 2, '', 5, 1)", 'sum of its movements'],
    ['a level is forgotten', 'DELETE FROM stock_levels', 'sum of its movements'],
    ['a level moves elsewhere', 'UPDATE stock_levels SET location_id = 2', 'sum of its movements'],
    [
      'an undo is of another quantity',
      "INSERT INTO movements (at, consumable_id, kind, quantity, from_id, reason, undoes_id) VALUES (0, 1, 'out', 4, 1, 'undo', 1)",
      'the other way round',
    ],
    [
      'an item is not where its location is',
      "UPDATE items SET location = 'elsewhere' WHERE id = 1",
      'where its location is',
    ],
    ['an item is of no type', "UPDATE items SET type = 'teapot' WHERE id = 1", 'no such type'],
    ['a type is taken from its items', "DELETE FROM item_types WHERE id = 'pc'", 'of this type'],
    ['a location is inside itself', 'UPDATE locations SET parent_id = 1 WHERE id = 1', 'CHECK|inside itself'],
    ['an item is its own part', 'UPDATE items SET parent_id = 1 WHERE id = 1', 'CHECK|part of itself'],
    ['a day does not exist', "UPDATE items SET purchased_on = '2026-02-30'", 'CHECK'],
    [
      'a location has the path of another',
      "INSERT INTO locations (name, kind, path) VALUES ('X', 'room', 'Y')",
      'path of its parent',
    ],
    [
      'an intervention is solved at no time',
      "INSERT INTO interventions (title, kind, urgency, impact, state, opened_at, updated_at) VALUES ('x', 'failure', 1, 1, 'solved', 0, 0)",
      'CHECK',
    ],
    [
      'a batch is collected by nobody',
      "INSERT INTO disposal_batches (name, created_at, closed_at) VALUES ('x', 0, 0)",
      'CHECK',
    ],
  ])('%s: refused', (_, sql, reason) => {
    const levels = all('SELECT * FROM stock_levels')
    expect(() => database.exec(sql)).toThrow(new RegExp(reason))
    expect(all('SELECT * FROM stock_levels')).toEqual(levels)
  })

  it('an item is part of its part: refused', () => {
    database.exec('UPDATE items SET parent_id = 1 WHERE id = 2')
    expect(() => database.exec('UPDATE items SET parent_id = 2 WHERE id = 1')).toThrow('part of itself')
  })

  it('an item is lent twice, or comes back without its loan ending: refused', () => {
    database.exec(`
      INSERT INTO loans (id, person_id, lent_at) VALUES (1, 1, 0), (2, 1, 0);
      INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (1, 1, 'spare');
      UPDATE items SET state = 'loaned' WHERE id = 1;`)
    expect(() =>
      database.exec("INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (2, 1, 'spare')"),
    ).toThrow('UNIQUE')
    expect(() => database.exec("UPDATE items SET state = 'spare' WHERE id = 1")).toThrow('on loan')
    expect(() => database.exec('UPDATE items SET removed_at = 1 WHERE id = 1')).toThrow('on loan')
    database.exec("UPDATE items SET state = 'lost' WHERE id = 1")
  })

  it('a correction may say that there was less than nothing', () => {
    database.exec(move("'correction', 7, 1, NULL, 'count'"))
    expect(all('SELECT quantity FROM stock_levels')).toEqual([{ quantity: -2 }])
  })

  it('what is taken back was not used', () => {
    database.exec(move("'out', 2, 1, NULL, 'use'"))
    database.exec(
      "INSERT INTO movements (at, consumable_id, kind, quantity, to_id, reason, undoes_id) VALUES (0, 1, 'in', 2, 1, 'undo', 2)",
    )
    expect(all('SELECT quantity FROM consumption')).toEqual([{ quantity: 0 }])
    expect(all('SELECT quantity FROM stock_levels')).toEqual([{ quantity: 5 }])
    expect(() =>
      database.exec(
        "INSERT INTO movements (at, consumable_id, kind, quantity, to_id, reason, undoes_id) VALUES (0, 1, 'in', 2, 1, 'undo', 2)",
      ),
    ).toThrow('UNIQUE')
  })
})
