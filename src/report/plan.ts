import type { CandidateView, Presence, RoomView, SittingView } from '../contract/index.ts'
import type { Drawing, Shape } from '../paper/index.ts'
import type { PaperWords } from './words.ts'

const cell = { width: 22, height: 15.5, gap: 1.5, aisle: 5 } as const

const markHeight = 6.5

/** In grey too they are told apart: the words say which. */
const fills: Record<Presence, string> = {
  expected: '#ffffff',
  present: '#e6f2ea',
  absent: '#ececef',
  left: '#f3ecd9',
}

/** The room as a picture: each seat with who sat there, and what became of them. */
export function planDrawing(
  room: RoomView,
  { candidates }: Pick<SittingView, 'candidates'>,
  words: PaperWords,
  { withPresence }: { withPresence: boolean },
): Drawing {
  const usedColumns = new Set(room.seats.map(({ column }) => column))
  const usedRows = new Set([...room.seats.map(({ row }) => row), ...room.marks.map(({ row }) => row)])
  const lefts = offsets(room.columns, (column) => (usedColumns.has(column) ? cell.width : cell.aisle))
  const tops = offsets(room.rows, (row) => (usedRows.has(row) ? cell.height : cell.aisle))
  const bySeat = new Map(candidates.map((candidate) => [candidate.seatId, candidate]))
  const markWords: Record<string, string> = { board: words.board, door: words.door, desk: words.desk }
  const shapes: Shape[] = [
    ...room.marks
      .filter(({ kind }) => kind in markWords)
      .map(({ kind, column, row }): Shape => {
        const isWide = kind === 'board' && room.columns > 4
        const first = isWide ? Math.max(column - 2, 0) : column
        const last = isWide ? Math.min(first + 4, room.columns - 1) : column
        const right = (lefts[last] ?? 0) + (usedColumns.has(last) ? cell.width : cell.aisle)
        return {
          ...{ kind: 'box', x: lefts[first] ?? 0, y: (tops[row] ?? 0) + cell.height - markHeight, height: markHeight },
          ...{ width: Math.max(right - (lefts[first] ?? 0), cell.width), fill: '#f1f1f3', stroke: '#c9ccd3' },
          ...{ lines: [markWords[kind] ?? ''], size: 3.2, align: 'center' },
        }
      }),
    ...room.seats.map((seat): Shape => {
      const candidate = bySeat.get(seat.id)
      return {
        ...{ kind: 'box', x: lefts[seat.column] ?? 0, y: tops[seat.row] ?? 0 },
        ...{ width: cell.width, height: cell.height, stroke: '#8b909a', isDashed: candidate === undefined },
        ...(candidate && { fill: withPresence ? fills[candidate.presence] : '#ffffff' }),
        lines: [seat.label, ...(candidate ? linesOf(candidate, words, withPresence) : [])],
        size: 2.7,
      }
    }),
  ]
  return {
    width: (lefts.at(-1) ?? 0) + (usedColumns.has(room.columns - 1) ? cell.width : cell.aisle),
    height: (tops.at(-1) ?? 0) + (usedRows.has(room.rows - 1) ? cell.height : cell.aisle),
    shapes,
  }
}

const linesOf = (
  { lastName, firstName, presence, extraMinutes }: CandidateView,
  words: PaperWords,
  withPresence: boolean,
): string[] => [
  ...[lastName, firstName].filter((name) => name !== ''),
  withPresence ? words.presences[presence] : extraMinutes > 0 ? `+ ${words.minutes(extraMinutes)}` : '',
]

/** Where each of so many columns or rows begins. */
function offsets(count: number, sizeOf: (index: number) => number): number[] {
  const starts: number[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    starts.push(at)
    at += sizeOf(i) + cell.gap
  }
  return starts
}
