import { readUntilWritten, type Database } from '../storage/index.ts'

export interface Subject {
  id: number
  name: string
  size: number
  sha256: string
  addedAt: number
  targets: string[]
  /** It is handed out at the start signal of this sitting; at once when absent. */
  sittingId?: number
}

export interface Work {
  id: number
  examId: number
  seat: string
  /** Who sat there, in a sitting. */
  seatId?: number
  candidateId?: number
  sittingId?: number
  mac: string
  candidate: string
  name: string
  version: number
  size: number
  sha256: string
  receivedAt: number
  round: number
  /** Below the papers' folder, with forward slashes. */
  path: string
  /** The file was taken out with the personal data. */
  removedAt?: number
}

/** Whose work it is: a candidate's, wherever they sit; else what comes from a seat. */
export type Owner = Pick<Work, 'examId' | 'seat' | 'candidateId'>

interface SubjectRow {
  id: number
  name: string
  size: number
  sha256: string
  added_at: number
  sitting_id: number | null
}

interface WorkRow {
  id: number
  exam_id: number
  seat: string
  seat_id: number | null
  candidate_id: number | null
  sitting_id: number | null
  mac: string
  candidate: string
  name: string
  version: number
  size: number
  sha256: string
  received_at: number
  round: number
  path: string
  removed_at: number | null
}

interface RoundRow {
  number: number
  is_final: number
  at: number
}

/** What is known of exam papers, in the one SQLite file. A row that was committed is on the disk. */
export class PapersStore {
  readonly #database: Database
  // Each machine asks for these every few seconds.
  readonly #realSubjects: () => Subject[]
  readonly #simulatedSubjects: () => Subject[]
  readonly #selectWorksOfSeat
  readonly #selectWorksOfCandidate

  constructor(database: Database) {
    this.#database = database
    const selectSubjects = database.prepare<[number], SubjectRow>(
      'SELECT * FROM subjects WHERE removed_at IS NULL AND (simulated = ? OR sitting_id IS NOT NULL) ORDER BY id',
    )
    const selectTargets = database
      .prepare<[number], string>('SELECT target FROM subject_targets WHERE subject_id = ? ORDER BY target')
      .pluck()
    const subjects = (simulated: boolean): Subject[] =>
      selectSubjects
        .all(Number(simulated))
        .map(({ id, name, size, sha256, added_at: addedAt, sitting_id: sittingId }) => ({
          ...{ id, name, size, sha256, addedAt },
          ...(sittingId !== null && { sittingId }),
          targets: selectTargets.all(id),
        }))
    this.#realSubjects = readUntilWritten(database, () => subjects(false))
    this.#simulatedSubjects = readUntilWritten(database, () => subjects(true))
    this.#selectWorksOfSeat = database.prepare<[number, string], WorkRow>(
      'SELECT * FROM works WHERE exam_id = ? AND seat = ? AND candidate_id IS NULL ORDER BY id DESC',
    )
    this.#selectWorksOfCandidate = database.prepare<[number], WorkRow>(
      'SELECT * FROM works WHERE candidate_id = ? ORDER BY id DESC',
    )
  }

  /** Those of a sitting are there in the simulated room too: it is rehearsed with them. */
  subjects(simulated: boolean): readonly Subject[] {
    return simulated ? this.#simulatedSubjects() : this.#realSubjects()
  }

  /** Answers its id. `lay` puts the file in its place: what it throws takes the row back. */
  addSubject(subject: Omit<Subject, 'id'>, simulated: boolean): number {
    return this.#database.transaction(() => {
      const { name, size, sha256, addedAt, sittingId = null } = subject
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO subjects (name, size, sha256, added_at, simulated, sitting_id) VALUES (?, ?, ?, ?, ?, ?)')
        .run(name, size, sha256, addedAt, Number(simulated), sittingId)
      this.#setTargets(Number(lastInsertRowid), subject.targets)
      return Number(lastInsertRowid)
    })()
  }

  setTargets(id: number, targets: readonly string[]): void {
    this.#database.transaction(() => this.#setTargets(id, targets))()
  }

  removeSubject(id: number, at: number): void {
    this.#database.prepare('UPDATE subjects SET removed_at = ? WHERE id = ?').run(at, id)
  }

  restoreSubject(id: number): void {
    this.#database.prepare('UPDATE subjects SET removed_at = NULL WHERE id = ?').run(id)
  }

  noteFetch(subjectId: number, seat: string, mac: string, at: number): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO subject_fetches (subject_id, seat, mac, fetched_at) VALUES (?, ?, ?, ?)')
      .run(subjectId, seat, mac, at)
  }

  fetches(): { subjectId: number; seat: string; fetchedAt: number }[] {
    return this.#database
      .prepare<[], { subject_id: number; seat: string; fetched_at: number }>('SELECT * FROM subject_fetches')
      .all()
      .map(({ subject_id: subjectId, seat, fetched_at: fetchedAt }) => ({ subjectId, seat, fetchedAt }))
  }

  works(examId: number): Work[] {
    return this.#database
      .prepare<[number], WorkRow>('SELECT * FROM works WHERE exam_id = ? ORDER BY id DESC')
      .all(examId)
      .map(workOf)
  }

  /** Newest first. */
  worksOfSitting(sittingId: number): Work[] {
    return this.#database
      .prepare<[number], WorkRow>('SELECT * FROM works WHERE sitting_id = ? ORDER BY id DESC')
      .all(sittingId)
      .map(workOf)
  }

  /** Newest first. */
  worksOf({ examId, seat, candidateId }: Owner): Work[] {
    const rows =
      candidateId === undefined
        ? this.#selectWorksOfSeat.all(examId, seat)
        : this.#selectWorksOfCandidate.all(candidateId)
    return rows.map(workOf)
  }

  /** Counted on over all of a candidate's seats, and all of a seat's candidates: none is there twice. */
  nextVersion({ examId, seat, candidateId }: Owner, name: string): number {
    const row = this.#database
      .prepare<[string, number, string, number], { latest: number | null }>(
        `SELECT max(version) AS latest FROM works
         WHERE name = ? AND ((exam_id = ? AND seat = ?) OR (candidate_id IS NOT NULL AND candidate_id = ?))`,
      )
      .get(name, examId, seat, candidateId ?? -1)
    return (row?.latest ?? 0) + 1
  }

  /** They are as gone as the files that the caller takes away; what was there is still said. */
  forgetWorks(ids: readonly number[], at: number): void {
    const forget = this.#database.prepare<[number, number]>(
      "UPDATE works SET removed_at = ?, candidate = '' WHERE id = ?",
    )
    this.#database.transaction(() => {
      for (const id of ids) forget.run(at, id)
    })()
  }

  /** The last collection of an exam; undefined before the first. */
  lastRound(examId: number): { number: number; isFinal: boolean; at: number } | undefined {
    const row = this.#database
      .prepare<[number], RoundRow>('SELECT * FROM collection_rounds WHERE exam_id = ? ORDER BY number DESC LIMIT 1')
      .get(examId)
    return row && { number: row.number, isFinal: row.is_final === 1, at: row.at }
  }

  addRound(examId: number, { number, isFinal, at }: { number: number; isFinal: boolean; at: number }): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO collection_rounds (exam_id, number, is_final, at) VALUES (?, ?, ?, ?)')
      .run(examId, number, Number(isFinal), at)
  }

  addWork(work: Omit<Work, 'id'>): Work {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO works (exam_id, seat, seat_id, candidate_id, sitting_id, mac, candidate, name, version, size, sha256,
           received_at, round, path)
         VALUES (@examId, @seat, @seatId, @candidateId, @sittingId, @mac, @candidate, @name, @version, @size, @sha256,
           @receivedAt, @round, @path)`,
      )
      .run({ seatId: null, candidateId: null, sittingId: null, ...work })
    return { id: Number(lastInsertRowid), ...work }
  }

  /** The collection that a work answers. */
  setRound(id: number, round: number): void {
    this.#database.prepare('UPDATE works SET round = ? WHERE id = ?').run(round, id)
  }

  #setTargets(id: number, targets: readonly string[]): void {
    this.#database.prepare('DELETE FROM subject_targets WHERE subject_id = ?').run(id)
    const add = this.#database.prepare('INSERT OR IGNORE INTO subject_targets (subject_id, target) VALUES (?, ?)')
    for (const target of targets) add.run(id, target)
  }
}

const workOf = ({ exam_id: examId, received_at: receivedAt, ...row }: WorkRow): Work => {
  const { id, seat, mac, candidate, name, version, size, sha256, round, path } = row
  return {
    ...{ id, examId, seat, mac, candidate, name, version, size, sha256, receivedAt, round, path },
    ...(row.seat_id !== null && { seatId: row.seat_id }),
    ...(row.candidate_id !== null && { candidateId: row.candidate_id }),
    ...(row.sitting_id !== null && { sittingId: row.sitting_id }),
    ...(row.removed_at !== null && { removedAt: row.removed_at }),
  }
}
