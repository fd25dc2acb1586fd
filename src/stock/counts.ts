import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type CountLineInput,
  type StockCountItem,
  type StockCountLine,
  type StockCountView,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import type { Movements } from './movements.ts'
import type { Stock } from './stock.ts'

interface CountRow {
  id: number
  location_id: number
  path: string
  started_at: number
  finished_at: number | null
  who: string
}
interface LineRow {
  consumableId: number
  reference: string
  name: string
  expiresOn: string
  expected: number
  counted: number | null
  explanation: string | null
}

/** Counting what lies in a place. */
export interface Counts {
  /** @throws CodedError `stock.locationNotFound`, `stock.countOpen` */
  start(path: string): StockCountView
  /** Those that are not finished. */
  list(): StockCountView[]
  /** @throws CodedError `stock.countNotFound` */
  get(id: number): StockCountView
  record(line: CountLineInput): StockCountView
  /** An item was scanned here. */
  see(countId: number, itemId: number): StockCountView
  /** The differences become corrections; items seen here are said to be here. */
  finish(id: number): StockCountView
  abandon(id: number): void
}

export function createCounts(
  database: Database,
  clock: Clock,
  who: () => string,
  stock: Stock,
  movements: Pick<Movements, 'correct'>,
): Counts {
  const selectSql =
    'SELECT stock_counts.*, locations.path FROM stock_counts JOIN locations ON locations.id = location_id'
  const selectOne = database.prepare<[number], CountRow>(`${selectSql} WHERE stock_counts.id = ?`)
  const selectOpen = database.prepare<[], CountRow>(`${selectSql} WHERE finished_at IS NULL ORDER BY started_at DESC`)
  const selectOpenIn = database
    .prepare<[number], number>('SELECT id FROM stock_counts WHERE location_id = ? AND finished_at IS NULL')
    .pluck()
  const insert = database.prepare<[number, number, string]>(
    'INSERT INTO stock_counts (location_id, started_at, who) VALUES (?, ?, ?)',
  )
  /** What movements say is there, and what was counted there. */
  const selectLines = database.prepare<[object], LineRow>(`
    SELECT consumables.id AS consumableId, reference, name, lots.expires_on AS expiresOn,
      coalesce(lines.expected, levels.quantity, 0) AS expected, lines.counted, lines.explanation
    FROM (
      SELECT consumable_id, expires_on FROM stock_levels WHERE location_id = @locationId AND quantity <> 0
      UNION SELECT consumable_id, expires_on FROM stock_count_lines WHERE count_id = @id
    ) AS lots
    JOIN consumables ON consumables.id = lots.consumable_id
    LEFT JOIN stock_levels AS levels ON levels.consumable_id = lots.consumable_id
      AND levels.location_id = @locationId AND levels.expires_on = lots.expires_on
    LEFT JOIN stock_count_lines AS lines ON lines.count_id = @id
      AND lines.consumable_id = lots.consumable_id AND lines.expires_on = lots.expires_on
    ORDER BY name COLLATE NOCASE, lots.expires_on`)
  const selectItems = database.prepare<
    [object],
    { itemId: number; assetTag: string; model: string; location: string; location_id: number | null; seen: number }
  >(`
    SELECT items.id AS itemId, asset_tag AS assetTag, model, location, location_id, seen.item_id IS NOT NULL AS seen
    FROM items LEFT JOIN stock_count_items AS seen ON seen.item_id = items.id AND seen.count_id = @id
    WHERE items.removed_at IS NULL AND (items.id IN (SELECT item_id FROM stock_count_items WHERE count_id = @id)
      OR (location_id = @locationId AND state NOT IN ('loaned', 'disposed', 'lost')))
    ORDER BY asset_tag COLLATE NOCASE LIMIT 2000`)
  const writeLine = database.prepare<[CountLineInput]>(`
    INSERT INTO stock_count_lines (count_id, consumable_id, expires_on, counted, explanation)
    VALUES (@countId, @consumableId, @expiresOn, @counted, @explanation)
    ON CONFLICT DO UPDATE SET counted = @counted, explanation = @explanation`)
  const setExpected = database.prepare<[number, number, number, string]>(
    'UPDATE stock_count_lines SET expected = ? WHERE count_id = ? AND consumable_id = ? AND expires_on = ?',
  )
  const insertSeen = database.prepare<[number, number, number]>(
    'INSERT OR IGNORE INTO stock_count_items (count_id, item_id, seen_at) VALUES (?, ?, ?)',
  )
  const setFinished = database.prepare<[number, number]>('UPDATE stock_counts SET finished_at = ? WHERE id = ?')
  const erase = database.prepare<[number]>('DELETE FROM stock_counts WHERE id = ?')

  const rowOf = (id: number): CountRow => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.countNotFound', `no count ${id}`, { id })
    return row
  }
  const openRow = (id: number): CountRow => {
    const row = rowOf(id)
    if (row.finished_at !== null) throw new CodedError('stock.countNotFound', `count ${id} is finished`, { id })
    return row
  }
  const linesOf = ({ id, location_id: locationId }: CountRow): StockCountLine[] =>
    selectLines.all({ id, locationId }).map(({ counted, explanation, ...line }) => ({
      ...line,
      ...(counted === null ? {} : { counted }),
      explanation: explanation ?? '',
    }))
  const itemsOf = ({ id, location_id: locationId }: CountRow): StockCountItem[] =>
    selectItems.all({ id, locationId }).map((row) => {
      const isElsewhere = row.location_id !== locationId
      return {
        itemId: row.itemId,
        assetTag: row.assetTag,
        model: row.model,
        finding: row.seen === 0 ? 'missing' : isElsewhere ? 'elsewhere' : 'seen',
        ...(isElsewhere ? { location: row.location } : {}),
      }
    })
  const viewOf = (row: CountRow): StockCountView => ({
    id: row.id,
    locationId: row.location_id,
    location: row.path,
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    who: row.who,
    lines: linesOf(row),
    items: itemsOf(row),
  })

  return {
    start(path) {
      const place = stock.locations.ensure(path)
      if (!place) throw new CodedError('stock.locationNotFound', 'nothing is counted nowhere', {})
      if (selectOpenIn.get(place.id) !== undefined)
        throw new CodedError('stock.countOpen', `${place.path} is being counted`, { path: place.path })
      return viewOf(rowOf(Number(insert.run(place.id, clock.now(), who()).lastInsertRowid)))
    },
    list: () => selectOpen.all().map(viewOf),
    get: (id) => viewOf(rowOf(id)),
    record(line) {
      const row = openRow(line.countId)
      writeLine.run(line)
      return viewOf(row)
    },
    see(countId, itemId) {
      const row = openRow(countId)
      stock.get(itemId)
      insertSeen.run(countId, itemId, clock.now())
      return viewOf(row)
    },
    finish: database.transaction((id: number) => {
      const row = openRow(id)
      for (const { consumableId, expiresOn, expected, counted, explanation } of linesOf(row)) {
        // What was not counted says nothing.
        if (counted === undefined) continue
        setExpected.run(expected, id, consumableId, expiresOn)
        const line = { consumableId, expiresOn, counted, note: explanation, location: row.path }
        movements.correct({ ...line, countId: id, locationId: row.location_id })
      }
      const moved = itemsOf(row).filter(({ finding }) => finding === 'elsewhere')
      if (moved.length > 0)
        stock.patch(
          moved.map(({ itemId }) => itemId),
          { location: row.path },
        )
      setFinished.run(clock.now(), id)
      return viewOf(rowOf(id))
    }),
    abandon(id) {
      openRow(id)
      erase.run(id)
    },
  }
}
