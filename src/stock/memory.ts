import type { Database } from '../storage/index.ts'

/** As many as are gone through at a time: the pages of a list, the words as they are typed. */
const mostKept = 8

/**
 * What was read from the database, kept until anything at all is written to it: whoever scrolls or types asks for nearly the
 * same again and again.
 */
export function createMemory(database: Database): <Read>(what: string, read: () => Read) => Read {
  /** Counts what this connection writes, and tells when another one wrote. */
  const selectVersion = database
    .prepare<[], string>("SELECT total_changes() || ' ' || data_version FROM pragma_data_version")
    .pluck()
  const kept = new Map<string, unknown>()
  let version: string | undefined
  return <Read>(what: string, read: () => Read): Read => {
    // What is written in a transaction may be taken back, which is not counted.
    if (database.inTransaction) return read()
    const now = selectVersion.get()
    if (now !== version) kept.clear()
    version = now
    const known = kept.get(what) as Read | undefined
    if (known !== undefined) return known
    const found = read()
    kept.set(what, found)
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return found
  }
}

/** How often one table was written, and what was read of it. */
export interface TableWrites {
  /** Another number once anything in it was written, also of what was taken back. */
  readonly revision: number
  /** What `read` gives, read again only once the table was written. */
  remembered<Read>(read: () => Read): Read
}

let count = 0
export function countWrites(database: Database, table: string): TableWrites {
  let writes = 0
  const name = `count_${table}_${++count}`
  database.function(name, () => void writes++)
  for (const act of ['INSERT', 'UPDATE', 'DELETE'])
    database.exec(`CREATE TEMP TRIGGER ${name}_${act} AFTER ${act} ON main.${table} BEGIN SELECT ${name}(); END`)
  const selectVersion = database.prepare<[], number>('PRAGMA data_version').pluck()
  let version = selectVersion.get()
  const revision = (): number => {
    const now = selectVersion.get()
    // Another connection wrote, who knows what.
    if (now !== version) writes++
    version = now
    return writes
  }
  let known: { value: unknown; at: number } | undefined
  return {
    get revision() {
      return revision()
    },
    remembered<Read>(read: () => Read): Read {
      // What is written in a transaction may be taken back, which is not counted.
      if (database.inTransaction) return read()
      const at = revision()
      if (known?.at !== at) known = { value: read(), at }
      return known.value as Read
    },
  }
}
