import { isPlaceholder } from '../boot/index.ts'
import type { Clock, Unsubscribe } from '../base/index.ts'
import {
  CodedError,
  type ItemInput,
  type ItemPage,
  type ItemQuery,
  type ItemView,
  type Mac,
  type MachineFacts,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { isUsableMac, uuidSpellings } from './identity.ts'
import { createItemList } from './itemList.ts'
import { itemView, type ItemRow } from './itemRow.ts'
import { searchText } from './search.ts'

/** What is known of a machine on the network, to find its item by. */
export interface MachineIdentity {
  mac: Mac
  uuid?: string
  serial?: string
}

/** One line of an item's history. `created`, `removed` and `restored` are fields of their own, with nothing before. */
export interface ItemChange {
  /** Milliseconds since the Unix epoch. */
  at: number
  field: keyof ItemInput | 'created' | 'removed' | 'restored'
  before: string
  after: string
}

export interface Stock {
  /** One page of the items on the shelf, in a stable order. */
  list(query: ItemQuery): ItemPage
  /** @throws CodedError `stock.itemNotFound`, also for an item that was removed. */
  get(id: number): ItemView
  /** @throws CodedError `stock.duplicateAssetTag` (`details: { assetTag, itemId }`, the one that has it) */
  add(item: ItemInput): ItemView
  /** @throws CodedError `stock.itemNotFound`, `stock.duplicateAssetTag` */
  update(id: number, item: ItemInput): ItemView
  /** Off the shelf: found by nothing, until it is restored. @throws CodedError `stock.itemNotFound` */
  remove(id: number): void
  /** @throws CodedError `stock.itemNotFound`, `stock.duplicateAssetTag` when its tag was given away meanwhile. */
  restore(id: number): ItemView
  /** Newest first. */
  history(id: number): ItemChange[]
  /**
   * The item that this machine is, by its UUID, else its serial number, else its MAC; makers' fillers count as absent.
   *
   * A MAC alone is weak: a USB or dock NIC goes from one machine to the next. It is believed only when one single item
   * has it, and not when that item is known by another UUID.
   */
  matchMachine(machine: MachineIdentity): ItemView | undefined
  /** An item made of what the machine reported, or the one that it already is. */
  addFromMachine(machine: { mac: Mac; uuid?: string; facts: MachineFacts }): ItemView
  /**
   * Notes that the item's machine was heard; kept to the minute. Not a change of the item: a room of machines would make
   * every list ask again all the time.
   * @param at milliseconds since the Unix epoch
   */
  markSeen(id: number, at: number): void
  /** Counts up at every change of an item. */
  readonly revision: number
  onChange(listener: (revision: number) => void): Unsubscribe
}

/** Bounds the writing that a machine's heartbeats cause. */
const seenResolutionMs = 60_000

/** The tags that are proposed: PC-0001, PC-0002... */
const proposedPrefix = 'PC-'
const proposedDigits = 4
const longestAssetTag = 64

const fields = [
  'assetTag',
  'type',
  'manufacturer',
  'model',
  'serial',
  'macs',
  'uuid',
  'location',
  'state',
  'notes',
] as const satisfies readonly (keyof ItemInput)[]

export function createStock(database: Database, clock: Clock): Stock {
  const selectRow = database.prepare<[number], ItemRow>('SELECT * FROM items WHERE id = ?')
  const selectMacs = database.prepare<[number], Mac>('SELECT mac FROM item_macs WHERE item_id = ? ORDER BY mac').pluck()
  const selectByTag = database
    .prepare<[string], number>('SELECT id FROM items WHERE asset_tag = ? COLLATE NOCASE AND removed_at IS NULL')
    .pluck()
  const selectByUuid = database.prepare<[string, string], ItemRow>(
    "SELECT * FROM items WHERE uuid IN (?, ?) AND uuid <> '' AND removed_at IS NULL ORDER BY id",
  )
  const selectBySerial = database.prepare<[string], ItemRow>(
    "SELECT * FROM items WHERE serial = ? COLLATE NOCASE AND serial <> '' AND removed_at IS NULL ORDER BY id",
  )
  const selectByMac = database.prepare<[string], ItemRow>(
    `SELECT items.* FROM item_macs JOIN items ON items.id = item_macs.item_id
     WHERE item_macs.mac = ? AND items.removed_at IS NULL ORDER BY items.id`,
  )
  // Removed items too: a tag that comes back when one is restored must not have been given away.
  const selectProposedTags = database
    .prepare<[string, string], string>(
      'SELECT asset_tag FROM items WHERE asset_tag COLLATE NOCASE >= ? AND asset_tag COLLATE NOCASE < ?',
    )
    .pluck()
  const insertRow = database.prepare(`
    INSERT INTO items (asset_tag, type, manufacturer, model, serial, uuid, location, state, notes, created_at, updated_at)
    VALUES (@assetTag, @type, @manufacturer, @model, @serial, @uuid, @location, @state, @notes, @at, @at)`)
  const changeRow = database.prepare(`
    UPDATE items SET asset_tag = @assetTag, type = @type, manufacturer = @manufacturer, model = @model, serial = @serial,
      uuid = @uuid, location = @location, state = @state, notes = @notes, updated_at = @at
    WHERE id = @id`)
  const setRemoved = database.prepare<[number | null, number]>('UPDATE items SET removed_at = ? WHERE id = ?')
  const setSeen = database.prepare(`
    UPDATE items SET last_seen_at = @at
    WHERE id = @id AND (last_seen_at IS NULL OR last_seen_at <= @at - ${seenResolutionMs})`)
  const deleteMacs = database.prepare<[number]>('DELETE FROM item_macs WHERE item_id = ?')
  const insertMac = database.prepare<[Mac, number]>('INSERT OR IGNORE INTO item_macs (mac, item_id) VALUES (?, ?)')
  const insertChange = database.prepare<[number, number, string, string, string]>(
    'INSERT INTO item_history (item_id, at, field, before, after) VALUES (?, ?, ?, ?, ?)',
  )
  const selectChanges = database.prepare<[number], ItemChange>(
    'SELECT at, field, before, after FROM item_history WHERE item_id = ? ORDER BY id DESC',
  )
  const deleteSearch = database.prepare<[number]>('DELETE FROM items_search WHERE rowid = ?')
  const insertSearch = database.prepare<[number, string]>('INSERT INTO items_search (rowid, text) VALUES (?, ?)')
  const list = createItemList(database)

  let revision = 0
  const listeners = new Set<(revision: number) => void>()
  const changed = (): void => {
    revision++
    for (const listener of listeners) listener(revision)
  }

  const toView = (row: ItemRow): ItemView => itemView(row, selectMacs.all(row.id))

  const rowOf = (id: number, { removed }: { removed: boolean }): ItemRow => {
    const row = selectRow.get(id)
    if (!row || (row.removed_at !== null) !== removed)
      throw new CodedError('stock.itemNotFound', `no item ${id}`, { id })
    return row
  }
  const get = (id: number): ItemView => toView(rowOf(id, { removed: false }))

  const refuseTakenTag = (assetTag: string, id?: number): void => {
    const holder = selectByTag.get(assetTag)
    if (holder !== undefined && holder !== id)
      throw new CodedError('stock.duplicateAssetTag', `asset tag ${assetTag} is item ${holder}'s`, {
        assetTag,
        itemId: holder,
      })
  }

  const index = (item: ItemView): void => {
    deleteSearch.run(item.id)
    insertSearch.run(item.id, searchText(item))
  }

  const writeMacs = (id: number, macs: readonly Mac[]): void => {
    deleteMacs.run(id)
    for (const mac of macs) insertMac.run(mac, id)
  }

  const add = database.transaction((item: ItemInput): ItemView => {
    refuseTakenTag(item.assetTag)
    const at = clock.now()
    const id = Number(insertRow.run({ ...columns(item), at }).lastInsertRowid)
    writeMacs(id, item.macs)
    insertChange.run(id, at, 'created', '', item.assetTag)
    const added = get(id)
    index(added)
    return added
  })

  const update = database.transaction((id: number, item: ItemInput): { item: ItemView; isChanged: boolean } => {
    const before = get(id)
    const wanted = { ...item, macs: [...new Set(item.macs)].sort() }
    const changes = fields.filter((field) => asText(before[field]) !== asText(wanted[field]))
    if (changes.length === 0) return { item: before, isChanged: false }
    refuseTakenTag(item.assetTag, id)
    const at = clock.now()
    changeRow.run({ ...columns(wanted), id, at })
    if (changes.includes('macs')) writeMacs(id, wanted.macs)
    for (const field of changes) insertChange.run(id, at, field, asText(before[field]), asText(wanted[field]))
    const after = get(id)
    index(after)
    return { item: after, isChanged: true }
  })

  const remove = database.transaction((id: number): void => {
    const { asset_tag: assetTag } = rowOf(id, { removed: false })
    const at = clock.now()
    setRemoved.run(at, id)
    insertChange.run(id, at, 'removed', '', assetTag)
    deleteSearch.run(id)
  })

  const restore = database.transaction((id: number): ItemView => {
    const { asset_tag: assetTag } = rowOf(id, { removed: true })
    refuseTakenTag(assetTag)
    setRemoved.run(null, id)
    insertChange.run(id, clock.now(), 'restored', '', assetTag)
    const restored = get(id)
    index(restored)
    return restored
  })

  function matchMachine({ mac, uuid = '', serial = '' }: MachineIdentity): ItemView | undefined {
    const [asIs, swapped] = uuidSpellings(uuid)
    const byUuid = asIs !== undefined && swapped !== undefined ? selectByUuid.all(asIs, swapped) : []
    const bySerial = isPlaceholder(serial) ? [] : selectBySerial.all(serial.trim())
    const byMac = isUsableMac(mac) ? selectByMac.all(mac) : []
    // Boards of one series may share a UUID, and makers repeat serial numbers: the NIC then tells which one it is.
    const strong = onlyOne(byUuid, byMac) ?? onlyOne(bySerial, byMac)
    if (strong) return toView(strong)
    const weak = onlyOne(byMac)
    const isAnother = asIs !== undefined && weak !== undefined && ![asIs, swapped, ''].includes(distinctUuid(weak.uuid))
    return weak === undefined || isAnother ? undefined : toView(weak)
  }

  function proposedTag(biosTag = ''): string {
    const isUsable =
      !isPlaceholder(biosTag) && biosTag.length <= longestAssetTag && selectByTag.get(biosTag) === undefined
    if (isUsable) return biosTag
    // `.` follows `-` in the order of bytes: the range is every tag with that prefix.
    const numbers = selectProposedTags
      .all(proposedPrefix, proposedPrefix.replace('-', '.'))
      .map((tag) => /^\d{1,9}$/.exec(tag.slice(proposedPrefix.length)))
      .map((match) => Number(match?.[0] ?? 0))
    const next = numbers.reduce((highest, number) => Math.max(highest, number), 0) + 1
    return `${proposedPrefix}${String(next).padStart(proposedDigits, '0')}`
  }

  return {
    list,
    get,
    add(item) {
      const added = add(item)
      changed()
      return added
    },
    update(id, item) {
      const { item: after, isChanged } = update(id, item)
      if (isChanged) changed()
      return after
    },
    remove(id) {
      remove(id)
      changed()
    },
    restore(id) {
      const restored = restore(id)
      changed()
      return restored
    },
    history: (id) => selectChanges.all(id),
    matchMachine,
    addFromMachine({ mac, facts, ...machine }) {
      const uuid = machine.uuid ?? facts.uuid ?? ''
      const known = matchMachine({ mac, uuid, serial: facts.serial })
      if (known) return known
      const added = add({
        assetTag: proposedTag(facts.assetTag),
        type: 'pc',
        manufacturer: facts.manufacturer ?? '',
        model: facts.product ?? '',
        serial: facts.serial ?? '',
        macs: [mac],
        uuid: distinctUuid(uuid),
        location: '',
        state: 'inService',
        notes: '',
      })
      changed()
      return added
    },
    markSeen(id, at) {
      setSeen.run({ id, at })
    },
    get revision() {
      return revision
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The one row there is, or the one that is among `deciding` too. */
function onlyOne(rows: readonly ItemRow[], deciding: readonly ItemRow[] = []): ItemRow | undefined {
  const narrowed = rows.length > 1 ? rows.filter(({ id }) => deciding.some((other) => other.id === id)) : rows
  return narrowed.length === 1 ? narrowed[0] : undefined
}

/** Empty for one that tells nothing. */
const distinctUuid = (uuid: string): string => uuidSpellings(uuid)[0] ?? ''

const columns = ({ macs: _, ...item }: ItemInput): Omit<ItemInput, 'macs'> => item

const asText = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join(' '))
