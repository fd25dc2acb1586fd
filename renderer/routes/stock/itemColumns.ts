import type { SortField } from '../../stores/stock.svelte.ts'

export const itemColumnIds = [
  'assetTag',
  'type',
  'model',
  'serial',
  'location',
  'state',
  'lastSeen',
  'name',
  'supplier',
  'memoryMiB',
  'purchasedOn',
  'warrantyUntil',
  'updatedAt',
  'notes',
] as const
export type ItemColumnId = (typeof itemColumnIds)[number]

export const usualColumns: readonly ItemColumnId[] = [
  'assetTag',
  'type',
  'model',
  'serial',
  'location',
  'state',
  'lastSeen',
]

/** How wide each is, and what it is sorted by. */
export const itemColumns: Record<ItemColumnId, { width: string; sort?: SortField; isNumber?: boolean }> = {
  assetTag: { width: 'minmax(130px,1fr)', sort: 'assetTag' },
  type: { width: 'minmax(130px,0.9fr)', sort: 'type' },
  model: { width: 'minmax(190px,2fr)', sort: 'model' },
  serial: { width: 'minmax(120px,1fr)', sort: 'serial' },
  location: { width: 'minmax(120px,1.2fr)', sort: 'location' },
  state: { width: '130px', sort: 'state' },
  lastSeen: { width: 'minmax(130px,0.9fr)' },
  name: { width: 'minmax(110px,1fr)' },
  supplier: { width: 'minmax(110px,1fr)' },
  memoryMiB: { width: '90px', isNumber: true },
  purchasedOn: { width: '110px', sort: 'purchasedOn' },
  warrantyUntil: { width: '120px', sort: 'warrantyUntil' },
  updatedAt: { width: 'minmax(110px,0.9fr)', sort: 'updatedAt' },
  notes: { width: 'minmax(160px,1.5fr)' },
}
