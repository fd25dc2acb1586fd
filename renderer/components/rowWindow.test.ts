import { expect, it } from 'vitest'
import { RowWindow } from './rowWindow.svelte.ts'

const windowOf = (count: number, scrollTop: number, height = 360): RowWindow => {
  const rows = new RowWindow(
    () => count,
    () => 36,
    2,
  )
  rows.scrollTop = scrollTop
  rows.height = height
  return rows
}

it('draws what is in sight and a little around it', () => {
  const rows = windowOf(1000, 3600)
  expect([rows.first, rows.end]).toEqual([98, 112])
  expect(rows.before).toBe(98 * 36)
  expect(rows.total).toBe(36_000)
})

it('never leaves the list', () => {
  expect(windowOf(5, 0).rows).toEqual([0, 1, 2, 3, 4])
  expect(windowOf(0, 500).rows).toEqual([])
})

it('still shows rows when the list became shorter than where it was scrolled to', () => {
  const rows = windowOf(20, 30_000)
  expect(rows.end).toBe(20)
  expect(rows.rows.length).toBeGreaterThanOrEqual(10)
})
