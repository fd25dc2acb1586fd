import type { Clock } from '../base/index.ts'
import { CodedError, type ConsumableInput, type ConsumableView, type MovementView } from '../contract/index.ts'
import { consumableInputOf, type StockRooms } from '../stock/index.ts'
import { isConstraintError, type Database } from '../storage/index.ts'
import type { ConsumableLookup, PlannedConsumable } from './consumablePlan.ts'
import { inTransactions, unstopped, type ImportWork, type Work } from './slices.ts'
import { toldAtTheEnd, wholeOrNothing } from './wholeOrNothing.ts'

interface ChangeRow {
  consumable_id: number
  before: string | null
  after: string
  movements: string
}

/**
 * Imports of consumables, each of which is written whole or not at all, in slices as those of items are (see `ItemImports`).
 * What they moved is taken back by movements the other way: a movement is never deleted.
 */
export class ConsumableImports {
  readonly #database: Database
  readonly #clock: Clock
  readonly #rooms: StockRooms
  readonly #who: () => string
  readonly #sql

  constructor(deps: { database: Database; clock: Clock; rooms: StockRooms; who?: () => string }) {
    const { database } = deps
    this.#database = database
    this.#clock = deps.clock
    this.#rooms = deps.rooms
    this.#who = deps.who ?? (() => '')
    this.#sql = {
      begin: database.prepare<[number, string, string, number, number]>(
        "INSERT INTO imports (at, file, who, added, changed, state) VALUES (?, ?, ?, ?, ?, 'running')",
      ),
      note: database.prepare<[number, number, string | null, string, string]>(
        'INSERT INTO import_consumables (import_id, consumable_id, before, after, movements) VALUES (?, ?, ?, ?, ?)',
      ),
      changes: database.prepare<[number], ChangeRow>(
        'SELECT consumable_id, before, after, movements FROM import_consumables WHERE import_id = ? ORDER BY consumable_id DESC',
      ),
      state: database.prepare<[number], string>('SELECT state FROM imports WHERE id = ?').pluck(),
      setState: database.prepare<[string, number]>('UPDATE imports SET state = ? WHERE id = ?'),
      running: database
        .prepare<[], number>(
          "SELECT id FROM imports WHERE state = 'running' AND id IN (SELECT import_id FROM import_consumables)",
        )
        .pluck(),
      forget: database.prepare<[number]>('DELETE FROM imports WHERE id = ?'),
      forgetChange: database.prepare<[number, number]>(
        'DELETE FROM import_consumables WHERE import_id = ? AND consumable_id = ?',
      ),
      erase: database.prepare<[number]>('DELETE FROM consumables WHERE id = ?'),
      used: database
        .prepare<[number], number>(
          `SELECT stock_levels.quantity
           FROM import_consumables JOIN json_each(import_consumables.movements) AS moved
           JOIN movements ON movements.id = moved.value
           JOIN stock_levels ON stock_levels.consumable_id = movements.consumable_id
             AND stock_levels.location_id = to_id AND stock_levels.expires_on = movements.expires_on
           WHERE import_id = ? AND kind = 'in' AND stock_levels.quantity < movements.quantity
             AND NOT EXISTS (SELECT 1 FROM movements AS undoing WHERE undoing.undoes_id = movements.id) LIMIT 1`,
        )
        .pluck(),
      byReference: database
        .prepare<[string], number>(
          'SELECT id FROM consumables WHERE reference = ? COLLATE NOCASE AND removed_at IS NULL',
        )
        .pluck(),
      byBarcode: database
        .prepare<[string], number>(
          "SELECT id FROM consumables WHERE barcode = ? AND barcode <> '' AND removed_at IS NULL",
        )
        .pluck(),
      byName: database
        .prepare<[string], number>(
          'SELECT id FROM consumables WHERE name = ? COLLATE NOCASE AND removed_at IS NULL LIMIT 2',
        )
        .pluck(),
    }
  }

  /** What a plan is made with. */
  get lookup(): ConsumableLookup {
    const { consumables } = this.#rooms
    const of = (id: number | undefined): ConsumableView | undefined =>
      id === undefined ? undefined : consumables.get(id)
    return {
      byReference: (reference) => of(this.#sql.byReference.get(reference)),
      byBarcode: (barcode) => of(this.#sql.byBarcode.get(barcode)),
      byName: (name) => this.#sql.byName.all(name).map((id) => consumables.get(id)),
      levelsOf: (id) => consumables.levels(id),
    }
  }

  /**
   * Writes all of it, or none.
   * @returns the id of the import
   * @throws Cancelled, or what the stock has against a line, after everything that was written is taken back
   */
  async apply(file: string, writes: readonly PlannedConsumable[], work: ImportWork): Promise<number> {
    const added = writes.filter((write) => write.id === undefined).length
    const at = this.#clock.now()
    const id = Number(this.#sql.begin.run(at, file, this.#who(), added, writes.length - added).lastInsertRowid)
    const write = async (): Promise<number> => {
      let next = 0
      const step = (): boolean => {
        const write = writes[next]
        if (write) this.#write(id, file, write)
        next++
        work.onWritten?.(next)
        return next < writes.length
      }
      if (writes.length > 0) await inTransactions(this.#database, step, work)
      this.#sql.setState.run('done', id)
      return id
    }
    return wholeOrNothing(this.#rooms.items, work, write, (undoing) => this.#unwrite(id, undoing))
  }

  /** Whether it was one of consumables. */
  has(importId: number): boolean {
    return this.#sql.changes.get(importId) !== undefined
  }

  /**
   * Takes back what it wrote, but for what was changed by hand since.
   * @throws CodedError `stock.nothingToUndo`, `stock.notEnough` when what came in has been used
   */
  async undo(importId: number, work: Work): Promise<void> {
    if (this.#sql.state.get(importId) !== 'done')
      throw new CodedError('stock.nothingToUndo', `no import ${importId}`, {})
    const quantity = this.#sql.used.get(importId)
    if (quantity !== undefined) throw new CodedError('stock.notEnough', 'it has been used since', { quantity })
    await toldAtTheEnd(this.#rooms.items, async () => {
      await this.#takeBack(importId, work, { leaveTrace: true })
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
    await this.#takeBack(id, work, { leaveTrace: false })
    this.#sql.forget.run(id)
  }

  #write(importId: number, file: string, { id, consumable, counted }: PlannedConsumable): void {
    const { consumables, movements } = this.#rooms
    const before = id === undefined ? undefined : consumableInputOf(consumables.get(id))
    const after = id === undefined ? consumables.add(consumable) : consumables.update(id, consumable)
    const { quantity, location } = counted ?? { quantity: 0, location: '' }
    const what = { consumableId: after.id, note: file }
    let moved: MovementView[] = []
    if (counted && before) moved = movements.correct({ ...what, location, expiresOn: '', counted: quantity })
    else if (quantity > 0) moved = movements.move({ ...what, kind: 'in', to: location, quantity, reason: 'initial' })
    this.#sql.note.run(
      importId,
      after.id,
      before ? JSON.stringify(before) : null,
      JSON.stringify(consumableInputOf(after)),
      JSON.stringify(moved.map((movement) => movement.id)),
    )
  }

  async #takeBack(importId: number, work: Work, { leaveTrace }: { leaveTrace: boolean }): Promise<void> {
    const changes = this.#sql.changes.all(importId)
    let next = 0
    if (changes.length === 0) return
    await inTransactions(
      this.#database,
      () => {
        const change = changes[next++]
        if (change) this.#takeBackOne(importId, change, leaveTrace)
        return next < changes.length
      },
      work,
    )
  }

  #takeBackOne(
    importId: number,
    { consumable_id: id, before, after, movements }: ChangeRow,
    leaveTrace: boolean,
  ): void {
    const { consumables } = this.#rooms
    // What was used while this went on stays, and what it is of.
    if (!this.#moveBack(JSON.parse(movements) as number[])) return
    const now = this.#onShelf(id)
    if (before === null) {
      if (!leaveTrace && this.#erase(importId, id)) return
      if (now) consumables.remove(id)
      return
    }
    if (!now) return
    const was = JSON.parse(before) as ConsumableInput
    const written = JSON.parse(after) as ConsumableInput
    const said = consumableInputOf(now)
    const isTheirs = (field: keyof ConsumableInput): boolean =>
      JSON.stringify(said[field]) !== JSON.stringify(written[field])
    const back = Object.fromEntries(
      (Object.keys(said) as (keyof ConsumableInput)[]).map((field) => [
        field,
        isTheirs(field) ? said[field] : was[field],
      ]),
    ) as ConsumableInput
    consumables.update(id, back)
  }

  /** Whether all of it is back. */
  #moveBack(ids: readonly number[]): boolean {
    try {
      if (ids.length > 0) this.#rooms.movements.undo(ids)
      return true
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      return error.code === 'stock.alreadyUndone'
    }
  }

  /** As if it had never been there; false when it has moved, of which the traces stay. */
  #erase(importId: number, id: number): boolean {
    try {
      this.#database.transaction(() => {
        this.#sql.forgetChange.run(importId, id)
        this.#sql.erase.run(id)
      })()
      return true
    } catch (error) {
      if (!isConstraintError(error)) throw error
      return false
    }
  }

  #onShelf(id: number): ConsumableView | undefined {
    try {
      return this.#rooms.consumables.get(id)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'stock.consumableNotFound') return undefined
      throw error
    }
  }
}
