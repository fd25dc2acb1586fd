import type { Clock } from '../base/index.ts'
import { CodedError } from '../contract/index.ts'
import type { StockRooms } from '../stock/index.ts'
import type { Database } from '../storage/index.ts'
import { inTransactions, unstopped, type ImportWork, type Work } from './slices.ts'
import { toldAtTheEnd, wholeOrNothing } from './wholeOrNothing.ts'

export interface NotedImportsDeps {
  database: Database
  clock: Clock
  rooms: StockRooms
  who?: () => string
}

/**
 * Imports, each of which is written whole or not at all, in slices as those of items are (see `ItemImports`). What a line wrote is
 * noted in a table of their own, and taken back by that.
 */
export abstract class NotedImports<Change> {
  protected readonly database: Database
  protected readonly rooms: StockRooms
  readonly #clock: Clock
  readonly #who: () => string
  readonly #sql

  /** @param table where it is noted, by `import_id` */
  constructor({ database, clock, rooms, who }: NotedImportsDeps, table: 'import_consumables' | 'import_references') {
    this.database = database
    this.rooms = rooms
    this.#clock = clock
    this.#who = who ?? (() => '')
    this.#sql = {
      begin: database.prepare<[number, string, string, number, number]>(
        "INSERT INTO imports (at, file, who, added, changed, state) VALUES (?, ?, ?, ?, ?, 'running')",
      ),
      isNoted: database.prepare<[number], number>(`SELECT 1 FROM ${table} WHERE import_id = ?`).pluck(),
      state: database.prepare<[number], string>('SELECT state FROM imports WHERE id = ?').pluck(),
      setState: database.prepare<[string, number]>('UPDATE imports SET state = ? WHERE id = ?'),
      running: database
        .prepare<[], number>(
          `SELECT id FROM imports WHERE state = 'running' AND id IN (SELECT import_id FROM ${table})`,
        )
        .pluck(),
      forget: database.prepare<[number]>('DELETE FROM imports WHERE id = ?'),
    }
  }

  /** What an import noted, the latest first. */
  protected abstract changesOf(importId: number): Change[]

  /** @param leaveTrace false for an import that is to be as if it had never been */
  protected abstract takeBackOne(importId: number, change: Change, leaveTrace: boolean): void

  /** Throws what stands against taking an import back. */
  protected refuseUndo(importId: number): void {
    void importId
  }

  /**
   * Writes all of it, or none.
   * @param writeOne writes what one line says, and notes it
   * @returns the id of the import
   * @throws Cancelled, or what the stock has against a line, after everything that was written is taken back
   */
  protected async writeAll<Write extends { id?: number }>(
    file: string,
    writes: readonly Write[],
    work: ImportWork,
    writeOne: (importId: number, write: Write) => void,
  ): Promise<number> {
    const added = writes.filter((write) => write.id === undefined).length
    const at = this.#clock.now()
    const id = Number(this.#sql.begin.run(at, file, this.#who(), added, writes.length - added).lastInsertRowid)
    const write = async (): Promise<number> => {
      let next = 0
      const step = (): boolean => {
        const planned = writes[next]
        if (planned) writeOne(id, planned)
        next++
        work.onWritten?.(next)
        return next < writes.length
      }
      if (writes.length > 0) await inTransactions(this.database, step, work)
      this.#sql.setState.run('done', id)
      return id
    }
    return wholeOrNothing(this.rooms.items, work, write, (undoing) => this.#unwrite(id, undoing))
  }

  /** Whether it was one of these. */
  has(importId: number): boolean {
    return this.#sql.isNoted.get(importId) !== undefined
  }

  /**
   * Takes back what it wrote, but for what was changed by hand since.
   * @throws CodedError `stock.nothingToUndo`, and what stands against it
   */
  async undo(importId: number, work: Work): Promise<void> {
    if (this.#sql.state.get(importId) !== 'done')
      throw new CodedError('stock.nothingToUndo', `no import ${importId}`, {})
    this.refuseUndo(importId)
    await toldAtTheEnd(this.rooms.items, async () => {
      await this.#takeBack(importId, work, true)
      this.#sql.setState.run('undone', importId)
    })
  }

  /** Takes back imports that were cut short by the end of the process. To be called when the file was opened. */
  async recover(): Promise<number> {
    const ids = this.#sql.running.all()
    for (const id of ids) await this.#unwrite(id, unstopped({ onSlice: () => undefined }))
    return ids.length
  }

  async #unwrite(id: number, work: Work): Promise<void> {
    await this.#takeBack(id, work, false)
    this.#sql.forget.run(id)
  }

  async #takeBack(importId: number, work: Work, leaveTrace: boolean): Promise<void> {
    const changes = this.changesOf(importId)
    let next = 0
    const step = (): boolean => {
      const change = changes[next++]
      if (change) this.takeBackOne(importId, change, leaveTrace)
      return next < changes.length
    }
    if (changes.length > 0) await inTransactions(this.database, step, work)
  }
}

/** Every field as it was before an import wrote it, but for what somebody changed since, which is theirs. */
export const takenBack = <Values extends object>(now: Values, was: Values, written: Values): Values =>
  Object.fromEntries(
    (Object.keys(now) as (keyof Values)[]).map((field) => [
      field,
      JSON.stringify(now[field]) === JSON.stringify(written[field]) ? was[field] : now[field],
    ]),
  ) as Values
