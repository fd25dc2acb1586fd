import { z } from 'zod'
import {
  type ImportCounts,
  type ImportDraft,
  type ImportField,
  type ImportLinePage,
  type ImportRecord,
  type ImportTemplate,
  consumableImportFields,
  importSubjects,
  stockExportFormats,
  importVerdicts,
  itemFields,
  referenceImportFields,
  separators,
  textEncodings,
} from '../views/index.ts'
import { command, id, nothing, text } from './fields.ts'
import { itemFilterSchema, itemSortSchema } from './stock.ts'

const plainFields = [...itemFields.filter((field) => field !== 'parentId' && field !== 'custom'), 'parentTag', 'ignore']
const referenceFields = Object.entries(referenceImportFields).flatMap(([subject, fields]) =>
  fields.map((field) => `${subject}:${field}`),
)
const consumableFields = consumableImportFields.map((field) => `consumable:${field}`)
const importFieldSchema = text(40).refine(
  (field): field is ImportField =>
    [plainFields, consumableFields, referenceFields].some((fields) => fields.includes(field)) ||
    /^custom:\d{1,9}$/.test(field),
) as unknown as z.ZodType<ImportField, ImportField>

const mappingSchema = z.array(importFieldSchema).max(300)
const templateNameSchema = text(80)
  .transform((name) => name.trim())
  .pipe(z.string().min(1))

export const importReadSchema = z.object({
  subject: z.enum(importSubjects).optional(),
  encoding: z.enum(textEncodings).optional(),
  separator: z.enum(separators).optional(),
  sheet: text(200).optional(),
})

export const exportSchema = z.object({
  format: z.enum(stockExportFormats),
  filter: itemFilterSchema,
  sort: itemSortSchema,
  descending: z.boolean(),
})

const linesSchema = z.object({
  verdicts: z.array(z.enum(importVerdicts)).max(4),
  onlyProblems: z.boolean(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})

export const exchangeCommands = {
  /** Opens the system's dialogue and reads what is chosen; null when cancelled. Nothing is written yet. */
  'import.open': command<typeof nothing, ImportDraft | null>(nothing),
  /** Reads the same file in another way. */
  'import.read': command<typeof importReadSchema, ImportDraft>(importReadSchema),
  /** What each line would do. Progress comes with the pushes. */
  'import.check': command<z.ZodType<{ mapping: ImportField[] }>, ImportCounts>(z.object({ mapping: mappingSchema })),
  'import.lines': command<typeof linesSchema, ImportLinePage>(linesSchema),
  /** Writes every line that was not refused, all of them or none. */
  'import.apply': command<typeof nothing, ImportRecord>(nothing),
  /** Ends the checking or the writing; what was written of it goes again. */
  'import.cancel': command<typeof nothing, void>(nothing),
  /** Takes a whole import back; what was changed by hand since stays. */
  'import.undo': command<typeof id, ImportRecord>(id),
  'import.history': command<typeof nothing, ImportRecord[]>(nothing),
  'import.templates': command<typeof nothing, ImportTemplate[]>(nothing),
  /** Remembers the draft's mapping by its heads. */
  'import.saveTemplate': command<z.ZodType<{ name: string; mapping: ImportField[] }>, ImportTemplate[]>(
    z.object({ name: templateNameSchema, mapping: mappingSchema }),
  ),
  'import.removeTemplate': command<typeof templateNameSchema, ImportTemplate[]>(templateNameSchema),
  /** Opens the system's dialogue to save what the list shows; the path, or null when cancelled. */
  'stock.export': command<typeof exportSchema, string | null>(exportSchema),
} as const
export type ExportRequest = z.infer<typeof exportSchema>
