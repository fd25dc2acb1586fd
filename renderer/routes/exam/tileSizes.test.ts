import { expect, it } from 'vitest'
import { columnsIn, tileSizeFor } from './tileSizes.ts'

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
