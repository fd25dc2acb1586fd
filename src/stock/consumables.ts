import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type ConsumableCategory,
  type ConsumableFilter,
  type ConsumableInput,
  type ConsumablePage,
  type ConsumablePatch,
  type ConsumableQuery,
  type ConsumableView,
  type ReorderLine,
  type StockLevel,
  type StockLevelState,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { consumableInputOf } from './consumableInput.ts'
import { orderedBy } from './orderedBy.ts'
import type { Suppliers } from './parties.ts'
import type { RecordSearch } from './recordSearch.ts'
import { createUndos } from './undos.ts'

interface ConsumableRow {
  id: number
  reference: string
  name: string
  category: ConsumableCategory
  manufacturer: string
  barcode: string
  unit: string
  supplier: string | null
  supplier_reference: string
  price_cents: number | null
  threshold: number | null
  target: number | null
  pages: number | null
  notes: string
  updated_at: number
  quantity: number
  level: StockLevelState
  expires_on: string | null
}

export interface Consumables {
  list(query: ConsumableQuery): ConsumablePage
  /** All that match, in no order, up to 20,000. */
  ids(filter: ConsumableFilter): number[]
  /** @throws CodedError `stock.consumableNotFound` */
  get(id: number): ConsumableView
  /** @throws CodedError `stock.duplicateReference` */
  add(consumable: ConsumableInput): ConsumableView
  /** @throws CodedError `stock.consumableNotFound`, `stock.duplicateReference` */
  update(id: number, consumable: ConsumableInput): ConsumableView
  /**
   * The same change of many, all or none.
   * @throws CodedError `stock.consumableNotFound`, `stock.targetBelowThreshold`
   */
  updateMany(ids: readonly number[], patch: ConsumablePatch): { changed: number; undo: number }
  /**
   * Takes back a change of many, one of the last ten; what was changed beside it stays.
   * @throws CodedError `stock.nothingToUndo`, and as `updateMany`
   */
  revertMany(undo: number): void
  /** Its movements stay. @throws CodedError `stock.consumableNotFound` */
  remove(id: number): void
  restore(id: number): ConsumableView
  /** Where there is some of it, or less than none. */
  levels(id: number): StockLevel[]
  /** What is at its threshold or below, up to its target, by supplier. */
  reorder(): ReorderLine[]
}

/** With what is in stock beside each: the sum of the levels that movements left. */
const selectSql = `
  SELECT * FROM (
    SELECT consumables.*, suppliers.name AS supplier, coalesce(sum(stock_levels.quantity), 0) AS quantity,
      min(iif(stock_levels.expires_on <> '' AND stock_levels.quantity > 0, stock_levels.expires_on, NULL)) AS expires_on,
      CASE WHEN coalesce(sum(stock_levels.quantity), 0) <= 0 THEN 'out'
        WHEN coalesce(sum(stock_levels.quantity), 0) <= threshold THEN 'low' ELSE 'ok' END AS level
    FROM consumables
    LEFT JOIN suppliers ON suppliers.id = consumables.supplier_id
    LEFT JOIN stock_levels ON stock_levels.consumable_id = consumables.id
    WHERE consumables.removed_at IS NULL
    GROUP BY consumables.id
  )`

const orders: Record<ConsumableQuery['sort'], string> = {
  name: 'name COLLATE NOCASE',
  reference: 'reference COLLATE NOCASE',
  category: 'category',
  quantity: 'quantity',
  updatedAt: 'updated_at',
}

const filterSql = `
  WHERE (@found IS NULL OR id IN (SELECT value FROM json_each(@found)))
    AND (@categories = '[]' OR category IN (SELECT value FROM json_each(@categories)))
    AND (@levels = '[]' OR level IN (SELECT value FROM json_each(@levels)))`

const mostIds = 20_000

export function createConsumables(
  database: Database,
  clock: Clock,
  suppliers: Suppliers,
  search: RecordSearch,
): Consumables {
  const selectOne = database.prepare<[number], ConsumableRow>(`${selectSql} WHERE id = ?`)
  const selectModels = database
    .prepare<[number], string>('SELECT model FROM cartridge_printers WHERE consumable_id = ? ORDER BY model')
    .pluck()
  const selectByReference = database
    .prepare<[string], number>('SELECT id FROM consumables WHERE reference = ? COLLATE NOCASE AND removed_at IS NULL')
    .pluck()
  const insert = database.prepare(`
    INSERT INTO consumables (reference, name, category, manufacturer, barcode, unit, supplier_id, supplier_reference,
      price_cents, threshold, target, pages, notes, created_at, updated_at)
    VALUES (@reference, @name, @category, @manufacturer, @barcode, @unit, @supplierId, @supplierReference,
      @priceCents, @threshold, @target, @pages, @notes, @at, @at)`)
  const change = database.prepare(`
    UPDATE consumables SET reference = @reference, name = @name, category = @category, manufacturer = @manufacturer,
      barcode = @barcode, unit = @unit, supplier_id = @supplierId, supplier_reference = @supplierReference,
      price_cents = @priceCents, threshold = @threshold, target = @target, pages = @pages, notes = @notes, updated_at = @at
    WHERE id = @id`)
  const setRemoved = database.prepare<[number | null, number]>('UPDATE consumables SET removed_at = ? WHERE id = ?')
  const deleteModels = database.prepare<[number]>('DELETE FROM cartridge_printers WHERE consumable_id = ?')
  const insertModel = database.prepare<[number, string]>(
    'INSERT OR IGNORE INTO cartridge_printers (consumable_id, model) VALUES (?, ?)',
  )
  const selectLevels = database.prepare<[number], StockLevel>(`
    SELECT consumable_id AS consumableId, location_id AS locationId, path AS location, expires_on AS expiresOn, quantity
    FROM stock_levels JOIN locations ON locations.id = location_id
    WHERE consumable_id = ? AND quantity <> 0 ORDER BY path COLLATE NOCASE, expires_on`)
  const selectIds = database
    .prepare<[object], number>(`SELECT id FROM (${selectSql}) ${filterSql} LIMIT ${mostIds}`)
    .pluck()
  const selectReorder = database.prepare<[], ConsumableRow>(
    `${selectSql} WHERE threshold IS NOT NULL AND quantity <= threshold AND coalesce(target, threshold) > quantity
     ORDER BY supplier COLLATE NOCASE, name COLLATE NOCASE`,
  )

  const toView = (row: ConsumableRow): ConsumableView => consumableView(row, selectModels.all(row.id))
  const get = (id: number): ConsumableView => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.consumableNotFound', `no consumable ${id}`, { id })
    return toView(row)
  }
  const refuseTakenReference = (reference: string, id?: number): void => {
    const holder = selectByReference.get(reference)
    if (holder !== undefined && holder !== id)
      throw new CodedError('stock.duplicateReference', `reference ${reference} is consumable ${holder}'s`, {
        reference,
        consumableId: holder,
      })
  }
  const write = (id: number | undefined, { printerModels, supplier, ...input }: ConsumableInput): ConsumableView => {
    refuseTakenReference(input.reference, id)
    const values = { ...input, supplierId: suppliers.ensure(supplier) ?? null, at: clock.now() }
    const written = id ?? Number(insert.run(values).lastInsertRowid)
    if (id !== undefined) change.run({ ...values, id })
    deleteModels.run(written)
    for (const model of printerModels) insertModel.run(written, model)
    return get(written)
  }

  const parametersOf = ({ search: typed, categories, levels }: ConsumableFilter) => ({
    found: search.json('consumable', typed),
    categories: JSON.stringify(categories),
    levels: JSON.stringify(levels),
  })
  /** @returns what takes it back; undefined when it said so before */
  const patchOne = (id: number, patch: ConsumablePatch): ConsumablePatch | undefined => {
    const said = consumableInputOf(get(id))
    const changed = (Object.keys(patch) as (keyof ConsumablePatch)[]).filter((field) => patch[field] !== said[field])
    if (changed.length === 0) return undefined
    const input = { ...said, ...patch }
    const { name, threshold, target } = input
    if (threshold !== null && target !== null && target < threshold)
      throw new CodedError('stock.targetBelowThreshold', `consumable ${id}: target ${target} below ${threshold}`, {
        ...{ id, name, threshold, target },
      })
    write(id, input)
    return Object.fromEntries(changed.map((field) => [field, said[field]]))
  }
  const undos = createUndos(
    database.transaction((patches: readonly { id: number; patch: ConsumablePatch }[]): void => {
      for (const { id, patch } of patches) patchOne(id, patch)
    }),
  )
  const patchAll = database.transaction((ids: readonly number[], patch: ConsumablePatch) =>
    ids.flatMap((id) => {
      const before = patchOne(id, patch)
      return before ? [{ id, patch: before }] : []
    }),
  )

  return {
    list({ sort, descending, offset, limit, ...filter }) {
      const rows = database
        .prepare<[object], ConsumableRow & { total: number }>(
          `SELECT *, count(*) OVER () AS total FROM (${selectSql}) ${filterSql}
           ORDER BY ${orderedBy(orders[sort], descending)} LIMIT @limit OFFSET @offset`,
        )
        .all({ ...parametersOf(filter), limit, offset })
      return { consumables: rows.map(toView), total: rows[0]?.total ?? 0 }
    },
    ids: (filter) => selectIds.all(parametersOf(filter)),
    get,
    add: database.transaction((input: ConsumableInput) => write(undefined, input)),
    update: database.transaction((id: number, input: ConsumableInput) => {
      get(id)
      return write(id, input)
    }),
    updateMany(ids, patch) {
      const before = patchAll(ids, patch)
      return { changed: before.length, undo: undos.keep(before) }
    },
    revertMany: (undo) => undos.revert(undo),
    remove(id) {
      get(id)
      setRemoved.run(clock.now(), id)
    },
    restore: database.transaction((id: number) => {
      setRemoved.run(null, id)
      return get(id)
    }),
    levels: (id) => selectLevels.all(id),
    reorder: () =>
      selectReorder.all().map((row) => ({
        consumableId: row.id,
        reference: row.reference,
        name: row.name,
        supplier: row.supplier ?? '',
        supplierReference: row.supplier_reference,
        unit: row.unit,
        quantity: row.quantity,
        threshold: row.threshold ?? 0,
        target: row.target ?? row.threshold ?? 0,
        order: (row.target ?? row.threshold ?? 0) - row.quantity,
        ...(row.price_cents === null ? {} : { priceCents: row.price_cents }),
      })),
  }
}

const consumableView = (row: ConsumableRow, printerModels: string[]): ConsumableView => ({
  id: row.id,
  reference: row.reference,
  name: row.name,
  category: row.category,
  manufacturer: row.manufacturer,
  barcode: row.barcode,
  unit: row.unit,
  supplier: row.supplier ?? '',
  supplierReference: row.supplier_reference,
  ...(row.price_cents === null ? {} : { priceCents: row.price_cents }),
  ...(row.threshold === null ? {} : { threshold: row.threshold }),
  ...(row.target === null ? {} : { target: row.target }),
  ...(row.pages === null ? {} : { pages: row.pages }),
  printerModels,
  notes: row.notes,
  quantity: row.quantity,
  level: row.level,
  ...(row.expires_on === null ? {} : { expiresOn: row.expires_on }),
  updatedAt: row.updated_at,
})
