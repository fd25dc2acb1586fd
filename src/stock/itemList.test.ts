import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import {
  itemSortFields,
  itemStates,
  yesNoOf,
  type CustomFilter,
  type ItemInput,
  type ItemQuery,
  type ItemView,
} from '../contract/index.ts'
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

/** Without accents and case. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
/** What a text says as a number, with a comma or a point. */
const numberIn = (text: string): number | undefined => {
  const bare = text.replace(/[\s]/g, '').replace(',', '.')
  return /^-?(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : undefined
}
function isLeft({ custom = {} }: ItemView, filter: CustomFilter): boolean {
  const value = custom[filter.fieldId]
  if (value === undefined) return false
  switch (filter.kind) {
    case 'text':
      return plain(value).includes(plain(filter.contains))
    case 'number': {
      const number = numberIn(value)
      return number !== undefined && number >= (filter.min ?? -Infinity) && number <= (filter.max ?? Infinity)
    }
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(value) && value >= (filter.from ?? '') && value <= (filter.to ?? '9999')
    case 'choice':
      return filter.values.some((one) => plain(one) === plain(value))
    case 'yesNo':
      return yesNoOf(value) === (filter.is ? 'yes' : 'no')
  }
}

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
    custom: fc.record({
      1: fc.constantFrom('', 'Œuvre d’élève', 'oeuvre', 'ÉTÉ 100 %', 'été', 'e\u0301te\u0301', 'a_b', "d'un"),
      2: fc.constantFrom('', '12', '12,5', '-3', '1 200', '007', 'douze', '1.2.3', '.5', '-'),
      3: fc.constantFrom('', '2024-01-31', '2023-06-01', '31/01/2024'),
      4: fc.constantFrom('', 'noir', 'Gris', 'gris'),
      5: fc.constantFrom('', 'oui', 'Non', 'yes', 'peut-être'),
    }),
  })
  const aFilter = fc.oneof(
    fc.record({
      ...{ kind: fc.constant('text' as const), fieldId: fc.constantFrom(1, 4, 9) },
      contains: fc.constantFrom('ete', 'ÉTÉ', 'œuv', 'oeuvre', '%', '_', 'r', 'd’', "'"),
    }),
    fc.record(
      {
        ...{ kind: fc.constant('number' as const), fieldId: fc.constantFrom(2, 3) },
        ...{ min: fc.constantFrom(-3, 0, 12), max: fc.constantFrom(0.5, 12, 1200) },
      },
      { requiredKeys: ['kind', 'fieldId'] },
    ),
    fc.record(
      {
        ...{ kind: fc.constant('date' as const), fieldId: fc.constant(3) },
        ...{ from: fc.constantFrom('2023-06-01', '2024-01-01'), to: fc.constantFrom('2023-06-01', '2030-01-01') },
      },
      { requiredKeys: ['kind', 'fieldId'] },
    ),
    fc.record({
      ...{ kind: fc.constant('choice' as const), fieldId: fc.constant(4) },
      values: fc.subarray(['noir', 'gris'], { minLength: 1 }),
    }),
    fc.record({ kind: fc.constant('yesNo' as const), fieldId: fc.constant(5), is: fc.boolean() }),
  )
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
      sort: fc.constantFrom(...itemSortFields, 'custom:1', 'custom:2', 'custom:3', 'custom:9'),
      custom: fc.array(aFilter, { minLength: 1, maxLength: 3 }),
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
    const bytes = (text: string): Buffer => Buffer.from(text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
    const by =
      (keyOf: (item: ItemView) => Buffer | number) =>
      (a: ItemView, b: ItemView): number => {
        const [one, other] = [keyOf(a), keyOf(b)]
        return typeof one === 'number' || typeof other === 'number'
          ? Number(one) - Number(other)
          : Buffer.compare(one, other)
      }
    const byTag = by(({ assetTag }) => bytes(assetTag))
    const compareIn = (field: string) => {
      const valueOf = ({ custom }: ItemView): string | undefined => custom?.[field]
      const numberOf = (item: ItemView): number =>
        field === '2' ? (numberIn(valueOf(item) ?? '') ?? -Number.MAX_VALUE) : 0
      return (a: ItemView, b: ItemView): number => {
        const [one, other] = [valueOf(a), valueOf(b)]
        // Those that say nothing come last, by their tags, either way.
        if (one === undefined || other === undefined)
          return one === other ? byTag(a, b) || a.id - b.id : one === undefined ? 1 : -1
        const difference = numberOf(a) - numberOf(b) || by((item) => Buffer.from(plain(valueOf(item) ?? '')))(a, b)
        return (difference || a.id - b.id) * (descending ? -1 : 1)
      }
    }
    const compareBy = (field: (typeof itemSortFields)[number]) => {
      const isCaseless = ['assetTag', 'model', 'serial', 'location'].includes(field)
      const compare = by((item) => {
        const value = item[field] ?? ''
        return typeof value === 'number' ? value : isCaseless ? bytes(value) : Buffer.from(value)
      })
      return (a: ItemView, b: ItemView): number => {
        const [isOne, isOther] = [a, b].map((item) => (item[field] ?? '') !== '')
        if (!isOne || !isOther) return isOne === isOther ? byTag(a, b) || a.id - b.id : isOne ? -1 : 1
        return (compare(a, b) || a.id - b.id) * (descending ? -1 : 1)
      }
    }
    const plainSort = itemSortFields.find((field) => field === sort)
    const compare = plainSort ? compareBy(plainSort) : compareIn(sort.slice('custom:'.length))
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
      .filter((item) => query.custom?.every((one) => isLeft(item, one)) ?? true)
      .sort(compare)
  }

  it('is what a look at every item would find, in any order, whatever happened before', () => {
    const kinds = ['text', 'number', 'date', 'choice', 'yesNo'] as const
    for (const kind of kinds) stock.types.addField({ name: kind, kind, choices: [] })
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
