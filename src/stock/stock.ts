import { isPlaceholder } from '../boot/index.ts'
import type { Clock, Unsubscribe } from '../base/index.ts'
import {
  CodedError,
  type ChangeSource,
  type ItemField,
  type ItemChange,
  type ItemFilter,
  type ItemInput,
  type ItemPage,
  type ItemPatch,
  type ItemQuery,
  type ItemView,
  type Mac,
  type MachineFacts,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createTagProposer } from './assetTags.ts'
import {
  changesBetween,
  columnValues,
  fieldOfColumn,
  itemColumnNames,
  mergedItem,
  wholeItem,
  type WholeItem,
} from './itemInput.ts'
import { createItemList } from './itemList.ts'
import { itemColumns, itemView, type ItemRow } from './itemRow.ts'
import { createItemTypes, type ItemTypes } from './itemTypes.ts'
import { createLocations, type Locations } from './locations.ts'
import { createMachineMatcher, distinctUuid, type MachineIdentity } from './machineMatch.ts'
import { createSuppliers, type Suppliers } from './parties.ts'
import { searchText } from './search.ts'

export interface Stock {
  /** One page of the items on the shelf, in a stable order. */
  list(query: ItemQuery): ItemPage
  /** The ids of all that match, at most 20,000. */
  ids(filter: ItemFilter): number[]
  /** @throws CodedError `stock.itemNotFound`, also for an item that was removed. */
  get(id: number): ItemView
  /**
   * @throws CodedError `stock.duplicateAssetTag` (`details: { assetTag, itemId }`, the one that has it),
   *   `stock.entryNotFound` (no such type), `stock.itemNotFound` (its parent)
   */
  add(item: ItemInput, source?: ChangeSource): ItemView
  /** @throws CodedError as `add`, and `stock.itemInsideItself`, `stock.onLoan`, `stock.inBatch` */
  update(id: number, item: ItemInput, source?: ChangeSource): ItemView
  /** The same change of many items, all or none. @throws CodedError as `update` */
  updateMany(ids: readonly number[], patch: ItemPatch): { changed: number; undo: number }
  /** The same without an undo: for what is undone by other means. */
  patch(ids: readonly number[], patch: ItemPatch): void
  /** Takes back a change of many, one of the last ten. @throws CodedError `stock.nothingToUndo` */
  revertMany(undo: number): void
  /** Off the shelf: found by nothing, until it is restored. @throws CodedError `stock.itemNotFound`, `stock.onLoan`, `stock.inBatch` */
  remove(id: number): void
  removeMany(ids: readonly number[]): void
  /** @throws CodedError `stock.itemNotFound`, `stock.duplicateAssetTag` when its tag was given away meanwhile. */
  restore(id: number): ItemView
  restoreMany(ids: readonly number[]): void
  /** Newest first. */
  history(id: number): ItemChange[]
  /** The tag that a new item of this type would be given. */
  proposeTag(type: string): string
  /** Makers and models that are already written somewhere, the most frequent first. */
  words(): { manufacturers: string[]; models: string[] }
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
  readonly bulk: StockBulk
  /** Finds these items by what they say now, after words that they only refer to have changed. */
  reindex(ids: readonly number[]): void
  /** The same for every item, after their index was lost. */
  reindexAll(): void
  readonly locations: Locations
  readonly suppliers: Suppliers
  readonly types: ItemTypes
  /** Counts up at every change of an item. */
  readonly revision: number
  /** For what is kept beside items and shown with them: lists ask again. */
  changed(): void
  /** From now on changes are told only once, when what it returns is called: for work of thousands of them. */
  hold(): () => void
  onChange(listener: (revision: number) => void): Unsubscribe
}

/**
 * Writing of thousands, each inside a transaction of the caller's, which is what makes one whole. What is written is found by
 * its words once it was indexed, and told to nobody (see `Stock.hold` and `Stock.changed`).
 */
export interface StockBulk {
  /** As `Stock.add`. @returns its id */
  add(item: ItemInput, source?: ChangeSource): number
  /** As `Stock.update`. Both are the same when nothing changed. */
  update(id: number, item: ItemInput, source?: ChangeSource): { before: ItemView; after: ItemView }
  /** Makes one of what was written be found by its words; false when there are no more. */
  indexNext(): boolean
}

/** Bounds the writing that a machine's heartbeats cause. */
const seenResolutionMs = 60_000
const longestAssetTag = 64
const undosKept = 10

/** @param who what the person at the console is called, for the history */
export function createStock(database: Database, clock: Clock, who: () => string = () => ''): Stock {
  const locations = createLocations(database)
  const suppliers = createSuppliers(database)
  const types = createItemTypes(database)
  const matchRow = createMachineMatcher(database)
  const nextTag = createTagProposer(database, clock)
  const list = createItemList(database, locations)

  const selectRow = database.prepare<[number], ItemRow>(`SELECT ${itemColumns} FROM items WHERE id = ?`)
  const selectMacs = database.prepare<[number], Mac>('SELECT mac FROM item_macs WHERE item_id = ? ORDER BY mac').pluck()
  const selectByTag = database
    .prepare<[string], number>('SELECT id FROM items WHERE asset_tag = ? COLLATE NOCASE AND removed_at IS NULL')
    .pluck()
  const names = Object.keys(itemColumnNames) as (keyof typeof itemColumnNames)[]
  const insertRow = database.prepare(`
    INSERT INTO items (${names.map((name) => itemColumnNames[name]).join(', ')}, created_at, updated_at)
    VALUES (${names.map((name) => `@${name}`).join(', ')}, @at, @at)`)
  const changesOf = new Map<string, ReturnType<Database['prepare']>>()
  /** Writes those columns alone: SQLite goes through every index and trigger of a column that is set, changed or not. */
  const changeRow = (fields: ReadonlySet<ItemField>): ReturnType<Database['prepare']> => {
    const columns = names.filter((name) => fields.has(fieldOfColumn(name)))
    const key = columns.join(' ')
    const known = changesOf.get(key)
    if (known) return known
    const set = [...columns.map((name) => `${itemColumnNames[name]} = @${name}`), 'updated_at = @at'].join(', ')
    const statement = database.prepare(`UPDATE items SET ${set} WHERE id = @id`)
    changesOf.set(key, statement)
    return statement
  }
  const setRemoved = database.prepare<[number | null, number]>('UPDATE items SET removed_at = ? WHERE id = ?')
  const setSeen = database.prepare(`
    UPDATE items SET last_seen_at = @at
    WHERE id = @id AND (last_seen_at IS NULL OR last_seen_at <= @at - ${seenResolutionMs})`)
  const deleteMacs = database.prepare<[number]>('DELETE FROM item_macs WHERE item_id = ?')
  const insertMac = database.prepare<[Mac, number]>('INSERT OR IGNORE INTO item_macs (mac, item_id) VALUES (?, ?)')
  const insertChange = database.prepare<[number, number, string, string, string, string, ChangeSource]>(
    'INSERT INTO item_history (item_id, at, field, before, after, who, source) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const selectChanges = database.prepare<[number], ItemChange>(
    'SELECT at, field, before, after, who, source FROM item_history WHERE item_id = ? ORDER BY id DESC',
  )
  const deleteSearch = database.prepare<[number]>('DELETE FROM items_search WHERE rowid = ?')
  const insertSearch = database.prepare<[number, string]>('INSERT INTO items_search (rowid, text) VALUES (?, ?)')
  const selectWords = (column: 'manufacturer' | 'model') =>
    database
      .prepare<[], string>(
        `SELECT ${column} FROM items WHERE ${column} <> '' AND removed_at IS NULL
         GROUP BY ${column} COLLATE NOCASE ORDER BY count(*) DESC LIMIT 200`,
      )
      .pluck()

  let revision = 0
  let holds = 0
  let isHeldBack = false
  const listeners = new Set<(revision: number) => void>()
  const changed = (): void => {
    if (holds > 0) {
      isHeldBack = true
      return
    }
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
  const refuseWrongLinks = ({ type, parentId }: WholeItem, id?: number): void => {
    if (!types.has(type)) throw new CodedError('stock.entryNotFound', `no type ${type}`, { id: type })
    for (let parent = parentId; parent !== null; parent = get(parent).parentId ?? null)
      if (parent === id) throw new CodedError('stock.itemInsideItself', `item ${id} cannot be part of itself`, { id })
  }

  const index = (item: ItemView): void => {
    deleteSearch.run(item.id)
    insertSearch.run(item.id, searchText(item))
  }
  const note = (id: number, field: string, before: string, after: string, source: ChangeSource = 'person'): void =>
    void insertChange.run(id, clock.now(), field, before, after, source === 'machine' ? '' : who(), source)
  const valuesOf = (item: WholeItem): ReturnType<typeof columnValues> =>
    columnValues(item, locations.ensure(item.location), suppliers.ensure(item.supplier))

  /** Writes a new item, but for the index of words. */
  const insert = (input: ItemInput, source?: ChangeSource): number => {
    const item = mergedItem(input)
    refuseTakenTag(item.assetTag)
    refuseWrongLinks(item)
    const id = Number(insertRow.run({ ...valuesOf(item), at: clock.now() }).lastInsertRowid)
    for (const mac of item.macs) insertMac.run(mac, id)
    note(id, 'created', '', item.assetTag, source)
    return id
  }

  /** Writes what an item says now, but for the index of words. */
  const change = (id: number, input: ItemInput, source?: ChangeSource): { before: ItemView; after: ItemView } => {
    const before = get(id)
    const wanted = mergedItem(input, before)
    const values = valuesOf(wanted)
    wanted.location = values.location as string
    const changes = changesBetween(wholeItem(before), wanted)
    if (changes.length === 0) return { before, after: before }
    const fields = new Set(changes.map(({ field }) => field))
    if (fields.has('assetTag')) refuseTakenTag(wanted.assetTag, id)
    if (fields.has('type') || fields.has('parentId')) refuseWrongLinks(wanted, id)
    refuseWhileAway(() => changeRow(fields).run({ ...values, id, at: clock.now() }), before)
    if (fields.has('macs')) {
      deleteMacs.run(id)
      for (const mac of wanted.macs) insertMac.run(mac, id)
    }
    for (const { field, before: was, after: is } of changes) note(id, field, was, is, source)
    return { before, after: get(id) }
  }

  const add = database.transaction((input: ItemInput, source?: ChangeSource): ItemView => {
    const added = get(insert(input, source))
    insertSearch.run(added.id, searchText(added))
    return added
  })

  const update = database.transaction(
    (id: number, input: ItemInput, source?: ChangeSource): { item: ItemView; isChanged: boolean } => {
      const { before, after } = change(id, input, source)
      if (searchText(after) !== searchText(before)) index(after)
      return { item: after, isChanged: after !== before }
    },
  )

  /** Written in bulk, and not found by its words yet. */
  const unindexed = new Set<number>()
  const bulk: StockBulk = {
    add(input, source) {
      const id = insert(input, source)
      unindexed.add(id)
      return id
    },
    update(id, input, source) {
      const said = change(id, input, source)
      if (said.after !== said.before) unindexed.add(id)
      return said
    },
    indexNext() {
      const [id] = unindexed
      if (id === undefined) return false
      unindexed.delete(id)
      deleteSearch.run(id)
      const row = selectRow.get(id)
      if (row?.removed_at === null) insertSearch.run(id, searchText(toView(row)))
      return unindexed.size > 0
    },
  }

  const undos = new Map<number, ItemView[]>()
  let lastUndo = 0
  const updateMany = database.transaction((ids: readonly number[], patch: ItemPatch): ItemView[] =>
    ids.flatMap((id) => {
      const before = get(id)
      return update(id, { ...inputOf(before), ...patch }).isChanged ? [before] : []
    }),
  )
  const revertMany = database.transaction((items: readonly ItemView[]): void => {
    // What each said: all of it, so that what was empty is empty again.
    for (const item of items) update(item.id, wholeItem(item))
  })

  const remove = database.transaction((id: number): void => {
    const row = rowOf(id, { removed: false })
    refuseWhileAway(() => setRemoved.run(clock.now(), id), { assetTag: row.asset_tag })
    note(id, 'removed', '', row.asset_tag)
    deleteSearch.run(id)
  })

  const restore = database.transaction((id: number): ItemView => {
    const { asset_tag: assetTag } = rowOf(id, { removed: true })
    refuseTakenTag(assetTag)
    setRemoved.run(null, id)
    note(id, 'restored', '', assetTag)
    const restored = get(id)
    index(restored)
    return restored
  })

  const ofMany = (act: (id: number) => unknown) =>
    database.transaction((ids: readonly number[]): void => {
      for (const id of ids) act(id)
    })
  const removeMany = ofMany(remove)
  const restoreMany = ofMany(restore)

  const matchMachine = (machine: MachineIdentity): ItemView | undefined => {
    const row = matchRow(machine)
    return row && toView(row)
  }

  const proposeTag = (type: string): string => nextTag(types.patternOf(type))
  function tagOfMachine(biosTag = ''): string {
    const isUsable =
      !isPlaceholder(biosTag) && biosTag.length <= longestAssetTag && selectByTag.get(biosTag) === undefined
    return isUsable ? biosTag : proposeTag('pc')
  }
  const withChange =
    <Arguments extends unknown[], Result>(act: (...args: Arguments) => Result) =>
    (...args: Arguments): Result => {
      const result = act(...args)
      changed()
      return result
    }

  return {
    list: list.page,
    ids: list.ids,
    get,
    add: withChange(add),
    update(id, item, source) {
      const { item: after, isChanged } = update(id, item, source)
      if (isChanged) changed()
      return after
    },
    updateMany(ids, patch) {
      const before = updateMany(ids, patch)
      if (before.length > 0) changed()
      undos.set(++lastUndo, before)
      undos.delete(lastUndo - undosKept)
      return { changed: before.length, undo: lastUndo }
    },
    patch(ids, patch) {
      if (updateMany(ids, patch).length > 0) changed()
    },
    revertMany: withChange((undo: number) => {
      const before = undos.get(undo)
      if (!before) throw new CodedError('stock.nothingToUndo', `no change ${undo}`, {})
      revertMany(before)
      undos.delete(undo)
    }),
    remove: withChange(remove),
    removeMany: withChange(removeMany),
    restore: withChange(restore),
    restoreMany: withChange(restoreMany),
    bulk,
    history: (id) => selectChanges.all(id),
    proposeTag,
    words: () => ({ manufacturers: selectWords('manufacturer').all(), models: selectWords('model').all() }),
    matchMachine,
    addFromMachine({ mac, facts, ...machine }) {
      const uuid = machine.uuid ?? facts.uuid ?? ''
      const known = matchMachine({ mac, uuid, serial: facts.serial })
      if (known) return known
      const added = add({
        assetTag: tagOfMachine(facts.assetTag),
        type: 'pc',
        manufacturer: facts.manufacturer ?? '',
        model: facts.product ?? '',
        serial: facts.serial ?? '',
        macs: [mac],
        uuid: distinctUuid(uuid),
        location: '',
        state: 'inService',
        notes: '',
        cpu: facts.cpu,
        memoryMiB: facts.memoryMiB,
      })
      changed()
      return added
    },
    markSeen(id, at) {
      setSeen.run({ id, at })
    },
    reindex: database.transaction((ids: readonly number[]) => {
      for (const id of ids) index(get(id))
    }),
    reindexAll: database.transaction(() => {
      database.exec('DELETE FROM items_search')
      for (const { id } of database.prepare<[], { id: number }>('SELECT id FROM items WHERE removed_at IS NULL').all())
        insertSearch.run(id, searchText(get(id)))
    }),
    locations,
    suppliers,
    types,
    get revision() {
      return revision
    },
    changed,
    hold() {
      let isHolding = true
      holds++
      return () => {
        if (!isHolding) return
        isHolding = false
        holds--
        if (holds > 0 || !isHeldBack) return
        isHeldBack = false
        changed()
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const inputOf = ({ id: _, createdAt, updatedAt, lastSeenAt, locationId, parentTag, ...said }: ItemView): ItemInput => {
  void [createdAt, updatedAt, lastSeenAt, locationId, parentTag]
  return said
}

/** The database refuses it by triggers; here it gets its name. */
function refuseWhileAway(write: () => unknown, { assetTag }: { assetTag: string }): void {
  try {
    write()
  } catch (error) {
    if (String(error).includes('the item is on loan'))
      throw new CodedError('stock.onLoan', `${assetTag} is on loan`, { assetTag })
    if (String(error).includes('the item is in a disposal batch'))
      throw new CodedError('stock.inBatch', `${assetTag} is in a disposal batch`, { assetTag })
    throw error
  }
}
