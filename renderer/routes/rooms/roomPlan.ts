import { largestRoom, type RoomInput, type RoomView, type SeatInput } from '../../../src/contract/index.ts'

// What can be done to a plan while it is drawn. Every step takes a plan and gives another one.

export interface Plan {
  columns: number
  rows: number
  seats: SeatInput[]
  marks: RoomInput['marks']
}

export const numberings = ['rowLetters', 'sequential', 'snake'] as const
/** `rowLetters`: A1, A2, B1…; `sequential`: 1, 2, 3…; `snake`: the same, every second row the other way. */
export type Numbering = (typeof numberings)[number]

export interface GridWish {
  rows: number
  seatsPerRow: number
  /** After how many seats of a row there is an aisle, e.g. [2, 6]. */
  aislesAfter: readonly number[]
}

export const planOf = ({ columns, rows, seats, marks }: RoomView): Plan => ({
  columns,
  rows,
  seats: seats.map(({ id, label, column, row, item, mac }) => ({ id, label, column, row, itemId: item?.id, mac })),
  marks,
})

/** Rows of seats with aisles between them, and the board in front. */
export function makeGrid({ rows, seatsPerRow, aislesAfter }: GridWish): Plan {
  const aisles = [...new Set(aislesAfter)].filter((after) => after > 0 && after < seatsPerRow)
  const columns = Math.min(seatsPerRow + aisles.length, largestRoom.columns)
  const seats: SeatInput[] = []
  for (let row = 0; row < rows; row++)
    for (let seat = 0; seat < seatsPerRow; seat++) {
      const column = seat + aisles.filter((after) => after <= seat).length
      if (column < largestRoom.columns && row + 1 < largestRoom.rows && seats.length < largestRoom.seats)
        seats.push({ label: '', column, row: row + 1 })
    }
  const plan: Plan = {
    columns,
    rows: Math.min(rows + 1, largestRoom.rows),
    seats,
    marks: [{ kind: 'board', column: Math.floor((columns - 1) / 2), row: 0 }],
  }
  return renumber(plan, 'rowLetters')
}

/** What `makeGrid` is asked for to draw a plan like this one: as many rows, all as long as the longest. */
export function wishOf({ seats }: Plan): GridWish {
  const rows = [...new Set(seats.map(({ row }) => row))]
  const longest = rows
    .map((row) => seats.filter((seat) => seat.row === row).map(({ column }) => column))
    .reduce((most, columns) => (columns.length > most.length ? columns : most), [])
    .sort((a, b) => a - b)
  return {
    rows: rows.length,
    seatsPerRow: longest.length,
    aislesAfter: longest.flatMap((column, index) => (column - (longest[index - 1] ?? column) > 1 ? [index] : [])),
  }
}

/** New labels for all seats, from the board backwards. */
export function renumber(plan: Plan, numbering: Numbering): Plan {
  const rows = [...new Set(plan.seats.map(({ row }) => row))].sort((a, b) => a - b)
  let next = 1
  const labels = new Map<SeatInput, string>()
  for (const [index, row] of rows.entries()) {
    const inRow = plan.seats.filter((seat) => seat.row === row).sort((a, b) => a.column - b.column)
    if (numbering === 'snake' && index % 2 === 1) inRow.reverse()
    for (const [place, seat] of inRow.entries())
      labels.set(seat, numbering === 'rowLetters' ? `${rowLetters(index)}${place + 1}` : String(next++))
  }
  return { ...plan, seats: plan.seats.map((seat) => ({ ...seat, label: labels.get(seat) ?? seat.label })) }
}

/** A to Z, then AA, AB… */
export function rowLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : rowLetters(Math.floor(index / 26) - 1) + last
}

type Place = { column: number; row: number }

/** A quarter turn clockwise; labels stay with their seats. */
export const rotate = (plan: Plan): Plan =>
  moved({ ...plan, columns: plan.rows, rows: plan.columns }, ({ column, row }) => ({
    column: plan.rows - 1 - row,
    row: column,
  }))

/** Left and right changed over: the room seen from the other side. */
export const mirror = (plan: Plan): Plan =>
  moved(plan, ({ column, row }) => ({ column: plan.columns - 1 - column, row }))

const moved = (plan: Plan, to: (place: Place) => Place): Plan => ({
  ...plan,
  seats: plan.seats.map((seat) => ({ ...seat, ...to(seat) })),
  marks: plan.marks.map((mark) => ({ ...mark, ...to(mark) })),
})

export const seatAt = (plan: Plan, column: number, row: number): SeatInput | undefined =>
  plan.seats.find((seat) => seat.column === column && seat.row === row)
export const markAt = (plan: Plan, column: number, row: number): Plan['marks'][number] | undefined =>
  plan.marks.find((mark) => mark.column === column && mark.row === row)

/** The floor there: whatever stood in the cell is gone. */
export const cleared = (plan: Plan, column: number, row: number): Plan => ({
  ...plan,
  seats: plan.seats.filter((seat) => seat.column !== column || seat.row !== row),
  marks: plan.marks.filter((mark) => mark.column !== column || mark.row !== row),
})

/** A new seat in the cell, called by the first number that is free. */
export function withSeat(plan: Plan, column: number, row: number): Plan {
  const without = cleared(plan, column, row)
  if (without.seats.length >= largestRoom.seats) return plan
  const taken = new Set(without.seats.map(({ label }) => label.toLowerCase()))
  let number = without.seats.length + 1
  while (taken.has(String(number))) number++
  return { ...without, seats: [...without.seats, { label: String(number), column, row }] }
}

export const withMark = (plan: Plan, column: number, row: number, kind: Plan['marks'][number]['kind']): Plan => {
  const without = cleared(plan, column, row)
  return { ...without, marks: [...without.marks, { kind, column, row }] }
}

/** A seat carried to another cell; who stood there changes places with it. */
export function movedSeat(plan: Plan, from: Place, to: Place): Plan {
  const seat = seatAt(plan, from.column, from.row)
  if (!seat || markAt(plan, to.column, to.row)) return plan
  const other = seatAt(plan, to.column, to.row)
  return {
    ...plan,
    seats: plan.seats.map((each) =>
      each === seat ? { ...each, ...to } : each === other ? { ...each, ...from } : each,
    ),
  }
}

/** More or fewer columns and rows; what no longer fits is gone. */
export const resized = (plan: Plan, columns: number, rows: number): Plan => {
  const fits = ({ column, row }: Place): boolean => column < columns && row < rows
  return { columns, rows, seats: plan.seats.filter(fits), marks: plan.marks.filter(fits) }
}

/**
 * A plan as a table: label, column, row and, if there is one, the asset tag's column is left out; columns and rows count
 * from 1. Undefined when a line has no label or no place.
 */
export function planFromCsv(text: string): { plan: Plan } | { line: number } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  const seats: SeatInput[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const [label = '', column = '', row = ''] = line.split(/[;,\t]/).map((cell) => cell.trim().replace(/^"|"$/g, ''))
    const isHeading = index === 0 && !/^\d+$/.test(column)
    if (isHeading) continue
    const place = { column: Number(column) - 1, row: Number(row) - 1 }
    const isSound =
      label !== '' &&
      label.length <= 16 &&
      [place.column, place.row].every((value) => Number.isInteger(value) && value >= 0 && value < largestRoom.rows)
    if (!isSound || seats.length >= largestRoom.seats) return { line: index + 1 }
    seats.push({ label, ...place })
  }
  const columns = Math.max(1, ...seats.map((seat) => seat.column + 1))
  const rows = Math.max(1, ...seats.map((seat) => seat.row + 1))
  return { plan: { columns, rows, seats, marks: [] } }
}
