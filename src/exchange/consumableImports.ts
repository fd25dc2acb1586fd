import { CodedError, type ConsumableInput, type ConsumableView, type MovementView } from '../contract/index.ts'
import { consumableInputOf } from '../stock/index.ts'
import { isConstraintError } from '../storage/index.ts'
import type { ConsumableLookup, PlannedConsumable } from './consumablePlan.ts'
import { NotedImports, takenBack, type NotedImportsDeps } from './notedImports.ts'
import type { ImportWork } from './slices.ts'

interface ChangeRow {
  consumable_id: number
  before: string | null
  after: string
  movements: string
}

/** Imports of consumables. What they moved is taken back by movements the other way: a movement is never deleted. */
export class ConsumableImports extends NotedImports<ChangeRow> {
  readonly #sql

  constructor(deps: NotedImportsDeps) {
    super(deps, 'import_consumables')
    const { database } = deps
    this.#sql = {
      note: database.prepare<[number, number, string | null, string, string]>(
        'INSERT INTO import_consumables (import_id, consumable_id, before, after, movements) VALUES (?, ?, ?, ?, ?)',
      ),
      changes: database.prepare<[number], ChangeRow>(
        'SELECT consumable_id, before, after, movements FROM import_consumables WHERE import_id = ? ORDER BY consumable_id DESC',
      ),
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
    const { consumables } = this.rooms
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
  apply(file: string, writes: readonly PlannedConsumable[], work: ImportWork): Promise<number> {
    return this.writeAll(file, writes, work, (id, write) => this.#write(id, file, write))
  }

  protected override changesOf(importId: number): ChangeRow[] {
    return this.#sql.changes.all(importId)
  }

  /** @throws CodedError `stock.notEnough` when what came in has been used */
  protected override refuseUndo(importId: number): void {
    const quantity = this.#sql.used.get(importId)
    if (quantity !== undefined) throw new CodedError('stock.notEnough', 'it has been used since', { quantity })
  }

  #write(importId: number, file: string, { id, consumable, counted }: PlannedConsumable): void {
    const { consumables, movements } = this.rooms
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

  protected override takeBackOne(
    importId: number,
    { consumable_id: id, before, after, movements }: ChangeRow,
    leaveTrace: boolean,
  ): void {
    const { consumables } = this.rooms
    // What was used while this went on stays, and what it is of.
    if (!this.#moveBack(JSON.parse(movements) as number[])) return
    const now = this.#onShelf(id)
    if (before === null) {
      if (!leaveTrace && this.#erase(importId, id)) return
      if (now) consumables.remove(id)
      return
    }
    if (!now) return
    const [was, written] = [JSON.parse(before), JSON.parse(after)] as [ConsumableInput, ConsumableInput]
    consumables.update(id, takenBack(consumableInputOf(now), was, written))
  }

  /** Whether all of it is back. */
  #moveBack(ids: readonly number[]): boolean {
    try {
      if (ids.length > 0) this.rooms.movements.undo(ids)
      return true
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      return error.code === 'stock.alreadyUndone'
    }
  }

  /** As if it had never been there; false when it has moved, of which the traces stay. */
  #erase(importId: number, id: number): boolean {
    try {
      this.database.transaction(() => {
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
      return this.rooms.consumables.get(id)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'stock.consumableNotFound') return undefined
      throw error
    }
  }
}
