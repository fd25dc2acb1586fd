import type { ItemInput, MachineView } from '../../src/contract/index.ts'

const nothing = { manufacturer: '', model: '', serial: '', macs: [], uuid: '', notes: '' }

/**
 * What the stock of a school says of one machine of its exam room: three rows of eight. It knows those too that never came
 * far enough to report what they are.
 */
export function itemOfMachine({ mac, uuid = '', facts }: MachineView, index: number): ItemInput {
  const row = 'ABC'[Math.floor(index / 8)]
  return {
    ...nothing,
    assetTag: `B104-${row}${(index % 8) + 1}`,
    type: 'pc',
    manufacturer: facts.manufacturer ?? 'HP',
    model: facts.product ?? 'ProDesk 400 G7',
    serial: facts.serial ?? '',
    macs: [mac],
    uuid,
    location: `B104, rang ${row}`,
    state: 'inService',
  }
}

/** And of what else it keeps. */
export const itemsOfStoreRoom: readonly ItemInput[] = [
  {
    ...nothing,
    assetTag: 'SW-B104',
    type: 'switch',
    manufacturer: 'Netgear',
    model: 'GS324',
    location: 'B104, baie',
    state: 'inService',
  },
  {
    ...nothing,
    assetTag: 'VP-B104',
    type: 'projector',
    manufacturer: 'Epson',
    model: 'EB-992F',
    serial: 'X4YM0801234',
    location: 'B104',
    state: 'inService',
  },
  {
    ...nothing,
    assetTag: 'IMP-012',
    type: 'printer',
    manufacturer: 'Brother',
    model: 'HL-L6400DW',
    serial: 'E78223H9N442',
    location: 'Couloir B1',
    state: 'underRepair',
  },
  {
    ...nothing,
    assetTag: 'ECR-087',
    type: 'screen',
    manufacturer: 'Iiyama',
    model: 'ProLite XUB2492HSU',
    location: 'Réserve',
    state: 'spare',
  },
  {
    ...nothing,
    assetTag: 'PORT-031',
    type: 'laptop',
    manufacturer: 'LENOVO',
    model: 'ThinkPad L14',
    serial: 'PF2X9K1T',
    location: 'Prêt, salle des professeurs',
    state: 'loaned',
  },
  {
    ...nothing,
    assetTag: 'OND-002',
    type: 'ups',
    manufacturer: 'Eaton',
    model: '5E 1100i',
    location: 'Local technique',
    state: 'inService',
  },
  {
    ...nothing,
    assetTag: 'PC-0417',
    type: 'pc',
    manufacturer: 'HP',
    model: 'Compaq 6300 Pro',
    serial: 'CZC3210KDB',
    location: 'Réserve',
    state: 'awaitingDisposal',
  },
]
