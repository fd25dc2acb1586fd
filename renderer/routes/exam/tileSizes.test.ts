import { describe, expect, it } from 'vitest'
import { columnsIn, layOutPlan, tileSizeFor, markColumns, withWord } from './tileSizes.ts'

it('draws fewer machines larger, and more of them larger where there is room', () => {
  expect([3, 24, 300].map((count) => tileSizeFor(count, 1144, 650).name)).toEqual(['huge', 'medium', 'dense'])
  expect(tileSizeFor(24, 1784, 930).name).toBe('large')
})

it('fills a row without breaking it', () => {
  const size = tileSizeFor(300, 1144, 650)
  const columns = columnsIn(1144, size)
  expect(columns * size.minWidth + (columns - 1) * size.gap).toBeLessThanOrEqual(1144)
  expect((columns + 1) * size.minWidth + columns * size.gap).toBeGreaterThan(1144)
  expect(columnsIn(10, size)).toBe(1)
})

describe('a plan', () => {
  const plan = (columns: number, rows: number) => ({
    columns: columns + 1,
    rows: rows + 1,
    marks: [{ kind: 'board' as const, column: 0, row: 0 }],
    seats: Array.from({ length: columns * rows }, (_, i) => ({
      id: i,
      label: String(i),
      column: i % columns,
      row: 1 + Math.floor(i / columns),
    })),
  })

  it('shows three seats large and three hundred all the same', () => {
    expect(layOutPlan(plan(3, 1), 1100, 560).size.name).toBe('huge')
    expect(layOutPlan(plan(8, 3), 1100, 560).size.name).toBe('medium')
    expect(layOutPlan(plan(20, 15), 1700, 800).size.name).toBe('dense')
  })

  it('is as large as was chosen, whether it fits or not', () => {
    expect(layOutPlan(plan(20, 15), 1100, 560, 'huge').size.name).toBe('huge')
    const whole = layOutPlan(plan(20, 15), 1100, 560, 'tiny')
    expect(whole.size.name).toBe('tiny')
    expect(whole.columns).toMatch(/^minmax\(50px, 56px\) /)
    expect(withWord(whole.size).name).toBe('dense')
  })

  it('gives dense tiles a line more where there is room', () => {
    expect(layOutPlan(plan(10, 3), 700, 560)).toMatchObject({ size: { name: 'dense' }, isTall: true })
    expect(layOutPlan(plan(20, 15), 1700, 800).isTall).toBe(false)
  })

  it('that is too deep shows as much of the room as it can with the names, and scrolls', () => {
    expect(layOutPlan(plan(4, 30), 1100, 560).size.name).toBe('small')
    expect(layOutPlan(plan(20, 30), 1500, 560).size.name).toBe('dense')
  })

  it('has its board in the middle, within the room', () => {
    const board = (column: number, columns: number): string => markColumns({ kind: 'board', column }, columns)
    expect(board(1, 3)).toBe('1 / span 3')
    expect([board(0, 9), board(4, 9), board(8, 9)]).toEqual(['1 / span 5', '3 / span 5', '5 / span 5'])
    expect(markColumns({ kind: 'door', column: 2 }, 3)).toBe('3')
  })

  it('has aisles narrower than seats, and a board no higher than its word', () => {
    const { columns, rows } = layOutPlan(plan(2, 1), 1100, 560)
    expect(columns.split(' ').at(-1)).toBe('24px')
    expect(rows.split(' ')[0]).toBe('32px')
  })
})
