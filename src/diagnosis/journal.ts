import type { Cancel, Clock, Logger } from '../base/index.ts'
import {
  eventTypes,
  groupsByEvent,
  type AmorceEvent,
  type EventGroup,
  type EventType,
  type JournalEntry,
  type JournalQuery,
  type Mac,
} from '../contract/index.ts'
import { withoutWaitingForDisk, type Database } from '../storage/index.ts'

/** Entries are written together at most this often: one disk flush for many. */
const flushEveryMs = 50
/** What may wait for one flush. A flood past it is counted, and the count is kept. */
const maxPending = 4000
const keptEntries = 500_000
/** How many entries are written between two looks at whether there are too many. */
const trimEvery = 20_000
/** Machines whose last heartbeat is remembered; invented ones must not fill the memory. */
const maxHeartbeats = 4000

interface JournalRow {
  id: number
  at: number
  mac: string | null
  event: string
}

export interface JournalOptions {
  database: Database
  clock: Clock
  logger: Logger
  /** The machine an event is about, when it does not name its MAC. */
  machineOf(event: AmorceEvent): Mac | undefined
  /** Told of every entry once it is on the disk, oldest first. */
  onAppend(entries: JournalEntry[]): void
  /** Told when entries could not be written: they are kept and tried again. */
  onFailure(error: unknown): void
}

/** What happened, in order, on the disk. The journeys of an exam can be rebuilt from it. */
export class Journal {
  readonly #options: JournalOptions
  readonly #insert
  readonly #ofExam
  readonly #between
  readonly #trim
  readonly #latest
  #examId: number | null = null
  #pending: { at: number; mac: Mac | null; event: AmorceEvent; examId: number | null }[] = []
  #skipped = 0
  #sinceTrim = 0
  #closed = false
  #cancelFlush: Cancel | undefined
  readonly #lastHeartbeat = new Map<Mac, string>()

  constructor(options: JournalOptions) {
    this.#options = options
    const { database } = options
    this.#insert = database.prepare<[number | null, number, string | null, string, string]>(
      'INSERT INTO journal (exam_id, at, mac, type, event) VALUES (?, ?, ?, ?, ?)',
    )
    this.#ofExam = database.prepare<[number], JournalRow>(
      'SELECT id, at, mac, event FROM journal WHERE exam_id = ? ORDER BY id',
    )
    this.#between = database.prepare<[number, number], JournalRow>(
      'SELECT id, at, mac, event FROM journal WHERE at BETWEEN ? AND ? ORDER BY id',
    )
    this.#latest = database.prepare<[], { at: number }>('SELECT at FROM journal ORDER BY id DESC LIMIT 1')
    this.#trim = database.prepare<[number]>('DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?')
    this.#trim.run(keptEntries)
  }

  /** Entries recorded from now on belong to this exam, or to none. */
  setExam(examId: number | null): void {
    this.flush()
    this.#examId = examId
    this.#lastHeartbeat.clear()
  }

  readonly record = (event: AmorceEvent): void => {
    if (this.#closed || !this.#isWorthKeeping(event)) return
    if (this.#pending.length >= maxPending) {
      this.#skipped += 1
      return
    }
    const mac = this.#options.machineOf(event) ?? null
    this.#pending.push({ at: event.at, mac, event, examId: this.#examId })
    this.#cancelFlush ??= this.#options.clock.after(flushEveryMs, () => this.flush())
  }

  /** Writes what waits and records nothing more: call it before closing the database. */
  close(): void {
    this.flush()
    this.#closed = true
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
  }

  /** Writes what waits. Called by itself. */
  flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (this.#skipped > 0) {
      const at = this.#options.clock.now()
      const event: AmorceEvent = { type: 'journal.skipped', at, count: this.#skipped }
      this.#pending.push({ at, mac: null, event, examId: this.#examId })
      this.#skipped = 0
    }
    if (this.#pending.length === 0) return
    const batch = this.#pending
    this.#pending = []
    try {
      const { database } = this.#options
      const write = database.transaction(() =>
        batch.map(({ at, mac, event, examId }): JournalEntry => {
          const { lastInsertRowid } = this.#insert.run(examId, at, mac, event.type, JSON.stringify(event))
          return { id: Number(lastInsertRowid), at, mac: mac ?? undefined, event }
        }),
      )
      // Twenty times a second the services would stand still for the disk; the leases alone are worth that.
      const entries = withoutWaitingForDisk(database, write)
      this.#sinceTrim += entries.length
      if (this.#sinceTrim >= trimEvery) {
        this.#sinceTrim = 0
        this.#trim.run(keptEntries)
      }
      this.#options.onAppend(entries)
    } catch (error) {
      // Nothing is lost while there is memory for it: it is tried again with what comes next.
      this.#pending = batch.concat(this.#pending).slice(0, maxPending)
      this.#options.logger.error('journal not written', { error: String(error), waiting: this.#pending.length })
      this.#options.onFailure(error)
      this.#cancelFlush ??= this.#options.clock.after(1000, () => this.flush())
    }
  }

  /** Newest first. */
  list(query: JournalQuery): JournalEntry[] {
    this.flush()
    const conditions: string[] = []
    const values: (string | number)[] = []
    if (query.before > 0) {
      conditions.push('id < ?')
      values.push(query.before)
    }
    if (query.mac !== '') {
      conditions.push('mac = ?')
      values.push(query.mac)
    }
    if (query.groups.length > 0) {
      const types = typesIn(query.groups)
      conditions.push(`type IN (${types.map(() => '?').join(', ')})`)
      values.push(...types)
    }
    if (query.search !== '') {
      conditions.push(`event LIKE ? ESCAPE '\\'`)
      values.push(`%${query.search.replace(/[\\%_]/g, '\\$&')}%`)
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    return this.#options.database
      .prepare<(string | number)[], JournalRow>(
        `SELECT id, at, mac, event FROM journal ${where} ORDER BY id DESC LIMIT ?`,
      )
      .all(...values, query.limit)
      .map(asEntry)
  }

  /** When the newest entry was recorded, in milliseconds since the Unix epoch; 0 when there is none. */
  latestAt(): number {
    this.flush()
    return this.#latest.get()?.at ?? 0
  }

  /** What happened in an exam, oldest first. */
  eventsOf(examId: number): AmorceEvent[] {
    this.flush()
    return this.#ofExam.all(examId).map((row) => asEntry(row).event)
  }

  /** Oldest first; times are milliseconds since the Unix epoch, both included. */
  eventsBetween(from: number, to: number): AmorceEvent[] {
    this.flush()
    return this.#between.all(from, to).map((row) => asEntry(row).event)
  }

  #isWorthKeeping(event: AmorceEvent): boolean {
    if (event.type === 'transfer.progress') return false
    // After these, that its agent speaks still, or again, is news.
    if (event.type === 'machine.asked' || event.type === 'dhcp.request') this.#lastHeartbeat.delete(event.mac)
    if (event.type !== 'agent.heartbeat') return true
    // A heartbeat says the same thing every few seconds for hours; only the first of a kind is news.
    const said = `${event.stage} ${JSON.stringify(event.facts)}`
    if (this.#lastHeartbeat.get(event.mac) === said) return false
    if (this.#lastHeartbeat.size >= maxHeartbeats) this.#lastHeartbeat.clear()
    this.#lastHeartbeat.set(event.mac, said)
    return true
  }
}

const asEntry = (row: JournalRow): JournalEntry => ({
  id: row.id,
  at: row.at,
  mac: row.mac ?? undefined,
  event: JSON.parse(row.event) as AmorceEvent,
})

const typesIn = (groups: readonly EventGroup[]): EventType[] =>
  eventTypes.filter((type) => groupsByEvent[type].some((group) => groups.includes(group)))
