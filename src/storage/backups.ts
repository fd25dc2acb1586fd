import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { CodedError, type BackupContent, type BackupView } from '../contract/index.ts'
import { schemaVersion, type Database } from './database.ts'
import { migrations } from './migrations/index.ts'
import { setAside } from './recover.ts'

const namePattern = /^amorce-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-\d+)?\.sqlite$/
/** Of 4 KiB each. */
const pagesPerStep = 256
const dayMs = 24 * 3600 * 1000

/** Copies of the one file, each whole and checked, in a folder beside it. */
export class Backups {
  readonly #database: Database
  readonly #folder: string
  readonly #nativeBinding: string | undefined
  readonly #kept: () => number

  /** @param deps.kept how many are kept; the oldest beyond that go */
  constructor(deps: { database: Database; folder: string; nativeBinding?: string; kept: () => number }) {
    this.#database = deps.database
    this.#folder = deps.folder
    this.#nativeBinding = deps.nativeBinding
    this.#kept = deps.kept
  }

  get folder(): string {
    return this.#folder
  }

  /** Newest first. */
  list(): BackupView[] {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .filter((name) => namePattern.test(name))
      .map((name) => {
        const { size, mtimeMs } = statSync(join(this.#folder, name))
        return { name, size, at: Math.round(mtimeMs) }
      })
      .sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1))
  }

  /** Writes one and lets the oldest go. @throws CodedError `storage.backupFailed` */
  async make(at: number): Promise<BackupView> {
    const name = this.#freeName(at)
    try {
      mkdirSync(this.#folder, { recursive: true })
    } catch (error) {
      throw new CodedError('storage.backupFailed', String(error), { reason: String(error) })
    }
    await this.saveTo(join(this.#folder, name))
    for (const old of this.list().slice(Math.max(this.#kept(), 1))) rmSync(join(this.#folder, old.name))
    const made = this.list().find((backup) => backup.name === name)
    if (!made) throw new CodedError('storage.backupFailed', `${name} is gone`, {})
    return made
  }

  /** Whether the newest is older than a day, or there is none. */
  isDue(now: number): boolean {
    const [newest] = this.list()
    return !newest || now - newest.at >= dayMs
  }

  /**
   * What is in one.
   * @throws CodedError `storage.backupDamaged`, `storage.newerSchema` for one of a newer Amorce
   */
  look(name: string): BackupContent {
    const path = this.#pathOf(name)
    let copy: Database | undefined
    try {
      copy = new Sqlite(path, {
        readonly: true,
        ...(this.#nativeBinding ? { nativeBinding: this.#nativeBinding } : {}),
      })
      const version = schemaVersion(copy)
      if (version > migrations.length)
        throw new CodedError('storage.newerSchema', `schema ${version}`, { path, version })
      if (version < 1 || copy.pragma('quick_check(1)', { simple: true }) !== 'ok')
        throw new CodedError('storage.backupDamaged', 'quick_check failed', { name })
      const open = copy
      const count = (table: string, where = ''): number => {
        const isThere = open.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined
        return isThere ? (open.prepare(`SELECT count(*) FROM ${table} ${where}`).pluck().get() as number) : 0
      }
      return {
        name,
        items: count('items', 'WHERE removed_at IS NULL'),
        consumables: count('consumables'),
        movements: count('movements'),
        loans: count('loans'),
        interventions: count('interventions'),
        exams: count('exams'),
        lastChangeAt: (open.prepare('SELECT max(updated_at) FROM items').pluck().get() as number | null) ?? undefined,
      }
    } catch (error) {
      if (error instanceof CodedError) throw error
      throw new CodedError('storage.backupDamaged', String(error), { name })
    } finally {
      copy?.close()
    }
  }

  /**
   * Everything, as one file at a place of a person's choice: to keep elsewhere, or to go on with on another computer.
   * @throws CodedError `storage.backupFailed`
   */
  async saveTo(path: string): Promise<void> {
    const unfinished = `${path}.part`
    try {
      rmSync(unfinished, { force: true })
      // A few pages at a time: leases are written in between.
      await this.#database.backup(unfinished, { progress: () => pagesPerStep })
      renameSync(unfinished, path)
    } catch (error) {
      rmSync(unfinished, { force: true })
      throw new CodedError('storage.backupFailed', String(error), { reason: String(error) })
    }
  }

  /**
   * Takes such a file in among the backups, so that it can be looked at and restored as one of them.
   * @returns what is in it
   * @throws CodedError `storage.backupDamaged`, `storage.newerSchema`, `storage.backupFailed`
   */
  takeIn(path: string, at: number): BackupContent {
    const name = this.#freeName(at)
    const target = join(this.#folder, name)
    try {
      mkdirSync(this.#folder, { recursive: true })
      copyFileSync(path, target)
    } catch (error) {
      rmSync(target, { force: true })
      throw new CodedError('storage.backupFailed', String(error), { reason: String(error) })
    }
    try {
      return this.look(name)
    } catch (error) {
      for (const companion of ['', '-wal', '-shm']) rmSync(target + companion, { force: true })
      throw error
    }
  }

  #freeName(at: number): string {
    const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')
    let name = `amorce-${stamp}.sqlite`
    for (let n = 2; existsSync(join(this.#folder, name)); n++) name = `amorce-${stamp}-${n}.sqlite`
    return name
  }

  /** Where a backup lies, for what takes its place when the file is opened the next time. */
  #pathOf(name: string): string {
    const path = join(this.#folder, name)
    if (!namePattern.test(name) || !existsSync(path))
      throw new CodedError('storage.backupDamaged', `no ${name}`, { name })
    return path
  }

  /**
   * Copies a backup to where it takes the place of the file when that is opened next.
   * @throws CodedError `storage.backupDamaged`, `storage.newerSchema`, `storage.backupFailed`
   */
  prepareRestore(name: string, databasePath: string): void {
    this.look(name)
    const copy = new Sqlite(this.#pathOf(name), {
      readonly: true,
      ...(this.#nativeBinding ? { nativeBinding: this.#nativeBinding } : {}),
    })
    try {
      rmSync(pendingRestore(databasePath), { force: true })
      copy.prepare('VACUUM INTO ?').run(pendingRestore(databasePath))
    } catch (error) {
      throw new CodedError('storage.backupFailed', String(error), { reason: String(error) })
    } finally {
      copy.close()
    }
  }

  /** What was prepared is not opened next after all. */
  cancelRestore(databasePath: string): void {
    rmSync(pendingRestore(databasePath), { force: true })
  }
}

const pendingRestore = (databasePath: string): string => `${databasePath}.restore`

/** Puts a prepared backup in the place of the file, which is laid aside. Where that one went; undefined when none was. */
export function finishRestore(databasePath: string, at: number): string | undefined {
  const pending = pendingRestore(databasePath)
  if (!existsSync(pending)) return undefined
  const aside = existsSync(databasePath) ? setAside(databasePath, 'before-restore', at) : databasePath
  renameSync(pending, databasePath)
  return aside
}
