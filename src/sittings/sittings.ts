import type { Clock, Unsubscribe } from '../base/index.ts'
import {
  CodedError,
  type CandidateInput,
  type CandidateView,
  type Mac,
  type Presence,
  type SeatingInput,
  type SittingEntry,
  type SittingInput,
  type SittingState,
  type SittingView,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createSittingJournal } from './chain.ts'
import type { Rooms } from './rooms.ts'
import { assignSeats } from './seating.ts'
import { candidateView, sittingView, type CandidateRow, type SittingRow } from './sittingRow.ts'
import { unlockCheck, type UnlockCheck } from './unlockCode.ts'

/** What a candidate's machine is to show and to do, as its agent is told with every heartbeat. */
export interface SeatOrders {
  sitting: { id: number; title: string; state: SittingState }
  candidate: { id: number; name: string; number: string }
  seat: string
  /** Milliseconds left; null before the start. Stands still while the sitting is paused. */
  remainingMs: number | null
  locked: { reason: string } | null
  /** What the code that unlocks it without a network is known by. */
  unlock: UnlockCheck
  /** Each until it has been acknowledged. */
  orders: { id: number; kind: 'message' | 'reboot' | 'powerOff'; text: string }[]
}

/** What one who acts is called; empty when nobody said. */
type Who = string

export interface Sittings {
  /** Those that are not archived: what runs first, then by time. */
  list(): SittingView[]
  archived(): SittingView[]
  /** @throws CodedError `sitting.notFound` */
  get(id: number): SittingView
  /** @throws CodedError `room.notFound` */
  add(sitting: SittingInput): SittingView
  /** The room cannot be changed once it has begun. @throws CodedError `sitting.notFound`, `sitting.wrongState`, `room.notFound` */
  update(id: number, sitting: SittingInput, who?: string): SittingView
  duplicate(id: number): SittingView
  /** @throws CodedError `sitting.wrongState` once it has begun: it can be archived, and its personal data taken out. */
  remove(id: number): void
  /**
   * @param place what runs on the network meanwhile
   * @throws CodedError `sitting.wrongState`, `sitting.notPrepared` with `{ missing }`, `sitting.seatsTaken` where another
   *   one that is held has somebody at the same seats
   */
  begin(id: number, who: Who, place?: { examId?: number; isRehearsal: boolean }): SittingView
  /** A rehearsal is over: as it was before it began, but for its journal. @throws CodedError `sitting.wrongState` */
  takeBack(id: number, who: Who): SittingView
  pause(id: number, who: Who): SittingView
  goOn(id: number, who: Who): SittingView
  close(id: number, who: Who): SittingView
  archive(id: number, who: Who): SittingView
  /** Takes names, numbers, groups, notes and all that was written out, for good. @throws CodedError `sitting.wrongState` */
  anonymise(id: number, who: Who): SittingView
  /** The same for one candidate. @throws CodedError `sitting.wrongState` before it is over */
  forgetCandidate(id: number, who: Who): SittingView
  journal(id: number): { entries: SittingEntry[]; intact: boolean }

  /** Adds new candidates and brings known numbers up to date; all of them or none. */
  takeRoster(sittingId: number, candidates: readonly CandidateInput[]): SittingView
  /** @throws CodedError `candidate.notFound`, `candidate.duplicateNumber` */
  updateCandidate(id: number, candidate: CandidateInput): CandidateView
  removeCandidate(id: number): void
  /**
   * Who sat there changes places.
   * @throws CodedError `seat.notFound` for a seat of another room, `sitting.seatsTaken` when it has begun and somebody of
   *   another one that is held sits there
   */
  seat(candidateId: number, seatId: number | null, who: Who): SittingView
  /** @throws CodedError `seating.tooFewSeats`, `sitting.notPrepared` without a room, `sitting.wrongState` once begun */
  assign(seating: SeatingInput): SittingView

  setPresence(sittingId: number, candidateIds: readonly number[], presence: Presence, who: Who): SittingView
  extend(sittingId: number, candidateIds: readonly number[], minutes: number, who: Who): SittingView
  /** Whether or not their machines are heard: the lock is told as soon as they are. */
  lock(sittingId: number, candidateIds: readonly number[], reason: string, who: Who): SittingView
  unlock(sittingId: number, candidateIds: readonly number[], who: Who): SittingView
  order(
    sittingId: number,
    candidateIds: readonly number[],
    order: { kind: 'message' | 'reboot' | 'powerOff'; text?: string },
    who: Who,
  ): SittingView
  /** Writes down what somebody chose for the machine where this candidate sits; without a profile: the boot menu. */
  choseBoot(
    sittingId: number,
    candidateId: number,
    boot: { action: 'bootOnce' | 'bootAlways' | 'bootUsual'; profile?: string },
    who: Who,
  ): SittingView
  note(candidateId: number, note: string, who: Who): CandidateView

  /** Exam rules of its own were laid down, or taken away. @throws CodedError `sitting.notFound`, `sitting.wrongState` */
  noteRules(sittingId: number, who: Who, areOwn: boolean): void

  /** For the machine at a seat; undefined when nobody of a sitting that has not been closed sits there. */
  ordersFor(seatId: number, now: number): SeatOrders | undefined
  /** The machine has carried these out. */
  received(seatId: number, orderIds: readonly number[]): void
  /** The machine was unlocked with its code while it had no network. */
  unlockedByCode(seatId: number, mac: Mac): void
  /** Somebody else wrote to their tables. */
  touched(): void
  /** Something outside the sittings changed of which the states of preparation depend: rooms. */
  roomsChanged(): void
  onChange(listener: () => void): Unsubscribe
}

export interface SittingsDeps {
  database: Database
  clock: Clock
  rooms: Pick<Rooms, 'get'>
  /** From 0 to below 1. */
  random: () => number
  randomBytes: (length: number) => Buffer
}

export function createSittings({ database, clock, rooms, random, randomBytes }: SittingsDeps): Sittings {
  const journal = createSittingJournal(database)
  const selectOpen = database.prepare<[], SittingRow>(`
    SELECT * FROM sittings WHERE state <> 'archived'
    ORDER BY state IN ('running', 'paused') DESC, state = 'closed', planned_at IS NULL, planned_at, id`)
  const selectArchived = database.prepare<[], SittingRow>(
    "SELECT * FROM sittings WHERE state = 'archived' ORDER BY closed_at DESC, id DESC LIMIT 500",
  )
  const selectOne = database.prepare<[number], SittingRow>('SELECT * FROM sittings WHERE id = ?')
  const selectCandidates = database.prepare<[number], CandidateRow>(
    'SELECT * FROM candidates WHERE sitting_id = ? ORDER BY id',
  )
  const selectCandidate = database.prepare<[number], CandidateRow>('SELECT * FROM candidates WHERE id = ?')
  const selectByNumber = database.prepare<[number, string], CandidateRow>(
    'SELECT * FROM candidates WHERE sitting_id = ? AND number = ? COLLATE NOCASE',
  )
  // Where several sittings have somebody at a seat, the one that is held counts, else the next one.
  const selectAtSeat = database.prepare<[number], CandidateRow>(`
    SELECT candidates.* FROM candidates JOIN sittings ON sittings.id = candidates.sitting_id
    WHERE seat_id = ? AND state IN ('draft', 'ready', 'running', 'paused')
    ORDER BY state IN ('running', 'paused') DESC, planned_at IS NULL, planned_at, sittings.id LIMIT 1`)
  const insert = database.prepare(`
    INSERT INTO sittings
      (title, module, room_id, profile_id, planned_at, duration_minutes, quorum, warnings, collect_minutes, grace_minutes,
        wakes, state, secret, created_at)
    VALUES
      (@title, @module, @roomId, @profileId, @plannedAt, @durationMinutes, @quorum, @warnings, @collectMinutes,
        @graceMinutes, @wakes, 'draft', @secret, @at)`)
  const change = database.prepare(`
    UPDATE sittings SET title = @title, module = @module, room_id = @roomId, profile_id = @profileId,
      planned_at = @plannedAt, duration_minutes = @durationMinutes, quorum = @quorum, warnings = @warnings,
      collect_minutes = @collectMinutes, grace_minutes = @graceMinutes, wakes = @wakes
    WHERE id = @id`)
  const setState = database.prepare<[SittingState, number]>('UPDATE sittings SET state = ? WHERE id = ?')
  const setBegun = database.prepare<[number, number | null, number, number]>(
    "UPDATE sittings SET state = 'running', started_at = ?, exam_id = ?, is_rehearsal = ? WHERE id = ?",
  )
  const setTakenBack = database.prepare<[number]>(`
    UPDATE sittings SET state = 'draft', started_at = NULL, paused_at = NULL, paused_ms = 0, closed_at = NULL,
      exam_id = NULL, is_rehearsal = 0
    WHERE id = ?`)
  const forgetDay = database.prepare<[number]>(`
    UPDATE candidates SET presence = 'expected', locked_reason = NULL, locked_at = NULL, signed_in_at = NULL,
      signed_in_mac = NULL, warned_minutes = NULL, ended_at = NULL
    WHERE sitting_id = ?`)
  const dropOrders = database.prepare<[number]>('DELETE FROM orders WHERE sitting_id = ?')
  const dropWorks = database.prepare<[number]>(
    'UPDATE works SET sitting_id = NULL, candidate_id = NULL WHERE sitting_id = ?',
  )
  const selectTaken = database.prepare<[number, number], { title: string; count: number }>(`
    SELECT sittings.title, count(*) AS count FROM candidates
    JOIN candidates AS others ON others.seat_id = candidates.seat_id AND others.sitting_id <> candidates.sitting_id
    JOIN sittings ON sittings.id = others.sitting_id AND sittings.state IN ('running', 'paused')
    WHERE candidates.sitting_id = ? AND sittings.id <> ? AND others.presence NOT IN ('absent', 'left')
    GROUP BY sittings.id LIMIT 1`)
  const selectHeldAt = database.prepare<[number, number], { title: string; count: number }>(`
    SELECT sittings.title, 1 AS count FROM candidates JOIN sittings ON sittings.id = candidates.sitting_id
    WHERE seat_id = ? AND sittings.id <> ? AND state IN ('running', 'paused') AND presence NOT IN ('absent', 'left')
    LIMIT 1`)
  const setPaused = database.prepare<[number, number]>(
    "UPDATE sittings SET state = 'paused', paused_at = ? WHERE id = ?",
  )
  const setGoingOn = database.prepare<[number, number]>(
    "UPDATE sittings SET state = 'running', paused_ms = paused_ms + max(0, ? - paused_at), paused_at = NULL WHERE id = ?",
  )
  const setClosed = database.prepare<[number, number]>(
    "UPDATE sittings SET state = 'closed', paused_at = NULL, closed_at = ? WHERE id = ?",
  )
  const setAnonymised = database.prepare<[number, number]>('UPDATE sittings SET anonymised_at = ? WHERE id = ?')
  const deleteOne = database.prepare<[number]>('DELETE FROM sittings WHERE id = ?')
  const insertCandidate = database.prepare(`
    INSERT INTO candidates (sitting_id, number, last_name, first_name, group_, extra_minutes, seat_id)
    VALUES (@sittingId, @number, @lastName, @firstName, @group, @extraMinutes, @seatId)`)
  const changeCandidate = database.prepare(`
    UPDATE candidates SET number = @number, last_name = @lastName, first_name = @firstName, group_ = @group,
      extra_minutes = @extraMinutes
    WHERE id = @id`)
  const deleteCandidate = database.prepare<[number]>('DELETE FROM candidates WHERE id = ?')
  const setSeat = database.prepare<[number | null, number]>('UPDATE candidates SET seat_id = ? WHERE id = ?')
  const clearSeats = database.prepare<[number]>('UPDATE candidates SET seat_id = NULL WHERE sitting_id = ?')
  const setPresence = database.prepare<[Presence, number]>('UPDATE candidates SET presence = ? WHERE id = ?')
  const addExtra = database.prepare<[number, number]>(
    `UPDATE candidates SET extra_minutes = max(0, extra_minutes + ?), warned_minutes = NULL, ended_at = NULL
     WHERE id = ?`,
  )
  const setLock = database.prepare<[string | null, number | null, number]>(
    'UPDATE candidates SET locked_reason = ?, locked_at = ? WHERE id = ?',
  )
  const setNote = database.prepare<[string, number]>('UPDATE candidates SET note = ? WHERE id = ?')
  const forgetPeople = database.prepare<[number]>(`
    UPDATE candidates SET number = 'X' || id, last_name = 'X' || id, first_name = '', group_ = '', note = '',
      locked_reason = iif(locked_reason IS NULL, NULL, ''), signed_in_mac = NULL
    WHERE sitting_id = ?`)
  const forgetPerson = database.prepare<[number]>(`
    UPDATE candidates SET number = 'X' || id, last_name = 'X' || id, first_name = '', group_ = '', note = '',
      locked_reason = iif(locked_reason IS NULL, NULL, ''), signed_in_mac = NULL
    WHERE id = ?`)
  const forgetOrdersOf = database.prepare<[number]>("UPDATE orders SET text = '' WHERE candidate_id = ?")
  const forgetIncidentsOf = database.prepare<[number]>(
    "UPDATE incidents SET text = '', comment = '' WHERE candidate_id = ?",
  )
  const againWarned = database.prepare<[number]>(
    'UPDATE candidates SET warned_minutes = NULL, ended_at = NULL WHERE sitting_id = ?',
  )
  const forgetOrders = database.prepare<[number]>("UPDATE orders SET text = '' WHERE sitting_id = ?")
  const forgetIncidents = database.prepare<[number]>(
    "UPDATE incidents SET text = '', comment = '' WHERE sitting_id = ?",
  )
  const insertOrder = database.prepare<[number, number, number, string, string]>(
    'INSERT INTO orders (sitting_id, candidate_id, at, kind, text) VALUES (?, ?, ?, ?, ?)',
  )
  const selectOrders = database.prepare<[number], SeatOrders['orders'][number]>(
    'SELECT id, kind, text FROM orders WHERE candidate_id = ? AND received_at IS NULL ORDER BY id LIMIT 20',
  )
  const setReceived = database.prepare<[number, number, number]>(
    'UPDATE orders SET received_at = ? WHERE id = ? AND candidate_id = ? AND received_at IS NULL',
  )

  const listeners = new Set<() => void>()
  const changed = <T>(result: T): T => {
    for (const listener of listeners) listener()
    return result
  }

  /** Slow to work out, on purpose, and asked for with every heartbeat. */
  const unlockChecks = new Map<number, UnlockCheck>()
  const unlockCheckOf = ({ secret }: SittingRow, candidateId: number): UnlockCheck => {
    const known = unlockChecks.get(candidateId) ?? unlockCheck(secret, candidateId)
    unlockChecks.set(candidateId, known)
    return known
  }

  const rowOf = (id: number): SittingRow => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('sitting.notFound', `no sitting ${id}`, { id })
    return row
  }
  const candidateOf = (id: number): CandidateRow => {
    const row = selectCandidate.get(id)
    if (!row) throw new CodedError('candidate.notFound', `no candidate ${id}`, { id })
    return row
  }
  const viewOf = (id: number): SittingView => sittingView(rowOf(id), selectCandidates.all(id))

  const mustBe = (row: SittingRow, ...states: SittingState[]): void => {
    if (!states.includes(row.state))
      throw new CodedError('sitting.wrongState', `sitting ${row.id} is ${row.state}`, { id: row.id, state: row.state })
  }

  /** What is missing before it can begin. */
  const missingOf = (row: SittingRow): string[] => {
    const candidates = selectCandidates.all(row.id)
    return [
      ...(row.room_id === null ? ['room'] : []),
      ...(candidates.length === 0 ? ['candidates'] : []),
      ...(candidates.some(({ seat_id }) => seat_id === null) ? ['seats'] : []),
    ]
  }

  /** Draft or ready, as what there is says. */
  const settle = (id: number): void => {
    const row = rowOf(id)
    if (row.state !== 'draft' && row.state !== 'ready') return
    const state = missingOf(row).length === 0 ? 'ready' : 'draft'
    if (state !== row.state) setState.run(state, id)
  }

  const columns = ({ roomId, profileId, plannedAt, warnings, graceMinutes, wakes, ...rest }: SittingInput) => ({
    ...rest,
    roomId: roomId ?? null,
    profileId: profileId ?? null,
    plannedAt: plannedAt ?? null,
    graceMinutes: graceMinutes ?? null,
    wakes: Number(wakes),
    warnings: JSON.stringify([...new Set(warnings)].sort((a, b) => b - a)),
  })

  /** One step of a sitting, written down with it. */
  const step = (action: string, states: SittingState[], run: (row: SittingRow, now: number) => void) =>
    database.transaction((id: number, who: Who): SittingView => {
      const row = rowOf(id)
      mustBe(row, ...states)
      const now = clock.now()
      run(row, now)
      journal.add(id, { at: now, who, action })
      return viewOf(id)
    })

  /** Something done to several candidates of a sitting that is not over, written down candidate by candidate. */
  const toEach = (
    sittingId: number,
    candidateIds: readonly number[],
    entry: { who: Who; action: string; details?: SittingEntry['details']; text?: string },
    run: (candidate: CandidateRow, now: number) => void,
  ): SittingView =>
    changed(
      database.transaction(() => {
        const row = rowOf(sittingId)
        mustBe(row, 'draft', 'ready', 'running', 'paused')
        const now = clock.now()
        for (const id of new Set(candidateIds)) {
          const candidate = candidateOf(id)
          if (candidate.sitting_id !== sittingId)
            throw new CodedError('candidate.notFound', `candidate ${id} is of another sitting`, { id })
          run(candidate, now)
          journal.add(sittingId, { at: now, ...entry, details: { candidateId: id, ...entry.details } })
        }
        return viewOf(sittingId)
      })(),
    )

  const begin = (place: { examId?: number; isRehearsal: boolean }) =>
    step('begin', ['draft', 'ready'], (row, now) => {
      const missing = missingOf(row)
      if (missing.length > 0)
        throw new CodedError('sitting.notPrepared', `sitting ${row.id}: no ${missing.join(', ')}`, {
          missing: missing.join(','),
        })
      const taken = selectTaken.get(row.id, row.id)
      if (taken) throw new CodedError('sitting.seatsTaken', `seats of sitting ${row.id} are taken`, { ...taken })
      setBegun.run(now, place.examId ?? null, Number(place.isRehearsal), row.id)
    })
  const takeBack = step('takeBack', ['running', 'paused', 'closed'], (row) => {
    if (row.is_rehearsal !== 1)
      throw new CodedError('sitting.wrongState', `sitting ${row.id} was no rehearsal`, { id: row.id, state: row.state })
    setTakenBack.run(row.id)
    forgetDay.run(row.id)
    dropOrders.run(row.id)
    dropWorks.run(row.id)
    settle(row.id)
  })
  const pause = step('pause', ['running'], (row, now) => setPaused.run(now, row.id))
  const goOn = step('goOn', ['paused'], (row, now) => setGoingOn.run(now, row.id))
  const close = step('close', ['running', 'paused'], (row, now) => {
    if (row.state === 'paused') setGoingOn.run(now, row.id)
    setClosed.run(now, row.id)
  })
  const archive = step('archive', ['closed'], (row) => setState.run('archived', row.id))
  const anonymise = step('anonymise', ['closed', 'archived'], (row, now) => {
    forgetPeople.run(row.id)
    forgetOrders.run(row.id)
    forgetIncidents.run(row.id)
    journal.forgetTexts(row.id)
    setAnonymised.run(now, row.id)
  })

  const add = database.transaction((sitting: SittingInput): number => {
    if (sitting.roomId !== undefined) rooms.get(sitting.roomId)
    const id = Number(insert.run({ ...columns(sitting), secret: randomBytes(32), at: clock.now() }).lastInsertRowid)
    journal.add(id, { at: clock.now(), who: '', action: 'create' })
    return id
  })

  const writeCandidates = (sittingId: number, candidates: readonly CandidateInput[]): void => {
    for (const candidate of candidates) {
      const known = selectByNumber.get(sittingId, candidate.number)
      if (known) changeCandidate.run({ ...candidate, id: known.id })
      else insertCandidate.run({ ...candidate, sittingId, seatId: null })
    }
    settle(sittingId)
  }

  const mustBeOfRoom = (seatId: number, row: SittingRow): void => {
    const isThere = row.room_id !== null && rooms.get(row.room_id).seats.some(({ id }) => id === seatId)
    if (!isThere) throw new CodedError('seat.notFound', `seat ${seatId} is not in its room`, { id: seatId })
  }

  /** The seats that another sitting of the room needs while this one is held. */
  const takenBeside = (row: SittingRow): Set<number> => {
    const others = selectOpen.all().filter((other) => other.id !== row.id && areTogether(row, other))
    return new Set(others.flatMap(({ id }) => selectCandidates.all(id).flatMap(({ seat_id }) => seat_id ?? [])))
  }

  return {
    list: () => selectOpen.all().map((row) => sittingView(row, selectCandidates.all(row.id))),
    archived: () => selectArchived.all().map((row) => sittingView(row, selectCandidates.all(row.id))),
    get: viewOf,
    add: (sitting) => changed(viewOf(add(sitting))),
    update: (id, sitting, who = '') =>
      changed(
        database.transaction(() => {
          const row = rowOf(id)
          mustBe(row, 'draft', 'ready', 'running', 'paused')
          if (sitting.roomId !== undefined) rooms.get(sitting.roomId)
          const movesRoom = (sitting.roomId ?? null) !== row.room_id
          if (movesRoom) {
            mustBe(row, 'draft', 'ready')
            clearSeats.run(id)
          }
          change.run({ ...columns(sitting), id })
          const { durationMinutes } = sitting
          if (row.started_at !== null && durationMinutes !== row.duration_minutes) {
            againWarned.run(id)
            journal.add(id, { at: clock.now(), who, action: 'duration', details: { minutes: durationMinutes } })
          }
          settle(id)
          return viewOf(id)
        })(),
      ),
    duplicate: (id) =>
      changed(
        database.transaction(() => {
          const { candidates, ...before } = viewOf(id)
          const { title, module, roomId, profileId, durationMinutes, quorum, warnings } = before
          const { collectMinutes, graceMinutes, wakes } = before
          const same = { title, module, roomId, profileId, durationMinutes, quorum, warnings }
          const copy = add({ ...same, collectMinutes, graceMinutes, wakes })
          for (const { number, lastName, firstName, group, extraMinutes, seatId = null } of candidates)
            insertCandidate.run({ sittingId: copy, number, lastName, firstName, group, extraMinutes, seatId })
          settle(copy)
          return viewOf(copy)
        })(),
      ),
    remove(id) {
      mustBe(rowOf(id), 'draft', 'ready')
      deleteOne.run(id)
      changed(undefined)
    },
    begin: (id, who, place = { isRehearsal: false }) => changed(begin(place)(id, who)),
    takeBack: (id, who) => changed(takeBack(id, who)),
    pause: (id, who) => changed(pause(id, who)),
    goOn: (id, who) => changed(goOn(id, who)),
    close: (id, who) => changed(close(id, who)),
    archive: (id, who) => changed(archive(id, who)),
    anonymise: (id, who) => changed(anonymise(id, who)),
    forgetCandidate: (id, who) =>
      changed(
        database.transaction(() => {
          const { sitting_id: sittingId } = candidateOf(id)
          mustBe(rowOf(sittingId), 'closed', 'archived')
          forgetPerson.run(id)
          forgetOrdersOf.run(id)
          forgetIncidentsOf.run(id)
          journal.forgetTexts(sittingId, id)
          journal.add(sittingId, { at: clock.now(), who, action: 'forget', details: { candidateId: id } })
          return viewOf(sittingId)
        })(),
      ),
    journal: (id) => {
      rowOf(id)
      return journal.read(id)
    },

    takeRoster: (sittingId, candidates) =>
      changed(
        database.transaction(() => {
          mustBe(rowOf(sittingId), 'draft', 'ready', 'running', 'paused')
          writeCandidates(sittingId, candidates)
          journal.add(sittingId, {
            at: clock.now(),
            who: '',
            action: 'roster',
            details: { count: candidates.length },
          })
          return viewOf(sittingId)
        })(),
      ),
    updateCandidate: (id, candidate) =>
      changed(
        database.transaction(() => {
          const before = candidateOf(id)
          const holder = selectByNumber.get(before.sitting_id, candidate.number)
          if (holder && holder.id !== id)
            throw new CodedError('candidate.duplicateNumber', `number ${candidate.number} is taken`, {
              number: candidate.number,
            })
          changeCandidate.run({ ...candidate, id })
          return candidateView(candidateOf(id), rowOf(before.sitting_id))
        })(),
      ),
    removeCandidate(id) {
      const { sitting_id: sittingId } = candidateOf(id)
      mustBe(rowOf(sittingId), 'draft', 'ready')
      deleteCandidate.run(id)
      settle(sittingId)
      changed(undefined)
    },
    seat: (candidateId, seatId, who) =>
      changed(
        database.transaction(() => {
          const candidate = candidateOf(candidateId)
          const row = rowOf(candidate.sitting_id)
          mustBe(row, 'draft', 'ready', 'running', 'paused')
          if (seatId !== null) {
            mustBeOfRoom(seatId, row)
            const taken = row.started_at === null ? undefined : selectHeldAt.get(seatId, row.id)
            if (taken) throw new CodedError('sitting.seatsTaken', `seat ${seatId} is taken`, { ...taken })
            const other = selectCandidates.all(row.id).find(({ seat_id }) => seat_id === seatId)
            setSeat.run(null, candidateId)
            if (other && other.id !== candidateId) setSeat.run(candidate.seat_id, other.id)
          }
          setSeat.run(seatId, candidateId)
          if (row.started_at !== null)
            journal.add(row.id, {
              at: clock.now(),
              who,
              action: 'move',
              details: { candidateId, from: candidate.seat_id ?? 0, to: seatId ?? 0 },
            })
          settle(row.id)
          return viewOf(row.id)
        })(),
      ),
    assign: ({ sittingId, ...rules }) =>
      changed(
        database.transaction(() => {
          const row = rowOf(sittingId)
          mustBe(row, 'draft', 'ready')
          if (row.room_id === null)
            throw new CodedError('sitting.notPrepared', `sitting ${sittingId} has no room`, { missing: 'room' })
          const { candidates } = viewOf(sittingId)
          const taken = takenBeside(row)
          const free = rooms.get(row.room_id).seats.filter((seat) => !taken.has(seat.id))
          const seats = assignSeats(candidates, free, rules, random)
          clearSeats.run(sittingId)
          for (const [candidateId, seatId] of seats) setSeat.run(seatId, candidateId)
          settle(sittingId)
          return viewOf(sittingId)
        })(),
      ),

    setPresence: (sittingId, ids, presence, who) =>
      toEach(sittingId, ids, { who, action: 'presence', details: { presence } }, ({ id }) =>
        setPresence.run(presence, id),
      ),
    extend: (sittingId, ids, minutes, who) =>
      toEach(sittingId, ids, { who, action: 'extend', details: { minutes } }, ({ id }) => addExtra.run(minutes, id)),
    lock: (sittingId, ids, reason, who) =>
      toEach(sittingId, ids, { who, action: 'lock', text: reason }, ({ id }, now) => setLock.run(reason, now, id)),
    unlock: (sittingId, ids, who) =>
      toEach(sittingId, ids, { who, action: 'unlock' }, ({ id }) => setLock.run(null, null, id)),
    order: (sittingId, ids, { kind, text = '' }, who) =>
      toEach(sittingId, ids, { who, action: kind, ...(text !== '' && { text }) }, ({ id }, now) =>
        insertOrder.run(sittingId, id, now, kind, text),
      ),
    choseBoot: (sittingId, candidateId, { action, profile }, who) =>
      toEach(
        sittingId,
        [candidateId],
        { who, action, ...(profile !== undefined && { details: { profile } }) },
        () => {},
      ),
    note: (candidateId, note, who) =>
      changed(
        database.transaction(() => {
          const { sitting_id: sittingId } = candidateOf(candidateId)
          setNote.run(note, candidateId)
          journal.add(sittingId, { at: clock.now(), who, action: 'note', details: { candidateId }, text: note })
          return candidateView(candidateOf(candidateId), rowOf(sittingId))
        })(),
      ),

    noteRules(sittingId, who, areOwn) {
      mustBe(rowOf(sittingId), 'draft', 'ready', 'running', 'paused')
      journal.add(sittingId, { at: clock.now(), who, action: areOwn ? 'ownRules' : 'profileRules' })
      changed(undefined)
    },

    ordersFor(seatId, now) {
      const candidate = selectAtSeat.get(seatId)
      if (!candidate) return undefined
      const row = rowOf(candidate.sitting_id)
      const { endsAt } = candidateView(candidate, row)
      const seat = rooms.get(row.room_id ?? 0).seats.find(({ id }) => id === seatId)
      return {
        sitting: { id: row.id, title: row.title, state: row.state },
        candidate: {
          id: candidate.id,
          name: `${candidate.first_name} ${candidate.last_name}`.trim(),
          number: candidate.number,
        },
        seat: seat?.label ?? '',
        remainingMs: endsAt === undefined ? null : Math.max(0, endsAt - (row.paused_at ?? now)),
        locked: candidate.locked_reason === null ? null : { reason: candidate.locked_reason },
        unlock: unlockCheckOf(row, candidate.id),
        orders: selectOrders.all(candidate.id),
      }
    },
    received(seatId, orderIds) {
      const candidate = selectAtSeat.get(seatId)
      if (!candidate) return
      const now = clock.now()
      database.transaction(() => {
        for (const id of orderIds) setReceived.run(now, id, candidate.id)
      })()
    },
    unlockedByCode(seatId, mac) {
      const candidate = selectAtSeat.get(seatId)
      if (!candidate || candidate.locked_reason === null) return
      database.transaction(() => {
        setLock.run(null, null, candidate.id)
        const details = { candidateId: candidate.id, mac }
        journal.add(candidate.sitting_id, { at: clock.now(), who: '', action: 'unlockedByCode', details })
      })()
      changed(undefined)
    },
    touched() {
      changed(undefined)
    },
    roomsChanged() {
      for (const { id } of selectOpen.all()) settle(id)
      changed(undefined)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Both are held, or planned for times that meet. */
function areTogether(row: SittingRow, other: SittingRow): boolean {
  if (row.room_id !== other.room_id || other.state === 'closed') return false
  if (other.state === 'running' || other.state === 'paused') return true
  if (row.planned_at === null || other.planned_at === null) return false
  const endOf = ({ planned_at: at, duration_minutes: minutes }: SittingRow): number => (at ?? 0) + minutes * 60_000
  return row.planned_at < endOf(other) && other.planned_at < endOf(row)
}
