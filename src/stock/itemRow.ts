import type { ItemView, Mac } from '../contract/index.ts'

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
}

/** What an `ItemRow` is selected by. */
export const itemColumns = `items.*,
  (SELECT name FROM suppliers WHERE suppliers.id = items.supplier_id) AS supplier,
  (SELECT asset_tag FROM items AS parents WHERE parents.id = items.parent_id) AS parent_tag`

export function itemView(row: ItemRow, macs: Mac[]): ItemView {
  const custom = row.custom === '{}' ? undefined : (JSON.parse(row.custom) as Record<string, string>)
  const details: Partial<ItemView> = {
    name: row.name || undefined,
    locationId: row.location_id ?? undefined,
    parentId: row.parent_id ?? undefined,
    parentTag: row.parent_tag ?? undefined,
    supplier: row.supplier ?? undefined,
    orderNumber: row.order_number || undefined,
    priceCents: row.price_cents ?? undefined,
    purchasedOn: row.purchased_on ?? undefined,
    warrantyUntil: row.warranty_until ?? undefined,
    cpu: row.cpu || undefined,
    memoryMiB: row.memory_mib ?? undefined,
    disks: row.disks || undefined,
    firmware: row.firmware || undefined,
    biosVersion: row.bios_version || undefined,
    biosDate: row.bios_date ?? undefined,
    custom,
    lastSeenAt: row.last_seen_at ?? undefined,
  }
  return {
    id: row.id,
    assetTag: row.asset_tag,
    type: row.type,
    manufacturer: row.manufacturer,
    model: row.model,
    serial: row.serial,
    macs,
    uuid: row.uuid,
    location: row.location,
    state: row.state,
    notes: row.notes,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)) as Partial<ItemView>),
  }
}
