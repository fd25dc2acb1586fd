import type { Database } from '../storage/index.ts'

export interface Subject {
  id: number
  name: string
  size: number
  sha256: string
  addedAt: number
  targets: string[]
}

export interface Work {
  id: number
  examId: number
  seat: string
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
}

interface SubjectRow {
  id: number
  name: string
  size: number
  sha256: string
  added_at: number
}

interface WorkRow {
  id: number
  exam_id: number
  seat: string
  mac: string
  candidate: string
  name: string
  version: number
  size: number
  sha256: string
  received_at: number
  round: number
  path: string
}

/** What is known of exam papers, in the one SQLite file. A row that was committed is on the disk. */
export class PapersStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  subjects(simulated: boolean): Subject[] {
    const rows = this.#database
      .prepare<[number], SubjectRow>('SELECT * FROM subjects WHERE removed_at IS NULL AND simulated = ? ORDER BY id')
      .all(Number(simulated))
    const targets = this.#database.prepare<[number], { target: string }>(
      'SELECT target FROM subject_targets WHERE subject_id = ? ORDER BY target',
    )
    return rows.map(({ id, name, size, sha256, added_at: addedAt }) => ({
      ...{ id, name, size, sha256, addedAt },
      targets: targets.all(id).map(({ target }) => target),
    }))
  }

  /** Answers its id. `lay` puts the file in its place: what it throws takes the row back. */
  addSubject(subject: Omit<Subject, 'id'>, simulated: boolean): number {
    return this.#database.transaction(() => {
      const { name, size, sha256, addedAt } = subject
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO subjects (name, size, sha256, added_at, simulated) VALUES (?, ?, ?, ?, ?)')
        .run(name, size, sha256, addedAt, Number(simulated))
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

  worksOf(examId: number, seat: string): Work[] {
    return this.#database
      .prepare<[number, string], WorkRow>('SELECT * FROM works WHERE exam_id = ? AND seat = ? ORDER BY id DESC')
      .all(examId, seat)
      .map(workOf)
  }

  nextVersion(examId: number, seat: string, name: string): number {
    const row = this.#database
      .prepare<[number, string, string], { latest: number | null }>(
        'SELECT max(version) AS latest FROM works WHERE exam_id = ? AND seat = ? AND name = ?',
      )
      .get(examId, seat, name)
    return (row?.latest ?? 0) + 1
  }

  addWork(work: Omit<Work, 'id'>): Work {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO works (exam_id, seat, mac, candidate, name, version, size, sha256, received_at, round, path)
         VALUES (@examId, @seat, @mac, @candidate, @name, @version, @size, @sha256, @receivedAt, @round, @path)`,
      )
      .run(work)
    return { id: Number(lastInsertRowid), ...work }
  }

  #setTargets(id: number, targets: readonly string[]): void {
    this.#database.prepare('DELETE FROM subject_targets WHERE subject_id = ?').run(id)
    const add = this.#database.prepare('INSERT OR IGNORE INTO subject_targets (subject_id, target) VALUES (?, ?)')
    for (const target of targets) add.run(id, target)
  }
}

const workOf = ({ exam_id: examId, received_at: receivedAt, ...row }: WorkRow): Work => {
  const { id, seat, mac, candidate, name, version, size, sha256, round, path } = row
  return { id, examId, seat, mac, candidate, name, version, size, sha256, receivedAt, round, path }
}
