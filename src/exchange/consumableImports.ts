import type { Clock } from '../base/index.ts'
import { CodedError, type ConsumableInput, type ConsumableView, type MovementView } from '../contract/index.ts'
import type { StockRooms } from '../stock/index.ts'
import type { Database } from '../storage/index.ts'
import { inputOf, type ConsumableLookup, type PlannedConsumable } from './consumablePlan.ts'

interface ChangeRow {
  consumable_id: number
  before: string | null
  after: string
  movements: string
}

/** A list of what lies on shelves is hundreds of lines: written in one go, it may hold everything else that long. */
export const mostConsumables = 5_000

/** Imports of consumables: each is one transaction, and can be taken back. */
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
        "INSERT INTO imports (at, file, who, added, changed, state) VALUES (?, ?, ?, ?, ?, 'done')",
      ),
      note: database.prepare<[number, number, string | null, string, string]>(
        'INSERT INTO import_consumables (import_id, consumable_id, before, after, movements) VALUES (?, ?, ?, ?, ?)',
      ),
      changes: database.prepare<[number], ChangeRow>(
        'SELECT consumable_id, before, after, movements FROM import_consumables WHERE import_id = ? ORDER BY consumable_id DESC',
      ),
      state: database.prepare<[number], string>('SELECT state FROM imports WHERE id = ?').pluck(),
      setUndone: database.prepare<[number]>("UPDATE imports SET state = 'undone' WHERE id = ?"),
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
   */
  apply(file: string, writes: readonly PlannedConsumable[]): number {
    const id = this.#database.transaction(() => {
      const added = writes.filter((write) => write.id === undefined).length
      const at = this.#clock.now()
      const importId = Number(this.#sql.begin.run(at, file, this.#who(), added, writes.length - added).lastInsertRowid)
      for (const write of writes) this.#write(importId, file, write)
      return importId
    })()
    this.#rooms.items.changed()
    return id
  }

  /** Whether it was one of consumables. */
  has(importId: number): boolean {
    return this.#sql.changes.get(importId) !== undefined
  }

  /**
   * Takes back what it wrote, but for what was changed by hand since.
   * @throws CodedError `stock.nothingToUndo`, `stock.notEnough` when what came in has been used
   */
  undo(importId: number): void {
    this.#database.transaction(() => {
      if (this.#sql.state.get(importId) !== 'done')
        throw new CodedError('stock.nothingToUndo', `no import ${importId}`, {})
      for (const change of this.#sql.changes.all(importId)) this.#takeBack(change)
      this.#sql.setUndone.run(importId)
    })()
    this.#rooms.items.changed()
  }

  #write(importId: number, file: string, { id, consumable, counted }: PlannedConsumable): void {
    const { consumables, movements } = this.#rooms
    const before = id === undefined ? undefined : inputOf(consumables.get(id))
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
      JSON.stringify(inputOf(after)),
      JSON.stringify(moved.map((movement) => movement.id)),
    )
  }

  #takeBack({ consumable_id: id, before, after, movements }: ChangeRow): void {
    const { consumables } = this.#rooms
    const moved = JSON.parse(movements) as number[]
    if (moved.length > 0) this.#rooms.movements.undo(moved)
    const now = this.#onShelf(id)
    if (!now) return
    if (before === null) {
      consumables.remove(id)
      return
    }
    const was = JSON.parse(before) as ConsumableInput
    const written = JSON.parse(after) as ConsumableInput
    const said = inputOf(now)
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

  #onShelf(id: number): ConsumableView | undefined {
    try {
      return this.#rooms.consumables.get(id)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'stock.consumableNotFound') return undefined
      throw error
    }
  }
}
