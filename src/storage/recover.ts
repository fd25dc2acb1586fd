import { existsSync, renameSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import type { Database } from './database.ts'
import { fillRecordsSearch } from './migrations/024-stock-more.ts'
import { fillItemValues } from './migrations/030-custom-values.ts'
import { fillListsByWords } from './migrations/032-lists-by-words.ts'

/** What could be saved of a damaged file. */
export interface Recovery {
  /** Where the damaged file was laid aside. */
  setAside: string
  /** Rows that were read out of it, and tables of which something could not be. */
  rows: number
  incompleteTables: string[]
}

/** Files that SQLite keeps beside a database. */
const companions = ['', '-wal', '-shm'] as const

/** Lays a database file aside, with what belongs to it, under a name that is free. */
export function setAside(path: string, reason: string, at: number): string {
  const day = new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')
  let target = `${path}.${reason}-${day}`
  for (let n = 2; existsSync(target); n++) target = `${path}.${reason}-${day}-${n}`
  for (const companion of companions) if (existsSync(path + companion)) renameSync(path + companion, target + companion)
  return target
}

/**
 * Reads every row that can still be read out of a damaged file into a new database of the same schema. Rows that refer to
 * one that is lost lose that reference, or go.
 *
 * SQLite reads a table page by page: what lies behind a damaged page is found again from the other end, and by asking for
 * rows one by one in between.
 * @param fresh an empty database with the schema that the damaged file had
 */
export function recoverRows(
  damagedPath: string,
  fresh: Database,
  nativeBinding?: string,
): Pick<Recovery, 'rows' | 'incompleteTables'> {
  let damaged: Database
  try {
    damaged = new Sqlite(damagedPath, { readonly: true, ...(nativeBinding ? { nativeBinding } : {}) })
    damaged.pragma('cell_size_check = ON')
  } catch {
    return { rows: 0, incompleteTables: tablesOf(fresh).map(({ name }) => name) }
  }
  const incompleteTables: string[] = []
  let rows = 0
  fresh.pragma('foreign_keys = OFF')
  const triggers = withoutTriggers(fresh)
  try {
    fresh.transaction(() => {
      for (const table of tablesOf(fresh)) {
        const found = copyTable(damaged, fresh, table)
        rows += found.rows
        if (!found.isWhole) incompleteTables.push(table.name)
      }
      if (incompleteTables.length > 0) sumMovements(fresh)
      dropOrphans(fresh)
      for (const sql of triggers) fresh.exec(sql)
      if (isThere(fresh, 'loan_items_found_new')) fresh.exec(fillListsByWords)
      else if (isThere(fresh, 'records_search')) fresh.exec(fillRecordsSearch)
      if (isThere(fresh, 'item_values')) fresh.exec(fillItemValues)
    })()
  } finally {
    fresh.pragma('foreign_keys = ON')
    damaged.close()
  }
  return { rows, incompleteTables }
}

/** What is in stock is the sum of the movements that are left. */
function sumMovements(database: Database): void {
  if (!isThere(database, 'stock_levels')) return
  database.exec(`
    DELETE FROM stock_levels;
    INSERT INTO stock_levels (consumable_id, location_id, expires_on, quantity, movement_id)
    SELECT consumable_id, place, expires_on, sum(quantity), max(id) FROM (
      SELECT consumable_id, to_id AS place, expires_on, quantity, id FROM movements WHERE to_id IS NOT NULL
      UNION ALL
      SELECT consumable_id, from_id, expires_on, -quantity, id FROM movements WHERE from_id IS NOT NULL
    ) GROUP BY consumable_id, place, expires_on;`)
}

const isThere = (database: Database, table: string): boolean =>
  database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined

interface Table {
  name: string
  columns: string[]
  hasRowid: boolean
}

/** Tables with rows of their own: the index of words is made anew from them. */
function tablesOf(database: Database): Table[] {
  const names = database
    .prepare<[], { name: string; wr: number }>(
      "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all()
  return names.map(({ name, wr }) => ({
    name,
    hasRowid: wr === 0,
    columns: database
      .prepare<[string], string>('SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0')
      .pluck()
      .all(name),
  }))
}

/** Takes the triggers away, which would refuse rows that come in another order than they were written; how to bring them back. */
function withoutTriggers(database: Database): string[] {
  const triggers = database
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    .all()
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${quoted(name)}`)
  return triggers.map(({ sql }) => sql)
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** How many rows in a row may be unreadable before the rest of a gap is given up. */
const mostMisses = 2_000

function copyTable(
  damaged: Database,
  fresh: Database,
  { name, columns, hasRowid }: Table,
): { rows: number; isWhole: boolean } {
  const list = columns.map(quoted).join(', ')
  const insert = fresh.prepare(
    `INSERT OR REPLACE INTO ${quoted(name)} (${hasRowid ? 'rowid, ' : ''}${list})
     VALUES (${[...(hasRowid ? ['rowid'] : []), ...columns].map(() => '?').join(', ')})`,
  )
  let rows = 0
  const keep = (row: unknown[]): void => {
    try {
      rows += insert.run(...row).changes
    } catch {
      // A row that breaks the rules of its table is damaged itself.
    }
  }
  const from = `FROM ${quoted(name)}`
  const readOn = (sql: string, ...parameters: unknown[]): { last: unknown; isWhole: boolean } => {
    let last: unknown
    try {
      for (const row of damaged
        .prepare<unknown[], unknown[]>(sql)
        .raw()
        .iterate(...parameters)) {
        last = row[0]
        keep(row)
      }
      return { last, isWhole: true }
    } catch {
      return { last, isWhole: false }
    }
  }
  if (!hasRowid) {
    const forward = readOn(`SELECT ${list} ${from}`)
    if (forward.isWhole) return { rows, isWhole: true }
    readOn(
      `SELECT ${list} ${from} ORDER BY ${keyOf(fresh, name)
        .map((key) => `${key} DESC`)
        .join(', ')}`,
    )
    return { rows, isWhole: false }
  }
  const forward = readOn(`SELECT rowid, ${list} ${from} NOT INDEXED ORDER BY rowid`)
  if (forward.isWhole) return { rows, isWhole: true }
  const backward = readOn(`SELECT rowid, ${list} ${from} NOT INDEXED ORDER BY rowid DESC`)
  // Neither end can be read: nothing says where rows could be.
  if (typeof forward.last !== 'number' && typeof backward.last !== 'number') return { rows, isWhole: false }
  const low = typeof forward.last === 'number' ? forward.last : 0
  const high = typeof backward.last === 'number' ? backward.last : low + mostMisses
  const one = damaged.prepare<[number], unknown[]>(`SELECT rowid, ${list} ${from} NOT INDEXED WHERE rowid = ?`).raw()
  let misses = 0
  for (let rowid = low + 1; rowid < high && misses < mostMisses; rowid++) {
    misses++
    try {
      const row = one.get(rowid)
      if (!row) continue
      keep(row)
      misses = 0
    } catch {
      // On a page that is gone.
    }
  }
  return { rows, isWhole: false }
}

const keyOf = (database: Database, table: string): string[] =>
  database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table)
    .map(quoted)

/** Takes away, or out of rows, what refers to rows that are lost; again until nothing does. */
function dropOrphans(database: Database): void {
  for (let pass = 0; pass < 20; pass++) {
    const broken = database.pragma('foreign_key_check') as { table: string; rowid: number | null; fkid: number }[]
    if (broken.length === 0) return
    for (const { table, rowid, fkid } of broken) {
      const column = (database.pragma(`foreign_key_list(${quoted(table)})`) as { id: number; from: string }[]).find(
        ({ id }) => id === fkid,
      )?.from
      if (column === undefined) continue
      if (rowid === null) {
        const [parent] = (
          database.pragma(`foreign_key_list(${quoted(table)})`) as { id: number; table: string; to: string }[]
        ).filter(({ id }) => id === fkid)
        if (parent)
          database.exec(
            `DELETE FROM ${quoted(table)} WHERE ${quoted(column)} NOT IN (SELECT ${quoted(parent.to)} FROM ${quoted(parent.table)})`,
          )
        continue
      }
      try {
        database.prepare(`UPDATE ${quoted(table)} SET ${quoted(column)} = NULL WHERE rowid = ?`).run(rowid)
      } catch {
        database.prepare(`DELETE FROM ${quoted(table)} WHERE rowid = ?`).run(rowid)
      }
    }
  }
}
