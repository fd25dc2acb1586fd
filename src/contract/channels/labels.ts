import { z } from 'zod'
import { codeKinds, labelFormatIds, labelLines, type LabelFormatView, type LabelPreview } from '../views/index.ts'
import { command, nothing, text } from './fields.ts'
import { itemFilterSchema, itemSortFields } from './stock.ts'

export const labelDesignSchema = z.object({
  format: z.enum(labelFormatIds),
  code: z.enum(codeKinds),
  lines: z.array(z.enum(labelLines)).max(labelLines.length),
  owner: text(60),
  skip: z.number().int().min(0).max(500),
})

/** Of the items that a list shows, in its order. */
export const labelRunSchema = z.object({
  design: labelDesignSchema,
  filter: itemFilterSchema,
  sort: z.enum(itemSortFields),
  descending: z.boolean(),
})
export type LabelRun = z.infer<typeof labelRunSchema>

/** More are printed in several runs. */
export const mostLabels = 2000

export const labelsCommands = {
  'labels.formats': command<typeof nothing, LabelFormatView[]>(nothing),
  'labels.preview': command<typeof labelRunSchema, LabelPreview>(labelRunSchema),
  /** Opens the system's dialogue to save the PDF; the path, or null when cancelled. */
  'labels.save': command<typeof labelRunSchema, string | null>(labelRunSchema),
} as const
