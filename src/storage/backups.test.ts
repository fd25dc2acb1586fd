import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Backups, finishRestore, openDatabase, openSafely, type Database } from './index.ts'

const nativeBinding = process.env.AMORCE_SQLITE_BINDING
const noon = Date.UTC(2026, 10, 24, 12)

let folder: string
let path: string
let opened: Database[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-backups-'))
  path = join(folder, 'amorce.sqlite')
  opened = []
})
afterEach(() => {
  for (const database of opened) database.close()
  rmSync(folder, { recursive: true })
})

const open = (): Database => {
  const database = openDatabase({ path, nativeBinding })
  opened.push(database)
  return database
}
const openAnyhow = () => {
  const result = openSafely({ path, nativeBinding }, noon)
  opened.push(result.database)
  return result
}
const addItems = (database: Database, count: number, from = 1): void => {
  const item = database.prepare(
    "INSERT INTO items (asset_tag, type, state, notes, created_at, updated_at) VALUES (?, 'pc', 'spare', ?, 1, 1)",
  )
  const change = database.prepare(
    "INSERT INTO item_history (item_id, at, field, before, after) VALUES (?, 1, 'created', '', ?)",
  )
  database.transaction(() => {
    for (let n = from; n < from + count; n++)
      change.run(item.run(`PC-${n}`, 'x'.repeat(200)).lastInsertRowid, `PC-${n}`)
  })()
}
const tags = (database: Database): string[] =>
  database.prepare<[], string>('SELECT asset_tag FROM items ORDER BY id').pluck().all()

describe('backups', () => {
  const backupsOf = (database: Database, kept = 3): Backups =>
    new Backups({ database, folder: join(folder, 'backups'), nativeBinding, kept: () => kept })

  it('are whole, are due once a day, and the oldest go', async () => {
    const database = open()
    const backups = backupsOf(database)
    expect(backups.isDue(noon)).toBe(true)
    for (let day = 0; day < 5; day++) {
      addItems(database, 1, day + 1)
      await backups.make(noon + day * 86_400_000)
    }
    const list = backups.list()
    expect(list).toHaveLength(3)
    expect(backups.look(list[0]!.name)).toMatchObject({ items: 5, movements: 0, lastChangeAt: 1 })
    expect(backups.isDue(list[0]!.at + 86_399_999)).toBe(false)
    expect(backups.isDue(list[0]!.at + 86_400_000)).toBe(true)
    expect(readdirSync(backups.folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('leave as one file, which is looked at and gone back to on another computer', async () => {
    const here = open()
    addItems(here, 3)
    const whole = join(folder, 'elsewhere.sqlite')
    await backupsOf(here).saveTo(whole)
    here.close()

    const there = openDatabase({ path: join(folder, 'there.sqlite'), nativeBinding })
    const backups = new Backups({ database: there, folder: join(folder, 'there'), nativeBinding, kept: () => 3 })
    const content = backups.takeIn(whole, noon)
    expect(content).toMatchObject({ items: 3 })
    expect(backups.list().map(({ name }) => name)).toEqual([content.name])
    writeFileSync(join(folder, 'letter.sqlite'), 'Dear all,')
    expect(() => backups.takeIn(join(folder, 'letter.sqlite'), noon)).toThrow(
      expect.objectContaining({ code: 'storage.backupDamaged' }) as Error,
    )
    expect(() => backups.takeIn(join(folder, 'nowhere.sqlite'), noon)).toThrow(
      expect.objectContaining({ code: 'storage.backupFailed' }) as Error,
    )
    expect(backups.list()).toHaveLength(1)
    await expect(backups.saveTo(join(folder, 'no', 'such', 'folder'))).rejects.toMatchObject({
      code: 'storage.backupFailed',
    })
    there.close()
  })

  it('go on while others write', async () => {
    const database = open()
    addItems(database, 3000)
    const backup = backupsOf(database).make(noon)
    addItems(database, 10, 5000)
    expect(backupsOf(database).look((await backup).name).items).toBeGreaterThanOrEqual(3000)
    expect(tags(database)).toHaveLength(3010)
  })

  it('take the place of the file when it is opened next, and it is kept', async () => {
    const database = open()
    addItems(database, 2)
    const backups = backupsOf(database)
    const { name } = await backups.make(noon)
    addItems(database, 1, 3)
    backups.prepareRestore(name, path)
    database.close()
    const aside = finishRestore(path, noon)
    expect(tags(open())).toEqual(['PC-1', 'PC-2'])
    expect(tags(openDatabase({ path: aside!, nativeBinding }))).toEqual(['PC-1', 'PC-2', 'PC-3'])
    expect(finishRestore(path, noon)).toBeUndefined()
  })

  it('that are damaged, of a newer Amorce or elsewhere are refused', async () => {
    const backups = backupsOf(open())
    const { name } = await backups.make(noon)
    const file = join(backups.folder, name)
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0x5a, 4096, 12_288))
    expect(() => backups.look(name)).toThrow(expect.objectContaining({ code: 'storage.backupDamaged' }))
    expect(() => backups.prepareRestore(name, path)).toThrow(expect.objectContaining({ code: 'storage.backupDamaged' }))
    expect(() => backups.look('amorce-2026-01-01T00-00-00.sqlite')).toThrow(
      expect.objectContaining({ code: 'storage.backupDamaged' }),
    )
    expect(() => backups.look('../amorce.sqlite')).toThrow(expect.objectContaining({ code: 'storage.backupDamaged' }))
    expect(existsSync(`${path}.restore`)).toBe(false)
  })
})

describe('a damaged file', () => {
  const pageSize = 4096

  it('that is sound is opened as it is', () => {
    addItems(open(), 3)
    opened.pop()?.close()
    expect(openAnyhow().recovery).toBeUndefined()
  })

  it('is laid aside, and what can be read of it goes on, wherever it is damaged', () => {
    const database = open()
    addItems(database, 2000)
    database.close()
    opened = []
    const sound = readFileSync(path)
    const pages = sound.length / pageSize
    const copy = join(folder, 'sound')
    copyFileSync(path, copy)
    // Pages all over the file, the first one among them; the same ones each time.
    let seed = 7
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647)
    const saved: number[] = []
    for (let round = 0; round < 12; round++) {
      copyFileSync(copy, path)
      for (const companion of ['-wal', '-shm']) rmSync(path + companion, { force: true })
      const bytes = readFileSync(path)
      const page = round === 0 ? 0 : random() % pages
      for (let n = 0; n < pageSize; n++) bytes[page * pageSize + n] = random() & 0xff
      writeFileSync(path, bytes)
      const { database: after, recovery } = openAnyhow()
      expect(after.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(after.pragma('foreign_key_check')).toEqual([])
      addItems(after, 1, 90_000 + round)
      if (recovery) {
        expect(existsSync(recovery.setAside)).toBe(true)
        expect(readFileSync(recovery.setAside).length).toBe(bytes.length)
      }
      saved.push(tags(after).length - 1)
      after.close()
      opened.pop()
    }
    // The first page is the one without which SQLite reads nothing; a table's root page costs that table.
    expect(saved[0]).toBe(0)
    expect(saved.filter((count) => count >= 1900).length).toBeGreaterThanOrEqual(8)
  })

  it('that was cut short, or is no database at all, does not stop the app', () => {
    addItems(open(), 500)
    opened.pop()?.close()
    const bytes = readFileSync(path)
    for (const content of [
      bytes.subarray(0, 20 * pageSize),
      Buffer.from('a letter '.repeat(2000)),
      bytes.subarray(0, 50),
    ]) {
      writeFileSync(path, content)
      const { database, recovery } = openAnyhow()
      expect(recovery?.setAside).toContain('damaged-2026-11-24')
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      database.close()
      opened.pop()
    }
  })

  it('of a newer Amorce is not one', () => {
    const database = open()
    database.pragma('user_version = 999')
    database.close()
    opened = []
    expect(() => openAnyhow()).toThrow(expect.objectContaining({ code: 'storage.newerSchema' }))
  })
})
