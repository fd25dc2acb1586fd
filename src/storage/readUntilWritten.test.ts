import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, readUntilWritten, type Database } from './index.ts'

let database: Database
let reads: number
let names: () => string[]

beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  database.exec(`
    CREATE TABLE owners (id INTEGER PRIMARY KEY);
    CREATE TABLE pets (name TEXT, owner_id INTEGER REFERENCES owners ON DELETE CASCADE);
    INSERT INTO owners VALUES (1);
    INSERT INTO pets VALUES ('Rex', 1)`)
  const select = database.prepare<[], string>('SELECT name FROM pets ORDER BY name').pluck()
  reads = 0
  names = readUntilWritten(database, () => {
    reads++
    return select.all()
  })
})
afterEach(() => void database.close())

describe('what is read until something is written', () => {
  it('is read once', () => {
    expect([names(), names(), names()]).toEqual([['Rex'], ['Rex'], ['Rex']])
    expect(reads).toBe(1)
  })

  it.each([
    ['added', "INSERT INTO pets VALUES ('Milou', 1)", ['Milou', 'Rex']],
    ['changed', "UPDATE pets SET name = 'Idéfix'", ['Idéfix']],
    ['taken away', 'DELETE FROM pets', []],
    ['taken away with what it belongs to', 'DELETE FROM owners', []],
  ])('is read again when a row was %s', (_, sql, after) => {
    names()
    database.exec(sql)
    expect(names()).toEqual(after)
  })

  it('is not kept from a transaction that is taken back', () => {
    names()
    const fails = database.transaction(() => {
      database.exec('DELETE FROM pets')
      expect(names()).toEqual([])
      throw new Error('no')
    })
    expect(fails).toThrow('no')
    expect(names()).toEqual(['Rex'])
  })
})
