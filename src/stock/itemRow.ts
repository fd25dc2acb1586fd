import type { ItemView, Mac } from '../contract/index.ts'

/** A row of `items`, as SQLite gives it. */
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
}

export const itemView = (row: ItemRow, macs: Mac[]): ItemView => ({
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
  ...(row.last_seen_at === null ? {} : { lastSeenAt: row.last_seen_at }),
})
