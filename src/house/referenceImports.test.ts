import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { locationKinds, type ImportCounts, type Language, type ReferenceSubject } from '../contract/index.ts'
import { ConsumableImports, ItemImports, readTable, ReferenceImports, writeCsv, writeXlsx } from '../exchange/index.ts'
import { createStockRooms, type StockRooms } from '../stock/index.ts'
import { openDatabase } from '../storage/index.ts'
import { Exchange } from './exchange.ts'
import { listOfRows } from './stockLists.ts'
import { stockWords } from './stockWords.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-references-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Desk {
  rooms: StockRooms
  exchange: Exchange
  references: ReferenceImports
}
function openDesk(onProgress: (exchange: Exchange) => void = () => undefined): Desk {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const clock = new ManualClock()
  const rooms = createStockRooms(database, clock, () => 'Ana')
  const references = new ReferenceImports({ database, clock, rooms })
  const exchange: Exchange = new Exchange({
    ...{ stock: rooms.items, references, readTable, onProgress: () => onProgress(exchange) },
    imports: new ItemImports({ database, clock, stock: rooms.items }),
    consumables: new ConsumableImports({ database, clock, rooms }),
  })
  return { rooms, exchange, references }
}
async function read({ exchange }: Desk, content: string | Uint8Array, subject?: ReferenceSubject) {
  const path = join(folder, 'liste.csv')
  writeFileSync(path, content)
  const draft = await exchange.open([path])
  const wanted = subject && subject !== draft.subject ? await exchange.read({ subject }) : draft
  return { draft: wanted, counts: await exchange.check(wanted.mapping) }
}
const problems = ({ exchange }: Desk) =>
  exchange
    .lines({ verdicts: [], onlyProblems: true, offset: 0, limit: 50 })
    .lines.map(({ line, verdict, problems }) => [line, verdict, ...problems.map(({ code }) => code)])
/** Without ids, which another stock gives anew. */
function listed({ rooms: { items, people } }: Desk, subject: ReferenceSubject): object[] {
  const lists = { locations: items.locations, people, suppliers: items.suppliers }
  return lists[subject].list().map(({ id: _, ...entry }) => {
    const { parentId: __, ...said } = entry as { parentId?: number }
    return said
  })
}

const line = (max: number) =>
  fc.string({ unit: 'grapheme', maxLength: max }).map((text) => text.replace(/\s+/g, ' ').trim().slice(0, max))
const name = line(30).filter((text) => text !== '' && !/[>/\\]/.test(text))
const notes = fc.array(line(20).filter(Boolean), { maxLength: 2 }).map((lines) => lines.join('\n'))
const withoutTwins = <Entry extends { name: string }>(entries: Entry[]): Entry[] =>
  entries.filter(
    (entry, index) => entries.findIndex((other) => other.name.toLowerCase() === entry.name.toLowerCase()) === index,
  )
const stocks = fc.record({
  places: fc.array(
    fc.record({
      names: fc.array(name, { minLength: 1, maxLength: 3 }),
      kind: fc.constantFrom(...locationKinds),
      notes,
    }),
    {
      minLength: 1,
      maxLength: 9,
    },
  ),
  people: fc
    .array(fc.record({ name, email: line(20), phone: line(12), department: line(12), notes }), {
      minLength: 1,
      maxLength: 9,
    })
    .map(withoutTwins),
  suppliers: fc
    .array(fc.record({ name, email: line(20), phone: line(12), address: notes, notes }), { minLength: 1, maxLength: 9 })
    .map(withoutTwins),
})

it('lists that were exported are imported as they were, into an empty stock and into the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      stocks,
      fc.constantFrom<Language>('fr', 'en'),
      fc.boolean(),
      async (stock, language, asWorkbook) => {
        const [desk, empty] = [openDesk(), openDesk()]
        const { locations, suppliers } = desk.rooms.items
        for (const { names, kind, notes } of stock.places) {
          const { id = 0 } = locations.ensure(names.join(' / ')) ?? {}
          const { name, parentId } = locations.get(id)
          locations.update(id, { name, kind, notes, ...(parentId === undefined ? {} : { parentId }) })
        }
        for (const person of stock.people) desk.rooms.people.add(person)
        for (const supplier of stock.suppliers) suppliers.add(supplier)
        for (const subject of ['locations', 'people', 'suppliers'] as const) {
          const before = listed(desk, subject)
          const { heads, rows } = listOfRows({ list: subject }, desk.rooms.items, desk.rooms, stockWords(language))
          const table = [heads, ...rows]
          const file = asWorkbook ? writeXlsx(table, 'liste') : writeCsv(table, language)

          const again = await read(desk, file, subject)
          expect(problems(desk)).toEqual([])
          expect(again.counts).toEqual(counts({ unchanged: before.length }))
          const { draft } = await read(empty, file, subject)
          expect(draft).toMatchObject({ origin: 'amorce', subject })
          await empty.exchange.apply()
          expect(listed(empty, subject)).toEqual(before)
        }
      },
    ),
    { numRuns: 12 },
  )
}, 120_000)

const counts = (changes: Partial<ImportCounts>): ImportCounts => ({
  ...{ added: 0, changed: 0, unchanged: 0, refused: 0, warnings: 0 },
  ...changes,
})

it("GLPI's places come in with those around them, errors are told by line, and all of it goes again", async () => {
  const desk = openDesk()
  const { locations } = desk.rooms.items
  locations.ensure('Site Nord')
  desk.rooms.items.add({
    ...{ assetTag: 'PC-1', type: 'pc', manufacturer: '', model: '', serial: '', macs: [], uuid: '', notes: '' },
    ...{ location: 'Réserve', state: 'spare' },
  })
  const before = listed(desk, 'locations')
  const { draft, counts: seen } = await read(
    desk,
    [
      'Nom complet;Entité;Commentaires;Type',
      'Site Nord > Bât. B > B104;Lycée;Salle d’examen;Salle',
      'Site Nord > Bât. B;Lycée;;Tour',
      'site nord > bât. b > b104;Lycée;Encore;',
      ';Lycée;Sans nom;',
      `Site Nord > ${'x'.repeat(81)};Lycée;;`,
      'Réserve;Lycée;Fermée à clef;',
    ].join('\n'),
  )
  expect(draft).toMatchObject({ subject: 'locations', origin: 'glpi' })
  expect(seen).toEqual(counts({ added: 2, changed: 1, refused: 3, warnings: 1 }))
  expect(problems(desk)).toEqual([
    [3, 'added', 'kindUnknown'],
    [4, 'refused', 'duplicateInFile'],
    [5, 'refused', 'nameMissing'],
    [6, 'refused', 'tooLong'],
  ])
  const record = await desk.exchange.apply()
  expect(record).toMatchObject({ subject: 'locations', added: 2, changed: 1, state: 'done' })
  expect(listed(desk, 'locations')).toMatchObject([
    { path: 'Réserve', notes: 'Fermée à clef' },
    { path: 'Site Nord' },
    { path: 'Site Nord / Bât. B', kind: 'building' },
    { path: 'Site Nord / Bât. B / B104', kind: 'room', notes: 'Salle d’examen' },
  ])
  expect(await desk.exchange.undo(record.id)).toMatchObject({ state: 'undone' })
  expect(listed(desk, 'locations')).toEqual(before)
})

it("GLPI's people and suppliers are told by their heads; what is used or was changed since stays when they are taken back", async () => {
  const desk = openDesk()
  const people = await read(
    desk,
    'Last name,First name,Emails,Phone,Groups\nMorel,Hélène,h@x.fr,0102,Physique\nDiallo,M.,,,\n',
  )
  expect(people.draft).toMatchObject({ subject: 'people' })
  const { id } = await desk.exchange.apply()
  const [diallo, morel] = desk.rooms.people.list()
  expect([diallo, morel]).toMatchObject([
    { name: 'Hélène Morel', email: 'h@x.fr', phone: '0102', department: 'Physique' },
    { name: 'M. Diallo' },
  ])
  const item = desk.rooms.items.add({
    ...{ assetTag: 'PC-1', type: 'pc', manufacturer: '', model: '', serial: '', macs: [], uuid: '', notes: '' },
    ...{ location: '', state: 'spare' },
  })
  desk.rooms.loans.lend({ person: 'M. Diallo', itemIds: [item.id], dueOn: '', purpose: '' })
  await desk.exchange.undo(id)
  expect(desk.rooms.people.list().map(({ name }) => name)).toEqual(['M. Diallo'])

  desk.rooms.items.suppliers.add({ name: 'Bureau Vallée', email: '', phone: '01', address: '', notes: '' })
  const file = 'Nom;Adresse;Téléphone;Adresse de messagerie\nBureau Vallée;1 rue;02;a@b.fr\n'
  expect((await read(desk, file)).draft).toMatchObject({ subject: 'suppliers' })
  const changed = await desk.exchange.apply()
  const [supplier] = desk.rooms.items.suppliers.list()
  expect(supplier).toMatchObject({ phone: '02', email: 'a@b.fr', address: '1 rue' })
  const { id: supplierId, ...said } = supplier!
  desk.rooms.items.suppliers.update(supplierId, { ...said, phone: '03' })
  await desk.exchange.undo(changed.id)
  expect(desk.rooms.items.suppliers.list()).toMatchObject([
    { name: 'Bureau Vallée', phone: '03', email: '', address: '' },
  ])
})

it('an import that is cancelled leaves nothing', async () => {
  const desk = openDesk((exchange) => {
    if (exchange.progress?.step === 'writing' && exchange.progress.done > 0) exchange.cancel()
  })
  const rows = Array.from({ length: 4000 }, (_, n) => `Bât. ${n % 7} > Salle ${n};n`)
  await read(desk, `Chemin;Notes\n${rows.join('\n')}`, 'locations')
  await expect(desk.exchange.apply()).rejects.toMatchObject({ code: 'exchange.cancelled' })
  expect(desk.rooms.items.locations.list()).toEqual([])
  expect(desk.exchange.history()).toEqual([])
})
