import { z } from 'zod'
import { codeKinds, labelFormatIds, labelLines, type LabelFormatView, type LabelPreview } from '../views/index.ts'
import { consumableQuerySchema } from './consumables.ts'
import { command, id, nothing, text } from './fields.ts'
import { idsSchema, itemFilterSchema, itemSortSchema } from './stock.ts'

export const labelDesignSchema = z.object({
  format: z.enum(labelFormatIds),
  code: z.enum(codeKinds),
  lines: z.array(z.enum(labelLines)).max(labelLines.length),
  owner: text(60),
  skip: z.number().int().min(0).max(500),
})

/** What bears the labels, in the order of its list: what the list shows, or those of it that are meant. */
export const labelSourceSchema = z.discriminatedUnion('of', [
  z.object({
    of: z.literal('items'),
    filter: itemFilterSchema,
    sort: itemSortSchema,
    descending: z.boolean(),
  }),
  z.object({
    of: z.literal('consumables'),
    query: consumableQuerySchema.omit({ offset: true, limit: true }),
    /** Only this one. */
    id: id.optional(),
  }),
  z.object({ of: z.literal('locations'), ids: idsSchema }),
])
export type LabelSource = z.infer<typeof labelSourceSchema>

export const labelRunSchema = z.object({ design: labelDesignSchema, source: labelSourceSchema })
export type LabelRun = z.infer<typeof labelRunSchema>

/** More are printed in several runs. */
export const mostLabels = 2000

export const labelsCommands = {
  'labels.formats': command<typeof nothing, LabelFormatView[]>(nothing),
  'labels.preview': command<typeof labelRunSchema, LabelPreview>(labelRunSchema),
  /** Opens the system's dialogue to save the PDF; the path, or null when cancelled. */
  'labels.save': command<typeof labelRunSchema, string | null>(labelRunSchema),
} as const
