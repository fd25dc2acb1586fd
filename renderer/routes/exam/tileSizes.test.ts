import { expect, it } from 'vitest'
import { columnsIn, nextTile, tileSizeFor } from './tileSizes.ts'

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

it('moves by one or by a row, and stays at the edges', () => {
  expect(nextTile('ArrowRight', 0, 10, 4)).toBe(1)
  expect(nextTile('ArrowDown', 1, 10, 4)).toBe(5)
  expect(nextTile('ArrowDown', 8, 10, 4)).toBe(8)
  expect(nextTile('ArrowUp', 2, 10, 4)).toBe(2)
  expect(nextTile('j', 3, 10, 4)).toBe(4)
  expect(nextTile('End', 3, 10, 4)).toBe(9)
  expect(nextTile('x', 3, 10, 4)).toBeUndefined()
})
