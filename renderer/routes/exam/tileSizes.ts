import type { PlanSize, RoomMark, RoomView } from '../../../src/contract/index.ts'

/** How large tiles are drawn: few machines are read across the room, three hundred must fit on a screen or two. */
export interface TileSize<Name extends PlanSize = PlanSize> {
  name: Name
  /** Pixels. The width is the least one; tiles share what is left of the row. */
  minWidth: number
  height: number
  gap: number
}

/** Those that have room for the word of what a machine is doing. */
export type WordedSize = TileSize<Exclude<PlanSize, 'tiny'>>

const sizes: readonly [WordedSize, ...WordedSize[]] = [
  { name: 'huge', minWidth: 320, height: 232, gap: 20 },
  { name: 'large', minWidth: 264, height: 176, gap: 16 },
  { name: 'roomy', minWidth: 192, height: 136, gap: 14 },
  { name: 'medium', minWidth: 152, height: 112, gap: 12 },
  { name: 'small', minWidth: 124, height: 80, gap: 8 },
  { name: 'dense', minWidth: 98, height: 60, gap: 6 },
]

/** The nearest of those, for a machine without a seat. */
export const withWord = ({ name }: TileSize): WordedSize =>
  sizes.find((size) => size.name === name) ?? sizes.at(-1) ?? sizes[0]

/** Only ever chosen: it says where everyone stands by sign and colour, without the word. */
const tiny: TileSize = { name: 'tiny', minWidth: 56, height: 30, gap: 4 }

/** The largest tiles with which so many machines fit in a space, in pixels, without scrolling; else the densest. */
export function tileSizeFor(machines: number, width: number, height: number): WordedSize {
  const fits = (size: TileSize): boolean =>
    Math.ceil(machines / columnsIn(width, size)) * (size.height + size.gap) <= height
  return sizes.find(fits) ?? sizes.at(-1) ?? sizes[0]
}

/** In a plan tiles are narrower: its columns are given, and the name of who sits there may be cut short. */
const planMinWidths: Record<TileSize['name'], number> = {
  huge: 240,
  large: 200,
  roomy: 150,
  medium: 116,
  small: 92,
  dense: 70,
  tiny: 50,
}
/** Everyone, that is: a dense tile has room for some names. */
const namesWhoSits = ({ name }: TileSize): boolean => name !== 'dense'

/** Rows and columns without a seat. */
export const aisleWidth = 24

/** Of a dense tile that says who sits there beside two lines of what the machine does. */
const tallHeight = 76

/** How a plan is laid out in a space, in pixels. */
export interface PlanLayout {
  size: TileSize
  columns: string
  rows: string
  /** Dense tiles with a line more, where the plan fits all the same. */
  isTall: boolean
}

/**
 * Tiles of the size that was chosen. When none was: the largest tiles with which a plan fits without scrolling; else the
 * smallest that still name who sits there, so that as much of the room as can be is in sight; else the densest.
 */
export function layOutPlan(
  { columns, rows, seats, marks }: Pick<RoomView, 'columns' | 'rows' | 'seats' | 'marks'>,
  width: number,
  height: number,
  chosen?: PlanSize,
): PlanLayout {
  const usedColumns = new Set(seats.map(({ column }) => column))
  const usedRows = new Set(seats.map(({ row }) => row))
  const markedRows = new Set(marks.map(({ row }) => row))
  const rowHeight = (row: number, seat: number): number =>
    usedRows.has(row) ? seat : markedRows.has(row) ? markHeight : aisleWidth
  const across = ({ name, gap }: TileSize): number =>
    usedColumns.size * planMinWidths[name] + (columns - usedColumns.size) * aisleWidth + (columns - 1) * gap
  const down = ({ height: seat, gap }: TileSize): number =>
    Array.from({ length: rows }, (_, row) => rowHeight(row, seat) + gap).reduce((sum, each) => sum + each, 0)
  const size =
    [...sizes, tiny].find(({ name }) => name === chosen) ??
    sizes.find((each) => across(each) <= width && down(each) <= height) ??
    sizes.findLast((each) => namesWhoSits(each) && across(each) <= width) ??
    sizes.at(-1) ??
    sizes[0]
  const least = planMinWidths[size.name]
  const isTall = size.name === 'dense' && down({ ...size, height: tallHeight }) <= height
  return {
    size,
    isTall,
    columns: Array.from({ length: columns }, (_, column) =>
      usedColumns.has(column) ? `minmax(${least}px, ${size.minWidth}px)` : `${aisleWidth}px`,
    ).join(' '),
    rows: Array.from({ length: rows }, (_, row) => `${rowHeight(row, isTall ? tallHeight : size.height)}px`).join(' '),
  }
}

/** A board is wide, whatever stands in its row: five columns around its own, or all of a narrow room. */
export function markColumns({ kind, column }: Pick<RoomMark, 'kind' | 'column'>, columns: number): string {
  if (kind !== 'board') return String(column + 1)
  return columns > 5 ? `${Math.min(Math.max(column - 1, 1), columns - 4)} / span 5` : `1 / span ${columns}`
}

/** A board or a door takes no more room than its word. */
const markHeight = 32

export const columnsIn = (width: number, { minWidth, gap }: TileSize): number =>
  Math.max(Math.floor((width + gap) / (minWidth + gap)), 1)
