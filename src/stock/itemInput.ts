import { itemFields, type ItemField, type ItemInput, type ItemView } from '../contract/index.ts'

/** An item as it is to be: every field said, with nothing as an empty text or null. */
export type WholeItem = Required<Omit<ItemInput, 'custom'>> & { custom: Record<string, string> }

const nothingSaid = {
  name: '',
  parentId: null,
  supplier: '',
  orderNumber: '',
  priceCents: null,
  purchasedOn: '',
  warrantyUntil: '',
  cpu: '',
  memoryMiB: null,
  disks: '',
  firmware: '',
  biosVersion: '',
  biosDate: '',
  custom: {},
} satisfies Partial<WholeItem>

/** An item as it is written in a view, whole. */
export function wholeItem(item: ItemView): WholeItem {
  const { id: _, createdAt, updatedAt, lastSeenAt, locationId, parentTag, ...said } = item
  void [createdAt, updatedAt, lastSeenAt, locationId, parentTag]
  return { ...nothingSaid, ...said }
}

/** What was said, over what was there before: what is left out stays. Values of custom fields that are empty go. */
export function mergedItem(input: ItemInput, before?: ItemView): WholeItem {
  const said = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as ItemInput
  const base: Partial<WholeItem> = before ? wholeItem(before) : nothingSaid
  const custom = Object.entries({ ...base.custom, ...said.custom }).filter(([, value]) => value !== '')
  return {
    ...nothingSaid,
    ...base,
    ...said,
    macs: [...new Set(said.macs)].sort(),
    supplier: (said.supplier ?? base.supplier ?? '').trim(),
    custom: Object.fromEntries(custom),
  }
}

/** The fields that differ, with what each said before and says now. */
export const changesBetween = (
  before: WholeItem,
  after: WholeItem,
): { field: ItemField; before: string; after: string }[] =>
  itemFields
    .map((field) => ({ field, before: asText(before[field]), after: asText(after[field]) }))
    .filter((change) => change.before !== change.after)

const asText = (value: WholeItem[ItemField]): string => {
  if (value === null) return ''
  if (Array.isArray(value)) return value.join(' ')
  if (typeof value === 'object')
    return Object.keys(value).length === 0
      ? ''
      : JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => Number(a) - Number(b))))
  return String(value)
}

/** The columns of `items` that an item is written to, but for those that lead to other tables. */
export const itemColumnNames = {
  assetTag: 'asset_tag',
  name: 'name',
  type: 'type',
  state: 'state',
  manufacturer: 'manufacturer',
  model: 'model',
  serial: 'serial',
  uuid: 'uuid',
  location: 'location',
  locationId: 'location_id',
  parentId: 'parent_id',
  supplierId: 'supplier_id',
  orderNumber: 'order_number',
  priceCents: 'price_cents',
  purchasedOn: 'purchased_on',
  warrantyUntil: 'warranty_until',
  custom: 'custom',
  cpu: 'cpu',
  memoryMiB: 'memory_mib',
  disks: 'disks',
  firmware: 'firmware',
  biosVersion: 'bios_version',
  biosDate: 'bios_date',
  notes: 'notes',
} as const

/** The field whose column it is; those that lead to other tables are written with what they lead to. */
export const fieldOfColumn = (column: keyof typeof itemColumnNames): ItemField =>
  column === 'locationId' ? 'location' : column === 'supplierId' ? 'supplier' : column

/** What an item is written with. */
export function columnValues(
  item: WholeItem,
  place: { id: number; path: string } | undefined,
  supplierId: number | undefined,
): Record<keyof typeof itemColumnNames, string | number | null> {
  const { macs, supplier, location, custom, purchasedOn, warrantyUntil, biosDate, ...plain } = item
  void [macs, supplier, location]
  return {
    ...plain,
    location: place?.path ?? '',
    locationId: place?.id ?? null,
    supplierId: supplierId ?? null,
    custom: JSON.stringify(custom),
    purchasedOn: purchasedOn || null,
    warrantyUntil: warrantyUntil || null,
    biosDate: biosDate || null,
  }
}
