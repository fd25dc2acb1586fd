import { itemFields, type ItemField, type ItemInput, type ItemView } from '../contract/index.ts'

/** An item as it is to be: every field said, with nothing as an empty text or null. */
export type WholeItem = Required<Omit<ItemInput, 'custom'>> & { custom: Record<string, string> }

// An import goes through these for each of its lines: each field is named, which costs far less than copying what there is.

/** An item as it is written in a view, whole. */
export const wholeItem = (item: ItemInput): WholeItem => ({
  assetTag: item.assetTag,
  type: item.type,
  manufacturer: item.manufacturer,
  model: item.model,
  serial: item.serial,
  macs: item.macs,
  uuid: item.uuid,
  location: item.location,
  state: item.state,
  notes: item.notes,
  name: item.name ?? '',
  parentId: item.parentId ?? null,
  supplier: item.supplier ?? '',
  orderNumber: item.orderNumber ?? '',
  priceCents: item.priceCents ?? null,
  purchasedOn: item.purchasedOn ?? '',
  warrantyUntil: item.warrantyUntil ?? '',
  cpu: item.cpu ?? '',
  memoryMiB: item.memoryMiB ?? null,
  disks: item.disks ?? '',
  firmware: item.firmware ?? '',
  biosVersion: item.biosVersion ?? '',
  biosDate: item.biosDate ?? '',
  custom: item.custom ?? {},
})

/** What was said, over what was there before: what is left out stays. Values of custom fields that are empty go. */
export function mergedItem(input: ItemInput, before?: WholeItem): WholeItem {
  const merged = wholeItem(input)
  if (before)
    for (const field of itemFields) if (input[field] === undefined) Object.assign(merged, { [field]: before[field] })
  merged.macs = input.macs.length > 1 ? [...new Set(input.macs)].sort() : input.macs
  merged.supplier = merged.supplier.trim()
  if (input.custom) {
    const custom = Object.entries({ ...before?.custom, ...input.custom }).filter(([, value]) => value !== '')
    merged.custom = Object.fromEntries(custom)
  }
  return merged
}

/** Custom fields as they were said before, over what they say now: what was said of none is empty again. */
export const customAgain = (
  now: Readonly<Record<string, string>> = {},
  before: Readonly<Record<string, string>> = {},
): Record<string, string> => ({ ...Object.fromEntries(Object.keys(now).map((id) => [id, ''])), ...before })

/** As history writes it. */
export interface FieldChange<Field extends string = string> {
  field: Field
  before: string
  after: string
}

/** The fields that differ, with what each said before and says now. */
export function changesBetween(before: WholeItem, after: WholeItem): FieldChange<ItemField>[] {
  const changes: FieldChange<ItemField>[] = []
  for (const field of itemFields) {
    if (before[field] === after[field]) continue
    const [was, is] = [asText(before[field]), asText(after[field])]
    if (was !== is) changes.push({ field, before: was, after: is })
  }
  return changes
}

/** Fields of which a view says more, or says it in other words, than what was written. */
const fieldsToReadAgain: readonly ItemField[] = ['macs', 'parentId', 'supplier', 'custom']
const fieldsAlwaysSaid: ReadonlySet<ItemField> = new Set<ItemField>([
  ...(['assetTag', 'type', 'manufacturer', 'model', 'serial', 'uuid', 'location', 'state', 'notes'] as const),
])

/**
 * The view of an item after these fields of it were written, as it would be read; undefined where it has to be read.
 * @param at when, in milliseconds since the Unix epoch
 */
export function changedView(
  before: ItemView,
  after: WholeItem,
  fields: ReadonlySet<ItemField>,
  locationId: string | number | null,
  at: number,
): ItemView | undefined {
  if (fieldsToReadAgain.some((field) => fields.has(field))) return undefined
  const { locationId: _, ...kept } = before
  const view: ItemView = { ...kept, updatedAt: at, ...(typeof locationId === 'number' && { locationId }) }
  for (const field of fields) {
    const value = after[field]
    // What is not said is not there.
    if ((value !== '' && value !== null) || fieldsAlwaysSaid.has(field)) Object.assign(view, { [field]: value })
    else delete view[field]
  }
  return view
}

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
  return {
    assetTag: item.assetTag,
    name: item.name,
    type: item.type,
    state: item.state,
    manufacturer: item.manufacturer,
    model: item.model,
    serial: item.serial,
    uuid: item.uuid,
    location: place?.path ?? '',
    locationId: place?.id ?? null,
    parentId: item.parentId,
    supplierId: supplierId ?? null,
    orderNumber: item.orderNumber,
    priceCents: item.priceCents,
    purchasedOn: item.purchasedOn || null,
    warrantyUntil: item.warrantyUntil || null,
    custom: JSON.stringify(item.custom),
    cpu: item.cpu,
    memoryMiB: item.memoryMiB,
    disks: item.disks,
    firmware: item.firmware,
    biosVersion: item.biosVersion,
    biosDate: item.biosDate || null,
    notes: item.notes,
  }
}
