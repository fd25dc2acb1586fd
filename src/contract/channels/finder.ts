import { z } from 'zod'
import { listedKinds, type FoundRecord, type ListedKind, type LoanView } from '../views/index.ts'
import { command, id, text } from './fields.ts'

const typedSchema = text(200)

export const finderCommands = {
  /** The first few of everything that has these words, kind by kind. */
  'search.everything': command<typeof typedSchema, FoundRecord[]>(typedSchema),
  /** The ids of those in a list that have these words; null for all of them. */
  'search.list': command<z.ZodType<{ kind: ListedKind; typed: string }>, number[] | null>(
    z.object({ kind: z.enum(listedKinds), typed: typedSchema }),
  ),
  'loan.get': command<typeof id, LoanView>(id),
} as const
