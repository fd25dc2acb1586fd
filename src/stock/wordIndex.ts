import type { ItemView } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { searchText } from './search.ts'

/** The index of the words that items are found by. */
export interface WordIndex {
  add(item: ItemView): void
  /** Instead of what it said before. */
  replace(item: ItemView): void
  remove(id: number): void
  clear(): void
  /**
   * Each commit makes a part of the index, and FTS5 merges parts as it goes, the same words over and over while thousands
   * are written. From now on it lets them be, until `mergeNext` was called to the end.
   */
  mergeLater(): void
  /** Some of what was left to be merged; false when nothing is left. To be called outside of transactions. */
  mergeNext(): boolean
}

/** Pages of the index in one step: some ten milliseconds. */
const pagesAStep = 50
/** What FTS5 does when nothing is said: four parts of a level are merged, sixteen at once. */
const usual = { automerge: 4, crisismerge: 16 }
/** As few merges as FTS5 can be told to make: it has room for 2,000 parts. */
const none = { automerge: 0, crisismerge: 1_900 }

export function createWordIndex(database: Database): WordIndex {
  const insert = database.prepare<[number, string]>('INSERT INTO items_search (rowid, text) VALUES (?, ?)')
  const erase = database.prepare<[number]>('DELETE FROM items_search WHERE rowid = ?')
  const eraseAll = database.prepare('DELETE FROM items_search')
  // As BigInt: FTS5 takes whole numbers, and any other number is bound as a real one.
  const tell = database.prepare<[string, bigint]>('INSERT INTO items_search (items_search, rank) VALUES (?, ?)')
  const selectAutomerge = database
    .prepare<[], number>("SELECT v FROM items_search_config WHERE k = 'automerge'")
    .pluck()
  const countWritten = database.prepare<[], number>('SELECT total_changes()').pluck()
  const setMerging = database.transaction((merging: typeof usual) => {
    for (const [name, value] of Object.entries(merging)) tell.run(name, BigInt(value))
  })

  return {
    add: (item) => void insert.run(item.id, searchText(item)),
    replace(item) {
      erase.run(item.id)
      insert.run(item.id, searchText(item))
    },
    remove: (id) => void erase.run(id),
    clear: () => void eraseAll.run(),
    mergeLater: () => setMerging(none),
    mergeNext() {
      // The file says so: the process that wrote thousands may have been killed before it came to this.
      if (selectAutomerge.get() !== none.automerge) return false
      const before = countWritten.get() ?? 0
      tell.run('merge', BigInt(pagesAStep))
      // It counts its own row as written, and nothing else when there was nothing to merge.
      const hasMore = (countWritten.get() ?? 0) - before >= 2
      if (!hasMore) setMerging(usual)
      return hasMore
    },
  }
}
