import { z } from 'zod'
import { command, id, nothing } from './fields.ts'
import { interventionQuerySchema, loanQuerySchema } from './care.ts'
import { consumableQuerySchema } from './consumables.ts'

const page = { offset: true, limit: true } as const

/** A list of the stock as the screen shows it: its filter, but all of its pages. */
const listSchema = z.discriminatedUnion('list', [
  z.object({ list: z.literal('consumables'), query: consumableQuerySchema.omit(page) }),
  z.object({ list: z.literal('reorder') }),
  z.object({ list: z.literal('movements'), consumableId: id.optional() }),
  z.object({ list: z.literal('loans'), query: loanQuerySchema.omit(page) }),
  z.object({ list: z.literal('interventions'), query: interventionQuerySchema.omit(page) }),
  z.object({ list: z.literal('disposal') }),
  z.object({ list: z.literal('locations') }),
  z.object({ list: z.literal('types') }),
  z.object({ list: z.literal('fields') }),
  z.object({ list: z.literal('suppliers') }),
  z.object({ list: z.literal('people') }),
])
export const listFormats = ['csv', 'xlsx'] as const
export const listExportSchema = z.object({ what: listSchema, format: z.enum(listFormats) })
export type ListExport = z.infer<typeof listExportSchema>

/** Lists and papers that leave the stock as files. Each opens the system's dialogue; the path, or null when cancelled. */
export const stockFilesCommands = {
  'list.export': command<typeof listExportSchema, string | null>(listExportSchema),
  /** What is to be ordered, by supplier. */
  'paper.reorder': command<typeof nothing, string | null>(nothing),
  /** What a borrower signs. */
  'paper.loan': command<typeof id, string | null>(id),
  /** What is not back in time, by borrower. */
  'paper.overdue': command<typeof nothing, string | null>(nothing),
  /** What the company signs that collects a batch. */
  'paper.collection': command<typeof id, string | null>(id),
} as const
