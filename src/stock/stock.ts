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
import { isConstraintError, type Database } from '../storage/index.ts'
import { createTagProposer, usableTag } from './assetTags.ts'
import {
  changedView,
  changesBetween,
  columnValues,
  customAgain,
  fieldOfColumn,
  itemColumnNames,
  mergedItem,
  wholeItem,
  type FieldChange,
  type WholeItem,
} from './itemInput.ts'
import { createItemList } from './itemList.ts'
import { itemColumns, itemView, type ItemRow } from './itemRow.ts'
import { createItemTypes, type ItemTypes } from './itemTypes.ts'
import { createLocations, type Locations } from './locations.ts'
import { createMachineMatcher, distinctUuid, type MachineIdentity } from './machineMatch.ts'
import { createSuppliers, type Suppliers } from './parties.ts'
import { isFoundBy } from './search.ts'
import { createUndos } from './undos.ts'
import { createWordIndex } from './wordIndex.ts'

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
  /**
   * The spare stands where the item stood, which waits for its repair where the spare was: both or neither.
   * @throws CodedError as `update`
   */
  swap(id: number, spareId: number): { undo: number }
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
   * The item that this machine is, by its UUID, else its serial number, else its MAC, else the asset tag in its firmware;
   * makers' fillers count as absent.
   *
   * A MAC alone is weak: a USB or dock NIC goes from one machine to the next. It is believed only when one single item
   * has it, and not when that item is known by another UUID. A tag can be in the firmware of many, where one was copied
   * from another: it is believed of an item that has no MAC yet, and neither another UUID nor another serial number.
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
 * Writing of thousands, a few hundred in each transaction; what makes one whole of them is the caller's. What is written is
 * told to nobody (see `Stock.hold` and `Stock.changed`).
 */
export interface StockBulk {
  /**
   * Before the first of them, outside of transactions. What it puts off is done by `settleNext`.
   * @param words `last`: what is written is found by its words only once all is tidied up. For what is taken back as a whole
   *   when the process ends before that, since nothing else would know of it.
   */
  begin(words: 'withEach' | 'last'): void
  /** As `Stock.add`. @returns its id */
  add(item: ItemInput, source?: ChangeSource): number
  /**
   * As `Stock.update`.
   * @param before the item as it is now
   * @returns what it says now; undefined when that is what it said before
   */
  update(before: ItemView, item: ItemInput, source?: ChangeSource): ItemView | undefined
  /** As `Stock.remove`. */
  remove(id: number): void
  /** As if it had never been there; false when something else refers to it already. */
  erase(id: number): boolean
  /** Does what writes some of it, all or nothing. */
  transaction(act: () => void): void
  /** Tidies up a little after it all, outside of transactions; false when there is nothing left to tidy. */
  settleNext(): boolean
}

/** Bounds the writing that a machine's heartbeats cause. */
const seenResolutionMs = 60_000
/** Items of which the words are written at once: some thirty milliseconds. Each such step is a part of the index to be merged. */
const wordsAStep = 600

/** @param who what the person at the console is called, for the history */
export function createStock(database: Database, clock: Clock, who: () => string = () => ''): Stock {
  const locations = createLocations(database)
  const suppliers = createSuppliers(database)
  const types = createItemTypes(database)
  const matchRow = createMachineMatcher(database)
  const nextTag = createTagProposer(database, clock)
  const list = createItemList(database, locations, () => types.fields())

  const selectRow = database.prepare<[number], ItemRow>(`SELECT ${itemColumns} FROM items WHERE id = ?`)
  const selectByTag = database
    .prepare<[string], number>('SELECT id FROM items WHERE asset_tag = ? COLLATE NOCASE AND removed_at IS NULL')
    .pluck()
  const selectParts = database
    .prepare<[number], number>('SELECT id FROM items WHERE parent_id = ? AND removed_at IS NULL')
    .pluck()
  const names = Object.keys(itemColumnNames) as (keyof typeof itemColumnNames)[]
  const insertRow = database.prepare<(string | number | null)[]>(`
    INSERT INTO items (${names.map((name) => itemColumnNames[name]).join(', ')}, created_at, updated_at)
    VALUES (${names.map(() => '?').join(', ')}, ?, ?)`)
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
  const eraseRow = database.prepare<[number]>('DELETE FROM items WHERE id = ?')
  const setSeen = database.prepare(`
    UPDATE items SET last_seen_at = @at
    WHERE id = @id AND (last_seen_at IS NULL OR last_seen_at <= @at - ${seenResolutionMs})`)
  const deleteMacs = database.prepare<[number]>('DELETE FROM item_macs WHERE item_id = ?')
  const insertMac = database.prepare<[Mac, number]>('INSERT OR IGNORE INTO item_macs (mac, item_id) VALUES (?, ?)')
  const insertChanges = new Map<number, ReturnType<typeof prepareChanges>>()
  /** Writes that many changes of one item at once. */
  const prepareChanges = (count: number) => {
    const rows = Array.from({ length: count }, () => '(?, ?, ?, ?, ?, ?, ?)')
    return database.prepare<(string | number)[]>(
      `INSERT INTO item_history (item_id, at, field, before, after, who, source) VALUES ${rows.join(', ')}`,
    )
  }
  const selectChanges = database.prepare<[number], ItemChange>(
    'SELECT at, field, before, after, who, source FROM item_history WHERE item_id = ? ORDER BY id DESC',
  )
  const words = createWordIndex(database)
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

  const rowOf = (id: number, { removed }: { removed: boolean }): ItemRow => {
    const row = selectRow.get(id)
    if (!row || (row.removed_at !== null) !== removed)
      throw new CodedError('stock.itemNotFound', `no item ${id}`, { id })
    return row
  }
  const get = (id: number): ItemView => itemView(rowOf(id, { removed: false }))

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

  const note = (id: number, changes: readonly FieldChange[], source: ChangeSource = 'person'): void => {
    const insert = insertChanges.get(changes.length) ?? prepareChanges(changes.length)
    insertChanges.set(changes.length, insert)
    const [at, by] = [clock.now(), source === 'machine' ? '' : who()]
    insert.run(...changes.flatMap(({ field, before, after }) => [id, at, field, before, after, by, source]))
  }
  /** Places as they were written, of the transaction that is open: thousands of items stand in a few of them. */
  const places = new Map<string, ReturnType<Locations['ensure']>>()
  const placeOf = (path: string): ReturnType<Locations['ensure']> => {
    const known = places.get(path)
    if (known) return known
    const place = locations.ensure(path)
    places.set(path, place)
    return place
  }
  /** What it is written with; where it stands and who sold it are looked up when they are new. */
  const valuesOf = (item: WholeItem, before?: ItemView): ReturnType<typeof columnValues> =>
    columnValues(
      item,
      before?.locationId !== undefined && before.location === item.location
        ? { id: before.locationId, path: before.location }
        : placeOf(item.location),
      suppliers.ensure(item.supplier),
    )

  /** Writes a new item, but for the index of words. @returns its id */
  const insert = (input: ItemInput, source?: ChangeSource): number => {
    const item = mergedItem(input)
    refuseTakenTag(item.assetTag)
    refuseWrongLinks(item)
    const [values, at] = [valuesOf(item), clock.now()]
    const id = Number(insertRow.run(...names.map((name) => values[name]), at, at).lastInsertRowid)
    for (const mac of item.macs) insertMac.run(mac, id)
    note(id, [{ field: 'created', before: '', after: item.assetTag }], source)
    return id
  }

  /** Writes what an item says now, but for the index of words. @returns the fields that changed, and what it says then */
  const change = (
    before: ItemView,
    input: ItemInput,
    source?: ChangeSource,
  ): { fields: ReadonlySet<ItemField>; after: ItemView } => {
    const { id } = before
    const was = wholeItem(before)
    const wanted = mergedItem(input, was)
    const values = valuesOf(wanted, before)
    wanted.location = values.location as string
    const changes = changesBetween(was, wanted)
    const fields = new Set(changes.map(({ field }) => field))
    if (fields.size === 0) return { fields, after: before }
    if (fields.has('assetTag')) refuseTakenTag(wanted.assetTag, id)
    if (fields.has('type') || fields.has('parentId')) refuseWrongLinks(wanted, id)
    const at = clock.now()
    refuseWhileAway(() => changeRow(fields).run({ ...values, id, at }), before)
    if (fields.has('macs')) {
      deleteMacs.run(id)
      for (const mac of wanted.macs) insertMac.run(mac, id)
    }
    note(id, changes, source)
    return { fields, after: changedView(before, wanted, fields, values.locationId, at) ?? get(id) }
  }

  /** Takes it off the shelf, but not out of the index of words. */
  const takeOff = (id: number): void => {
    const row = rowOf(id, { removed: false })
    refuseWhileAway(() => setRemoved.run(clock.now(), id), { assetTag: row.asset_tag })
    note(id, [{ field: 'removed', before: '', after: row.asset_tag }])
  }
  const putBack = (id: number): void => {
    const { asset_tag: assetTag } = rowOf(id, { removed: true })
    refuseTakenTag(assetTag)
    setRemoved.run(null, id)
    note(id, [{ field: 'restored', before: '', after: assetTag }])
  }

  /**
   * What was written and is not found by its words yet. The words come last in a transaction: at each statement that may
   * have to be taken back, FTS5 writes all that it has gathered, which is then a part of the index for every single item.
   */
  const unindexed = new Map<number, 'new' | 'gone' | ItemView>()
  const index = (): void => {
    // FTS5 also writes what it has gathered when it is told of an item before the last one.
    for (const [id, item] of [...unindexed].sort(([a], [b]) => a - b))
      if (item === 'gone') words.remove(id)
      else if (item === 'new') words.add(get(id))
      else words.replace(item)
  }
  /** Those whose words come last. */
  const wordless = new Set<number>()
  const indexLast = database.transaction((ids: readonly number[]): void => {
    for (const id of ids) {
      const row = selectRow.get(id)
      if (row?.removed_at === null) words.replace(itemView(row))
      else words.remove(id)
      list.reworded(id)
    }
  })
  let wordlessInOrder: number[] = []
  const indexNext = (): void => {
    // In the order of their ids, see `index`.
    if (wordlessInOrder.length === 0) wordlessInOrder = [...wordless].sort((a, b) => a - b)
    const ids = wordlessInOrder.slice(0, wordsAStep)
    indexLast(ids)
    wordlessInOrder = wordlessInOrder.slice(ids.length)
    for (const id of ids) wordless.delete(id)
  }
  /** One transaction. */
  const inOne = <Arguments extends unknown[], Result>(act: (...args: Arguments) => Result, writeWords = index) =>
    database.transaction((...args: Arguments): Result => {
      unindexed.clear()
      places.clear()
      const result = act(...args)
      writeWords()
      return result
    })
  const inOneWhole = inOne((act: () => void) => act())
  const inOneWordless = inOne(
    (act: () => void) => act(),
    () => undefined,
  )
  let areWordsLast = false
  const bulk: StockBulk = {
    begin(order) {
      areWordsLast = order === 'last'
      words.mergeLater()
    },
    add(input, source) {
      const id = insert(input, source)
      unindexed.set(id, 'new')
      return id
    },
    update(before, input, source) {
      const { fields, after } = change(before, input, source)
      if (fields.size === 0) return undefined
      if (isFoundBy(fields) && unindexed.get(before.id) !== 'new') unindexed.set(before.id, after)
      // Its parts are found by its tag as well.
      if (fields.has('assetTag'))
        for (const part of selectParts.all(before.id)) {
          if (unindexed.get(part) !== 'new') unindexed.set(part, get(part))
          list.reworded(part)
        }
      return after
    },
    remove(id) {
      takeOff(id)
      unindexed.set(id, 'gone')
    },
    erase(id) {
      try {
        eraseRow.run(id)
      } catch (error) {
        if (!isConstraintError(error)) throw error
        return false
      }
      unindexed.set(id, 'gone')
      return true
    },
    transaction(act) {
      if (areWordsLast) inOneWordless(act)
      else inOneWhole(act)
      for (const id of unindexed.keys())
        if (areWordsLast) wordless.add(id)
        else wordless.delete(id)
    },
    settleNext() {
      if (wordless.size === 0) return words.mergeNext()
      indexNext()
      return true
    },
  }

  const add = inOne(bulk.add)
  const update = inOne(bulk.update)
  const remove = inOne(bulk.remove)
  const removeMany = inOne((ids: readonly number[]) => ids.forEach(bulk.remove))
  const restoreMany = inOne((ids: readonly number[]) => {
    for (const id of ids) {
      putBack(id)
      unindexed.set(id, get(id))
    }
  })
  /** @returns what those that changed said before */
  const patchAll = (ids: readonly number[], { custom, ...patch }: ItemPatch): ItemView[] => {
    const fields = custom ? types.fields().filter(({ id }) => custom[id] !== undefined) : []
    return ids.flatMap((id) => {
      const before = get(id)
      const type = patch.type ?? before.type
      const ofType = fields.filter((field) => field.type === undefined || field.type === type)
      const input: ItemInput = { ...inputOf(before), ...patch }
      if (custom) input.custom = Object.fromEntries(ofType.map((field) => [field.id, custom[field.id] ?? '']))
      return bulk.update(before, input) ? [before] : []
    })
  }
  const updateMany = inOne(patchAll)
  const swap = inOne((id: number, spareId: number): ItemView[] => {
    const [{ location }, { location: spareLocation }] = [get(id), get(spareId)]
    return [
      ...patchAll([id], { state: 'underRepair', location: spareLocation }),
      ...patchAll([spareId], { state: 'inService', location }),
    ]
  })
  const undos = createUndos(
    inOne((items: readonly ItemView[]): void => {
      // What each said: all of it, so that what was empty is empty again.
      for (const item of items) {
        const now = get(item.id)
        bulk.update(now, { ...wholeItem(item), custom: customAgain(now.custom, item.custom) })
      }
    }),
  )

  const matchMachine = (machine: MachineIdentity): ItemView | undefined => {
    const row = matchRow(machine)
    return row && itemView(row)
  }

  const proposeTag = (type: string): string => nextTag(types.patternOf(type))
  const tagOfMachine = (facts: MachineFacts): string => {
    const reported = usableTag(facts)
    return reported !== undefined && selectByTag.get(reported) === undefined ? reported : proposeTag('pc')
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
    add: withChange((item: ItemInput, source?: ChangeSource) => get(add(item, source))),
    update(id, item, source) {
      const before = get(id)
      const after = update(before, item, source)
      if (after) changed()
      return after ?? before
    },
    updateMany(ids, patch) {
      const before = updateMany(ids, patch)
      if (before.length > 0) changed()
      return { changed: before.length, undo: undos.keep(before) }
    },
    swap: withChange((id: number, spareId: number) => ({ undo: undos.keep(swap(id, spareId)) })),
    patch(ids, patch) {
      if (updateMany(ids, patch).length > 0) changed()
    },
    revertMany: withChange((undo: number) => undos.revert(undo)),
    remove: withChange(remove),
    removeMany: withChange(removeMany),
    restore: withChange((id: number) => {
      restoreMany([id])
      return get(id)
    }),
    restoreMany: withChange(restoreMany),
    bulk,
    history: (id) => selectChanges.all(id),
    proposeTag,
    words: () => ({ manufacturers: selectWords('manufacturer').all(), models: selectWords('model').all() }),
    matchMachine,
    addFromMachine({ mac, facts, ...machine }) {
      const uuid = machine.uuid ?? facts.uuid ?? ''
      const known = matchMachine({ mac, uuid, serial: facts.serial, assetTag: facts.assetTag })
      if (known) return known
      const id = add({
        assetTag: tagOfMachine(facts),
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
      return get(id)
    },
    markSeen(id, at) {
      setSeen.run({ id, at })
    },
    reindex: database.transaction((ids: readonly number[]) => {
      for (const id of ids) {
        words.replace(get(id))
        list.reworded(id)
      }
    }),
    reindexAll: database.transaction(() => {
      words.clear()
      for (const { id } of database
        .prepare<[], { id: number }>('SELECT id FROM items WHERE removed_at IS NULL')
        .all()) {
        words.add(get(id))
        list.reworded(id)
      }
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
