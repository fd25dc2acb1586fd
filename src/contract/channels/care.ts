import { z } from 'zod'
import {
  type DisposalBatchView,
  type DocumentView,
  type InterventionDetail,
  type InterventionPage,
  type ItemRelations,
  type LoanPage,
  type LoanView,
  type StockAlarm,
  type StockDashboard,
  type SwapAdvice,
  documentKinds,
  interventionKinds,
  interventionStates,
  itemStates,
  proposalFields,
  wipeKinds,
} from '../views/index.ts'
import { command, dateOrNothingSchema, dateSchema, id, nameSchema, nothing, text } from './fields.ts'

const page = { offset: z.number().int().min(0), limit: z.number().int().min(1).max(500) }

export const loanFilters = ['open', 'overdue', 'ended'] as const
export const loanSortFields = ['person', 'lentAt', 'dueOn', 'purpose'] as const
export const loanQuerySchema = z.object({
  search: text(200),
  filter: z.enum(loanFilters),
  /** By the day they are due, or the newest first once they ended, when not said. */
  sort: z.enum(loanSortFields).optional(),
  descending: z.boolean().optional(),
  ...page,
})
export type LoanQuery = z.infer<typeof loanQuerySchema>
export const loanInputSchema = z.object({
  person: nameSchema(120),
  itemIds: z.array(id).min(1).max(100),
  dueOn: dateOrNothingSchema,
  purpose: text(300),
})
export type LoanInput = z.infer<typeof loanInputSchema>
export const giveBackSchema = z.object({
  loanId: id,
  itemIds: z.array(id).min(1).max(100),
  condition: text(300),
  /** What they are then; as before they were lent when not said. */
  state: z.enum(itemStates).exclude(['loaned']).optional(),
})
export type GiveBackInput = z.infer<typeof giveBackSchema>

const levelSchema = z.number().int().min(1).max(3)
export const interventionInputSchema = z.object({
  title: nameSchema(160),
  description: text(4000),
  kind: z.enum(interventionKinds),
  requester: text(120),
  location: text(200),
  itemId: id.nullable(),
  urgency: levelSchema,
  impact: levelSchema,
  assignee: text(120),
})
export type InterventionInput = z.infer<typeof interventionInputSchema>
export const interventionSortFields = ['priority', 'title', 'item', 'location', 'kind', 'state', 'openedAt'] as const
export const interventionQuerySchema = z.object({
  search: text(200),
  /** All that are not solved when empty. */
  states: z.array(z.enum(interventionStates)).max(interventionStates.length),
  kinds: z.array(z.enum(interventionKinds)).max(interventionKinds.length),
  /** What is open first, by its priority, when not said. */
  sort: z.enum(interventionSortFields).optional(),
  descending: z.boolean().optional(),
  ...page,
})
export type InterventionQuery = z.infer<typeof interventionQuerySchema>
export const interventionNoteSchema = z
  .object({
    id,
    text: text(4000),
    minutes: z.number().int().min(0).max(100_000),
    state: z.enum(interventionStates).optional(),
  })
  .refine((note) => note.text.trim() !== '' || note.minutes > 0 || note.state !== undefined, { path: ['text'] })
export type InterventionNoteInput = z.infer<typeof interventionNoteSchema>

export const batchInputSchema = z.object({
  name: nameSchema(80),
  company: text(120),
  slipNumber: text(64),
  collectedOn: dateOrNothingSchema,
  notes: text(2000),
})
export type BatchInput = z.infer<typeof batchInputSchema>
const batchItemsSchema = z.object({ batchId: id, itemIds: z.array(id).min(1).max(1000) })
export const wipeProofSchema = z.object({
  kind: z.enum(wipeKinds),
  method: nameSchema(200),
  wipedOn: dateSchema,
  wipedBy: nameSchema(120),
  reference: text(120),
})
/** Null takes it away. */
const wipeSchema = batchItemsSchema.extend({ proof: wipeProofSchema.nullable() })

const proposalSchema = z.object({ itemId: id, field: z.enum(proposalFields) })
const swapQuerySchema = z.object({ locationId: id.optional(), minMemoryMiB: z.number().int().min(0).max(1e6) })
export type SwapQuery = z.infer<typeof swapQuerySchema>

const savedListSchema = z.object({ list: text(32).min(1), name: text(80), content: text(20_000) })

/** What happens to items: loans, interventions, disposal, what their machines report, documents, alarms. */
export const careCommands = {
  'stock.relations': command<typeof id, ItemRelations>(id),

  'loan.list': command<typeof loanQuerySchema, LoanPage>(loanQuerySchema),
  'loan.lend': command<typeof loanInputSchema, LoanView>(loanInputSchema),
  'loan.giveBack': command<typeof giveBackSchema, LoanView>(giveBackSchema),
  /** Undoes a return: the item is out again. */
  'loan.takeBackReturn': command<z.ZodType<{ loanId: number; itemIds: number[] }>, LoanView>(
    z.object({ loanId: id, itemIds: z.array(id).min(1).max(100) }),
  ),
  /** Empty: until whenever. */
  'loan.extend': command<z.ZodType<{ loanId: number; dueOn: string }>, LoanView>(
    z.object({ loanId: id, dueOn: dateOrNothingSchema }),
  ),

  'intervention.list': command<typeof interventionQuerySchema, InterventionPage>(interventionQuerySchema),
  'intervention.get': command<typeof id, InterventionDetail>(id),
  'intervention.add': command<typeof interventionInputSchema, InterventionDetail>(interventionInputSchema),
  'intervention.update': command<z.ZodType<{ id: number; intervention: InterventionInput }>, InterventionDetail>(
    z.object({ id, intervention: interventionInputSchema }),
  ),
  /** A comment, time spent, another state: one or several of them. */
  'intervention.note': command<typeof interventionNoteSchema, InterventionDetail>(interventionNoteSchema),

  'disposal.list': command<typeof nothing, DisposalBatchView[]>(nothing),
  'disposal.get': command<typeof id, DisposalBatchView>(id),
  'disposal.add': command<typeof batchInputSchema, DisposalBatchView>(batchInputSchema),
  'disposal.update': command<z.ZodType<{ id: number; batch: BatchInput }>, DisposalBatchView>(
    z.object({ id, batch: batchInputSchema }),
  ),
  'disposal.addItems': command<typeof batchItemsSchema, DisposalBatchView>(batchItemsSchema),
  'disposal.takeOut': command<typeof batchItemsSchema, DisposalBatchView>(batchItemsSchema),
  'disposal.wipe': command<typeof wipeSchema, DisposalBatchView>(wipeSchema),
  /** It was collected: everything in it is disposed of. */
  'disposal.close': command<typeof id, DisposalBatchView>(id),
  'disposal.reopen': command<typeof id, DisposalBatchView>(id),

  'proposal.accept': command<typeof proposalSchema, void>(proposalSchema),
  'proposal.refuse': command<typeof proposalSchema, void>(proposalSchema),
  /** Undoes a refusal. */
  'proposal.askAgain': command<typeof proposalSchema, void>(proposalSchema),
  /** Which PCs must be swapped before an exam, and which spare fits. */
  'inventory.swaps': command<typeof swapQuerySchema, SwapAdvice[]>(swapQuerySchema),
  /** The spare stands where the item stood, which waits for its repair where the spare was; undone by `stock.revertMany`. */
  'inventory.swap': command<z.ZodType<{ itemId: number; spareId: number }>, { undo: number }>(
    z.object({ itemId: id, spareId: id }),
  ),

  /** Opens the system's dialogue to choose files; what was added. */
  'document.add': command<
    z.ZodType<{ itemId?: number; batchId?: number; kind: (typeof documentKinds)[number] }>,
    DocumentView[]
  >(z.object({ itemId: id.optional(), batchId: id.optional(), kind: z.enum(documentKinds) })),
  /** Proofs of wiping, the signed slip: what belongs to a disposal batch. */
  'document.ofBatch': command<typeof id, DocumentView[]>(id),
  /** Base64. */
  'document.bytes': command<typeof id, string>(id),
  /** Opens the system's dialogue to save it; the path, or null when cancelled. */
  'document.save': command<typeof id, string | null>(id),
  'document.remove': command<typeof id, void>(id),
  'document.restore': command<typeof id, void>(id),

  'stock.dashboard': command<typeof nothing, StockDashboard>(nothing),
  /** The alarms of the dashboard alone. */
  'stock.alarms': command<typeof nothing, StockAlarm[]>(nothing),

  /** What was saved of a list, by name: filters as JSON that only the screen reads. */
  'savedList.list': command<z.ZodType<string>, { name: string; content: string }[]>(text(32).min(1)),
  'savedList.save': command<typeof savedListSchema, void>(savedListSchema),
  'savedList.remove': command<z.ZodType<{ list: string; name: string }>, void>(
    z.object({ list: text(32).min(1), name: text(80) }),
  ),
} as const
