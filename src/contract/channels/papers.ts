import { z } from 'zod'
import type { PapersView } from '../views/index.ts'
import { command, id, nothing, text } from './fields.ts'

const targetSchema = text(200).regex(/^(all|group:.+|seat:.+)$/)
const targetsSchema = z.array(targetSchema).max(500)

export const papersCommands = {
  'papers.view': command<typeof nothing, PapersView>(nothing),
  /** Opens the system's dialogue for the files. False when it was cancelled. */
  'papers.addSubjects': command<z.ZodType<{ targets: string[]; sittingId?: number }>, boolean>(
    z.object({ targets: targetsSchema, sittingId: id.optional() }),
  ),
  'papers.setTargets': command<z.ZodType<{ id: number; targets: string[] }>, void>(
    z.object({ id, targets: targetsSchema }),
  ),
  /** Takes it back from those who have not fetched it; `papers.restoreSubject` undoes it. */
  'papers.removeSubject': command<typeof id, void>(id),
  'papers.restoreSubject': command<typeof id, void>(id),
  /** Asks every machine for its work, now. */
  'papers.collect': command<z.ZodType<{ isFinal: boolean }>, void>(z.object({ isFinal: z.boolean() })),
  /** And every so many minutes; 0 for not. */
  'papers.collectEvery': command<z.ZodNumber, void>(z.number().int().min(0).max(240)),
  'papers.openFolder': command<typeof nothing, void>(nothing),
  /** Opens the system's dialogue to save all work as one archive; the path, or null when cancelled. */
  'papers.exportZip': command<typeof nothing, string | null>(nothing),
} as const
