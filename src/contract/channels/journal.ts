import { z } from 'zod'
import { eventGroups } from '../journalGroups.ts'
import type { JournalEntry } from '../views/index.ts'
import { command, macSchema, text } from './fields.ts'

export const journalQuerySchema = z.object({
  groups: z.array(z.enum(eventGroups)).max(eventGroups.length),
  mac: z.union([macSchema, z.literal('')]),
  search: text(200),
  /** Entries with an id below this one; 0 for the newest. */
  before: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type JournalQuery = z.infer<typeof journalQuerySchema>

export const journalCommands = {
  'journal.list': command<typeof journalQuerySchema, JournalEntry[]>(journalQuerySchema),
} as const
