import type { CustomColumn, CustomFieldView, ItemSort } from '../../../src/contract/index.ts'
import { t } from '../../messages/words.svelte.ts'
import { customColumn, fieldName } from './customFields.ts'

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
  'orderNumber',
  'priceCents',
  'cpu',
  'notes',
] as const
export type PlainColumnId = (typeof itemColumnIds)[number]
export type ItemColumnId = PlainColumnId | CustomColumn

export const usualColumns: readonly PlainColumnId[] = [
  'assetTag',
  'type',
  'model',
  'serial',
  'location',
  'state',
  'lastSeen',
]

/** How wide each is, and what it is sorted by. */
const shapes: Record<PlainColumnId, { width: string; sort?: ItemSort; isNumber?: boolean }> = {
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
  orderNumber: { width: 'minmax(110px,1fr)' },
  priceCents: { width: '100px', isNumber: true },
  cpu: { width: 'minmax(140px,1.2fr)' },
  notes: { width: 'minmax(160px,1.5fr)' },
}

const customWidths: Record<CustomFieldView['kind'], string> = {
  text: 'minmax(140px,1.2fr)',
  number: '110px',
  date: '110px',
  choice: 'minmax(110px,0.9fr)',
  yesNo: '90px',
}

/** Every column that the list can have: what all items say, then what custom fields do. */
export const itemColumns = (
  fields: readonly CustomFieldView[],
): { id: ItemColumnId; label: string; width: string; sort?: ItemSort; isNumber?: boolean }[] => [
  ...itemColumnIds.map((id) => ({ id, label: t(`stock.column.${id}`), ...shapes[id] })),
  ...fields.map((field) => ({
    id: customColumn(field),
    label: fieldName(field, fields),
    width: customWidths[field.kind],
    sort: customColumn(field),
    isNumber: field.kind === 'number',
  })),
]
