import type { Clock } from '../base/index.ts'
import type { ConsumableInput, InterventionInput, ItemInput } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createStockRooms, emptyConsumable, type StockRooms } from '../stock/index.ts'

const dayMs = 86_400_000
const someone = 'Léa Martin'

const blank = { manufacturer: '', model: '', serial: '', macs: [], uuid: '', notes: '' }
const item = (assetTag: string, changes: Partial<ItemInput>): ItemInput => ({
  ...{ ...blank, assetTag, type: 'pc', location: 'Réserve', state: 'spare' },
  ...changes,
})

/** What a school's store room and corridors hold; the PCs of its rooms add themselves when they boot. */
const sampleItems: readonly ItemInput[] = [
  ...Array.from({ length: 6 }, (_, index) =>
    item(`RES-${101 + index}`, {
      manufacturer: index < 4 ? 'HP' : 'Dell Inc.',
      model: index < 4 ? 'ProDesk 400 G7' : 'OptiPlex 3080',
      serial: `CZC94${310 + index}T`,
      memoryMiB: index === 1 ? 8192 : 16_384,
      cpu: 'Intel Core i5-10500',
      location: index < 3 ? 'Réserve / Armoire 1' : 'Réserve / Armoire 2',
      purchasedOn: `20${19 + index}-09-0${1 + index}`,
    }),
  ),
  item('CDI-P07', {
    ...{ manufacturer: 'HP', model: 'ProDesk 400 G7', location: 'CDI', state: 'inService', memoryMiB: 8192 },
    ...{ purchasedOn: '2020-08-31', warrantyUntil: '2025-08-31' },
  }),
  item('CDI-P08', {
    manufacturer: 'HP',
    model: 'ProDesk 400 G7',
    location: 'CDI',
    state: 'underRepair',
    memoryMiB: 16_384,
    purchasedOn: '2020-08-31',
  }),
  item('LAP-201', {
    type: 'laptop',
    manufacturer: 'LENOVO',
    model: 'ThinkPad L14',
    serial: 'PF3A7K2M',
    purchasedOn: '2023-01-16',
  }),
  item('LAP-202', {
    type: 'laptop',
    manufacturer: 'LENOVO',
    model: 'ThinkPad L14',
    serial: 'PF3A7K2N',
    purchasedOn: '2023-01-16',
  }),
  item('LAP-203', {
    type: 'laptop',
    manufacturer: 'LENOVO',
    model: 'ThinkPad L14',
    serial: 'PF3A7K2P',
    purchasedOn: '2023-01-16',
  }),
  item('PRN-021', {
    type: 'printer',
    manufacturer: 'Brother',
    model: 'HL-L6400DW',
    serial: 'E78223H9N771',
    location: 'Bât. B / B2',
    state: 'inService',
    purchasedOn: '2021-11-02',
  }),
  item('PRN-022', {
    type: 'printer',
    manufacturer: 'HP',
    model: 'LaserJet M404dn',
    serial: 'PHB4L11842',
    location: 'Administration',
    state: 'inService',
    purchasedOn: '2022-03-21',
  }),
  item('SRV-01', {
    type: 'server',
    manufacturer: 'Dell Inc.',
    model: 'PowerEdge T350',
    serial: '7XK2QM3',
    location: 'Local technique / Baie 1',
    state: 'inService',
    purchasedOn: '2022-06-10',
    supplier: 'Inmac Wstore',
    orderNumber: 'CF-2022-118',
    priceCents: 214_900,
  }),
  item('OND-11', {
    type: 'ups',
    manufacturer: 'Eaton',
    model: '5P 1550iR',
    location: 'Local technique / Baie 1',
    state: 'inService',
    purchasedOn: '2022-06-10',
  }),
  item('VP-302', {
    type: 'projector',
    manufacturer: 'Epson',
    model: 'EB-E20',
    serial: 'X8FY2203417',
    purchasedOn: '2024-02-05',
  }),
  item('OLD-031', {
    manufacturer: 'HP',
    model: 'Compaq 6300 Pro',
    serial: 'CZC3210KDB',
    location: 'Cave',
    purchasedOn: '2013-09-02',
  }),
  item('OLD-032', {
    manufacturer: 'HP',
    model: 'Compaq 6300 Pro',
    serial: 'CZC3210KDD',
    location: 'Cave',
    purchasedOn: '2013-09-02',
  }),
  item('OLD-033', {
    type: 'screen',
    manufacturer: 'Samsung',
    model: 'SyncMaster 943',
    location: 'Cave',
    purchasedOn: '2010-04-19',
  }),
]

interface SampleConsumable {
  consumable: ConsumableInput
  /** How many came a year ago, and about how many go in a month. */
  delivered: number
  monthly: number
  expiresInDays?: number
}
const consumable = (
  reference: string,
  name: string,
  category: ConsumableInput['category'],
  changes: Partial<ConsumableInput>,
): ConsumableInput => ({ ...emptyConsumable, reference, name, category, supplier: 'Inmac Wstore', ...changes })
const sampleConsumables: readonly SampleConsumable[] = [
  {
    consumable: consumable('TN-3480', 'Toner Brother TN-3480', 'cartridge', {
      ...{ manufacturer: 'Brother', barcode: '4977766752916', threshold: 3, target: 8, priceCents: 9890, pages: 8000 },
      printerModels: ['HL-L6400DW'],
    }),
    delivered: 14,
    monthly: 1,
  },
  {
    consumable: consumable('CF259A', 'Toner HP 59A', 'cartridge', {
      ...{
        manufacturer: 'HP',
        threshold: 2,
        target: 5,
        priceCents: 8450,
        pages: 3000,
        printerModels: ['LaserJet M404dn'],
      },
    }),
    delivered: 12,
    monthly: 1,
  },
  {
    consumable: consumable('A4-80', 'Papier A4 80 g', 'paper', {
      unit: 'ramette',
      threshold: 40,
      target: 200,
      priceCents: 389,
      supplier: 'Lyreco',
    }),
    delivered: 400,
    monthly: 28,
  },
  {
    consumable: consumable('RJ45-2M', 'Câble RJ45 cat. 6, 2 m', 'cable', {
      threshold: 10,
      target: 40,
      priceCents: 210,
    }),
    delivered: 60,
    monthly: 3,
  },
  {
    consumable: consumable('DDR4-8', 'Barrette DDR4 8 Go', 'part', { threshold: 2, target: 6, priceCents: 2490 }),
    delivered: 8,
    monthly: 0,
  },
  {
    consumable: consumable('SSD-500', 'SSD 2,5" 500 Go', 'part', { threshold: 2, target: 6, priceCents: 3990 }),
    delivered: 13,
    monthly: 1,
  },
  {
    consumable: consumable('LR6', 'Piles LR6', 'battery', {
      unit: 'blister de 4',
      threshold: 4,
      target: 12,
      priceCents: 420,
      supplier: 'Lyreco',
    }),
    delivered: 10,
    monthly: 0,
    expiresInDays: 20,
  },
]

const failure = (title: string, changes: Partial<InterventionInput>): InterventionInput => ({
  ...{
    title,
    description: '',
    kind: 'failure',
    requester: '',
    location: '',
    itemId: null,
    urgency: 2,
    impact: 1,
    assignee: '',
  },
  ...changes,
})

/** Fills an empty stock with that of a school that has kept it for a year. One that holds anything is left alone. */
export function furnishSampleStock(database: Database, clock: Clock, rooms: StockRooms): void {
  const everything = { search: '', states: [], types: [] }
  if (rooms.items.ids(everything).length > 0) return
  database.transaction(() => furnish(database, clock))()
}

function furnish(database: Database, clock: Clock): void {
  let ago = 0
  /** The stock as it was written that many days ago. */
  const past: Clock = { ...clock, now: () => clock.now() - ago * dayMs }
  const { items, consumables, movements, loans, interventions, disposal, inventory } = createStockRooms(
    database,
    past,
    () => someone,
  )

  ago = 380
  const ids = new Map(sampleItems.map((sample) => [sample.assetTag, items.add(sample).id]))
  const idOf = (assetTag: string): number => ids.get(assetTag) ?? 0
  const shelf = 'Réserve / Étagère A'
  const shelved = sampleConsumables.map((sample) => {
    const { id } = consumables.add(sample.consumable)
    const expiresOn =
      sample.expiresInDays === undefined
        ? ''
        : new Date(clock.now() + sample.expiresInDays * dayMs).toISOString().slice(0, 10)
    movements.move({
      consumableId: id,
      kind: 'in',
      quantity: sample.delivered,
      to: shelf,
      expiresOn,
      reason: 'delivery',
      note: '',
    })
    return { ...sample, id }
  })
  for (let month = 12; month >= 1; month--) {
    ago = month * 30 - 12
    for (const {
      id,
      monthly,
      consumable: { printerModels },
    } of shelved) {
      // Schools are empty in July and August.
      const quantity = [6, 7].includes(new Date(past.now()).getMonth()) ? Math.floor(monthly / 4) : monthly
      if (quantity === 0) continue
      const printerId = printerModels.includes('HL-L6400DW')
        ? idOf('PRN-021')
        : printerModels.length > 0
          ? idOf('PRN-022')
          : undefined
      movements.move({
        ...{ consumableId: id, kind: 'out', quantity, from: shelf, reason: 'use', note: '' },
        ...(printerId === undefined ? {} : { printerId, pages: 12_000 + (12 - month) * 6700 }),
      })
    }
    const { id } = interventions.add(
      failure(month % 3 === 0 ? 'Installer un logiciel' : 'Bourrage papier', {
        kind: month % 3 === 0 ? 'request' : 'failure',
        itemId: month % 3 === 0 ? null : idOf('PRN-021'),
        requester: 'Mme Roux',
        location: month % 3 === 0 ? 'CDI' : '',
      }),
    )
    ago -= 1
    interventions.note({ id, text: 'Fait.', minutes: 15 + month * 2, state: 'closed' })
  }

  ago = 35
  loans.lend({
    person: 'M. Diallo',
    itemIds: [idOf('LAP-201')],
    dueOn: new Date(clock.now() - 5 * dayMs).toISOString().slice(0, 10),
    purpose: 'Préparation des cours',
  })
  ago = 4
  loans.lend({
    person: 'Mme Bernard',
    itemIds: [idOf('LAP-202'), idOf('VP-302')],
    dueOn: new Date(clock.now() + 10 * dayMs).toISOString().slice(0, 10),
    purpose: 'Journée portes ouvertes',
  })
  interventions.add(
    failure('Imprimante du couloir : bourrage répété', { itemId: idOf('PRN-021'), requester: 'Mme Roux', impact: 2 }),
  )
  ago = 1
  const broken = interventions.add(
    failure('Ne démarre plus, salle du CDI', {
      itemId: idOf('CDI-P08'),
      requester: 'M. Petit',
      urgency: 3,
      impact: 3,
      assignee: someone,
    }),
  )
  interventions.note({
    id: broken.id,
    text: 'Alimentation morte. Un poste de la réserve peut le remplacer.',
    minutes: 20,
  })
  interventions.add(
    failure('Poser un vidéoprojecteur en B107', {
      kind: 'installation',
      location: 'Bât. B / B107',
      requester: 'Mme Bernard',
    }),
  )
  const batch = disposal.add({ name: 'Cave, automne', company: 'Ecologic', slipNumber: '', collectedOn: '', notes: '' })
  disposal.addItems(batch.id, ['OLD-031', 'OLD-032', 'OLD-033'].map(idOf))
  disposal.wipe(batch.id, [idOf('OLD-031')], {
    ...{ kind: 'clear', method: 'nwipe, une passe', wipedOn: new Date(clock.now()).toISOString().slice(0, 10) },
    ...{ wipedBy: someone, reference: 'PV-2031-07' },
  })
  items.patch([idOf('SRV-01')], { warrantyUntil: new Date(clock.now() + 20 * dayMs).toISOString().slice(0, 10) })
  inventory.accept(idOf('CDI-P07'), {
    mac: '3c:52:82:61:07:0a',
    facts: { memoryMiB: 4096, cpu: 'Intel Core i5-10500' },
    firmware: 'uefi-x64',
  })
}
