import { isPlaceholder } from '../boot/index.ts'
import type { Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { isUsableMac, uuidSpellings } from './identity.ts'
import { itemColumns, type ItemRow } from './itemRow.ts'

/** What is known of a machine on the network, to find its item by. */
export interface MachineIdentity {
  mac: Mac
  uuid?: string
  serial?: string
  /** As its firmware keeps it. */
  assetTag?: string
}

/** Finds the row of the item that a machine is; see `Stock.matchMachine`. */
export function createMachineMatcher(database: Database): (machine: MachineIdentity) => ItemRow | undefined {
  const selectByUuid = database.prepare<[string, string], ItemRow>(
    `SELECT ${itemColumns} FROM items WHERE uuid IN (?, ?) AND uuid <> '' AND removed_at IS NULL ORDER BY id`,
  )
  const selectBySerial = database.prepare<[string], ItemRow>(
    `SELECT ${itemColumns} FROM items WHERE serial = ? COLLATE NOCASE AND serial <> '' AND removed_at IS NULL ORDER BY +id`,
  )
  const selectByMac = database.prepare<[string], ItemRow>(
    `SELECT ${itemColumns} FROM item_macs JOIN items ON items.id = item_macs.item_id
     WHERE item_macs.mac = ? AND items.removed_at IS NULL ORDER BY items.id`,
  )
  // One that no machine was met as yet.
  const selectByTag = database.prepare<[string], ItemRow>(
    `SELECT ${itemColumns} FROM items WHERE asset_tag = ? COLLATE NOCASE AND removed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM item_macs WHERE item_id = items.id)`,
  )

  return ({ mac, uuid = '', serial = '', assetTag = '' }) => {
    const [asIs, swapped] = uuidSpellings(uuid)
    const byUuid = asIs !== undefined && swapped !== undefined ? selectByUuid.all(asIs, swapped) : []
    const bySerial = isPlaceholder(serial) ? [] : selectBySerial.all(serial.trim())
    const byMac = isUsableMac(mac) ? selectByMac.all(mac) : []
    // Boards of one series may share a UUID, and makers repeat serial numbers: the NIC then tells which one it is.
    const strong = onlyOne(byUuid, byMac) ?? onlyOne(bySerial, byMac)
    if (strong) return strong
    const hasAnotherUuid = (row: ItemRow): boolean =>
      asIs !== undefined && ![asIs, swapped, ''].includes(distinctUuid(row.uuid))
    const weak = onlyOne(byMac)
    if (weak && !hasAnotherUuid(weak)) return weak
    const byTag = isPlaceholder(assetTag) ? undefined : selectByTag.get(assetTag.trim())
    const hasAnotherSerial = (row: ItemRow): boolean =>
      !isPlaceholder(serial) && ![serial.trim().toLowerCase(), ''].includes(distinctSerial(row.serial))
    return byTag && !hasAnotherUuid(byTag) && !hasAnotherSerial(byTag) ? byTag : undefined
  }
}

/** The one row there is, or the one that is among `deciding` too. */
function onlyOne(rows: readonly ItemRow[], deciding: readonly ItemRow[] = []): ItemRow | undefined {
  const narrowed = rows.length > 1 ? rows.filter(({ id }) => deciding.some((other) => other.id === id)) : rows
  return narrowed.length === 1 ? narrowed[0] : undefined
}

/** Empty for one that tells nothing. */
const distinctSerial = (serial: string): string => (isPlaceholder(serial) ? '' : serial.trim().toLowerCase())

/** Empty for one that tells nothing. */
export const distinctUuid = (uuid: string): string => uuidSpellings(uuid)[0] ?? ''
