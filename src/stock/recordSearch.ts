import type { ListedKind } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createMemory } from './memory.ts'
import { toSearchQuery } from './search.ts'

/** Lists beside that of items, searched as the one box is: by the words of `records_search`, with those of what belongs to a row. */
export interface RecordSearch {
  /** The ids of those that have every word of what was typed, each as the beginning of one; undefined for all of them. */
  ids(kind: ListedKind, typed: string): readonly number[] | undefined
  /** The same as a JSON array; null for all of them. */
  json(kind: ListedKind, typed: string): string | null
}

/** Rows of `records_search` are known by `id * 16 + number`. */
const own = (parameter: string): string =>
  `SELECT rowid / 16 FROM records_search WHERE records_search MATCH @${parameter}`

/** What belongs to a row and has a row of its own in the index. */
const parts: Partial<Record<ListedKind, { kind: string; sql: string }>> = {
  intervention: {
    kind: 'note',
    sql: `SELECT intervention_id FROM intervention_notes WHERE id IN (${own('ofParts')})`,
  },
  batch: { kind: 'batchItem', sql: `SELECT batch_id FROM disposal_items WHERE item_id IN (${own('ofParts')})` },
}

export function createRecordSearch(database: Database): RecordSearch {
  const remembered = createMemory(database)
  const selectOf = (kind: ListedKind) =>
    database
      .prepare<[object], number>([own('ofKind'), ...(parts[kind] ? [parts[kind].sql] : [])].join(' UNION '))
      .pluck()
  const statements = new Map<ListedKind, ReturnType<typeof selectOf>>()

  const ids = (kind: ListedKind, typed: string): readonly number[] | undefined => {
    const search = toSearchQuery(typed)
    if (search === 'all') return undefined
    if (search === 'none') return []
    const within = (word: string): string => `kind: kind${word} AND {title text}: (${search.match})`
    const statement = statements.get(kind) ?? selectOf(kind)
    statements.set(kind, statement)
    return remembered(`${kind} ${search.match}`, () =>
      statement.all({ ofKind: within(kind), ...(parts[kind] && { ofParts: within(parts[kind].kind) }) }),
    )
  }
  return {
    ids,
    json(kind, typed) {
      const found = ids(kind, typed)
      return found ? JSON.stringify(found) : null
    },
  }
}
