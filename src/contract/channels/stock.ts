import { z } from 'zod'
import {
  type CustomColumn,
  type ItemChange,
  type ItemPage,
  type ItemType,
  type ItemView,
  itemStates,
} from '../views/index.ts'
import {
  command,
  dateOrNothingSchema,
  dateSchema,
  id,
  macSchema,
  nameSchema,
  nothing,
  text,
  uuidSchema,
} from './fields.ts'
import { typeIdSchema } from './places.ts'

const memorySchema = z
  .number()
  .int()
  .min(1)
  .max(64 * 1024 * 1024)
const priceSchema = z.number().int().min(0).max(1e11)

/** By the field's id. */
const customSchema = z.record(text(12).regex(/^\d+$/), text(500))

/**
 * What may be said of an item beyond the first ten facts. One that is left out stays as it is (or empty, in a new item);
 * an empty text or null takes it away.
 */
const itemDetailsShape = {
  name: text(128).optional(),
  parentId: id.nullable().optional(),
  supplier: text(120).optional(),
  orderNumber: text(64).optional(),
  priceCents: priceSchema.nullable().optional(),
  purchasedOn: dateOrNothingSchema.optional(),
  warrantyUntil: dateOrNothingSchema.optional(),
  cpu: text(128).optional(),
  memoryMiB: memorySchema.nullable().optional(),
  disks: text(300).optional(),
  firmware: text(64).optional(),
  biosVersion: text(64).optional(),
  biosDate: dateOrNothingSchema.optional(),
  custom: customSchema.optional(),
}

export const itemInputSchema = z.object({
  assetTag: nameSchema(64),
  type: typeIdSchema,
  manufacturer: text(128),
  model: text(128),
  serial: text(128),
  macs: z.array(macSchema).max(16),
  uuid: uuidSchema,
  /** A path, `Site / Building / Room`: what is not there yet is made. */
  location: text(200),
  state: z.enum(itemStates),
  notes: text(4000),
  ...itemDetailsShape,
})
export type ItemInput = z.infer<typeof itemInputSchema>

export const itemSortFields = [
  'assetTag',
  'type',
  'model',
  'serial',
  'location',
  'state',
  'updatedAt',
  'purchasedOn',
  'warrantyUntil',
] as const

const customColumnSchema = text(16).regex(/^custom:[1-9]\d{0,8}$/) as unknown as z.ZodType<CustomColumn, CustomColumn>
/** What the list of items is sorted by; what is said in no item of a custom field comes last, either way. */
export const itemSortSchema = z.union([z.enum(itemSortFields), customColumnSchema])
export type ItemSort = z.infer<typeof itemSortSchema>

const amountSchema = z.number().min(-1e15).max(1e15)
/** What a custom field must say, each kind in its own way; bounds are part of what they bound. */
export const customFilterSchema = z.discriminatedUnion('kind', [
  /** Anywhere in it, whatever the case and the accents. */
  z.object({ kind: z.literal('text'), fieldId: id, contains: text(200).min(1) }),
  z.object({ kind: z.literal('number'), fieldId: id, min: amountSchema.optional(), max: amountSchema.optional() }),
  z.object({ kind: z.literal('date'), fieldId: id, from: dateSchema.optional(), to: dateSchema.optional() }),
  z.object({ kind: z.literal('choice'), fieldId: id, values: z.array(text(500)).min(1).max(50) }),
  z.object({ kind: z.literal('yesNo'), fieldId: id, is: z.boolean() }),
])
export type CustomFilter = z.infer<typeof customFilterSchema>

export const idsSchema = z.array(id).min(1).max(20_000)

export const itemFilterSchema = z.object({
  search: text(200),
  states: z.array(z.enum(itemStates)).max(itemStates.length),
  types: z.array(typeIdSchema as z.ZodType<ItemType, ItemType>).max(200),
  /** In this place or in one inside it. */
  locationId: id.optional(),
  supplierId: id.optional(),
  warrantyBefore: dateSchema.optional(),
  purchasedBefore: dateSchema.optional(),
  /** Only those whose machine reported something else. */
  withProposals: z.boolean().optional(),
  /** All of them. */
  custom: z.array(customFilterSchema).max(50).optional(),
  /** Only those of these: what a person chose in the list. */
  ids: idsSchema.optional(),
})
export type ItemFilter = z.infer<typeof itemFilterSchema>

export const itemQuerySchema = itemFilterSchema.extend({
  sort: itemSortSchema,
  descending: z.boolean(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type ItemQuery = z.infer<typeof itemQuerySchema>

/** The same change of many items at once; an empty text or null takes away. */
export const itemPatchSchema = z
  .object({
    type: typeIdSchema,
    manufacturer: text(128),
    model: text(128),
    location: text(200),
    state: z.enum(itemStates),
    supplier: text(120),
    orderNumber: text(64),
    purchasedOn: dateOrNothingSchema,
    warrantyUntil: dateOrNothingSchema,
    notes: text(4000),
    name: text(128),
    priceCents: priceSchema.nullable(),
    cpu: text(128),
    memoryMiB: memorySchema.nullable(),
    disks: text(300),
    firmware: text(64),
    biosVersion: text(64),
    biosDate: dateOrNothingSchema,
    /** Only of those items whose type has the field. */
    custom: customSchema,
  })
  .partial()
export type ItemPatch = z.infer<typeof itemPatchSchema>

export const stockCommands = {
  'stock.list': command<typeof itemQuerySchema, ItemPage>(itemQuerySchema),
  /** The ids of all that match, in no order: what "select all" is made of. At most 20,000. */
  'stock.ids': command<typeof itemFilterSchema, number[]>(itemFilterSchema),
  'stock.get': command<typeof id, ItemView>(id),
  'stock.add': command<typeof itemInputSchema, ItemView>(itemInputSchema),
  'stock.update': command<z.ZodType<{ id: number; item: ItemInput }>, ItemView>(
    z.object({ id, item: itemInputSchema }),
  ),
  /** All or none of them. Answers what undoes it, to be given to `stock.revertMany`. */
  'stock.updateMany': command<z.ZodType<{ ids: number[]; patch: ItemPatch }>, { changed: number; undo: number }>(
    z.object({ ids: idsSchema, patch: itemPatchSchema }),
  ),
  'stock.revertMany': command<typeof id, void>(id),
  /** Takes an item off the shelf; `stock.restore` brings it back (undo). */
  'stock.remove': command<typeof id, void>(id),
  'stock.removeMany': command<typeof idsSchema, void>(idsSchema),
  'stock.restore': command<typeof id, ItemView>(id),
  'stock.restoreMany': command<typeof idsSchema, void>(idsSchema),
  /** Newest first. */
  'stock.history': command<typeof id, ItemChange[]>(id),
  /** The tag that a new item of this type would be given. */
  'stock.proposeTag': command<typeof typeIdSchema, string>(typeIdSchema),
  /** Makers and models that are already written somewhere, the most frequent first. */
  'stock.words': command<typeof nothing, { manufacturers: string[]; models: string[] }>(nothing),
  /** One click: an item made of what the machine's loader reported. */
  'stock.addFromMachine': command<typeof macSchema, ItemView>(macSchema),
} as const
