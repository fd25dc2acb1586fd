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

/** What is asked of each kind of row, with the number that tells it in `records_search` (see migration 024). */
const sources: Record<Exclude<FoundKind, 'item'>, { number: number; word: string; sql: string }> = {
  consumable: {
    number: 1,
    word: 'kindconsumable',
    sql: 'SELECT id, name AS title, reference AS note FROM consumables WHERE id = ?',
  },
  loan: {
    number: 2,
    word: 'kindloan',
    sql: `SELECT loans.id, people.name AS title, coalesce((SELECT group_concat(asset_tag, ', ') FROM loan_items
        JOIN items ON items.id = item_id WHERE loan_id = loans.id), '') AS note
      FROM loans JOIN people ON people.id = person_id WHERE loans.id = ?`,
  },
  intervention: {
    number: 3,
    word: 'kindintervention',
    sql: `SELECT id, title, coalesce((SELECT asset_tag FROM items WHERE items.id = item_id), '') AS note
      FROM interventions WHERE id = ?`,
  },
  note: {
    number: 4,
    word: 'kindnote',
    sql: `SELECT interventions.id, title, substr(text, 1, 160) AS note FROM intervention_notes
      JOIN interventions ON interventions.id = intervention_id WHERE intervention_notes.id = ?`,
  },
  person: {
    number: 5,
    word: 'kindperson',
    sql: 'SELECT id, name AS title, department AS note FROM people WHERE id = ?',
  },
  supplier: {
    number: 6,
    word: 'kindsupplier',
    sql: 'SELECT id, name AS title, phone AS note FROM suppliers WHERE id = ?',
  },
  location: {
    number: 7,
    word: 'kindlocation',
    sql: 'SELECT id, path AS title, notes AS note FROM locations WHERE id = ?',
  },
  batch: {
    number: 8,
    word: 'kindbatch',
    sql: 'SELECT id, name AS title, company AS note FROM disposal_batches WHERE id = ?',
  },
  document: {
    number: 9,
    word: 'kinddocument',
    // It is opened with what it is of.
    sql: `SELECT coalesce(item_id, batch_id) AS id, documents.name AS title, item_id IS NULL AS isOfBatch,
        coalesce((SELECT asset_tag FROM items WHERE items.id = item_id),
          (SELECT name FROM disposal_batches WHERE disposal_batches.id = batch_id)) AS note
      FROM documents WHERE documents.id = ?`,
  },
  room: { number: 10, word: 'kindroom', sql: "SELECT id, name AS title, '' AS note FROM rooms WHERE id = ?" },
  sitting: { number: 11, word: 'kindsitting', sql: 'SELECT id, title, module AS note FROM sittings WHERE id = ?' },
  candidate: {
    number: 12,
    word: 'kindcandidate',
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
  const selectIds = database
    .prepare<[string], number>(
      `SELECT rowid FROM records_search WHERE records_search MATCH ? ORDER BY rowid DESC LIMIT ${mostOfAKind}`,
    )
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
    const { number, word, sql } = sources[kind]
    return { kind, number, word, select: database.prepare<[number], FoundRow>(sql) }
  })

  const firstOf = (ids: Iterable<number>): number[] => [...new Set(ids)].slice(0, mostOfAKind)

  return {
    find(typed) {
      const search = toSearchQuery(typed)
      if (typeof search === 'string') return []
      const begin = typed.trim()
      const items = firstOf([
        ...selectByTag.all(begin, `${begin}\u{10ffff}`),
        ...selectItemIds.all(search.match),
      ]).flatMap((id) => selectItem.get(id) ?? [])
      const found: FoundRecord[] = items.map((row) => ({ kind: 'item', ...row }))
      for (const { kind, number, word, select } of statements) {
        const ids = [
          ...selectIds.all(`kind:${word} AND {title}: (${search.match})`),
          ...selectIds.all(`kind:${word} AND {title text}: (${search.match})`),
        ].map((rowid) => (rowid - number) / 16)
        for (const id of firstOf(ids)) {
          const row = select.get(id)
          if (row) found.push(recordOf(kind, row))
        }
      }
      return found
    },
  }
}

/** A comment opens its intervention, a document what it is of. */
function recordOf(kind: Exclude<FoundKind, 'item'>, { isOfBatch, ...row }: FoundRow): FoundRecord {
  return isOfBatch === undefined ? { kind, ...row } : { kind, ...row, type: isOfBatch === 1 ? 'batch' : 'item' }
}
