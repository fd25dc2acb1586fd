import { describe, expect, it } from 'vitest'
import {
  makeGrid,
  mirror,
  movedSeat,
  planFromCsv,
  renumber,
  resized,
  rotate,
  rowLetters,
  withMark,
  withSeat,
  wishOf,
} from './roomPlan.ts'

const labels = (plan: { seats: { label: string; column: number; row: number }[] }): string[] =>
  plan.seats.map(({ label, column, row }) => `${label}@${column},${row}`)

describe('a plan', () => {
  it('is made of rows with aisles and a board in front', () => {
    const plan = makeGrid({ rows: 2, seatsPerRow: 3, aislesAfter: [1, 9] })
    expect(labels(plan)).toEqual(['A1@0,1', 'A2@2,1', 'A3@3,1', 'B1@0,2', 'B2@2,2', 'B3@3,2'])
    expect(plan).toMatchObject({ columns: 4, rows: 3, marks: [{ kind: 'board', column: 1, row: 0 }] })
  })

  it('says what it would be drawn from: its rows, the longest of them and the aisles in it', () => {
    const wish = { rows: 3, seatsPerRow: 8, aislesAfter: [2, 6] }
    const plan = makeGrid(wish)
    expect(wishOf(plan)).toEqual(wish)
    expect(wishOf({ ...plan, seats: plan.seats.filter(({ label }) => label !== 'A1') })).toEqual(wish)
    expect(wishOf({ ...plan, seats: [] })).toEqual({ rows: 0, seatsPerRow: 0, aislesAfter: [] })
  })

  it('is numbered by rows, in one go, or to and fro', () => {
    const plan = makeGrid({ rows: 2, seatsPerRow: 2, aislesAfter: [] })
    expect(labels(renumber(plan, 'sequential'))).toEqual(['1@0,1', '2@1,1', '3@0,2', '4@1,2'])
    expect(labels(renumber(plan, 'snake'))).toEqual(['1@0,1', '2@1,1', '4@0,2', '3@1,2'])
    expect([rowLetters(0), rowLetters(25), rowLetters(26), rowLetters(52)]).toEqual(['A', 'Z', 'AA', 'BA'])
  })

  it('is itself again after four quarter turns, and after two mirrors', () => {
    const plan = makeGrid({ rows: 3, seatsPerRow: 4, aislesAfter: [2] })
    expect(rotate(rotate(rotate(rotate(plan))))).toEqual(plan)
    expect(mirror(mirror(plan))).toEqual(plan)
    expect(labels(rotate(makeGrid({ rows: 1, seatsPerRow: 2, aislesAfter: [] })))).toEqual(['A1@0,0', 'A2@0,1'])
  })

  it('has one thing in a cell: a seat takes the place of a mark, and the other way round', () => {
    const plan = withSeat(withMark(makeGrid({ rows: 1, seatsPerRow: 1, aislesAfter: [] }), 0, 1, 'door'), 0, 1)
    expect(labels(plan)).toEqual(['1@0,1'])
    expect(plan.marks.filter(({ row }) => row === 1)).toEqual([])
  })

  it('lets a seat be carried: to the floor, or to change places', () => {
    const plan = makeGrid({ rows: 1, seatsPerRow: 2, aislesAfter: [] })
    expect(labels(movedSeat(plan, { column: 0, row: 1 }, { column: 1, row: 1 }))).toEqual(['A1@1,1', 'A2@0,1'])
    expect(movedSeat(plan, { column: 0, row: 1 }, { column: 0, row: 0 })).toEqual(plan)
  })

  it('loses what no longer fits', () => {
    expect(labels(resized(makeGrid({ rows: 2, seatsPerRow: 2, aislesAfter: [] }), 1, 2))).toEqual(['A1@0,1'])
  })

  it('is read from a table, whose first bad line is named', () => {
    expect(planFromCsv('\uFEFFplace;colonne;rang\nA1;1;2\n"A2";3;2\n')).toMatchObject({
      plan: {
        columns: 3,
        rows: 2,
        seats: [
          { label: 'A1', column: 0, row: 1 },
          { label: 'A2', column: 2, row: 1 },
        ],
      },
    })
    expect(planFromCsv('A1;1;1\nA2;x;1')).toEqual({ line: 2 })
    expect(planFromCsv('A1;1;1\nA2;61;1')).toEqual({ line: 2 })
  })
})
