import type { Clock, Unsubscribe } from '../base/index.ts'
import {
  CodedError,
  largestRoom,
  type Mac,
  type RoomInput,
  type RoomMark,
  type RoomView,
  type SeatView,
} from '../contract/index.ts'
import { readUntilWritten, type Database } from '../storage/index.ts'

/** The rooms, their seats, and which machine stands where. */
export interface Rooms {
  /** By name. */
  list(): RoomView[]
  /** @throws CodedError `room.notFound` */
  get(id: number): RoomView
  /** @throws CodedError `room.duplicateName`, `room.planInvalid` */
  add(room: RoomInput): RoomView
  /**
   * Takes the whole plan over. A seat keeps its id, and with it its candidates.
   * @throws CodedError `room.notFound`, `room.duplicateName`, `room.planInvalid`, `seat.notFound`
   */
  update(id: number, room: RoomInput): RoomView
  /** @throws CodedError `room.notFound`, `room.inUse` when a sitting is held there now. */
  remove(id: number): void
  /**
   * Puts a machine at a seat, away from any other; null for none.
   * @throws CodedError `seat.notFound`
   */
  setMachine(seatId: number, mac: Mac | null): RoomView
  /** The seat that a machine stands at: by its MAC, else by its stock item. */
  seatOf(machine: { mac: Mac; itemId?: number }): { room: RoomView; seat: SeatView } | undefined
  onChange(listener: () => void): Unsubscribe
}

interface RoomRow {
  id: number
  name: string
  columns: number
  rows: number
  marks: string
}

interface SeatRow {
  id: number
  room_id: number
  label: string
  column_: number
  row_: number
  item_id: number | null
  mac: string | null
  asset_tag: string | null
}

export function createRooms(database: Database, clock: Clock): Rooms {
  const selectRooms = database.prepare<[], RoomRow>('SELECT * FROM rooms ORDER BY name COLLATE NOCASE')
  const selectRoom = database.prepare<[number], RoomRow>('SELECT * FROM rooms WHERE id = ?')
  const selectByName = database.prepare<[string], number>('SELECT id FROM rooms WHERE name = ? COLLATE NOCASE').pluck()
  const selectSeats = database.prepare<[number], SeatRow>(`
    SELECT seats.*, items.asset_tag FROM seats LEFT JOIN items ON items.id = seats.item_id
    WHERE room_id = ? ORDER BY row_, column_`)
  const selectSeat = database.prepare<[number], SeatRow>(
    'SELECT seats.*, NULL AS asset_tag FROM seats WHERE seats.id = ?',
  )
  const selectSeatOfMac = database.prepare<[string], SeatRow>(
    'SELECT seats.*, NULL AS asset_tag FROM seats WHERE mac = ?',
  )
  const selectSeatOfItem = database.prepare<[number], SeatRow>(
    'SELECT seats.*, NULL AS asset_tag FROM seats WHERE item_id = ?',
  )
  const isHeldIn = database
    .prepare<[number], number>("SELECT 1 FROM sittings WHERE room_id = ? AND state IN ('running', 'paused')")
    .pluck()
  const insertRoom = database.prepare(`
    INSERT INTO rooms (name, columns, rows, marks, created_at, updated_at)
    VALUES (@name, @columns, @rows, @marks, @at, @at)`)
  const changeRoom = database.prepare(`
    UPDATE rooms SET name = @name, columns = @columns, rows = @rows, marks = @marks, updated_at = @at WHERE id = @id`)
  const deleteRoom = database.prepare<[number]>('DELETE FROM rooms WHERE id = ?')
  const insertSeat = database.prepare(`
    INSERT INTO seats (room_id, label, column_, row_, item_id, mac)
    VALUES (@roomId, @label, @column, @row, @itemId, @mac)`)
  const changeSeat = database.prepare(`
    UPDATE seats SET label = @label, column_ = @column, row_ = @row, item_id = @itemId, mac = @mac WHERE id = @id`)
  // Labels, cells, machines and items are unique: while a plan is taken over, none of the old ones is in the way.
  const setSeatsAside = database.prepare<[number]>(
    "UPDATE seats SET label = 'aside ' || id, column_ = -id, row_ = -1, item_id = NULL, mac = NULL WHERE room_id = ?",
  )
  const deleteSeat = database.prepare<[number]>('DELETE FROM seats WHERE id = ?')
  const clearMac = database.prepare<[string, number]>('UPDATE seats SET mac = NULL WHERE mac = ? AND id <> ?')
  const clearItem = database.prepare<[number, number]>(
    'UPDATE seats SET item_id = NULL WHERE item_id = ? AND room_id <> ?',
  )
  const clearMacElsewhere = database.prepare<[string, number]>(
    'UPDATE seats SET mac = NULL WHERE mac = ? AND room_id <> ?',
  )
  const setMac = database.prepare<[string | null, number]>('UPDATE seats SET mac = ? WHERE id = ?')
  const itemExists = database
    .prepare<[number], number>('SELECT 1 FROM items WHERE id = ? AND removed_at IS NULL')
    .pluck()

  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of listeners) listener()
  }

  const toView = (row: RoomRow): RoomView => ({
    id: row.id,
    name: row.name,
    columns: row.columns,
    rows: row.rows,
    seats: selectSeats.all(row.id).map(seatView),
    marks: JSON.parse(row.marks) as RoomMark[],
  })

  const get = (id: number): RoomView => {
    const row = selectRoom.get(id)
    if (!row) throw new CodedError('room.notFound', `no room ${id}`, { id })
    return toView(row)
  }

  const seatRow = (id: number): SeatRow => {
    const row = selectSeat.get(id)
    if (!row) throw new CodedError('seat.notFound', `no seat ${id}`, { id })
    return row
  }

  const refuseTakenName = (name: string, id?: number): void => {
    const holder = selectByName.get(name)
    if (holder !== undefined && holder !== id)
      throw new CodedError('room.duplicateName', `room ${name} is there already`, { name })
  }

  const writeSeats = (roomId: number, room: RoomInput): void => {
    const before = new Set(selectSeats.all(roomId).map(({ id }) => id))
    for (const { id } of room.seats)
      if (id !== undefined && !before.has(id)) throw new CodedError('seat.notFound', `no seat ${id} in it`, { id })
    const kept = new Set(room.seats.map(({ id }) => id))
    for (const id of before) if (!kept.has(id)) deleteSeat.run(id)
    setSeatsAside.run(roomId)
    for (const { id, label, column, row, itemId, mac } of room.seats) {
      if (itemId !== undefined && !itemExists.get(itemId))
        throw new CodedError('stock.itemNotFound', `no item ${itemId}`, { id: itemId })
      if (itemId !== undefined) clearItem.run(itemId, roomId)
      if (mac !== undefined) clearMacElsewhere.run(mac, roomId)
      const columns = { label, column, row, itemId: itemId ?? null, mac: mac ?? null }
      if (id === undefined) insertSeat.run({ ...columns, roomId })
      else changeSeat.run({ ...columns, id })
    }
  }

  const add = database.transaction((room: RoomInput): RoomView => {
    checkPlan(room)
    refuseTakenName(room.name)
    const { name, columns, rows } = room
    const values = { name, columns, rows, marks: JSON.stringify(room.marks), at: clock.now() }
    const id = Number(insertRoom.run(values).lastInsertRowid)
    writeSeats(id, room)
    return get(id)
  })

  const update = database.transaction((id: number, room: RoomInput): RoomView => {
    get(id)
    checkPlan(room)
    refuseTakenName(room.name, id)
    const { name, columns, rows } = room
    changeRoom.run({ id, name, columns, rows, marks: JSON.stringify(room.marks), at: clock.now() })
    writeSeats(id, room)
    return get(id)
  })

  const setMachine = database.transaction((seatId: number, mac: Mac | null): RoomView => {
    const { room_id: roomId } = seatRow(seatId)
    if (mac !== null) clearMac.run(mac, seatId)
    setMac.run(mac, seatId)
    return get(roomId)
  })

  return {
    // Asked for with every heartbeat.
    list: readUntilWritten(database, () => selectRooms.all().map(toView)),
    get,
    add(room) {
      const added = add(room)
      changed()
      return added
    },
    update(id, room) {
      const after = update(id, room)
      changed()
      return after
    },
    remove(id) {
      const { name } = get(id)
      if (isHeldIn.get(id)) throw new CodedError('room.inUse', `a sitting is held in room ${name}`, { name })
      deleteRoom.run(id)
      changed()
    },
    setMachine(seatId, mac) {
      const room = setMachine(seatId, mac)
      changed()
      return room
    },
    seatOf({ mac, itemId }) {
      const row = selectSeatOfMac.get(mac) ?? (itemId === undefined ? undefined : selectSeatOfItem.get(itemId))
      if (!row) return undefined
      const room = get(row.room_id)
      const seat = room.seats.find(({ id }) => id === row.id)
      return seat && { room, seat }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** @throws CodedError `room.planInvalid` with `{ reason, value }`: which rule of a plan is broken, and by what. */
function checkPlan({ columns, rows, seats, marks }: RoomInput): void {
  const invalid = (reason: string, value: string | number): never => {
    throw new CodedError('room.planInvalid', `room plan: ${reason}: ${value}`, { reason, value })
  }
  if (seats.length > largestRoom.seats) invalid('tooManySeats', seats.length)
  const labels = new Set<string>()
  const cells = new Set<string>()
  const machines = new Set<string>()
  for (const { label, column, row, itemId, mac } of [
    ...seats,
    ...marks.map((mark) => ({ ...mark, label: undefined, itemId: undefined, mac: undefined })),
  ]) {
    if (column >= columns || row >= rows) invalid('outside', label ?? `${column + 1}, ${row + 1}`)
    const cell = `${column},${row}`
    if (cells.has(cell)) invalid('sameCell', label ?? `${column + 1}, ${row + 1}`)
    cells.add(cell)
    if (label !== undefined) {
      const key = label.toLowerCase()
      if (labels.has(key)) invalid('sameLabel', label)
      labels.add(key)
    }
    for (const machine of [itemId === undefined ? undefined : `item ${itemId}`, mac]) {
      if (machine === undefined) continue
      if (machines.has(machine)) invalid('sameMachine', machine)
      machines.add(machine)
    }
  }
}

const seatView = (row: SeatRow): SeatView => ({
  id: row.id,
  label: row.label,
  column: row.column_,
  row: row.row_,
  ...(row.item_id !== null && { item: { id: row.item_id, assetTag: row.asset_tag ?? '' } }),
  ...(row.mac !== null && { mac: row.mac }),
})
