import { beforeEach, expect, it } from 'vitest'
import type { ItemPage, ItemQuery, ItemView } from '../../src/contract/index.ts'
import { Client } from './client.ts'
import { HandBridge, settled } from './fixtures.ts'
import { Stock } from './stock.svelte.ts'

const anItem = (id: number): ItemView => ({
  id,
  assetTag: `A${id}`,
  type: 'pc',
  manufacturer: '',
  model: '',
  serial: '',
  macs: [],
  uuid: '',
  location: '',
  state: 'inService',
  notes: '',
  createdAt: 0,
  updatedAt: 0,
})

let bridge: HandBridge
let stock: Stock
const queries = () => bridge.inputsOf('stock.list') as ItemQuery[]

beforeEach(() => {
  bridge = new HandBridge().answer('stock.list', (input): ItemPage => {
    const { offset, limit, search } = input as ItemQuery
    const total = search ? 1 : 250
    const length = Math.max(Math.min(limit, total - offset), 0)
    return { items: Array.from({ length }, (_, index) => anItem(offset + index)), total }
  })
  // What is beside the items is asked for with them, and is none of this test.
  bridge.answer('loan.list', () => ({ loans: [], total: 0 }))
  bridge.answer('intervention.list', () => ({ interventions: [], total: 0 }))
  bridge.answer('consumable.list', () => ({ consumables: [], total: 0 }))
  for (const list of ['location.list', 'itemType.list', 'customField.list', 'person.list', 'disposal.list'] as const)
    bridge.answer(list, () => [])
  for (const list of ['inventory.swaps', 'consumable.reorder', 'count.list'] as const) bridge.answer(list, () => [])
  stock = new Stock(new Client(bridge, () => {}))
})

it('asks for each page once, when its rows come into sight', async () => {
  stock.need(0, 20)
  stock.need(5, 30)
  await settled()
  expect(queries().map(({ offset }) => offset)).toEqual([0])
  expect(stock.total).toBe(250)
  stock.need(90, 110)
  await settled()
  expect(queries().map(({ offset }) => offset)).toEqual([0, 100])
  expect(stock.row(105)?.assetTag).toBe('A105')
  expect(stock.row(205)).toBeUndefined()
})

it('asks again when main says that the stock changed, and only then', async () => {
  stock.apply({ seq: 1, stockRevision: 3 })
  stock.apply({ seq: 2, stockRevision: 3 })
  stock.apply({ seq: 3 })
  stock.apply({ seq: 4, stockRevision: 4 })
  await settled()
  expect(queries()).toHaveLength(2)
})

it('takes no answer to a question that is no longer asked', async () => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  bridge.answer('stock.list', async (input) => {
    if (!(input as ItemQuery).search) await held
    return { items: [anItem((input as ItemQuery).search ? 7 : 1)], total: 1 }
  })
  stock.refresh()
  stock.search = 'A7'
  stock.refresh()
  await settled()
  release()
  await settled()
  expect(stock.row(0)?.id).toBe(7)
})

it('turns the order round when the same column is chosen again', async () => {
  stock.sortBy('model')
  stock.sortBy('model')
  stock.sortBy('state')
  await settled()
  expect(queries().map(({ sort, descending }) => [sort, descending])).toEqual([
    ['model', false],
    ['model', true],
    ['state', false],
  ])
})

it('filters by supplier, warranty and age, counts their days from today, and takes them away together', async () => {
  stock.filter({ supplierId: 7, warrantyEnds: true, isOld: true })
  await settled()
  const asked = queries().at(-1)
  const days = (day: string | undefined): number => Math.round((Date.parse(day ?? '') - Date.now()) / 86_400_000)
  expect(asked).toMatchObject({ supplierId: 7 })
  expect(days(asked?.warrantyBefore)).toBeGreaterThan(85)
  expect(days(asked?.warrantyBefore)).toBeLessThan(95)
  expect(days(asked?.purchasedBefore)).toBeLessThan(-5 * 365)
  expect(stock.isFiltered).toBe(true)
  stock.clearFilters()
  await settled()
  expect(Object.keys(queries().at(-1) ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/supplierId|Before/)]),
  )
  expect(stock.isFiltered).toBe(false)
})

it('files and labels are of what is chosen, whatever is searched for meanwhile, and of all that is shown without', () => {
  stock.search = 'hp'
  expect(stock.meant.filter).toMatchObject({ search: 'hp' })
  stock.chosen.set([3, 5])
  expect(stock.meant.filter).toEqual({ search: '', states: [], types: [], ids: [3, 5] })
})

it('asks for alarms alone, and for places only when they changed or how many items each holds is shown', async () => {
  const places = (): number => bridge.inputsOf('location.list').length
  let revision = 1
  bridge.answer('location.revision', () => revision)
  for (const [seq, stockRevision] of [3, 4].entries()) {
    stock.apply({ seq, stockRevision })
    await settled()
  }
  expect(places()).toBe(1)
  revision = 2
  stock.apply({ seq: 3, stockRevision: 5 })
  await settled()
  expect(places()).toBe(2)
  stock.tab = 'references'
  stock.apply({ seq: 4, stockRevision: 6 })
  await settled()
  expect(places()).toBe(3)
  expect(bridge.inputsOf('stock.alarms')).toHaveLength(4)
  expect(bridge.inputsOf('stock.dashboard')).toHaveLength(0)
})
