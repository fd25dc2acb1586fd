import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { CodedError } from '../contract/index.ts'

/**
 * Keeps a data folder for one Amorce: the window's, or a `serve` without one. Two of them on the same leases would give one
 * address twice. The lock is SQLite's own, on a file beside the database: whatever ends the process, the system lets go of it,
 * on every platform alike.
 * @returns what lets go of it
 * @throws CodedError `storage.inUse`, `storage.openFailed`
 */
export function lockFolder(folder: string, nativeBinding: string | undefined): () => void {
  const path = join(folder, 'amorce.lock')
  let lock: Sqlite.Database | undefined
  try {
    mkdirSync(folder, { recursive: true })
    lock = new Sqlite(path, nativeBinding ? { nativeBinding } : {})
    // One that is just closing is waited for.
    lock.pragma('busy_timeout = 2000')
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    return () => void lock?.close()
  } catch (error) {
    lock?.close()
    const code = (error as { code?: string }).code ?? ''
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
      throw new CodedError('storage.inUse', `another Amorce works with ${folder}`, { path: folder })
    throw new CodedError('storage.openFailed', String(error), { path, reason: String(error) })
  }
}
