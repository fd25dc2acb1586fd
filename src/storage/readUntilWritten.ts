import type { Database } from './database.ts'

/**
 * What `read` gives, read again only once anything was written: each statement that looks into the file costs calls of the
 * system, and three hundred machines ask for the same every few seconds. Holds because one connection alone writes. What it
 * gives is shared: it must not be changed.
 */
export function readUntilWritten<Value>(database: Database, read: () => Value): () => Value {
  // It opens no table, so it waits for nothing.
  const writes = database.prepare<[], number>('SELECT total_changes()').pluck()
  let known: { value: Value; writes: number } | undefined
  return () => {
    // What a transaction has written may still be taken back, without being counted.
    if (database.inTransaction) return read()
    const now = writes.get()!
    if (known?.writes !== now) known = { value: read(), writes: now }
    return known.value
  }
}
