import { expect, it } from 'vitest'
import { nextTile } from './tileKeys.ts'

it('moves by one or by a row, and stays at the edges', () => {
  expect(nextTile('ArrowRight', 0, 10, 4)).toBe(1)
  expect(nextTile('ArrowDown', 1, 10, 4)).toBe(5)
  expect(nextTile('ArrowDown', 8, 10, 4)).toBe(8)
  expect(nextTile('ArrowUp', 2, 10, 4)).toBe(2)
  expect(nextTile('j', 3, 10, 4)).toBe(4)
  expect(nextTile('End', 3, 10, 4)).toBe(9)
  expect(nextTile('x', 3, 10, 4)).toBeUndefined()
})
