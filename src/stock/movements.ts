import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type CartridgeChange,
  type CorrectionInput,
  type MoveInput,
  type MovementKind,
  type MovementPage,
  type MovementQuery,
  type MovementReason,
  type MovementView,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import type { Locations } from './locations.ts'
import type { People } from './parties.ts'

/** A movement as it is written down, with ids. */
interface Line {
  consumableId: number
  kind: MovementKind
  quantity: number
  fromId: number | null
  toId: number | null
  expiresOn: string
  reason: MovementReason
  note: string
  personId?: number | null
  printerId?: number | null
  interventionId?: number | null
  countId?: number | null
  undoesId?: number | null
}

export interface Movements {
  /** Newest first, page by page. */
  list(query: MovementQuery): MovementPage
  /**
   * Moves a quantity; what leaves leaves what expires first, and so may be several movements.
   * @throws CodedError `stock.consumableNotFound`, `stock.notEnough` (`details: { quantity }`, what is there)
   */
  move(input: MoveInput): MovementView[]
  /** What was counted in one place: the difference, if any, becomes a movement. */
  correct(input: CorrectionInput & { countId?: number; locationId?: number }): MovementView[]
  /** All of them or none. @throws CodedError `stock.movementNotFound`, `stock.alreadyUndone`, `stock.notEnough` */
  undo(ids: readonly number[]): void
  /** Newest first. */
  cartridgeChanges(printerId: number): CartridgeChange[]
}

interface MovementRow {
  id: number
  at: number
  consumable_id: number
  consumable: string
  kind: MovementKind
  quantity: number
  from_id: number | null
  from_path: string | null
  to_id: number | null
  to_path: string | null
  expires_on: string
  reason: MovementReason
  note: string
  who: string
  person: string | null
  printer_id: number | null
  printer_tag: string | null
  intervention_id: number | null
  undoes_id: number | null
  is_undone: number
}

const selectSql = `
  SELECT movements.*, consumables.name AS consumable,
    (SELECT path FROM locations WHERE id = from_id) AS from_path,
    (SELECT path FROM locations WHERE id = to_id) AS to_path,
    (SELECT name FROM people WHERE id = person_id) AS person,
    (SELECT asset_tag FROM items WHERE id = printer_id) AS printer_tag,
    EXISTS (SELECT 1 FROM movements AS undoing WHERE undoing.undoes_id = movements.id) AS is_undone
  FROM movements JOIN consumables ON consumables.id = consumable_id`

export function createMovements(
  database: Database,
  clock: Clock,
  who: () => string,
  locations: Pick<Locations, 'ensure'>,
  people: Pick<People, 'ensure'>,
): Movements {
  const insert = database.prepare(`
    INSERT INTO movements (at, consumable_id, kind, quantity, from_id, to_id, expires_on, reason, note, who, person_id,
      printer_id, intervention_id, count_id, undoes_id)
    VALUES (@at, @consumableId, @kind, @quantity, @fromId, @toId, @expiresOn, @reason, @note, @who, @personId,
      @printerId, @interventionId, @countId, @undoesId)`)
  const selectOne = database.prepare<[number], MovementRow>(`${selectSql} WHERE movements.id = ?`)
  const selectLots = database.prepare<[number, number], { expires_on: string; quantity: number }>(
    // What expires first is used first; what never expires last.
    `SELECT expires_on, quantity FROM stock_levels WHERE consumable_id = ? AND location_id = ? AND quantity > 0
     ORDER BY expires_on = '', expires_on`,
  )
  const selectLevel = database
    .prepare<[number, number, string], number>(
      'SELECT quantity FROM stock_levels WHERE consumable_id = ? AND location_id = ? AND expires_on = ?',
    )
    .pluck()
  const isKnown = database
    .prepare<[number], number>('SELECT 1 FROM consumables WHERE id = ? AND removed_at IS NULL')
    .pluck()
  const insertChange = database.prepare<[number, number, number | null]>(
    'INSERT INTO cartridge_changes (movement_id, printer_id, pages) VALUES (?, ?, ?)',
  )
  const selectChanges = database.prepare<
    [number],
    {
      movement_id: number
      at: number
      name: string
      consumable_id: number
      pages: number | null
      printed: number | null
      who: string
    }
  >(`
    SELECT movement_id, at, name, consumable_id, cartridge_changes.pages,
      cartridge_changes.pages - lag(cartridge_changes.pages) OVER (PARTITION BY consumable_id ORDER BY movement_id) AS printed, who
    FROM cartridge_changes
    JOIN movements ON movements.id = movement_id
    JOIN consumables ON consumables.id = consumable_id
    WHERE cartridge_changes.printer_id = ?
      AND NOT EXISTS (SELECT 1 FROM movements AS undoing WHERE undoing.undoes_id = movement_id)
    ORDER BY movement_id DESC LIMIT 200`)

  const write = (line: Line): number =>
    Number(
      insert.run({
        personId: null,
        printerId: null,
        interventionId: null,
        countId: null,
        undoesId: null,
        ...line,
        at: clock.now(),
        who: who(),
      }).lastInsertRowid,
    )
  const viewOf = (id: number): MovementView => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.movementNotFound', `no movement ${id}`, { id })
    return movementView(row)
  }
  const placeOf = (path: string | undefined): number | null => (path ? (locations.ensure(path)?.id ?? null) : null)

  /** The lots that a quantity is taken from. */
  function lotsFor(
    { consumableId, quantity, expiresOn }: MoveInput,
    fromId: number,
  ): { expiresOn: string; quantity: number }[] {
    const there = selectLots
      .all(consumableId, fromId)
      .filter((lot) => expiresOn === undefined || lot.expires_on === expiresOn)
    const total = there.reduce((sum, lot) => sum + lot.quantity, 0)
    if (total < quantity)
      throw new CodedError('stock.notEnough', `${total} of consumable ${consumableId} there, ${quantity} wanted`, {
        quantity: total,
      })
    let missing = quantity
    return there.flatMap((lot) => {
      const taken = Math.min(lot.quantity, missing)
      missing -= taken
      return taken > 0 ? [{ expiresOn: lot.expires_on, quantity: taken }] : []
    })
  }

  const move = database.transaction((input: MoveInput): MovementView[] => {
    const { consumableId, kind, quantity, reason, note, printerId, interventionId, pages } = input
    if (isKnown.get(consumableId) === undefined)
      throw new CodedError('stock.consumableNotFound', `no consumable ${consumableId}`, { id: consumableId })
    const fromId = kind === 'in' ? null : placeOf(input.from)
    const toId = kind === 'out' ? null : placeOf(input.to)
    const needs = { in: toId !== null, out: fromId !== null, transfer: fromId !== null && toId !== null }
    if (!needs[kind] || fromId === toId)
      throw new CodedError('stock.locationNotFound', `a movement ${kind} has its places`, {})
    const lots = fromId === null ? [{ expiresOn: input.expiresOn ?? '', quantity }] : lotsFor(input, fromId)
    const personId = input.person ? (people.ensure(input.person) ?? null) : null
    const ids = lots.map((lot) =>
      write({
        consumableId,
        kind,
        ...lot,
        fromId,
        toId,
        reason,
        note,
        personId,
        printerId: printerId ?? null,
        interventionId: interventionId ?? null,
      }),
    )
    if (printerId !== undefined && kind === 'out' && ids[0] !== undefined)
      insertChange.run(ids[0], printerId, pages ?? null)
    return ids.map(viewOf)
  })

  return {
    list({ consumableId, locationId, printerId, before, limit }) {
      const conditions = [
        consumableId !== undefined && 'consumable_id = @consumableId',
        // Each side has its index.
        locationId !== undefined &&
          'movements.id IN (SELECT id FROM movements WHERE from_id = @locationId UNION SELECT id FROM movements WHERE to_id = @locationId)',
        printerId !== undefined && 'printer_id = @printerId',
        before !== undefined && 'movements.id < @before',
      ].filter(Boolean)
      const rows = database
        .prepare<[object], MovementRow>(
          `${selectSql} ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
           ORDER BY movements.id DESC LIMIT @limit`,
        )
        .all({ consumableId, locationId, printerId, before, limit })
      const last = rows.length === limit ? rows.at(-1)?.id : undefined
      return { movements: rows.map(movementView), ...(last === undefined ? {} : { next: last }) }
    },
    move,
    correct: database.transaction((input: CorrectionInput & { countId?: number; locationId?: number }) => {
      const placeId = input.locationId ?? placeOf(input.location)
      if (placeId === null) throw new CodedError('stock.locationNotFound', 'nothing is counted nowhere', {})
      const { consumableId, expiresOn, counted, note, countId } = input
      const difference = counted - (selectLevel.get(consumableId, placeId, expiresOn) ?? 0)
      if (difference === 0) return []
      const id = write({
        consumableId,
        kind: 'correction',
        quantity: Math.abs(difference),
        fromId: difference < 0 ? placeId : null,
        toId: difference > 0 ? placeId : null,
        expiresOn,
        reason: countId === undefined ? 'mistake' : 'count',
        note,
        countId: countId ?? null,
      })
      return [viewOf(id)]
    }),
    undo: database.transaction((ids: readonly number[]) => {
      // The last first: what came in and went on must come back before it leaves.
      for (const id of [...ids].sort((a, b) => b - a)) {
        const row = selectOne.get(id)
        if (!row) throw new CodedError('stock.movementNotFound', `no movement ${id}`, { id })
        if (row.is_undone === 1 || row.undoes_id !== null)
          throw new CodedError('stock.alreadyUndone', `movement ${id} is undone`, { id })
        const back: Record<MovementKind, MovementKind> = {
          in: 'out',
          out: 'in',
          transfer: 'transfer',
          correction: 'correction',
        }
        const there = row.to_id === null ? undefined : selectLevel.get(row.consumable_id, row.to_id, row.expires_on)
        if (row.kind !== 'correction' && there !== undefined && there < row.quantity)
          throw new CodedError('stock.notEnough', `${there} there, ${row.quantity} to take back`, { quantity: there })
        write({
          consumableId: row.consumable_id,
          kind: back[row.kind],
          quantity: row.quantity,
          fromId: row.to_id,
          toId: row.from_id,
          expiresOn: row.expires_on,
          reason: 'undo',
          note: '',
          undoesId: id,
        })
      }
    }),
    cartridgeChanges: (printerId) =>
      selectChanges.all(printerId).map((row) => ({
        movementId: row.movement_id,
        at: row.at,
        cartridge: row.name,
        consumableId: row.consumable_id,
        who: row.who,
        ...(row.pages === null ? {} : { pages: row.pages }),
        ...(row.printed === null ? {} : { printed: row.printed }),
      })),
  }
}

const movementView = (row: MovementRow): MovementView => ({
  id: row.id,
  at: row.at,
  consumableId: row.consumable_id,
  consumable: row.consumable,
  kind: row.kind,
  quantity: row.quantity,
  ...(row.from_path === null ? {} : { from: row.from_path }),
  ...(row.to_path === null ? {} : { to: row.to_path }),
  expiresOn: row.expires_on,
  reason: row.reason,
  note: row.note,
  who: row.who,
  ...(row.person === null ? {} : { person: row.person }),
  ...(row.printer_id === null ? {} : { printer: { id: row.printer_id, assetTag: row.printer_tag ?? '' } }),
  ...(row.intervention_id === null ? {} : { interventionId: row.intervention_id }),
  ...(row.undoes_id === null ? {} : { undoesId: row.undoes_id }),
  isUndone: row.is_undone === 1,
})
