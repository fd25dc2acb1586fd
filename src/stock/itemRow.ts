import type { ItemView } from '../contract/index.ts'

/** A row of `items`, as SQLite gives it, with the names that stand in other tables. */
export interface ItemRow {
  id: number
  asset_tag: string
  type: ItemView['type']
  manufacturer: string
  model: string
  serial: string
  uuid: string
  location: string
  state: ItemView['state']
  notes: string
  created_at: number
  updated_at: number
  last_seen_at: number | null
  removed_at: number | null
  name: string
  location_id: number | null
  parent_id: number | null
  supplier_id: number | null
  order_number: string
  price_cents: number | null
  purchased_on: string | null
  warranty_until: string | null
  custom: string
  cpu: string
  memory_mib: number | null
  disks: string
  firmware: string
  bios_version: string
  bios_date: string | null
  supplier: string | null
  parent_tag: string | null
  /** Parted by spaces, in their order; null for none. */
  macs: string | null
}

/** What an `ItemRow` is selected by. */
export const itemColumns = `items.*,
  (SELECT name FROM suppliers WHERE suppliers.id = items.supplier_id) AS supplier,
  (SELECT asset_tag FROM items AS parents WHERE parents.id = items.parent_id) AS parent_tag,
  (SELECT group_concat(mac, ' ' ORDER BY mac) FROM item_macs WHERE item_macs.item_id = items.id) AS macs`

export function itemView(row: ItemRow): ItemView {
  const view: ItemView = {
    id: row.id,
    assetTag: row.asset_tag,
    type: row.type,
    manufacturer: row.manufacturer,
    model: row.model,
    serial: row.serial,
    macs: row.macs === null ? [] : row.macs.split(' '),
    uuid: row.uuid,
    location: row.location,
    state: row.state,
    notes: row.notes,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
  // What is not said is not there.
  if (row.name) view.name = row.name
  if (row.location_id !== null) view.locationId = row.location_id
  if (row.parent_id !== null) view.parentId = row.parent_id
  if (row.parent_tag !== null) view.parentTag = row.parent_tag
  if (row.supplier !== null) view.supplier = row.supplier
  if (row.order_number) view.orderNumber = row.order_number
  if (row.price_cents !== null) view.priceCents = row.price_cents
  if (row.purchased_on !== null) view.purchasedOn = row.purchased_on
  if (row.warranty_until !== null) view.warrantyUntil = row.warranty_until
  if (row.cpu) view.cpu = row.cpu
  if (row.memory_mib !== null) view.memoryMiB = row.memory_mib
  if (row.disks) view.disks = row.disks
  if (row.firmware) view.firmware = row.firmware
  if (row.bios_version) view.biosVersion = row.bios_version
  if (row.bios_date !== null) view.biosDate = row.bios_date
  if (row.custom !== '{}') view.custom = JSON.parse(row.custom) as Record<string, string>
  if (row.last_seen_at !== null) view.lastSeenAt = row.last_seen_at
  return view
}
