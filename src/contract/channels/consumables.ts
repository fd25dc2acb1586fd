import { z } from 'zod'
import {
  type CartridgeChange,
  type ConsumablePage,
  type ConsumableView,
  type MovementPage,
  type MovementView,
  type ReorderLine,
  type ScanFinding,
  type StockCountView,
  type StockLevel,
  consumableCategories,
  movementReasons,
  stockLevelStates,
} from '../views/index.ts'
import { command, dateOrNothingSchema, id, nameSchema, nothing, text } from './fields.ts'
import { idsSchema } from './stock.ts'

const quantitySchema = z.number().int().min(1).max(1_000_000)
const countSchema = z.number().int().min(0).max(1_000_000)

/** What can be the same of many consumables. */
const sharedShape = {
  category: z.enum(consumableCategories),
  manufacturer: text(128),
  unit: text(40),
  supplier: text(120),
  priceCents: z.number().int().min(0).max(1e11).nullable(),
  /** Null: never an alarm. */
  threshold: countSchema.nullable(),
  target: countSchema.nullable(),
  pages: quantitySchema.nullable(),
  notes: text(4000),
}

export const consumableInputSchema = z
  .object({
    ...sharedShape,
    reference: nameSchema(64),
    name: nameSchema(128),
    barcode: text(64),
    supplierReference: text(64),
    printerModels: z.array(nameSchema(128)).max(50),
  })
  .refine(({ threshold, target }) => threshold === null || target === null || target >= threshold, { path: ['target'] })
export type ConsumableInput = z.infer<typeof consumableInputSchema>

/**
 * The same change of many consumables at once; an empty text or null takes away. What is none of these is refused:
 * a quantity above all, which only movements change.
 */
export const consumablePatchSchema = z.strictObject(sharedShape).partial()
export type ConsumablePatch = z.infer<typeof consumablePatchSchema>

export const consumableSortFields = ['name', 'reference', 'category', 'quantity', 'updatedAt'] as const
export const consumableFilterSchema = z.object({
  search: text(200),
  categories: z.array(z.enum(consumableCategories)).max(consumableCategories.length),
  levels: z.array(z.enum(stockLevelStates)).max(stockLevelStates.length),
})
export type ConsumableFilter = z.infer<typeof consumableFilterSchema>

export const consumableQuerySchema = consumableFilterSchema.extend({
  sort: z.enum(consumableSortFields),
  descending: z.boolean(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type ConsumableQuery = z.infer<typeof consumableQuerySchema>

/** Places are paths; what leaves without a lot being said leaves what expires first. */
export const moveInputSchema = z.object({
  consumableId: id,
  kind: z.enum(['in', 'out', 'transfer']),
  quantity: quantitySchema,
  from: text(200).optional(),
  to: text(200).optional(),
  expiresOn: dateOrNothingSchema.optional(),
  reason: z.enum(movementReasons).exclude(['undo', 'count', 'mistake']),
  note: text(500),
  person: text(120).optional(),
  /** The printer that a cartridge is put into, and what its counter says. */
  printerId: id.optional(),
  pages: z.number().int().min(0).max(1e9).optional(),
  interventionId: id.optional(),
})
export type MoveInput = z.infer<typeof moveInputSchema>

export const correctionSchema = z.object({
  consumableId: id,
  location: nameSchema(200),
  expiresOn: dateOrNothingSchema,
  counted: countSchema,
  note: text(500),
})
export type CorrectionInput = z.infer<typeof correctionSchema>

export const movementQuerySchema = z.object({
  consumableId: id.optional(),
  locationId: id.optional(),
  printerId: id.optional(),
  /** Those before this one; the newest without it. */
  before: id.optional(),
  limit: z.number().int().min(1).max(500),
})
export type MovementQuery = z.infer<typeof movementQuerySchema>

export const countLineSchema = z.object({
  countId: id,
  consumableId: id,
  expiresOn: dateOrNothingSchema,
  counted: countSchema,
  explanation: text(300),
})
export type CountLineInput = z.infer<typeof countLineSchema>

const movementIdsSchema = z.array(id).min(1).max(1000)

export const consumablesCommands = {
  'consumable.list': command<typeof consumableQuerySchema, ConsumablePage>(consumableQuerySchema),
  /** The ids of all that match, in no order: what "select all" is made of. At most 20,000. */
  'consumable.ids': command<typeof consumableFilterSchema, number[]>(consumableFilterSchema),
  'consumable.get': command<typeof id, ConsumableView>(id),
  'consumable.add': command<typeof consumableInputSchema, ConsumableView>(consumableInputSchema),
  'consumable.update': command<z.ZodType<{ id: number; consumable: ConsumableInput }>, ConsumableView>(
    z.object({ id, consumable: consumableInputSchema }),
  ),
  /** All or none of them. Answers what undoes it, to be given to `consumable.revertMany`. */
  'consumable.updateMany': command<
    z.ZodType<{ ids: number[]; patch: ConsumablePatch }>,
    { changed: number; undo: number }
  >(z.object({ ids: idsSchema, patch: consumablePatchSchema })),
  'consumable.revertMany': command<typeof id, void>(id),
  'consumable.remove': command<typeof id, void>(id),
  'consumable.restore': command<typeof id, ConsumableView>(id),
  'consumable.levels': command<typeof id, StockLevel[]>(id),
  'consumable.move': command<typeof moveInputSchema, MovementView[]>(moveInputSchema),
  /** Says what was counted in one place: the difference becomes a movement. Empty when there is none. */
  'consumable.correct': command<typeof correctionSchema, MovementView[]>(correctionSchema),
  /** Takes movements back, by movements the other way round. */
  'movement.undo': command<typeof movementIdsSchema, void>(movementIdsSchema),
  'movement.list': command<typeof movementQuerySchema, MovementPage>(movementQuerySchema),
  'consumable.reorder': command<typeof nothing, ReorderLine[]>(nothing),
  /** Newest first. */
  'printer.changes': command<typeof id, CartridgeChange[]>(id),

  /** Begins to count a place, given by its path. */
  'count.start': command<z.ZodType<string>, StockCountView>(nameSchema(200)),
  'count.list': command<typeof nothing, StockCountView[]>(nothing),
  'count.get': command<typeof id, StockCountView>(id),
  'count.record': command<typeof countLineSchema, StockCountView>(countLineSchema),
  'count.see': command<z.ZodType<{ countId: number; itemId: number }>, StockCountView>(
    z.object({ countId: id, itemId: id }),
  ),
  /** The differences become corrections; items seen here are said to be here. */
  'count.finish': command<typeof id, StockCountView>(id),
  'count.abandon': command<typeof id, void>(id),

  /** What a scanned or typed code is: an asset tag, a serial, a barcode, a reference, what a place's label says. */
  'stock.scan': command<z.ZodType<string>, ScanFinding>(nameSchema(128)),
} as const
