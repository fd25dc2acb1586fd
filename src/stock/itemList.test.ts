import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { itemSortFields, itemStates, type ItemInput, type ItemQuery, type ItemView } from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { searchText } from './search.ts'
import { createStock, type Stock } from './stock.ts'

let database: Database
let stock: Stock

beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  stock = createStock(database, new ManualClock())
})

const everything: ItemQuery = {
  search: '',
  states: [],
  types: [],
  sort: 'assetTag',
  descending: false,
  offset: 0,
  limit: 500,
}
const bare: ItemInput = {
  ...{ assetTag: 'PC-1', type: 'pc', manufacturer: '', model: '', serial: '', macs: [], uuid: '' },
  ...{ location: '', state: 'inService', notes: '' },
}
const tags = (query: Partial<ItemQuery>): string[] =>
  stock.list({ ...everything, ...query }).items.map(({ assetTag }) => assetTag)

/** The words of a text as the index has them: without accents and case, parted at whatever is no letter and no digit. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** Each thing typed is the beginning of a word, and what it is parted into are words that follow each other. */
function isFound(item: ItemView, search: string): boolean {
  const said = wordsOf(searchText(item))
  return search
    .split(' ')
    .map(wordsOf)
    .filter((typed) => typed.length > 0)
    .every((typed) =>
      said.some((_, at) =>
        typed.every((word, n) => (n === typed.length - 1 ? said[at + n]?.startsWith(word) : said[at + n] === word)),
      ),
    )
}

describe('the list', () => {
  const models = ['OptiPlex 7010', 'Écran été', 'ProDesk', 'prodesk', '']
  const places = ['Site A / Salle 1', 'Site A / Salle 12', 'Site B', '']
  const anItem: fc.Arbitrary<ItemInput> = fc.record({
    assetTag: fc.integer({ min: 0, max: 400 }).map((n) => `INV-${String(n).padStart(4, '0')}`),
    type: fc.constantFrom('pc', 'screen', 'printer'),
    state: fc.constantFrom('inService', 'spare', 'underRepair'),
    manufacturer: fc.constantFrom('Dell', 'HP', ''),
    model: fc.constantFrom(...models),
    serial: fc.constantFrom('SN0A1', 'SN0B2', 'sn9', ''),
    macs: fc.constantFrom([], ['02:00:00:00:01:86'], ['52:54:00:01:86:9f']),
    uuid: fc.constant(''),
    location: fc.constantFrom(...places),
    notes: fc.constantFrom('', 'à réparer'),
    supplier: fc.constantFrom('', 'Bureau'),
    purchasedOn: fc.constantFrom('', '2020-01-15', '2023-06-01'),
    warrantyUntil: fc.constantFrom('', '2024-01-15'),
  })
  const aQuery: fc.Arbitrary<ItemQuery> = fc.record(
    {
      search: fc.constantFrom(
        ...[
          '',
          '',
          'i',
          's',
          's 1',
          'inv-0',
          'INV00',
          'sn0',
          'ecran',
          'prodesk',
          'dell salle',
          'salle 1',
          'a 1 / salle',
        ],
        ...['02:00:00', '01:86', '0186', 'a rep', 'zz', '-', 'site b', 'ordinateur op', 'bureau'],
      ),
      states: fc.subarray(['inService', 'spare', 'lost'] as const, { maxLength: 2 }).map((some) => [...some]),
      types: fc.subarray(['pc', 'screen'], { maxLength: 2 }),
      sort: fc.constantFrom(...itemSortFields),
      descending: fc.boolean(),
      offset: fc.integer({ min: 0, max: 30 }),
      limit: fc.integer({ min: 1, max: 30 }),
      locationId: fc.integer({ min: 1, max: 4 }),
      supplierId: fc.constant(1),
      warrantyBefore: fc.constant('2025-01-01'),
      purchasedBefore: fc.constantFrom('2021-01-01', '2019-01-01'),
      ids: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 30 }),
    },
    { requiredKeys: ['search', 'states', 'types', 'sort', 'descending', 'offset', 'limit'] },
  )
  const anAct = fc.oneof(
    anItem.map((item) => ({ do: 'add' as const, item })),
    { arbitrary: aQuery.map((query) => ({ do: 'ask' as const, query })), weight: 2 },
    fc.record({ do: fc.constant('change' as const), which: fc.nat(), item: anItem }),
    fc.record({ do: fc.constant('remove' as const), which: fc.nat() }),
  )

  /** What SQLite sorts by: letters of a to z regardless of their case, the id when the rest is the same. */
  const naively = (all: readonly ItemView[], { sort, descending, ...query }: ItemQuery): ItemView[] => {
    const isCaseless = ['assetTag', 'model', 'serial', 'location'].includes(sort)
    const keyOf = (item: ItemView): Buffer | number => {
      const value = item[sort] ?? ''
      if (typeof value === 'number') return value
      return Buffer.from(isCaseless ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : value)
    }
    const compare = (a: ItemView, b: ItemView): number => {
      const [one, other] = [keyOf(a), keyOf(b)]
      const difference =
        typeof one === 'number' || typeof other === 'number' ? Number(one) - Number(other) : Buffer.compare(one, other)
      return (difference || a.id - b.id) * (descending ? -1 : 1)
    }
    const within = query.locationId === undefined ? [] : stock.locations.within(query.locationId)
    return all
      .filter((item) => query.search !== '-' && isFound(item, query.search))
      .filter(({ state }) => query.states.length === 0 || query.states.includes(state))
      .filter(({ type }) => query.types.length === 0 || query.types.includes(type))
      .filter(({ locationId }) => query.locationId === undefined || within.includes(locationId ?? 0))
      .filter(({ supplier }) => query.supplierId === undefined || supplier === 'Bureau')
      .filter(
        ({ warrantyUntil }) => query.warrantyBefore === undefined || (warrantyUntil ?? '9') < query.warrantyBefore,
      )
      .filter(({ purchasedOn }) => query.purchasedBefore === undefined || (purchasedOn ?? '9') < query.purchasedBefore)
      .filter(({ id }) => query.ids?.includes(id) ?? true)
      .sort(compare)
  }

  it('is what a look at every item would find, in any order, whatever happened before', () => {
    stock.suppliers.ensure('Bureau')
    for (const place of places) stock.locations.ensure(place)
    fc.assert(
      fc.property(
        fc.array(anItem, { maxLength: 30 }),
        fc.array(anAct, { minLength: 5, maxLength: 25 }),
        (first, acts) => {
          database.exec('DELETE FROM items; DELETE FROM items_search')
          const there = new Map<number, ItemView>()
          const write = (id: number | undefined, item: ItemInput): void => {
            if ([...there.values()].some((other) => other.id !== id && other.assetTag === item.assetTag)) return
            const written = id === undefined ? stock.add(item) : stock.update(id, item)
            there.set(written.id, written)
          }
          const oneOf = (which: number): number | undefined => [...there.keys()][which % Math.max(there.size, 1)]
          for (const item of first) write(undefined, item)
          let query = everything
          for (const act of acts) {
            const id = act.do === 'change' || act.do === 'remove' ? oneOf(act.which) : undefined
            if (act.do === 'ask') query = act.query
            else if (act.do === 'add') write(undefined, act.item)
            else if (act.do === 'change' && id !== undefined) write(id, act.item)
            else if (id !== undefined) {
              stock.remove(id)
              there.delete(id)
            }
            // Again after each act: what was kept from before is not the answer.
            const all = naively([...there.values()], query)
            expect(stock.list(query)).toEqual({
              items: all.slice(query.offset, query.offset + query.limit),
              total: all.length,
            })
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('keeps nothing of a change that was taken back, nor misses one of another hand', () => {
    stock.add(bare)
    const back = database.transaction(() => {
      stock.add({ ...bare, assetTag: 'PC-2' })
      expect(tags({})).toEqual(['PC-1', 'PC-2'])
      throw new Error('no')
    })
    expect(back).toThrow('no')
    expect(tags({})).toEqual(['PC-1'])
    expect(tags({ states: ['lost'] })).toEqual([])
    database.exec("UPDATE items SET state = 'lost' WHERE asset_tag = 'PC-1'")
    expect(tags({ states: ['lost'] })).toEqual(['PC-1'])
    expect(tags({ states: itemStates.filter((state) => state !== 'lost') })).toEqual([])
  })

  it('finds an item by what is written elsewhere, as it is written there now', () => {
    const screen = stock.add({ ...bare, assetTag: 'ECR-1', type: 'screen', supplier: 'Bureau' })
    const pc = stock.add(bare)
    stock.update(screen.id, { ...bare, assetTag: 'ECR-1', type: 'screen', parentId: pc.id })
    expect(['bureau', 'papier', 'pc-1', 'pc-2'].map((search) => tags({ search }))).toEqual([
      ...[['ECR-1'], [], ['ECR-1', 'PC-1'], []],
    ])
    database.exec("UPDATE suppliers SET name = 'Papier'")
    stock.reindex([screen.id])
    stock.update(pc.id, { ...bare, assetTag: 'PC-2' })
    expect(['bureau', 'papier', 'pc-1', 'pc-2'].map((search) => tags({ search }))).toEqual([
      ...[[], ['ECR-1'], [], ['ECR-1', 'PC-2']],
    ])
  })

  it('leaves what was chosen, in its order, without what was removed since', () => {
    const [one, two, three] = ['PC-3', 'PC-2', 'PC-1'].map((assetTag) => stock.add({ ...bare, assetTag }).id)
    const ids = [one!, three!]
    expect(tags({ ids })).toEqual(['PC-1', 'PC-3'])
    expect(tags({ ids, descending: true })).toEqual(['PC-3', 'PC-1'])
    expect(stock.list({ ...everything, ids: [two!], search: 'pc-3' }).total).toBe(0)
    stock.remove(one!)
    expect(tags({ ids })).toEqual(['PC-1'])
    expect(tags({ ids: [999] })).toEqual([])
    // The largest that a schema lets through is no size of anything.
    expect(tags({ ids: [Number.MAX_SAFE_INTEGER, three!] })).toEqual(['PC-1'])
  })

  it('shows only what has a proposal that waits, and no removed item that has one', () => {
    const [first, second] = ['PC-1', 'PC-2', 'PC-3'].map((assetTag) => stock.add({ ...bare, assetTag }))
    const propose = database.prepare(
      'INSERT INTO item_proposals (item_id, field, reported, first_at, last_at, refused_at) VALUES (?, ?, ?, 1, 1, ?)',
    )
    propose.run(first!.id, 'cpu', 'i5', null)
    propose.run(first!.id, 'memoryMiB', '8192', null)
    propose.run(second!.id, 'cpu', 'i5', 1)
    expect(tags({ withProposals: true })).toEqual(['PC-1'])
    stock.remove(first!.id)
    expect(tags({ withProposals: true })).toEqual([])
  })
})
