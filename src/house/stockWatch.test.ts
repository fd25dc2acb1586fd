import { expect, it } from 'vitest'
import { EventBus, ManualClock, silentLogger } from '../base/index.ts'
import type { ConsumableInput } from '../contract/index.ts'
import { createStockRooms } from '../stock/index.ts'
import { openDatabase } from '../storage/index.ts'
import { StockWatch } from './stockWatch.ts'

const toner: ConsumableInput = {
  ...{ reference: 'TN-1', name: 'Toner', category: 'cartridge', manufacturer: '', barcode: '', unit: '' },
  ...{ supplier: '', supplierReference: '', priceCents: null, threshold: 2, target: 6, pages: null },
  ...{ printerModels: [], notes: '' },
}

it('tells outside the window, once each, that a threshold was crossed and that nothing is left, and no warranty that ends', () => {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const clock = new ManualClock()
  const rooms = createStockRooms(database, clock, () => 'Ana')
  const told: string[][] = []
  const watch = new StockWatch({
    ...{ bus: new EventBus((error) => expect(error).toBeUndefined()), clock, rooms, itemOf: () => undefined },
    logger: silentLogger,
    journeys: undefined as never,
    notify: (alarms) => told.push(alarms.map(({ kind }) => kind)),
  })
  const look = (): void => {
    clock.advance(60_000)
    watch.tick()
  }
  const { id: consumableId } = rooms.consumables.add(toner)
  const move = { consumableId, note: '', from: 'Réserve', to: 'Réserve' }
  rooms.movements.move({ ...move, kind: 'in', from: undefined, quantity: 5, reason: 'delivery' })
  rooms.items.add({
    ...{ assetTag: 'PC-1', type: 'pc', manufacturer: '', model: '', serial: '', macs: [], uuid: '', location: '' },
    ...{
      state: 'inService',
      notes: '',
      warrantyUntil: new Date(clock.now() + 5 * 86_400_000).toISOString().slice(0, 10),
    },
  })
  look()
  expect(rooms.dashboards.alarms().map(({ kind }) => kind)).toEqual(['warrantyEnds'])
  expect(told).toEqual([])
  rooms.movements.move({ ...move, kind: 'out', to: undefined, quantity: 3, reason: 'use' })
  look()
  look()
  expect(told).toEqual([['lowStock']])
  rooms.movements.move({ ...move, kind: 'out', to: undefined, quantity: 2, reason: 'use' })
  look()
  look()
  expect(told).toEqual([['lowStock'], ['outOfStock']])
})
