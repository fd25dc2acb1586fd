import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { itemSortFields, type ItemInput, type ItemQuery, type ItemView } from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { createStock, type Stock } from './stock.ts'

let database: Database
let clock: ManualClock
let stock: Stock

const open = (): Database => openDatabase({ path: ':memory:', nativeBinding: process.env.AMORCE_SQLITE_BINDING })

beforeEach(() => {
  database = open()
  clock = new ManualClock()
  stock = createStock(database, clock, () => 'Ana')
})

const uuid = '4c4c4544-0042-3510-8052-b4c04f4e4831'
const otherUuid = '4c4c4544-0043-4410-8053-c7c04f4e4832'
const mac = '52:54:00:12:34:56'

const input = (changes: Partial<ItemInput> = {}): ItemInput => ({
  assetTag: 'PC-0001',
  type: 'pc',
  manufacturer: 'Dell Inc.',
  model: 'OptiPlex 7010',
  serial: '5CG1234XYZ',
  macs: [mac],
  uuid,
  location: 'Salle 12',
  state: 'inService',
  notes: '',
  ...changes,
})
/** Nothing but a tag, to be told apart by what the test is about. */
const bare = (assetTag: string, changes: Partial<ItemInput> = {}): ItemInput =>
  input({ assetTag, manufacturer: '', model: '', serial: '', macs: [], uuid: '', location: '', ...changes })

const query = (changes: Partial<ItemQuery> = {}): ItemQuery => ({
  search: '',
  states: [],
  types: [],
  sort: 'assetTag',
  descending: false,
  offset: 0,
  limit: 100,
  ...changes,
})
const byPerson = { who: 'Ana', source: 'person' }
const found = (search: string): string[] => stock.list(query({ search })).items.map((item) => item.assetTag)
const refusal = (code: string, details: object): object =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as object

describe('an item', () => {
  it('comes back as it was written', () => {
    const added = stock.add(input({ macs: ['52:54:00:12:34:56', '02:00:00:00:00:01', '52:54:00:12:34:56'] }))
    expect(added).toEqual({
      ...input(),
      macs: ['02:00:00:00:00:01', '52:54:00:12:34:56'],
      id: added.id,
      locationId: added.locationId,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    })
    expect(stock.get(added.id)).toEqual(added)
    expect(stock.list(query())).toEqual({ items: [added], total: 1 })
  })

  it('that is not there is said not to be', () => {
    const none = refusal('stock.itemNotFound', { id: 9 })
    for (const act of [stock.get, stock.remove, stock.restore, (id: number) => stock.update(id, input())])
      expect(() => act(9)).toThrow(none)
  })

  it('has a tag that no other one has, in whatever case', () => {
    const { id } = stock.add(input())
    const other = stock.add(bare('PC-0002'))
    const taken = refusal('stock.duplicateAssetTag', { assetTag: 'pc-0001', itemId: id })
    expect(() => stock.add(bare('pc-0001'))).toThrow(taken)
    expect(() => stock.update(other.id, bare('pc-0001'))).toThrow(taken)
    expect(stock.update(id, input({ assetTag: 'pc-0001' })).assetTag).toBe('pc-0001')
    expect(stock.list(query()).total).toBe(2)
  })
})

describe('a change', () => {
  it('is written down field by field', () => {
    const { id } = stock.add(input())
    clock.advance(1000)
    const changed = stock.update(
      id,
      input({ location: 'Salle 14', state: 'underRepair', macs: ['02:00:00:00:00:01', mac] }),
    )
    expect(changed).toMatchObject({ location: 'Salle 14', createdAt: clock.now() - 1000, updatedAt: clock.now() })
    expect(stock.history(id)).toEqual([
      { ...byPerson, at: clock.now(), field: 'macs', before: mac, after: `02:00:00:00:00:01 ${mac}` },
      { ...byPerson, at: clock.now(), field: 'location', before: 'Salle 12', after: 'Salle 14' },
      { ...byPerson, at: clock.now(), field: 'state', before: 'inService', after: 'underRepair' },
      { ...byPerson, at: clock.now() - 1000, field: 'created', before: '', after: 'PC-0001' },
    ])
  })

  it('that changes nothing leaves no trace', () => {
    const before = stock.add(input({ macs: [mac, '02:00:00:00:00:01'] }))
    const { revision } = stock
    clock.advance(1000)
    expect(stock.update(before.id, input({ macs: ['02:00:00:00:00:01', mac, mac] }))).toEqual(before)
    expect(stock.history(before.id)).toHaveLength(1)
    expect(stock.revision).toBe(revision)
  })

  it('that is refused leaves no trace either', () => {
    stock.add(input())
    const { id } = stock.add(bare('PC-0002', { location: 'Réserve' }))
    const { revision } = stock
    expect(() => stock.update(id, bare('PC-0001', { location: 'Salle 1' }))).toThrow()
    expect(stock.get(id).location).toBe('Réserve')
    expect(stock.history(id)).toHaveLength(1)
    expect(stock.revision).toBe(revision)
  })
})

describe('removing', () => {
  it('takes an item out of every list, search and match, and restoring brings it back', () => {
    const item = stock.add(input())
    stock.remove(item.id)
    expect(stock.list(query()).total).toBe(0)
    expect(found('optiplex')).toEqual([])
    expect(stock.matchMachine({ mac, uuid, serial: item.serial })).toBeUndefined()
    expect(() => stock.get(item.id)).toThrow(refusal('stock.itemNotFound', {}))
    expect(() => stock.remove(item.id)).toThrow(refusal('stock.itemNotFound', {}))

    expect(stock.restore(item.id)).toEqual(item)
    expect(found('optiplex')).toEqual(['PC-0001'])
    expect(stock.matchMachine({ mac })).toEqual(item)
    expect(() => stock.restore(item.id)).toThrow(refusal('stock.itemNotFound', {}))
    expect(stock.history(item.id).map((change) => change.field)).toEqual(['restored', 'removed', 'created'])
  })

  it('frees the tag; restoring is then refused until it is free again', () => {
    const first = stock.add(input())
    stock.remove(first.id)
    const second = stock.add(bare('PC-0001'))
    expect(() => stock.restore(first.id)).toThrow(refusal('stock.duplicateAssetTag', { itemId: second.id }))
    stock.update(second.id, bare('PC-0002'))
    expect(stock.restore(first.id).assetTag).toBe('PC-0001')
  })
})

describe('the revision', () => {
  it('counts up at every change and tells its listeners', () => {
    const heard: number[] = []
    const stop = stock.onChange((revision) => heard.push(revision))
    const { id } = stock.add(input())
    stock.update(id, input({ notes: 'x' }))
    stock.remove(id)
    stock.restore(id)
    expect(heard).toEqual([1, 2, 3, 4])
    expect(stock.revision).toBe(4)
    stop()
    stock.remove(id)
    expect(heard).toHaveLength(4)
  })
})

describe('being seen on the network', () => {
  it('is kept to the minute, never goes back, and is no change of the item', () => {
    const { id } = stock.add(input())
    const at = clock.now()
    stock.markSeen(id, at)
    stock.markSeen(id, at + 59_999)
    stock.markSeen(id, at - 120_000)
    expect(stock.get(id).lastSeenAt).toBe(at)
    stock.markSeen(id, at + 60_000)
    expect(stock.get(id).lastSeenAt).toBe(at + 60_000)
    stock.markSeen(99, at)
    expect(stock.revision).toBe(1)
    expect(stock.history(id)).toHaveLength(1)
  })
})

describe('searching', () => {
  beforeEach(() => {
    stock.add(input())
    stock.add(
      bare('ECR-7', { type: 'screen', manufacturer: 'Iiyama', model: 'Écran "ProLite" 24″', location: 'Réserve été' }),
    )
    stock.add(bare('IMP-1', { type: 'printer', model: 'LaserJet', notes: 'Toner changé ; 50 % OR vide' }))
  })

  it.each([
    ['asset tag', 'PC-0001'],
    ['its beginning', 'pc-00'],
    ['its parts', '0001'],
    ['it without separators', 'pc0001'],
    ['manufacturer', 'dell'],
    ['model', 'optiplex 7010'],
    ['words in any order', '7010 opti dell'],
    ['serial', '5cg12'],
    ['MAC', '52:54:00:12:34:56'],
    ['the beginning of a MAC', '52:54:00'],
    ['MAC with hyphens', '52-54-00-12-34-56'],
    ['MAC without separators', '525400123456'],
    ['UUID', uuid],
    ['UUID in capitals', uuid.toUpperCase()],
    ['location', 'salle 12'],
  ])('finds by %s', (_, search) => {
    expect(found(search)).toEqual(['PC-0001'])
  })

  it.each(['ecran', 'ÉCRAN', 'e\u0301cran', 'reserve ete', 'prolite', '"prolite"', 'moniteur', 'display'])(
    'folds accents and knows both languages: %s',
    (search) => {
      expect(found(search)).toEqual(['ECR-7'])
    },
  )

  it('looks through notes, where operators are words', () => {
    expect(found('OR vide')).toEqual(['IMP-1'])
    expect(found('dell OR laserjet')).toEqual([])
    expect(found('NOT')).toEqual([])
  })

  it('finds nothing for marks alone, and everything for spaces', () => {
    for (const search of ['-', '"', '""', '*', '()', ':', '!?']) expect(found(search)).toEqual([])
    for (const search of ['', '   ', '\t']) expect(found(search)).toHaveLength(3)
  })

  it('goes with what was changed', () => {
    const { id } = stock.matchMachine({ mac }) as ItemView
    stock.update(id, input({ model: 'Latitude' }))
    expect(found('optiplex')).toEqual([])
    expect(found('latitude')).toEqual(['PC-0001'])
  })

  it('takes whatever is typed', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '"',
        '""',
        "'",
        '*',
        'AND',
        'OR',
        'NOT',
        'NEAR(',
        'text:',
        '^',
        '+',
        '\0',
        '{',
        ')',
        'dell',
        'é',
        '\ud800',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const { items, total } = stock.list(query({ search: pieces.join(' ') }))
        expect(items).toHaveLength(total)
      }),
      { numRuns: 300 },
    )
  })
})

describe('lists', () => {
  it('filter by state and type, together with a search', () => {
    stock.add(bare('A', { state: 'spare', type: 'laptop', model: 'ThinkPad' }))
    stock.add(bare('B', { state: 'spare', type: 'pc', model: 'ThinkCentre' }))
    stock.add(bare('C', { state: 'lost', type: 'laptop', model: 'ThinkPad' }))
    const tags = (changes: Partial<ItemQuery>): string[] =>
      stock.list(query(changes)).items.map((item) => item.assetTag)
    expect(tags({ states: ['spare'] })).toEqual(['A', 'B'])
    expect(tags({ types: ['laptop'] })).toEqual(['A', 'C'])
    expect(tags({ states: ['spare', 'lost'], types: ['laptop'], search: 'think' })).toEqual(['A', 'C'])
    expect(stock.list(query({ states: ['lost'], types: ['pc'] }))).toEqual({ items: [], total: 0 })
  })

  it.each(itemSortFields)('in the order of %s give every item once, page by page, both ways', (sort) => {
    const states = ['spare', 'inService'] as const
    for (let n = 0; n < 50; n++)
      stock.add(
        bare(`T-${(n * 7) % 50}`, {
          model: `m${n % 3}`,
          serial: `s${n % 2}`,
          location: `l${n % 4}`,
          state: states[n % 2]!,
        }),
      )
    for (const descending of [false, true]) {
      const ids: number[] = []
      for (let offset = 0; offset < 60; offset += 7) {
        const page = stock.list(query({ sort, descending, offset, limit: 7 }))
        expect(page.total).toBe(50)
        ids.push(...page.items.map((item) => item.id))
      }
      expect(new Set(ids).size).toBe(50)
      expect(ids).toHaveLength(50)
      const values = stock.list(query({ sort, descending, limit: 500 })).items.map((item) => item[sort] ?? '')
      const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      expect(values).toEqual(descending ? sorted.reverse() : sorted)
    }
  })

  it('give each item its own MACs', () => {
    stock.add(bare('A', { macs: ['02:00:00:00:00:02', '02:00:00:00:00:01'] }))
    stock.add(bare('B'))
    stock.add(bare('C', { macs: ['02:00:00:00:00:02'] }))
    expect(stock.list(query()).items.map((item) => item.macs)).toEqual([
      ['02:00:00:00:00:01', '02:00:00:00:00:02'],
      [],
      ['02:00:00:00:00:02'],
    ])
  })
})

describe('which item a machine is', () => {
  const tagOf = (machine: Parameters<Stock['matchMachine']>[0]): string | undefined =>
    stock.matchMachine(machine)?.assetTag

  it('goes by UUID before anything else', () => {
    stock.add(bare('BY-UUID', { uuid }))
    stock.add(bare('BY-SERIAL', { serial: 'S1' }))
    stock.add(bare('BY-MAC', { macs: [mac] }))
    expect(tagOf({ mac, uuid, serial: 'S1' })).toBe('BY-UUID')
    expect(tagOf({ mac, uuid: uuid.toUpperCase() })).toBe('BY-UUID')
    expect(tagOf({ mac, uuid: otherUuid, serial: 's1' })).toBe('BY-SERIAL')
    expect(tagOf({ mac, uuid: otherUuid, serial: 'S2' })).toBe('BY-MAC')
    expect(tagOf({ mac })).toBe('BY-MAC')
    expect(tagOf({ mac: '02:00:00:00:00:09' })).toBeUndefined()
  })

  it('knows a UUID that was read with its first fields the other way round', () => {
    stock.add(bare('A', { uuid }))
    expect(tagOf({ mac, uuid: '44454c4c-4200-1035-8052-b4c04f4e4831' })).toBe('A')
  })

  it('does not take the next machine on a USB adapter for the last one', () => {
    stock.add(bare('LAPTOP-1', { uuid, macs: [mac] }))
    expect(tagOf({ mac, uuid: otherUuid })).toBeUndefined()
    stock.add(bare('LAPTOP-2', { uuid: otherUuid, macs: [mac] }))
    expect(tagOf({ mac, uuid })).toBe('LAPTOP-1')
    expect(tagOf({ mac, uuid: otherUuid })).toBe('LAPTOP-2')
    expect(tagOf({ mac })).toBeUndefined()
  })

  it('believes a MAC of an item whose UUID says nothing', () => {
    stock.add(bare('A', { uuid: '03000200-0400-0500-0006-000700080009', macs: [mac] }))
    expect(tagOf({ mac, uuid })).toBe('A')
  })

  it('believes no filler', () => {
    stock.add(bare('A', { uuid: '00000000-0000-0000-0000-000000000000' }))
    stock.add(bare('B', { serial: 'To be filled by O.E.M.' }))
    stock.add(bare('C', { macs: ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff'] }))
    for (const unusable of ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff'])
      expect(
        tagOf({ mac: unusable, uuid: '00000000-0000-0000-0000-000000000000', serial: 'To Be Filled By O.E.M.' }),
      ).toBeUndefined()
  })

  it('lets the NIC decide between boards that share a UUID or a serial number', () => {
    stock.add(bare('A', { uuid, serial: 'S1', macs: ['02:00:00:00:00:01'] }))
    stock.add(bare('B', { uuid, serial: 'S1', macs: ['02:00:00:00:00:02'] }))
    expect(tagOf({ mac: '02:00:00:00:00:02', uuid })).toBe('B')
    expect(tagOf({ mac: '02:00:00:00:00:01', serial: 'S1' })).toBe('A')
    expect(tagOf({ mac: '02:00:00:00:00:03', uuid, serial: 'S1' })).toBeUndefined()
  })
})

describe('which item a machine is by the asset tag in its firmware', () => {
  const tagOf = (machine: object): string | undefined =>
    stock.matchMachine({ mac, uuid, serial: 'S1', assetTag: ' uni-7 ', ...machine })?.assetTag

  it('goes by it when nothing else knows the machine', () => {
    stock.add(bare('UNI-7'))
    expect(tagOf({})).toBe('UNI-7')
    expect(tagOf({ assetTag: 'UNI-8' })).toBeUndefined()
    expect(tagOf({ assetTag: undefined })).toBeUndefined()
    stock.add(bare('BY-SERIAL', { serial: 's1' }))
    expect(tagOf({})).toBe('BY-SERIAL')
    expect(tagOf({ serial: 'S2' })).toBe('UNI-7')
    stock.add(bare('BY-MAC', { macs: [mac] }))
    expect(tagOf({ serial: 'S2' })).toBe('BY-MAC')
  })

  it.each([
    ['UUID', { uuid: otherUuid }],
    ['serial number', { serial: 'S2' }],
    ['NIC', { macs: ['02:00:00:00:00:02'] }],
  ])('does not take the machine that a tag was copied to for an item with another %s', (_, known) => {
    stock.add(bare('UNI-7', known))
    expect(tagOf({})).toBeUndefined()
  })

  it('believes it where a UUID and a serial number say nothing, on either side', () => {
    stock.add(bare('UNI-7', { serial: 'Default string', uuid: '00000000-0000-0000-0000-000000000000' }))
    expect(tagOf({})).toBe('UNI-7')
    stock.add(bare('UNI-8', { serial: 'S8', uuid: otherUuid }))
    expect(tagOf({ assetTag: 'UNI-8', serial: '0', uuid: undefined })).toBe('UNI-8')
    stock.add(bare('Default string'))
    expect(tagOf({ assetTag: 'Default string' })).toBeUndefined()
  })
})

describe('an item made of a machine', () => {
  const facts = { manufacturer: 'LENOVO', product: 'ThinkCentre M70q', serial: 'PF2KX1AB' }

  it('has what its loader reported, and a tag of its own', () => {
    expect(stock.addFromMachine({ mac, uuid, facts })).toMatchObject({
      assetTag: 'PC-0001',
      type: 'pc',
      manufacturer: 'LENOVO',
      model: 'ThinkCentre M70q',
      serial: 'PF2KX1AB',
      macs: [mac],
      uuid,
      state: 'inService',
    })
    expect(stock.addFromMachine({ mac: '02:00:00:00:00:01', facts: { uuid: otherUuid } })).toMatchObject({
      assetTag: 'PC-0002',
      uuid: otherUuid,
      model: '',
    })
  })

  it('is the one it already is when it is clicked twice', () => {
    const item = stock.addFromMachine({ mac, uuid, facts })
    expect(stock.addFromMachine({ mac, uuid, facts })).toEqual(item)
    expect(stock.list(query()).total).toBe(1)
    expect(stock.revision).toBe(1)
  })

  it('is given the number after the highest, also of those that were removed, in any case', () => {
    stock.add(bare('pc-0041'))
    stock.add(bare('PC-12b'))
    stock.add(bare('PCX-9000'))
    const gone = stock.add(bare('PC-0060'))
    stock.remove(gone.id)
    expect(stock.addFromMachine({ mac, facts: {} }).assetTag).toBe('PC-0061')
    stock.add(bare('PC-12345'))
    expect(stock.addFromMachine({ mac: '02:00:00:00:00:01', facts: {} }).assetTag).toBe('PC-12346')
  })

  it('takes the tag in its BIOS, when there is one and it is free', () => {
    const add = (last: string, assetTag: string): string =>
      stock.addFromMachine({ mac: `02:00:00:00:00:${last}`, facts: { assetTag } }).assetTag
    expect(add('01', 'UNI-4711')).toBe('UNI-4711')
    expect(add('02', 'uni-4711')).toBe('PC-0001')
    expect(add('03', 'No Asset Tag')).toBe('PC-0002')
    expect(add('04', 'x'.repeat(65))).toBe('PC-0003')
    const repeated = { serial: '5CG1234XYZ', assetTag: '5CG1234XYZ' }
    expect(stock.addFromMachine({ mac: '02:00:00:00:00:05', facts: repeated }).assetTag).toBe('PC-0004')
  })

  it('keeps no UUID that tells nothing', () => {
    expect(stock.addFromMachine({ mac, uuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff', facts: {} }).uuid).toBe('')
  })
})

it('holds 20,000 items, and searches, pages and matches them', { timeout: 120_000 }, () => {
  const count = 20_000
  const hex = (n: number): string => (n & 255).toString(16).padStart(2, '0')
  const macOf = (n: number): string => `02:00:00:${hex(n >> 16)}:${hex(n >> 8)}:${hex(n)}`
  database.transaction(() => {
    for (let n = 0; n < count; n++) {
      const assetTag = `PC-${String(n).padStart(5, '0')}`
      stock.add(bare(assetTag, { model: `Modèle r${n % 100}z`, serial: `SN${n}X`, macs: [macOf(n)] }))
    }
  })()
  expect(stock.list(query()).total).toBe(count)
  expect(found('sn12345x')).toEqual(['PC-12345'])
  expect(found(macOf(4242))).toEqual(['PC-04242'])
  expect(stock.list(query({ search: 'modele r42z', limit: 500 })).total).toBe(200)
  expect(stock.list(query({ offset: count - 1 })).items.map((item) => item.assetTag)).toEqual(['PC-19999'])
  expect(stock.matchMachine({ mac: macOf(777) })?.assetTag).toBe('PC-00777')
  expect(stock.addFromMachine({ mac: 'aa:00:00:00:00:01', facts: {} }).assetTag).toBe('PC-20000')
})

describe('what SQLite makes of the queries', () => {
  /** Every statement that the stock prepares while `act` runs, with SQLite's plan for it. */
  function plansOf(act: (stock: Stock) => void): { sql: string; plan: string }[] {
    const statements = new Set<string>()
    const spied = new Proxy(database, {
      get(target, key) {
        if (key === 'prepare')
          return (sql: string) => {
            statements.add(sql)
            return target.prepare(sql)
          }
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
    act(createStock(spied, clock))
    return [...statements].map((sql) => {
      const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...nullsFor(sql)) as { detail: string }[]
      return { sql, plan: steps.map((step) => step.detail).join('\n') }
    })
  }
  const nullsFor = (sql: string): unknown[] => {
    const named = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null])
    return named.length > 0 ? [Object.fromEntries(named)] : [...sql.matchAll(/\?/g)].map(() => null)
  }

  it('never reads all items to find, match or change one', () => {
    const plans = plansOf((spied) => spied.list(query({ search: 'x' })))
    const planOf = (part: string): string => plans.find(({ sql }) => sql.includes(part))?.plan ?? 'no such statement'
    expect(planOf('uuid IN (?, ?)')).toMatch(/INDEX items_uuid/)
    expect(planOf('serial = ?')).toMatch(/INDEX items_by_serial/)
    expect(planOf('item_macs.mac = ?')).toMatch(/INDEX item_macs_by_mac/)
    expect(planOf('asset_tag = ?')).toMatch(/INDEX items_asset_tag/)
    expect(planOf('FROM item_history')).toMatch(/INDEX item_history_by_item/)
    expect(planOf('FROM items WHERE id = ?')).toMatch(/SEARCH items USING INTEGER PRIMARY KEY/)
    expect(planOf('items_search MATCH')).toMatch(/items_search VIRTUAL TABLE INDEX/)

    const scanning = plans.filter(({ plan }) => /^SCAN (items|item_macs|item_history)$/m.test(plan))
    // One exception: a tag is proposed on a click, and removed items count then.
    expect(scanning.map(({ sql }) => sql)).toEqual([expect.stringContaining('asset_tag COLLATE NOCASE >= ?')])
  })

  it('walks one index for each order and for each filter, and sorts nothing', () => {
    const plans = plansOf(() => undefined)
      .filter(({ sql }) => /^SELECT (id|rowid|item_id) FROM/.test(sql))
      // Of the few that were written since, each is looked up by its id.
      .filter(({ sql }) => !sql.includes('@written'))
    const indexOf = (part: string): string[] =>
      plans.flatMap(({ sql, plan }) => (sql.includes(part) ? [/INDEX (\w+|\d+:)/.exec(plan)?.[1] ?? plan] : []))
    expect(indexOf('ORDER BY')).toEqual([
      ...['items_asset_tag', 'items_by_type', 'items_by_model', 'items_by_serial', 'items_by_location'],
      ...['items_by_state', 'items_by_change', 'items_by_purchase', 'items_by_warranty'],
      ...['item_values_by_text', 'item_values_by_number'],
    ])
    // A custom field: no item is opened, and of its values those of the field alone are gone through.
    const custom = plans.filter(({ sql }) => sql.includes('item_values'))
    expect(custom).toHaveLength(6)
    for (const { plan } of custom)
      expect(plan).toMatch(/^SEARCH item_values USING COVERING INDEX item_values_by_\w+ \(field_id=\?/)
    expect(indexOf('number BETWEEN')).toEqual(['item_values_by_number'])
    expect(indexOf('state IN')).toEqual(['items_by_state'])
    expect(indexOf('type IN')).toEqual(['items_by_type'])
    expect(new Set(indexOf('location_id IN'))).toEqual(new Set(['items_in_location']))
    expect(indexOf('supplier_id =')).toEqual(['items_of_supplier'])
    expect(indexOf('warranty_until <')).toEqual(['items_by_warranty'])
    expect(indexOf('purchased_on <')).toEqual(['items_by_purchase'])
    expect(indexOf('item_proposals')).toEqual(['item_proposals_open'])
    expect(plans.map(({ plan }) => plan).join()).not.toContain('TEMP B-TREE')
  })
})
