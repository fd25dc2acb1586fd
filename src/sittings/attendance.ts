import type { Clock } from '../base/index.ts'
import { CodedError, type CandidateView, type Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createSittingJournal } from './chain.ts'
import { candidateView, type CandidateRow, type SittingRow } from './sittingRow.ts'
import { readTicket, ticketOf } from './tickets.ts'

/** Who works on a machine, in which sitting, and how far that is. */
export interface Sitter {
  sittingId: number
  sittingTitle: string
  candidateId: number
  name: string
  number: string
  group: string
  isSignedIn: boolean
  /** The start signal was given: subjects are handed out. */
  hasBegun: boolean
  /** The candidate's own time is up, or the sitting closed. */
  isOver: boolean
}

export interface Attendance {
  /** By the seat where the machine stands; by who signed in on it where it stands at none. */
  sitterOn(machine: { seatId?: number; mac: Mac }, now: number): Sitter | undefined
  /**
   * A candidate types the ticket's code at a machine: they are there. One without a seat is given the machine's, when it is
   * free.
   * @throws CodedError `ticket.unknown`, `ticket.otherSeat` with `{ seat }` and the `sittingId` and `candidateId` of who came
   */
  signIn(ticket: string, machine: { seatId?: number; mac: Mac }): CandidateView
  /** The same at the invigilator's desk, for a sitting. @throws CodedError `ticket.unknown` */
  checkIn(sittingId: number, ticket: string, who: string): CandidateView
}

export interface AttendanceDeps {
  database: Database
  clock: Clock
  onChange(): void
}

/** Who hands in late is still whose work it is: so long the seat is theirs, before that of the next sitting. */
const handingOverMs = 15 * 60_000
const dayMs = 12 * 3_600_000

export function createAttendance({ database, clock, onChange }: AttendanceDeps): Attendance {
  const journal = createSittingJournal(database)
  const order = `
    ORDER BY CASE WHEN state IN ('running', 'paused') THEN 0 WHEN state = 'closed' AND closed_at > @now - ${handingOverMs}
      THEN 1 WHEN state IN ('draft', 'ready') THEN 2 ELSE 3 END, planned_at IS NULL, planned_at, sittings.id LIMIT 1`
  const from = `
    SELECT candidates.* FROM candidates JOIN sittings ON sittings.id = candidates.sitting_id
    WHERE state <> 'archived' AND (state <> 'closed' OR closed_at > @now - ${dayMs})`
  const selectAt = database.prepare<{ seatId: number; now: number }, CandidateRow>(
    `${from} AND seat_id = @seatId ${order}`,
  )
  const selectOn = database.prepare<{ mac: string; now: number }, CandidateRow>(
    `${from} AND signed_in_mac = @mac AND seat_id IS NULL ${order}`,
  )
  const selectSitting = database.prepare<[number], SittingRow>('SELECT * FROM sittings WHERE id = ?')
  const selectOpen = database.prepare<[], SittingRow>(
    "SELECT * FROM sittings WHERE state IN ('draft', 'ready', 'running', 'paused') ORDER BY state IN ('running', 'paused') DESC, id",
  )
  const selectCandidates = database.prepare<[number], CandidateRow>('SELECT * FROM candidates WHERE sitting_id = ?')
  const selectCandidate = database.prepare<[number], CandidateRow>('SELECT * FROM candidates WHERE id = ?')
  const selectLabel = database.prepare<[number], string>('SELECT label FROM seats WHERE id = ?').pluck()
  const selectRoom = database.prepare<[number], number>('SELECT room_id FROM seats WHERE id = ?').pluck()
  const setSignedIn = database.prepare<[number, string | null, number | null, number]>(
    "UPDATE candidates SET signed_in_at = ?, signed_in_mac = ?, seat_id = ?, presence = 'present' WHERE id = ?",
  )

  const holderOf = (ticket: string, sittings: readonly SittingRow[]): [CandidateRow, SittingRow] | undefined => {
    const wanted = readTicket(ticket)
    if (wanted === undefined) return undefined
    for (const sitting of sittings)
      for (const candidate of selectCandidates.all(sitting.id))
        if (ticketOf(sitting.secret, candidate.id) === wanted) return [candidate, sitting]
    return undefined
  }
  const unknown = (): CodedError => new CodedError('ticket.unknown', 'no candidate has this ticket')

  const write = (
    [candidate, sitting]: [CandidateRow, SittingRow],
    { mac, seatId, who, action }: { mac: Mac | null; seatId: number | null; who: string; action: string },
  ): CandidateView => {
    database.transaction(() => {
      const at = clock.now()
      setSignedIn.run(at, mac, seatId, candidate.id)
      const details = { candidateId: candidate.id, ...(mac !== null && { mac }) }
      journal.add(sitting.id, { at, who, action, details })
    })()
    onChange()
    return candidateView(selectCandidate.get(candidate.id)!, sitting)
  }

  return {
    sitterOn({ seatId, mac }, now) {
      const candidate = seatId === undefined ? selectOn.get({ mac, now }) : selectAt.get({ seatId, now })
      const sitting = candidate && selectSitting.get(candidate.sitting_id)
      if (!candidate || !sitting) return undefined
      const { endsAt } = candidateView(candidate, sitting)
      const isClosed = sitting.state === 'closed'
      return {
        sittingId: sitting.id,
        sittingTitle: sitting.title,
        candidateId: candidate.id,
        name: `${candidate.first_name} ${candidate.last_name}`.trim(),
        number: candidate.number,
        group: candidate.group_,
        isSignedIn: candidate.signed_in_at !== null,
        hasBegun: sitting.started_at !== null,
        isOver: isClosed || (endsAt !== undefined && (sitting.paused_at ?? now) >= endsAt),
      }
    },
    signIn(ticket, { seatId, mac }) {
      const holder = holderOf(ticket, selectOpen.all())
      if (!holder) throw unknown()
      const [candidate, sitting] = holder
      const isElsewhere = candidate.seat_id !== null && candidate.seat_id !== seatId
      const other = seatId === undefined ? undefined : selectAt.get({ seatId, now: clock.now() })
      const isTaken = candidate.seat_id === null && other !== undefined && other.sitting_id === sitting.id
      const isAnotherRoom = seatId !== undefined && selectRoom.get(seatId) !== sitting.room_id
      if (isElsewhere || isTaken || isAnotherRoom)
        throw new CodedError('ticket.otherSeat', `candidate ${candidate.id} does not sit there`, {
          seat: candidate.seat_id === null ? '' : (selectLabel.get(candidate.seat_id) ?? ''),
          sittingId: sitting.id,
          candidateId: candidate.id,
        })
      return write(holder, { mac, seatId: seatId ?? candidate.seat_id, who: '', action: 'signIn' })
    },
    checkIn(sittingId, ticket, who) {
      const sitting = selectSitting.get(sittingId)
      const isOpen = sitting && sitting.state !== 'closed' && sitting.state !== 'archived'
      const holder = isOpen ? holderOf(ticket, [sitting]) : undefined
      if (!holder) throw unknown()
      return write(holder, { mac: holder[0].signed_in_mac, seatId: holder[0].seat_id, who, action: 'checkIn' })
    },
  }
}
