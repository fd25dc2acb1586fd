import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { labelLines, type LabelSource, type LabelSubject } from '../contract/index.ts'
import { createStockRooms, type StockRooms } from '../stock/index.ts'
import { openDatabase } from '../storage/index.ts'
import { labelSubjects } from './labelSubjects.ts'

let rooms: StockRooms

beforeEach(() => {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  rooms = createStockRooms(database, new ManualClock(), () => 'Ana')
  rooms.items.add({
    ...{ assetTag: 'PC-1', type: 'pc', manufacturer: 'HP', model: 'ProDesk', serial: 'CZC1', macs: [], uuid: '' },
    ...{ location: 'Bât. A / Réserve', state: 'spare', notes: '' },
  })
  const toner = {
    ...{
      name: 'Toner noir',
      category: 'cartridge' as const,
      manufacturer: 'Brother',
      unit: '',
      supplier: '',
      notes: '',
    },
    ...{ supplierReference: '', priceCents: null, threshold: null, target: null, pages: null },
  }
  const { id } = rooms.consumables.add({ ...toner, reference: 'TN-1', barcode: '49', printerModels: ['HL-1', 'HL-2'] })
  rooms.consumables.add({ ...toner, reference: 'TN-2', name: 'TN-2', barcode: '', printerModels: [] })
  const to = 'Bât. A / Réserve / Étagère 2'
  rooms.movements.move({ consumableId: id, kind: 'in', quantity: 3, to, reason: 'delivery', note: '' })
})

const idsOfPlaces = (): number[] => rooms.items.locations.list().map(({ id }) => id)
const query = { search: '', categories: [], levels: [], sort: 'name' as const, descending: false }
const sources: Record<LabelSource['of'], () => LabelSource> = {
  items: () => ({
    ...{ of: 'items', filter: { search: '', states: [], types: [] }, sort: 'assetTag', descending: false },
  }),
  consumables: () => ({ of: 'consumables', query }),
  locations: () => ({ of: 'locations', ids: idsOfPlaces() }),
}
const subjectsOf = (of: LabelSource['of'], most = 100): LabelSubject[] =>
  labelSubjects(sources[of](), labelLines, rooms, most).subjects

describe('labels', () => {
  it('say what each thing is called, and what else was asked for of it', () => {
    expect(subjectsOf('items')).toEqual([
      { code: 'PC-1', title: 'PC-1', lines: ['HP ProDesk', 'S/N CZC1', 'Bât. A / Réserve'] },
    ])
    expect(subjectsOf('consumables')).toEqual([
      // What its name says already is not said again.
      { code: 'TN-2', title: 'TN-2', lines: ['Brother'] },
      { code: 'TN-1', title: 'Toner noir', lines: ['Bât. A / Réserve / Étagère 2', 'TN-1', 'Brother', 'HL-1, HL-2'] },
    ])
    expect(subjectsOf('locations').map(({ title, lines }) => [title, ...lines])).toEqual([
      ['Bât. A', 'LOC-0001'],
      ['Réserve', 'Bât. A', 'LOC-0002'],
      ['Étagère 2', 'Bât. A / Réserve', 'LOC-0003'],
    ])
  })

  it.each(['items', 'consumables', 'locations'] as const)('of %s are known again by the scanner', (of) => {
    const kinds = { items: 'item', consumables: 'consumable', locations: 'location' } as const
    const found = subjectsOf(of).map(({ code }) => rooms.scan(code))
    expect(found.length).toBeGreaterThan(0)
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set([kinds[of]]))
    expect(new Set(found.map((each) => ('id' in each ? each.id : 0))).size).toBe(found.length)
  })

  it('of a place hold when it is called something else, and its path is known as well', () => {
    const [, , shelf = 0] = idsOfPlaces()
    rooms.items.locations.update(shelf, { name: 'Étagère du haut', kind: 'cupboard', notes: '' })
    expect(rooms.scan('loc-3')).toEqual({ kind: 'location', id: shelf, path: 'Étagère du haut' })
    expect(rooms.scan('Étagère du HAUT')).toMatchObject({ kind: 'location', id: shelf })
    expect(rooms.scan('LOC-9')).toEqual({ kind: 'none' })
  })

  it('are made of the first ones only, or of one', () => {
    expect(labelSubjects(sources.locations(), [], rooms, 2)).toMatchObject({ subjects: { length: 2 }, total: 3 })
    expect(labelSubjects(sources.consumables(), [], rooms, 1)).toMatchObject({ subjects: { length: 1 }, total: 2 })
    const one = labelSubjects({ of: 'consumables', query, id: 1 }, ['reference'], rooms, 100)
    expect(one).toEqual({ subjects: [{ code: 'TN-1', title: 'Toner noir', lines: ['TN-1'] }], total: 1 })
  })
})
