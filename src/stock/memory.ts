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
