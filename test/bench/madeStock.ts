import type { Stock } from '../../src/stock/index.ts'

/** A stock of `count` items of which no two are alike, and every word is in many. */
export function makeItems(stock: Stock, count: number): void {
  const makers = ['Dell', 'HP', 'Lenovo', 'Iiyama', 'Epson', 'Brother']
  const models = [
    'OptiPlex 7010',
    'ProDesk 600',
    'ThinkCentre M75',
    'ProLite B2483',
    'EB-X49',
    'HL-L2350DW',
    'Écran été',
  ]
  const types = ['pc', 'laptop', 'screen', 'printer', 'projector', 'server'] as const
  const states = ['inService', 'inService', 'inService', 'spare', 'underRepair', 'disposed'] as const
  stock.bulk.begin('withEach')
  stock.bulk.transaction(() => {
    for (let n = 0; n < count; n++)
      stock.bulk.add({
        ...{
          assetTag: `INV-${String(n).padStart(6, '0')}`,
          type: types[n % types.length]!,
          state: states[n % states.length]!,
        },
        ...{ manufacturer: makers[n % makers.length]!, model: models[n % models.length]!, uuid: '', notes: '' },
        // In no order: what begins alike lies apart.
        serial: `SN${((n * 7919) % 1_000_003).toString(36).toUpperCase().padStart(5, '0')}${n % 10}`,
        macs: [
          `02:00:00:${[n >> 16, (n >> 8) & 255, n & 255].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`,
        ],
        location: `Site ${n % 40} / Bâtiment ${n % 7} / Salle ${n % 900}`,
        supplier: `Fournisseur ${n % 25}`,
        purchasedOn: `${2015 + (n % 10)}-0${1 + (n % 9)}-15`,
      })
  })
  while (stock.bulk.settleNext());
}
