import { z } from 'zod'
import {
  incidentSeverities,
  presences,
  type CandidateView,
  type IncidentView,
  type SittingEntry,
  type SittingView,
} from '../views/index.ts'
import { command, id, nothing, text } from './fields.ts'

const trimmed = (max: number) => text(max).transform((value) => value.trim())
const named = (max: number) => trimmed(max).pipe(z.string().min(1))
const who = trimmed(80)
const minutes = z
  .number()
  .int()
  .min(1)
  .max(24 * 60)

export const sittingInputSchema = z.object({
  title: named(120),
  module: trimmed(40),
  roomId: id.optional(),
  profileId: id.optional(),
  plannedAt: z.number().int().min(0).optional(),
  durationMinutes: minutes,
  quorum: z.number().min(0).max(1),
  warnings: z.array(minutes).max(10),
  collectMinutes: z.number().int().min(0).max(240).default(10),
  graceMinutes: z.number().int().min(0).max(240).optional(),
  wakes: z.boolean().default(true),
})
/** As it is asked for: what has a usual value may be left out. */
export type SittingWish = z.input<typeof sittingInputSchema>
export type SittingInput = z.infer<typeof sittingInputSchema>

export const candidateInputSchema = z.object({
  number: named(40),
  lastName: named(80),
  firstName: trimmed(80),
  group: trimmed(40),
  extraMinutes: z
    .number()
    .int()
    .min(0)
    .max(12 * 60),
})
export type CandidateInput = z.infer<typeof candidateInputSchema>

export const seatingOrders = ['alphabetical', 'random', 'list'] as const
export type SeatingOrder = (typeof seatingOrders)[number]

export const seatingSchema = z.object({
  sittingId: id,
  order: z.enum(seatingOrders),
  /** Neighbours are of different groups as far as it can be done. */
  separateGroups: z.boolean(),
  /** Those with extra time sit together, at the back, where they are disturbed least by those who leave. */
  extraTimeTogether: z.boolean(),
})
export type SeatingInput = z.infer<typeof seatingSchema>

/** What can be wrong with one line of a list. Each has its words under `roster.<fault>`. */
export const rosterFaults = ['noNumber', 'noName', 'duplicate', 'badExtraTime', 'tooLong'] as const
export type RosterFault = (typeof rosterFaults)[number]

export interface RosterPreview {
  /** What each column was taken for, by its heading; `ignored` when for nothing. */
  columns: { heading: string; field: keyof CandidateInput | 'ignored' }[]
  candidates: (CandidateInput & { line: number; isNew: boolean })[]
  /** Lines that would be left out, as they stand in the list, counted from 1. */
  faults: { line: number; fault: RosterFault; text: string }[]
}

const idsOf = z.array(id).min(1).max(2000)
/** To several candidates of one sitting at once. */
const toCandidates = { sittingId: id, candidateIds: idsOf, who }

export const sittingsCommands = {
  'sitting.add': command<typeof sittingInputSchema, SittingView>(sittingInputSchema),
  'sitting.update': command<
    z.ZodType<{ id: number; sitting: SittingInput; who: string }, { id: number; sitting: SittingWish; who?: string }>,
    SittingView
  >(z.object({ id, sitting: sittingInputSchema, who: who.default('') })),
  /** With its candidates and without what was done. */
  'sitting.duplicate': command<typeof id, SittingView>(id),
  /** Only a draft, or one that nobody sat. */
  'sitting.remove': command<typeof id, void>(id),
  'sitting.begin': command<z.ZodType<{ id: number; who: string }>, SittingView>(z.object({ id, who })),
  'sitting.pause': command<z.ZodType<{ id: number; who: string }>, SittingView>(z.object({ id, who })),
  'sitting.goOn': command<z.ZodType<{ id: number; who: string }>, SittingView>(z.object({ id, who })),
  'sitting.close': command<z.ZodType<{ id: number; who: string }>, SittingView>(z.object({ id, who })),
  'sitting.archive': command<z.ZodType<{ id: number; who: string }>, SittingView>(z.object({ id, who })),
  /** Names, numbers and notes are replaced; cannot be undone. */
  'sitting.anonymise': command<z.ZodType<{ id: number; who: string }>, SittingView>(z.object({ id, who })),
  'sitting.journal': command<typeof id, { entries: SittingEntry[]; intact: boolean }>(id),

  /** Reads a pasted list, or a file's text, without taking anything over yet. */
  'roster.read': command<z.ZodType<{ sittingId: number; text: string }>, RosterPreview>(
    z.object({ sittingId: id, text: text(2_000_000) }),
  ),
  /** All of them or none: new ones are added, known numbers brought up to date. */
  'roster.take': command<z.ZodType<{ sittingId: number; candidates: CandidateInput[] }>, SittingView>(
    z.object({ sittingId: id, candidates: z.array(candidateInputSchema).max(2000) }),
  ),
  'candidate.update': command<z.ZodType<{ id: number; candidate: CandidateInput }>, CandidateView>(
    z.object({ id, candidate: candidateInputSchema }),
  ),
  'candidate.remove': command<typeof id, void>(id),
  /** Null: no seat. Who sat there changes places with this one. */
  'candidate.seat': command<z.ZodType<{ candidateId: number; seatId: number | null; who: string }>, SittingView>(
    z.object({ candidateId: id, seatId: z.union([id, z.null()]), who }),
  ),
  'seating.assign': command<typeof seatingSchema, SittingView>(seatingSchema),

  'candidate.presence': command<
    z.ZodType<{ sittingId: number; candidateIds: number[]; presence: (typeof presences)[number]; who: string }>,
    SittingView
  >(z.object({ ...toCandidates, presence: z.enum(presences) })),
  'candidate.extend': command<
    z.ZodType<{ sittingId: number; candidateIds: number[]; minutes: number; who: string }>,
    SittingView
  >(z.object({ ...toCandidates, minutes: z.number().int().min(-240).max(240) })),
  'candidate.lock': command<
    z.ZodType<{ sittingId: number; candidateIds: number[]; reason: string; who: string }>,
    SittingView
  >(z.object({ ...toCandidates, reason: named(200) })),
  'candidate.unlock': command<z.ZodType<{ sittingId: number; candidateIds: number[]; who: string }>, SittingView>(
    z.object(toCandidates),
  ),
  'candidate.message': command<
    z.ZodType<{ sittingId: number; candidateIds: number[]; text: string; who: string }>,
    SittingView
  >(z.object({ ...toCandidates, text: named(500) })),
  'candidate.power': command<
    z.ZodType<{ sittingId: number; candidateIds: number[]; action: 'reboot' | 'powerOff'; who: string }>,
    SittingView
  >(z.object({ ...toCandidates, action: z.enum(['reboot', 'powerOff']) })),
  'candidate.note': command<z.ZodType<{ candidateId: number; note: string; who: string }>, CandidateView>(
    z.object({ candidateId: id, note: trimmed(2000), who }),
  ),

  'incident.list': command<typeof nothing, IncidentView[]>(nothing),
  'incident.add': command<
    z.ZodType<{
      sittingId?: number
      seatId?: number
      candidateId?: number
      severity: (typeof incidentSeverities)[number]
      text: string
      who: string
    }>,
    IncidentView
  >(
    z.object({
      sittingId: id.optional(),
      seatId: id.optional(),
      candidateId: id.optional(),
      severity: z.enum(incidentSeverities),
      text: named(1000),
      who,
    }),
  ),
  'incident.acknowledge': command<z.ZodType<{ id: number; comment: string; who: string }>, IncidentView>(
    z.object({ id, comment: trimmed(1000), who }),
  ),
} as const
