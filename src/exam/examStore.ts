import type { Ipv4, NicAddress } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

export interface ExamRecord {
  id: number
  nic: string
  address: Ipv4
  prefix: number
  simulated: boolean
  startedAt: number
}

interface ExamRow {
  id: number
  nic: string
  address: string
  prefix: number
  simulated: number
  started_at: number
}

/** The exams that ran. One without an end was cut short: the app was killed, or the laptop was. */
export class ExamStore {
  readonly #insert
  readonly #stop
  readonly #unfinished
  readonly #countMachines

  constructor(database: Database) {
    this.#insert = database.prepare<[string, string, number, number, number]>(
      'INSERT INTO exams (nic, address, prefix, simulated, started_at) VALUES (?, ?, ?, ?, ?)',
    )
    this.#stop = database.prepare<[number, number]>(
      'UPDATE exams SET stopped_at = ? WHERE id = ? AND stopped_at IS NULL',
    )
    this.#unfinished = database.prepare<[], ExamRow>('SELECT * FROM exams WHERE stopped_at IS NULL ORDER BY id DESC')
    this.#countMachines = database
      .prepare<[number], number>('SELECT count(DISTINCT mac) FROM journal WHERE exam_id = ?')
      .pluck()
  }

  start(exam: { nic: string; simulated: boolean; at: number } & NicAddress): number {
    const { nic, address, prefix, simulated, at } = exam
    return Number(this.#insert.run(nic, address, prefix, simulated ? 1 : 0, at).lastInsertRowid)
  }

  stop(examId: number, at: number): void {
    this.#stop.run(at, examId)
  }

  /** Newest first. */
  unfinished(): ExamRecord[] {
    return this.#unfinished.all().map((row) => ({
      id: row.id,
      nic: row.nic,
      address: row.address,
      prefix: row.prefix,
      simulated: row.simulated === 1,
      startedAt: row.started_at,
    }))
  }

  machinesHeard(examId: number): number {
    return this.#countMachines.get(examId) ?? 0
  }
}
