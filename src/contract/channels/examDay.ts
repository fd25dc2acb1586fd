import { z } from 'zod'
import {
  printKinds,
  type CandidateView,
  type PrintKind,
  type ReportFilesView,
  type RosterFileView,
  type SittingView,
  type TimelineView,
} from '../views/index.ts'
import { command, id, text } from './fields.ts'

const who = text(80).transform((value) => value.trim())
const byWhom = z.object({ id, who })

/** The exam day around the sittings: lists from files, paper, the report, what happened when. */
export const examDayCommands = {
  /** Opens the system's dialogue, or with `again` reads the same file's other sheet; null when it was cancelled. */
  'roster.file': command<z.ZodType<{ sittingId: number; again?: { sheet: string } }>, RosterFileView | null>(
    z.object({ sittingId: id, again: z.object({ sheet: text(200) }).optional() }),
  ),
  /** Wakes the machines of its seats that have not been heard; how many were called. */
  'sitting.wake': command<typeof id, number>(id),
  /** A rehearsal is as it was before. */
  'sitting.takeBack': command<typeof byWhom, SittingView>(byWhom),
  /** Somebody's ticket was read at the desk. */
  'candidate.checkIn': command<z.ZodType<{ sittingId: number; ticket: string; who: string }>, CandidateView>(
    z.object({ sittingId: id, ticket: text(64), who }),
  ),
  /** Name, number, notes and work of one candidate of a sitting that is over; cannot be undone. */
  'candidate.forget': command<z.ZodType<{ sittingId: number; candidateId: number; who: string }>, SittingView>(
    z.object({ sittingId: id, candidateId: id, who }),
  ),
  /** Opens an intervention on the incident's item; its number. */
  'incident.toIntervention': command<typeof byWhom, number>(byWhom),
  /** Opens the system's dialogue to save one PDF; its path, or null when cancelled. */
  'print.save': command<z.ZodType<{ sittingId: number; kind: PrintKind }>, string | null>(
    z.object({ sittingId: id, kind: z.enum(printKinds) }),
  ),
  /** Opens the system's dialogue for the PDF; the rest is written beside it. Null when cancelled. */
  'report.save': command<typeof id, ReportFilesView | null>(id),
  'timeline.read': command<typeof id, TimelineView>(id),
} as const
