import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { CodedError } from '../contract/index.ts'
import { migrations as allMigrations } from './migrations/index.ts'

export type Database = Sqlite.Database

export interface OpenOptions {
  /** A file path, or `:memory:` in tests. */
  path: string
  /** A better_sqlite3.node built for this runtime, where the package's own prebuilt one cannot load. */
  nativeBinding?: string
  migrations?: readonly { name: string; sql: string }[]
}

/**
 * Opens the one SQLite file, backing it up before bringing its schema up to date.
 *
 * WAL with `synchronous = FULL`: what is committed survives a kill and a power cut.
 * @throws CodedError `storage.newerSchema` when a newer Amorce wrote it, `storage.damaged` when SQLite says it is not
 *   a sound database, `storage.diskFull`, `storage.openFailed` for anything else.
 */
export function openDatabase({ path, nativeBinding, migrations = allMigrations }: OpenOptions): Database {
  let database: Database | undefined
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
    database = new Sqlite(path, nativeBinding ? { nativeBinding } : {})
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('busy_timeout = 2000')
    // KiB: what lists and imports go through at the size of a region, instead of SQLite's 2 MB.
    database.pragma('cache_size = -65536')
    // What a statement would be taken back by, and what is sorted: not through the disk.
    database.pragma('temp_store = MEMORY')
    migrate(database, path, migrations)
    return database
  } catch (error) {
    database?.close()
    throw asCodedError(error, path)
  }
}

/** Opens a database that another Amorce may be writing, to read it as it stands. @throws CodedError `storage.openFailed` */
export function openBeside(path: string, nativeBinding?: string): Database {
  try {
    return new Sqlite(path, { readonly: true, fileMustExist: true, ...(nativeBinding ? { nativeBinding } : {}) })
  } catch (error) {
    throw asCodedError(error, path)
  }
}

function migrate(database: Database, path: string, migrations: readonly { name: string; sql: string }[]): void {
  const version = schemaVersion(database)
  if (version === migrations.length) return
  if (version > migrations.length)
    throw new CodedError('storage.newerSchema', `schema ${version} is newer than ${migrations.length}`, {
      path,
      version,
    })
  if (version > 0 && path !== ':memory:') backUp(database, `${path}.before-schema-${migrations.length}`)
  database.transaction(() => {
    for (const migration of migrations.slice(version)) database.exec(migration.sql)
    database.pragma(`user_version = ${migrations.length}`)
  })()
}

/**
 * Runs a task whose commits do not wait for the disk: they survive a kill, and a power cut may cost the last of them,
 * never the soundness of the file nor what was committed without this. Not inside a transaction.
 */
export function withoutWaitingForDisk<T>(database: Database, task: () => T): T {
  database.pragma('synchronous = NORMAL')
  try {
    return task()
  } finally {
    database.pragma('synchronous = FULL')
  }
}

/** Pages of 4 KiB: SQLite's own, and while much is written. */
const usualCheckpoint = 1_000
const rareCheckpoint = 6_000

/** Much is written: pages that are changed again and again go to the file once, and not with every few hundred. */
export async function withRareCheckpoints<T>(database: Database, task: () => Promise<T>): Promise<T> {
  database.pragma(`wal_autocheckpoint = ${rareCheckpoint}`)
  try {
    return await task()
  } finally {
    database.pragma(`wal_autocheckpoint = ${usualCheckpoint}`)
  }
}

export const schemaVersion = (database: Database): number => database.pragma('user_version', { simple: true }) as number

/** Writes a consistent copy of the database to `target` (which is kept if it is already there, under a numbered name). */
export function backUp(database: Database, target: string): string {
  let free = target
  for (let n = 2; existsSync(free); n++) free = `${target}-${n}`
  database.prepare('VACUUM INTO ?').run(free)
  return free
}

function asCodedError(error: unknown, path: string): CodedError {
  if (error instanceof CodedError) return error
  const sqliteCode = (error as { code?: string }).code ?? ''
  const message = error instanceof Error ? error.message : String(error)
  if (sqliteCode === 'SQLITE_NOTADB' || sqliteCode.startsWith('SQLITE_CORRUPT'))
    return new CodedError('storage.damaged', message, { path })
  if (sqliteCode === 'SQLITE_FULL' || sqliteCode === 'ENOSPC')
    return new CodedError('storage.diskFull', message, { path })
  return new CodedError('storage.openFailed', message, { path })
}
