import { expect, it } from 'vitest'
import type { CountLineInput, StockCountLine, StockCountView } from '../../src/contract/index.ts'
import { Client } from './client.ts'
import { HandBridge } from './fixtures.ts'
import { StockShelves } from './stockShelves.svelte.ts'

const line = { reference: '', name: '', expiresOn: '', expected: 4, explanation: '' }
const aCount: StockCountView = {
  ...{ id: 1, locationId: 9, location: 'Réserve', startedAt: 0, who: '' },
  lines: [
    { ...line, consumableId: 5, counted: 3, explanation: 'cassé' },
    { ...line, consumableId: 6 },
  ],
  items: [
    { itemId: 7, assetTag: 'PC-7', model: '', finding: 'seen' },
    { itemId: 8, assetTag: 'PC-8', model: '', finding: 'missing' },
    { itemId: 9, assetTag: 'PC-9', model: '', finding: 'elsewhere' },
  ],
}

it('what was counted before it was abandoned comes back, among the counts that are open', async () => {
  const bridge = new HandBridge()
  const begun = { ...aCount, id: 2, lines: [], items: [] }
  bridge.answer('count.start', () => begun)
  for (const step of ['count.record', 'count.see'] as const) bridge.answer(step, () => begun)
  bridge.answer('count.abandon', () => undefined)
  bridge.answer('consumable.list', () => ({ consumables: [], total: 0 }))
  for (const list of ['consumable.reorder', 'count.list'] as const) bridge.answer(list, () => [])
  const shelves = new StockShelves(new Client(bridge, () => {}))
  shelves.count = aCount

  const abandoned = await shelves.abandonCount()
  expect(bridge.inputsOf('count.abandon')).toEqual([1])
  expect(shelves.count).toBeUndefined()
  expect(abandoned).toEqual(aCount)
  await shelves.countAgain(aCount)
  expect(bridge.inputsOf('count.start')).toEqual(['Réserve'])
  expect(bridge.inputsOf('count.record')).toEqual([
    { countId: 2, consumableId: 5, expiresOn: '', counted: 3, explanation: 'cassé' },
  ])
  expect(bridge.inputsOf('count.see')).toEqual([
    { countId: 2, itemId: 7 },
    { countId: 2, itemId: 9 },
  ])
  // Not under the scanner at once: whoever wants to go on opens it.
  expect(shelves.count).toBeUndefined()
})

it('asks which lot was scanned where several lie, once, until another one is said', async () => {
  const bridge = new HandBridge()
  const lots = ['2027-01-31', '2028-01-31'].map((expiresOn) => ({ ...line, consumableId: 5, expiresOn }))
  let now: StockCountView = { ...aCount, lines: [...lots, { ...line, consumableId: 6 }], items: [] }
  bridge.answer('count.record', (input) => {
    const { consumableId, expiresOn, counted } = input as CountLineInput
    const isMeant = (one: StockCountLine): boolean => one.consumableId === consumableId && one.expiresOn === expiresOn
    now = { ...now, lines: now.lines.map((one) => (isMeant(one) ? { ...one, counted } : one)) }
    return now
  })
  bridge.answer('stock.scan', (code) => ({ kind: 'consumable', id: Number(code), name: '' }))
  bridge.answer('count.finish', () => now)
  const shelves = new StockShelves(new Client(bridge, () => {}))
  shelves.count = now
  const counted = () => now.lines.map((one) => one.counted)

  await shelves.scanInCount('6')
  expect(counted()).toEqual([undefined, undefined, 1])
  await shelves.scanInCount('5')
  expect(counted()).toEqual([undefined, undefined, 1])
  expect(shelves.lotsAsked).toEqual(lots)
  await shelves.sayLot(lots[1]!)
  expect(shelves.lotsAsked).toEqual([])
  await shelves.scanInCount('5')
  expect(counted()).toEqual([undefined, 2, 1])
  // Said beforehand, nothing is counted by that.
  await shelves.sayLot(lots[0]!)
  expect(counted()).toEqual([undefined, 2, 1])
  await shelves.scanInCount('5')
  expect(counted()).toEqual([1, 2, 1])
  // Another count asks anew.
  await shelves.finishCount()
  shelves.count = now
  await shelves.scanInCount('5')
  expect(shelves.lotsAsked).toHaveLength(2)
})
