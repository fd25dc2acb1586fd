import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backUp, openDatabase, schemaVersion, withoutWaitingForDisk, type Database, type OpenOptions } from './index.ts'
import { migrations } from './migrations/index.ts'

const nativeBinding = process.env.AMORCE_SQLITE_BINDING

let folder: string
let path: string
let opened: Database[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-storage-'))
  path = join(folder, 'data', 'amorce.sqlite')
  opened = []
})
afterEach(() => {
  for (const database of opened) database.close()
  rmSync(folder, { recursive: true })
})

function open(changes: Partial<OpenOptions> = {}): Database {
  const database = openDatabase({ path, nativeBinding, ...changes })
  opened.push(database)
  return database
}

const refusal = (code: string): object =>
  expect.objectContaining({ code, details: expect.objectContaining({ path }) as object }) as object
const one = { name: 'one', sql: 'CREATE TABLE notes (text TEXT NOT NULL) STRICT' }
const two = { name: 'two', sql: "ALTER TABLE notes ADD COLUMN room TEXT NOT NULL DEFAULT 'Salle 1'" }
const broken = { name: 'broken', sql: 'CREATE TABLE more (x TEXT) STRICT; INSERT INTO nowhere VALUES (1)' }
const notes = (database: Database): unknown[] => database.prepare('SELECT * FROM notes').all()

describe('opening', () => {
  it('makes the file, its folder and the whole schema', () => {
    const database = open()
    expect(existsSync(path)).toBe(true)
    expect(schemaVersion(database)).toBe(migrations.length)
    expect(database.prepare('SELECT count(*) AS n FROM items').get()).toEqual({ n: 0 })
  })

  it('asks SQLite to survive a power cut, to hold references, and to wait for a lock', () => {
    const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout']
    const database = open()
    // 2 is FULL.
    expect(pragmas.map((name) => database.pragma(name, { simple: true }))).toEqual(['wal', 2, 1, 2000])
  })

  it('again finds what was written, and changes nothing', () => {
    const first = open()
    first.prepare("INSERT INTO settings VALUES ('language', '\"fr\"')").run()
    first.close()
    expect(open().prepare('SELECT * FROM settings').all()).toEqual([{ key: 'language', value: '"fr"' }])
    expect(readdirSync(join(folder, 'data')).filter((name) => name.includes('before-schema'))).toEqual([])
  })

  it('is a sound database with every constraint of its schema', () => {
    const database = open()
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const item = "INSERT INTO items (asset_tag, type, state, created_at, updated_at) VALUES (?, 'pc', ?, 0, 0)"
    database.prepare(item).run('PC-1', 'spare')
    expect(() => database.prepare(item).run('pc-1', 'spare')).toThrow(/UNIQUE/)
    expect(() => database.prepare(item).run('PC-2', 'eaten')).toThrow(/CHECK/)
    expect(() => database.prepare("INSERT INTO item_macs VALUES ('02:00:00:00:00:01', 99)").run()).toThrow(
      /FOREIGN KEY/,
    )
    expect(() => database.prepare("INSERT INTO settings VALUES ('x', 'not JSON')").run()).toThrow(/CHECK/)
  })
})

describe('migrating', () => {
  it('keeps what was there, and a copy of the file as it was', () => {
    const before = open({ migrations: [one] })
    before.prepare("INSERT INTO notes VALUES ('kept')").run()
    before.close()

    const after = open({ migrations: [one, two] })
    expect(schemaVersion(after)).toBe(2)
    expect(notes(after)).toEqual([{ text: 'kept', room: 'Salle 1' }])

    const copy = open({ path: `${path}.before-schema-2`, migrations: [one] })
    expect(schemaVersion(copy)).toBe(1)
    expect(notes(copy)).toEqual([{ text: 'kept' }])
  })

  it('that fails leaves the file as it was, and says so', () => {
    const before = open({ migrations: [one] })
    before.prepare("INSERT INTO notes VALUES ('kept')").run()
    before.close()
    expect(() => open({ migrations: [one, broken] })).toThrow(refusal('storage.openFailed'))
    const again = open({ migrations: [one] })
    expect(schemaVersion(again)).toBe(1)
    expect(notes(again)).toEqual([{ text: 'kept' }])
    expect(again.prepare("SELECT name FROM sqlite_master WHERE name = 'more'").all()).toEqual([])
  })

  it('makes no copy of a new file, nor of one in memory', () => {
    open({ migrations: [one, two] })
    expect(schemaVersion(open({ path: ':memory:', migrations: [one] }))).toBe(1)
    expect(readdirSync(join(folder, 'data')).filter((name) => !name.startsWith('amorce.sqlite'))).toEqual([])
    expect(existsSync(`${path}.before-schema-2`)).toBe(false)
  })
})

describe('a file that cannot be used', () => {
  it('of a newer Amorce is refused, untouched', () => {
    const newer = open({ migrations: [one, two] })
    newer.prepare("INSERT INTO notes VALUES ('kept', 'Salle 9')").run()
    newer.close()
    const bytes = readFileSync(path)
    expect(() => open({ migrations: [one] })).toThrow(refusal('storage.newerSchema'))
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(notes(open({ migrations: [one, two] }))).toEqual([{ text: 'kept', room: 'Salle 9' }])
  })

  it('that is no database is refused, untouched', () => {
    open().close()
    writeFileSync(path, 'A letter to the printer, saved under the wrong name. '.repeat(100))
    const bytes = readFileSync(path)
    expect(() => open()).toThrow(refusal('storage.damaged'))
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('that was cut short is refused', () => {
    open().close()
    truncateSync(path, 5000)
    expect(() => open()).toThrow(refusal('storage.damaged'))
  })

  it('that is a folder is refused', () => {
    expect(() => open({ path: folder })).toThrow(expect.objectContaining({ code: 'storage.openFailed' }))
  })
})

describe('backing up', () => {
  it('copies what is committed, while it is open', () => {
    const database = open({ migrations: [one] })
    database.prepare("INSERT INTO notes VALUES ('kept')").run()
    const target = join(folder, 'backup.sqlite')
    expect(backUp(database, target)).toBe(target)
    database.prepare("INSERT INTO notes VALUES ('later')").run()
    expect(notes(open({ path: target, migrations: [one] }))).toEqual([{ text: 'kept' }])
  })

  it('never writes over an earlier copy', () => {
    const database = open({ migrations: [one] })
    const target = join(folder, 'backup.sqlite')
    const names = [1, 2, 3].map(() => backUp(database, target))
    expect(names).toEqual([target, `${target}-2`, `${target}-3`])
  })
})

describe('writing without waiting for the disk', () => {
  const waits = (database: Database): boolean => database.pragma('synchronous', { simple: true }) === 2

  it('is for that task alone, also when it fails', () => {
    const database = open({ migrations: [one] })
    const write = database.prepare("INSERT INTO notes VALUES ('a')")
    expect(withoutWaitingForDisk(database, () => [waits(database), write.run().changes])).toEqual([false, 1])
    expect(waits(database)).toBe(true)
    const fail = (): never => {
      throw new Error('no')
    }
    expect(() => withoutWaitingForDisk(database, fail)).toThrow('no')
    expect(waits(database)).toBe(true)
  })
})

describe('a kill at any moment', () => {
  /** Commits one number after the other and says each when it is committed. */
  const writer = `
    const Sqlite = require(process.argv[2])
    const [, , , file, nativeBinding] = process.argv
    const database = new Sqlite(file, nativeBinding ? { nativeBinding } : {})
    database.pragma('synchronous = FULL')
    const insert = database.prepare('INSERT INTO notes VALUES (?)')
    for (let n = 1; ; n++) {
      insert.run(String(n))
      process.send(n)
    }`
  let child: ChildProcess | undefined
  afterEach(() => child?.kill('SIGKILL'))

  it('loses nothing that was committed, and the file opens again', async () => {
    open({ migrations: [one] }).close()
    const script = join(folder, 'writer.cjs')
    writeFileSync(script, writer)
    const sqlite = createRequire(import.meta.url).resolve('better-sqlite3')
    child = fork(script, [sqlite, path, nativeBinding ?? ''])
    let lastSaid = 0
    child.on('message', (n: number) => {
      lastSaid = n
      if (n >= 50) child?.kill('SIGKILL')
    })
    await once(child, 'close')

    // The write-ahead log is still beside the file: nobody closed it.
    expect(existsSync(`${path}-wal`)).toBe(true)
    const database = open({ migrations: [one] })
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const kept = notes(database).map((row) => Number((row as { text: string }).text))
    expect(kept.length).toBeGreaterThanOrEqual(Math.max(lastSaid, 50))
    expect(kept).toEqual(kept.map((_, index) => index + 1))
  })

  it('also of the files as they lie on the disk, without what the process still held', () => {
    const database = open({ migrations: [one] })
    database.prepare("INSERT INTO notes VALUES ('kept')").run()
    const copy = join(folder, 'copy.sqlite')
    copyFileSync(path, copy)
    copyFileSync(`${path}-wal`, `${copy}-wal`)
    expect(notes(open({ path: copy, migrations: [one] }))).toEqual([{ text: 'kept' }])
  })
})
