import { CodedError, type ItemView } from '../contract/index.ts'

// GLPI's inventory_format: what its agent reports of a computer, as JSON.

type Json = Record<string, unknown>

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const asText = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''

const columns = [
  ...['assetTag', 'name', 'type', 'manufacturer', 'model', 'serial', 'uuid', 'macs'],
  ...['cpu', 'memoryMiB', 'disks', 'biosVersion', 'biosDate'],
] as const

/** What SMBIOS calls a case that one carries. */
const laptopChassis = /laptop|notebook|portable|convertible|tablet|detachable/i

/**
 * Inventories as the rows of a table, its heads first: one inventory, or a list of them.
 * @throws CodedError `exchange.fileUnreadable` for JSON that is no inventory
 */
export function readInventories(json: string): string[][] {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch (error) {
    throw new CodedError('exchange.fileUnreadable', String(error), {})
  }
  const inventories = (Array.isArray(parsed) ? parsed : [parsed]).map(asObject)
  if (inventories.length === 0 || inventories.some(({ content }) => typeof content !== 'object' || content === null))
    throw new CodedError('exchange.fileUnreadable', 'no inventory: it has no content', {})
  return [[...columns], ...inventories.map(rowOf)]
}

function rowOf(inventory: Json): string[] {
  const content = asObject(inventory.content)
  const hardware = asObject(content.hardware)
  const bios = asObject(content.bios)
  const networks = asList(content.networks).map(asObject)
  const values: Record<(typeof columns)[number], string> = {
    assetTag: asText(bios.assettag) || asText(inventory.tag),
    name: asText(hardware.name),
    type: laptopChassis.test(asText(hardware.chassis_type)) ? 'laptop' : 'pc',
    manufacturer: asText(bios.smanufacturer),
    model: asText(bios.smodel),
    serial: asText(bios.ssn),
    uuid: asText(hardware.uuid),
    macs: [
      ...new Set(
        networks
          .filter(({ virtualdev }) => virtualdev !== true && virtualdev !== 1)
          .map(({ mac, macaddr }) => asText(mac) || asText(macaddr))
          .filter((mac) => mac !== '' && !/^00(:00){5}$/.test(mac)),
      ),
    ].join(' '),
    cpu: asText(asObject(asList(content.cpus)[0]).name),
    memoryMiB: asText(hardware.memory),
    disks: asList(content.storages)
      .map(asObject)
      .map(({ model, name, disksize }) => [asText(model) || asText(name), sizeOf(disksize)].filter(Boolean).join(' '))
      .filter(Boolean)
      .join(', '),
    biosVersion: asText(bios.bversion),
    biosDate: asText(bios.bdate),
  }
  return columns.map((column) => values[column])
}

/** Megabytes of a disk, in words. */
const sizeOf = (megabytes: unknown): string =>
  typeof megabytes === 'number' && megabytes > 0 ? `${Math.round(megabytes / 1000)} GB` : ''

/** Items as inventories that GLPI takes, one each. */
export function writeInventories(items: readonly ItemView[]): string {
  return JSON.stringify(items.map(inventoryOf), null, 2)
}

function inventoryOf(item: ItemView): object {
  const known = (values: Json): Json =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''))
  return {
    deviceid: `amorce-${item.id}`,
    itemtype: 'Computer',
    action: 'inventory',
    tag: item.assetTag,
    content: {
      versionclient: 'Amorce',
      hardware: known({
        name: item.name ?? item.assetTag,
        uuid: item.uuid,
        memory: item.memoryMiB,
        chassis_type: item.type === 'laptop' ? 'Laptop' : undefined,
      }),
      bios: known({
        assettag: item.assetTag,
        smanufacturer: item.manufacturer,
        smodel: item.model,
        ssn: item.serial,
        bversion: item.biosVersion,
        bdate: item.biosDate,
      }),
      ...(item.cpu ? { cpus: [{ name: item.cpu }] } : {}),
      ...(item.macs.length > 0 ? { networks: item.macs.map((mac) => ({ mac, virtualdev: false })) } : {}),
      ...(item.disks ? { storages: item.disks.split(', ').map((name) => ({ name })) } : {}),
    },
  }
}
