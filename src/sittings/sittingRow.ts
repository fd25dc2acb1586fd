import type { CandidateView, Presence, SittingState, SittingView } from '../contract/index.ts'
import { ticketOf } from './tickets.ts'
import { unlockCode } from './unlockCode.ts'

export interface SittingRow {
  id: number
  title: string
  module: string
  room_id: number | null
  profile_id: number | null
  planned_at: number | null
  duration_minutes: number
  quorum: number
  warnings: string
  state: SittingState
  secret: Buffer
  started_at: number | null
  paused_at: number | null
  paused_ms: number
  closed_at: number | null
  anonymised_at: number | null
  collect_minutes: number
  grace_minutes: number | null
  wakes: number
  exam_id: number | null
  is_rehearsal: number
}

export interface CandidateRow {
  id: number
  sitting_id: number
  number: string
  last_name: string
  first_name: string
  group_: string
  extra_minutes: number
  seat_id: number | null
  presence: Presence
  note: string
  locked_reason: string | null
  locked_at: number | null
  signed_in_at: number | null
  signed_in_mac: string | null
  warned_minutes: number | null
  ended_at: number | null
}

const minuteMs = 60_000

/**
 * When the time is up, as if the clock went on at this moment from where it stood: what is left is `endsAt` less
 * `pausedAt` while it stands, less now while it runs.
 */
const endOf = (row: SittingRow, extraMinutes: number): number | undefined =>
  row.started_at === null
    ? undefined
    : row.started_at + row.paused_ms + (row.duration_minutes + extraMinutes) * minuteMs

export const candidateView = (row: CandidateRow, sitting: SittingRow): CandidateView => ({
  id: row.id,
  number: row.number,
  lastName: row.last_name,
  firstName: row.first_name,
  group: row.group_,
  extraMinutes: row.extra_minutes,
  seatId: row.seat_id ?? undefined,
  presence: row.presence,
  note: row.note,
  ...(row.locked_reason !== null &&
    row.locked_at !== null && { locked: { reason: row.locked_reason, at: row.locked_at } }),
  endsAt: endOf(sitting, row.extra_minutes),
  unlockCode: unlockCode(sitting.secret, row.id),
  ticket: ticketOf(sitting.secret, row.id),
  signedInAt: row.signed_in_at ?? undefined,
})

export const sittingView = (row: SittingRow, candidates: readonly CandidateRow[]): SittingView => ({
  id: row.id,
  title: row.title,
  module: row.module,
  roomId: row.room_id ?? undefined,
  profileId: row.profile_id ?? undefined,
  plannedAt: row.planned_at ?? undefined,
  durationMinutes: row.duration_minutes,
  quorum: row.quorum,
  warnings: JSON.parse(row.warnings) as number[],
  collectMinutes: row.collect_minutes,
  graceMinutes: row.grace_minutes ?? undefined,
  wakes: row.wakes === 1,
  isRehearsal: row.is_rehearsal === 1,
  state: row.state,
  startedAt: row.started_at ?? undefined,
  pausedAt: row.paused_at ?? undefined,
  closedAt: row.closed_at ?? undefined,
  endsAt: endOf(row, 0),
  anonymisedAt: row.anonymised_at ?? undefined,
  candidates: candidates.map((candidate) => candidateView(candidate, row)),
})
