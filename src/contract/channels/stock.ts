import { z } from 'zod'
import { type ItemPage, type ItemView, itemStates, itemTypes } from '../views/index.ts'
import { command, id, macSchema, text, uuidSchema } from './fields.ts'

export const itemInputSchema = z.object({
  assetTag: text(64)
    .transform((value) => value.trim())
    .pipe(z.string().min(1)),
  type: z.enum(itemTypes),
  manufacturer: text(128),
  model: text(128),
  serial: text(128),
  macs: z.array(macSchema).max(16),
  uuid: uuidSchema,
  location: text(200),
  state: z.enum(itemStates),
  notes: text(4000),
})
export type ItemInput = z.infer<typeof itemInputSchema>

export const itemSortFields = ['assetTag', 'type', 'model', 'serial', 'location', 'state', 'updatedAt'] as const

export const itemQuerySchema = z.object({
  search: text(200),
  states: z.array(z.enum(itemStates)).max(itemStates.length),
  types: z.array(z.enum(itemTypes)).max(itemTypes.length),
  sort: z.enum(itemSortFields),
  descending: z.boolean(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type ItemQuery = z.infer<typeof itemQuerySchema>

export const stockCommands = {
  'stock.list': command<typeof itemQuerySchema, ItemPage>(itemQuerySchema),
  'stock.get': command<typeof id, ItemView>(id),
  'stock.add': command<typeof itemInputSchema, ItemView>(itemInputSchema),
  'stock.update': command<z.ZodType<{ id: number; item: ItemInput }>, ItemView>(
    z.object({ id, item: itemInputSchema }),
  ),
  /** Takes an item off the shelf; `stock.restore` brings it back (undo). */
  'stock.remove': command<typeof id, void>(id),
  'stock.restore': command<typeof id, ItemView>(id),
  /** One click: an item made of what the machine's loader reported. */
  'stock.addFromMachine': command<typeof macSchema, ItemView>(macSchema),
} as const
