import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { ConsumableImports, ItemImports, readTable, ReferenceImports } from '../exchange/index.ts'
import { createStockRooms } from '../stock/index.ts'
import { openDatabase } from '../storage/index.ts'
import { Exchange } from './exchange.ts'
import { temporaryFolder } from './testing/testHouse.ts'

let folder: ReturnType<typeof temporaryFolder>

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const lines = 3000
const files = {
  items: `Asset Tag;Model;Serial\n${Array.from({ length: lines }, (_, n) => `PC-${n};M;S-${n}`).join('\n')}`,
  consumables: `Référence;Nom;Seuil;Quantité;Lieu\n${Array.from({ length: lines }, (_, n) => `TN-${n};Toner;2;5;Réserve`).join('\n')}`,
}

describe.each(['items', 'consumables'] as const)('an import of %s', (subject) => {
  it('says how far it is, and that it is taken back once it is cancelled, until all of it is gone', async () => {
    const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
    const clock = new ManualClock()
    const rooms = createStockRooms(database, clock, () => 'Ana')
    const shown: string[] = []
    const exchange: Exchange = new Exchange({
      stock: rooms.items,
      imports: new ItemImports({ database, clock, stock: rooms.items }),
      consumables: new ConsumableImports({ database, clock, rooms }),
      references: new ReferenceImports({ database, clock, rooms }),
      readTable,
      onProgress: () => {
        const { step, done = 0 } = exchange.progress ?? {}
        if (shown.at(-1) !== step) shown.push(step ?? 'nothing')
        if (step === 'writing' && done > 0) exchange.cancel()
      },
    })
    const path = join(folder.path, 'grand.csv')
    writeFileSync(path, files[subject])

    const draft = await exchange.open([path])
    expect(draft).toMatchObject({ subject, rows: lines })
    expect(await exchange.check(draft.mapping)).toMatchObject({ added: lines, refused: 0 })
    await expect(exchange.apply()).rejects.toMatchObject({ code: 'exchange.cancelled' })
    expect(shown).toEqual(['checking', 'nothing', 'writing', 'undoing', 'nothing'])
    expect(database.prepare('SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM imports)').pluck().get()).toBe(
      0,
    )
    expect(
      rooms.consumables.list({
        ...{ search: '', categories: [], levels: [], sort: 'name', descending: false, offset: 0, limit: 1 },
      }).total,
    ).toBe(0)
  })
})
