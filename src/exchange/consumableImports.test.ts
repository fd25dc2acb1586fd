import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { consumableCategories, type ConsumableInput, type ConsumableView } from '../contract/index.ts'
import { consumableInputOf, createStockRooms, type StockRooms } from '../stock/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { consumableCategoryWords, consumableFieldWords } from './consumableWords.ts'
import {
  Cancelled,
  ConsumableImports,
  ConsumablePlanner,
  proposeConsumableMapping,
  readTable,
  subjectOf,
  writeCsv,
  type ImportWork,
} from './index.ts'

let rooms: StockRooms
let imports: ConsumableImports
let database: Database

function open(): void {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const clock = new ManualClock()
  rooms = createStockRooms(database, clock, () => 'Zoë')
  imports = new ConsumableImports({ database, clock, rooms, who: () => 'Zoë' })
}
beforeEach(open)

const work = (signal = new AbortController().signal): ImportWork => ({ signal, onSlice: () => undefined })
const fixture = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, 'testdata', name))
function plan(bytes: Uint8Array): ConsumablePlanner & { origin: string } {
  const table = readTable(bytes)
  const { mapping, origin } = proposeConsumableMapping(table.heads)
  const planner = new ConsumablePlanner(table, mapping, imports.lookup)
  while (planner.next());
  return Object.assign(planner, { origin })
}
const all = (): ConsumableView[] =>
  rooms.consumables.list({
    search: '',
    categories: [],
    levels: [],
    sort: 'reference',
    descending: false,
    offset: 0,
    limit: 500,
  }).consumables
const one = (reference: string): ConsumableView | undefined => all().find((each) => each.reference === reference)
const verdicts = ({ lines }: ConsumablePlanner): string[] => lines.map(({ line, verdict }) => `${line} ${verdict}`)
const codes = ({ lines }: ConsumablePlanner): string[] =>
  lines.flatMap(({ line, problems }) => problems.map(({ code }) => `${line} ${code}`))

describe('files of other programs', () => {
  it("GLPI's cartridges in French and ISO-8859-1 are understood, line by line", async () => {
    const bytes = fixture('glpi-consumables-fr.csv')
    expect(subjectOf(readTable(bytes).heads)).toBe('consumables')
    const planner = plan(bytes)
    expect(planner.origin).toBe('glpi')
    expect(verdicts(planner)).toEqual(['2 added', '3 added', '4 refused', '5 refused', '6 added'])
    expect(codes(planner)).toEqual(['4 numberInvalid', '5 noIdentity', '6 categoryUnknown', '6 placeMissing'])
    await imports.apply('cartouches.csv', planner.writes, work())
    expect(one('TN-3480')).toMatchObject({
      ...{ name: 'Toner noir TN-3480', category: 'cartridge', manufacturer: 'Brother', threshold: 2, quantity: 5 },
    })
    expect(rooms.consumables.levels(one('TN-3480')!.id)).toMatchObject([{ location: 'Site / Bât. B / Réserve' }])
    expect(one('C13T02')).toMatchObject({ threshold: 0, quantity: 0, notes: 'à écouler' })
    expect(one('Ramette A4')).toMatchObject({ category: 'other', threshold: 10, quantity: 0 })
    expect(rooms.movements.list({ limit: 10 }).movements).toMatchObject([{ kind: 'in', reason: 'initial', who: 'Zoë' }])
  })

  it("Snipe-IT's consumables change what is there, and count it anew", async () => {
    await imports.apply('a.csv', plan(fixture('glpi-consumables-fr.csv')).writes, work())
    const bytes = fixture('snipe-it-consumables.csv')
    expect(subjectOf(readTable(bytes).heads)).toBe('consumables')
    const planner = plan(bytes)
    expect(planner.origin).toBe('snipeIt')
    expect(verdicts(planner)).toEqual(['2 changed', '3 added'])
    expect(planner.lines[0]?.changes.map(({ field }) => field)).toEqual([
      'consumable:name',
      'consumable:priceCents',
      'consumable:notes',
      'consumable:quantity',
    ])
    const id = await imports.apply('b.csv', planner.writes, work())
    // Another place than the one that GLPI said: what is there now is what was, and these.
    expect(one('TN-3480')).toMatchObject({ name: 'Black toner', priceCents: 108_990, quantity: 9, threshold: 2 })
    expect(one('A4-80')).toMatchObject({ category: 'paper', quantity: 120, threshold: 20, priceCents: 450 })

    await imports.undo(id, work())
    expect(one('A4-80')).toBeUndefined()
    expect(one('TN-3480')).toMatchObject({ name: 'Toner noir TN-3480', quantity: 5 })
    await expect(imports.undo(id, work())).rejects.toMatchObject({ code: 'stock.nothingToUndo' })
  })

  it('a list of items is not taken for one of consumables', () => {
    expect(subjectOf(readTable(fixture('snipe-it-assets.csv')).heads)).toBe('items')
    expect(subjectOf(readTable(fixture('glpi-fr.csv')).heads)).toBe('items')
    expect(subjectOf(readTable(fixture('glpi-en.csv')).heads)).toBe('items')
  })
})

const rowsOf = (count: number): string =>
  Array.from({ length: count }, (_, index) => `R-${index};Nom ${index};1;2;Réserve\n`).join('')

describe('an undo', () => {
  const csv = (text: string): Uint8Array => Buffer.from(text)

  it('leaves what was changed by hand since', async () => {
    await imports.apply('a.csv', plan(csv('Référence;Nom;Seuil\nTN-1;Toner;2\n')).writes, work())
    const id = await imports.apply(
      'b.csv',
      plan(csv('Référence;Nom;Seuil;Notes\nTN-1;Toner noir;3;neuf\n')).writes,
      work(),
    )
    const toner = one('TN-1')!
    rooms.consumables.update(toner.id, { ...consumableInputOf(toner), threshold: 9 })
    await imports.undo(id, work())
    expect(one('TN-1')).toMatchObject({ name: 'Toner', threshold: 9, notes: '' })
  })

  it('of what has been used meanwhile is refused, and changes nothing', async () => {
    const id = await imports.apply(
      'a.csv',
      plan(csv('Référence;Nom;Seuil;Quantité;Lieu\nTN-1;Toner;1;3;Réserve\n')).writes,
      work(),
    )
    const toner = one('TN-1')!
    rooms.movements.move({ consumableId: toner.id, kind: 'out', quantity: 2, from: 'Réserve', reason: 'use', note: '' })
    await expect(imports.undo(id, work())).rejects.toMatchObject({ code: 'stock.notEnough' })
    expect(one('TN-1')).toMatchObject({ quantity: 1 })
  })

  it('a line that the stock refuses leaves nothing of the others', async () => {
    const [write] = plan(csv('Référence;Nom;Seuil\nTN-1;Toner;2\n')).writes
    await expect(imports.apply('a.csv', [write!, { ...write!, line: 3 }], work())).rejects.toMatchObject({
      code: 'stock.duplicateReference',
    })
    expect(all()).toEqual([])
    expect(database.prepare('SELECT count(*) FROM consumables').pluck().get()).toBe(0)
  })

  it('leaves nothing of what was cancelled but what moved, there and back', async () => {
    await imports.apply('a.csv', plan(csv('Référence;Nom;Seuil\nTN-1;Toner;2\n')).writes, work())
    const { writes } = plan(csv('Référence;Nom;Seuil;Quantité;Lieu\nTN-1;Toner noir;9;5;Réserve\nTN-2;Cyan;1;;\n'))
    const stopping = new AbortController()
    const events: string[] = []
    await expect(
      imports.apply('b.csv', [...writes, { ...writes[1]!, line: 4 }], {
        ...work(stopping.signal),
        // Told before the slice is over: the third line is refused, and all of that slice with it.
        onWritten: (lines) => events.push(`${lines}`),
        onUndo: () => events.push('undo'),
      }),
    ).rejects.toMatchObject({ code: 'stock.duplicateReference' })
    expect(events).toEqual(['1', '2', 'undo'])
    expect(all()).toMatchObject([{ reference: 'TN-1', name: 'Toner', threshold: 2, quantity: 0 }])

    const many = plan(csv(`Référence;Nom;Seuil;Quantité;Lieu\nTN-1;Toner noir;9;5;Réserve\n${rowsOf(400)}`)).writes
    await expect(
      imports.apply('c.csv', many, { ...work(stopping.signal), onSlice: () => stopping.abort() }),
    ).rejects.toBeInstanceOf(Cancelled)
    expect(all()).toMatchObject([{ reference: 'TN-1', name: 'Toner', threshold: 2, quantity: 0 }])
    expect(
      rooms.movements.list({ limit: 1000 }).movements.every(({ isUndone, undoesId }) => isUndone || undoesId),
    ).toBe(true)
    expect(rooms.movements.list({ limit: 10 }).movements.length).toBeGreaterThan(0)
    expect(database.prepare('SELECT count(*) FROM imports').pluck().get()).toBe(1)
  })

  it('of one that a kill cut short comes when the file is opened again', async () => {
    await imports.apply(
      'a.csv',
      plan(csv('Référence;Nom;Seuil;Quantité;Lieu\nTN-1;Toner;1;3;Réserve\n')).writes,
      work(),
    )
    database.exec("UPDATE imports SET state = 'running'")
    expect(await imports.recover()).toBe(1)
    expect(all()).toEqual([])
    expect(database.prepare('SELECT count(*) FROM imports').pluck().get()).toBe(0)
  })
})

it('what lots have a date is counted on screen, and never by a file', async () => {
  await imports.apply('a.csv', plan(Buffer.from('Référence;Nom;Seuil\nP-1;Piles;2\n')).writes, work())
  const { id } = one('P-1')!
  rooms.movements.move({
    ...{
      consumableId: id,
      kind: 'in',
      quantity: 4,
      to: 'Réserve',
      expiresOn: '2030-01-01',
      reason: 'delivery',
      note: '',
    },
  })
  const planner = plan(Buffer.from('Référence;Nom;Seuil;Quantité\nP-1;Piles;2;9\n'))
  expect(codes(planner)).toEqual(['2 lotsThere'])
  expect(verdicts(planner)).toEqual(['2 unchanged'])
})

it('what is exported and imported again is what it was', async () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((value) => value.replace(/[|;\n]/g, '').trim())
  const count = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null })
  const consumable: fc.Arbitrary<ConsumableInput> = fc
    .record({
      reference: text.map((value) => `R${value}`),
      name: text.map((value) => `N${value}`),
      category: fc.constantFrom(...consumableCategories),
      manufacturer: text,
      barcode: text,
      unit: text,
      supplier: text,
      supplierReference: text,
      priceCents: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
      threshold: count,
      target: fc.constant(null),
      pages: fc.option(fc.integer({ min: 1, max: 90_000 }), { nil: null }),
      printerModels: fc.uniqueArray(
        text.map((value) => `M${value}`),
        { maxLength: 3, selector: (model) => model.toLowerCase() },
      ),
      notes: text,
    })
    .map((input) => ({ ...input, printerModels: [...input.printerModels].sort() }))
  const heads = Object.values(consumableFieldWords).map(({ fr }) => fr[0] ?? '')
  const row = (view: ConsumableView): string[] =>
    (Object.keys(consumableFieldWords) as (keyof typeof consumableFieldWords)[]).map((field) => {
      if (field === 'location') return 'Réserve'
      if (field === 'category') return consumableCategoryWords[view.category].fr[0] ?? ''
      if (field === 'priceCents') return view.priceCents === undefined ? '' : (view.priceCents / 100).toFixed(2)
      return Array.isArray(view[field]) ? view[field].join(' | ') : String(view[field] ?? '')
    })
  const said = (): unknown =>
    all().map(({ id: _, updatedAt: __, ...rest }) => ({ ...rest, printerModels: [...rest.printerModels].sort() }))

  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(consumable, { minLength: 1, maxLength: 5, selector: ({ reference }) => reference.toLowerCase() }),
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 5 }),
      async (inputs, quantities) => {
        open()
        for (const [index, input] of inputs.entries()) {
          const { id } = rooms.consumables.add(input)
          const quantity = quantities[index] ?? 0
          if (quantity > 0)
            rooms.movements.move({ consumableId: id, kind: 'in', quantity, to: 'Réserve', reason: 'initial', note: '' })
        }
        const before = said()
        const bytes = Buffer.from(writeCsv([heads, ...all().map(row)], 'fr'))
        expect(plan(bytes).lines.filter(({ verdict }) => verdict !== 'unchanged')).toEqual([])
        open()
        await imports.apply('x.csv', plan(bytes).writes, work())
        expect(said()).toEqual(before)
      },
    ),
    { numRuns: 25 },
  )
}, 180_000)
