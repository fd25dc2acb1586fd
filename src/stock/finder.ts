import type { FoundKind, FoundRecord } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { toSearchQuery } from './search.ts'

/** One box for everything: items by their own index, all else by `records_search`. */
export interface Finder {
  /**
   * The first few of each kind that have every word of what was typed, each as the beginning of one; those that are called
   * so before those that only mention it, the newest first.
   */
  find(typed: string): FoundRecord[]
}

/** As many of a kind as can be looked over. */
const mostOfAKind = 6
/** Rows of `records_search` are known by `id * 16 + number`, the number being that of their kind. */
const kindsInIndex = 16

/** What is asked of each kind of row, with the number that tells it in `records_search` (see migrations 024 and 032). */
const sources: Record<Exclude<FoundKind, 'item'> | 'batchItem', { number: number; sql: string }> = {
  consumable: {
    number: 1,
    sql: 'SELECT id, name AS title, reference AS note FROM consumables WHERE id = ?',
  },
  loan: {
    number: 2,
    sql: `SELECT loans.id, people.name AS title, coalesce((SELECT group_concat(asset_tag, ', ') FROM loan_items
        JOIN items ON items.id = item_id WHERE loan_id = loans.id), '') AS note
      FROM loans JOIN people ON people.id = person_id WHERE loans.id = ?`,
  },
  intervention: {
    number: 3,
    sql: `SELECT id, title, coalesce((SELECT asset_tag FROM items WHERE items.id = item_id), '') AS note
      FROM interventions WHERE id = ?`,
  },
  note: {
    number: 4,
    sql: `SELECT interventions.id, title, substr(text, 1, 160) AS note FROM intervention_notes
      JOIN interventions ON interventions.id = intervention_id WHERE intervention_notes.id = ?`,
  },
  person: {
    number: 5,
    sql: 'SELECT id, name AS title, department AS note FROM people WHERE id = ?',
  },
  supplier: {
    number: 6,
    sql: 'SELECT id, name AS title, phone AS note FROM suppliers WHERE id = ?',
  },
  location: {
    number: 7,
    sql: 'SELECT id, path AS title, notes AS note FROM locations WHERE id = ?',
  },
  batch: {
    number: 8,
    sql: 'SELECT id, name AS title, company AS note FROM disposal_batches WHERE id = ?',
  },
  batchItem: {
    number: 13,
    sql: `SELECT batch_id AS id, name AS title,
        (SELECT asset_tag FROM items WHERE items.id = item_id) AS note
      FROM disposal_items JOIN disposal_batches ON disposal_batches.id = batch_id WHERE item_id = ?`,
  },
  document: {
    number: 9,
    // It is opened with what it is of.
    sql: `SELECT coalesce(item_id, batch_id) AS id, documents.name AS title, item_id IS NULL AS isOfBatch,
        coalesce((SELECT asset_tag FROM items WHERE items.id = item_id),
          (SELECT name FROM disposal_batches WHERE disposal_batches.id = batch_id)) AS note
      FROM documents WHERE documents.id = ?`,
  },
  room: { number: 10, sql: "SELECT id, name AS title, '' AS note FROM rooms WHERE id = ?" },
  sitting: { number: 11, sql: 'SELECT id, title, module AS note FROM sittings WHERE id = ?' },
  candidate: {
    number: 12,
    sql: `SELECT sitting_id AS id, trim(last_name || ' ' || first_name) AS title,
        number || ' · ' || (SELECT title FROM sittings WHERE sittings.id = sitting_id) AS note
      FROM candidates WHERE id = ?`,
  },
}

interface FoundRow {
  id: number
  title: string
  note: string
  type?: string
  isOfBatch?: number
}

export function createFinder(database: Database): Finder {
  const selectRecords = database
    .prepare<[string], number>('SELECT rowid FROM records_search WHERE records_search MATCH ? ORDER BY rowid DESC')
    .pluck()
  const selectItemIds = database
    .prepare<[string], number>(`SELECT rowid FROM items_search WHERE items_search MATCH ? LIMIT ${mostOfAKind}`)
    .pluck()
  const selectByTag = database
    .prepare<[string, string], number>(
      `SELECT id FROM items WHERE removed_at IS NULL AND asset_tag COLLATE NOCASE >= ? AND asset_tag COLLATE NOCASE < ?
       ORDER BY asset_tag COLLATE NOCASE LIMIT ${mostOfAKind}`,
    )
    .pluck()
  const selectItem = database.prepare<[number], FoundRow>(`
    SELECT id, asset_tag AS title, type, trim(manufacturer || ' ' || model || ' · ' || location, ' ·') AS note
    FROM items WHERE id = ? AND removed_at IS NULL`)
  const statements = (Object.keys(sources) as (keyof typeof sources)[]).map((kind) => {
    const { number, sql } = sources[kind]
    return { kind, number, select: database.prepare<[number], FoundRow>(sql) }
  })

  /** The first ids of each kind, by its number; `ids` are those of the rows of `records_search`. */
  const add = (found: Map<number, Set<number>>, ids: readonly number[]): void => {
    for (const rowid of ids) {
      const number = rowid % kindsInIndex
      const ofKind = found.get(number) ?? new Set()
      if (ofKind.size < mostOfAKind) found.set(number, ofKind.add((rowid - number) / kindsInIndex))
    }
  }

  return {
    find(typed) {
      const search = toSearchQuery(typed)
      if (typeof search === 'string') return []
      const begin = typed.trim()
      const tagged = selectByTag.all(begin, `${begin}\u{10ffff}`)
      const worded = tagged.length < mostOfAKind ? selectItemIds.all(search.match) : []
      const items = [...new Set([...tagged, ...worded])].slice(0, mostOfAKind)
      const found: FoundRecord[] = items.flatMap((id) => {
        const row = selectItem.get(id)
        return row ? [{ kind: 'item' as const, ...row }] : []
      })
      // Of all kinds at once: FTS5 gathers the rows of a beginning anew for each question.
      const records = new Map<number, Set<number>>()
      for (const columns of ['title', 'title text']) add(records, selectRecords.all(`{${columns}}: (${search.match})`))
      for (const { kind, number, select } of statements)
        for (const id of records.get(number) ?? []) {
          const row = select.get(id)
          if (!row) continue
          const record = recordOf(kind, row)
          // A batch may be found by its name and by much of what is in it.
          if (kind === 'batchItem' && found.some((other) => other.kind === 'batch' && other.id === row.id)) continue
          found.push(record)
        }
      return found
    },
  }
}

/** A comment opens its intervention, a document what it is of, what is thrown away its batch. */
function recordOf(source: keyof typeof sources, { isOfBatch, ...row }: FoundRow): FoundRecord {
  const kind = source === 'batchItem' ? 'batch' : source
  return isOfBatch === undefined ? { kind, ...row } : { kind, ...row, type: isOfBatch === 1 ? 'batch' : 'item' }
}
