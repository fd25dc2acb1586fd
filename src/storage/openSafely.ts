import { existsSync } from 'node:fs'
import { CodedError } from '../contract/index.ts'
import { openDatabase, schemaVersion, type Database, type OpenOptions } from './database.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import { recoverRows, setAside, type Recovery } from './recover.ts'
import Sqlite from 'better-sqlite3'

/**
 * Opens the one file, whatever state it is in: one that is damaged is laid aside, and as much of it as can be read goes into
 * a new one. The work of the day does not wait for a repair.
 * @throws CodedError as `openDatabase`, but for `storage.damaged`
 */
export function openSafely(options: OpenOptions, at: number): { database: Database; recovery?: Recovery } {
  try {
    const database = openDatabase(options)
    const verdict = database.pragma('quick_check(1)', { simple: true })
    if (verdict === 'ok') return { database }
    database.close()
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  const { path, nativeBinding, migrations = allMigrations } = options
  const version = versionOf(path, nativeBinding) ?? migrations.length
  const aside = setAside(path, 'damaged', at)
  // With the schema that it had, so that its rows fit; what is newer is brought to it after that.
  const fresh = openDatabase({ ...options, migrations: migrations.slice(0, version) })
  const { rows, incompleteTables } = recoverRows(aside, fresh, nativeBinding)
  fresh.close()
  return { database: openDatabase(options), recovery: { setAside: aside, rows, incompleteTables } }
}

const isDamage = (error: unknown): boolean => {
  const code = String((error as { code?: string }).code)
  return (error instanceof CodedError && code === 'storage.damaged') || /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(code)
}

/** The schema of a damaged file; undefined when not even that can be read. */
function versionOf(path: string, nativeBinding: string | undefined): number | undefined {
  if (!existsSync(path)) return undefined
  let damaged: Database | undefined
  try {
    damaged = new Sqlite(path, { readonly: true, ...(nativeBinding ? { nativeBinding } : {}) })
    const version = schemaVersion(damaged)
    return version >= 1 && version <= allMigrations.length ? version : undefined
  } catch {
    return undefined
  } finally {
    damaged?.close()
  }
}
