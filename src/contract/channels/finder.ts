import type { FoundRecord, LoanView } from '../views/index.ts'
import { command, id, text } from './fields.ts'

const typedSchema = text(200)

export const finderCommands = {
  /** The first few of everything that has these words, kind by kind. */
  'search.everything': command<typeof typedSchema, FoundRecord[]>(typedSchema),
  'loan.get': command<typeof id, LoanView>(id),
} as const
