import { expect, it } from 'vitest'
import { blockSize, cellOf, poolCells } from './poolCells.ts'

it('draws one square for each address of a pool within a /24', () => {
  const pool = {
    first: '192.168.60.250',
    last: '192.168.61.1',
    runs: [
      { state: 'leased', length: 1 },
      { state: 'free', length: 7 },
    ] as const,
  }
  const cells = poolCells({ ...pool, runs: [...pool.runs] })
  expect(cells.map(({ first, last, state }) => `${first} ${last} ${state}`).slice(0, 2)).toEqual([
    '192.168.60.250 192.168.60.250 leased',
    '192.168.60.251 192.168.60.251 free',
  ])
  expect(cells.at(-1)).toMatchObject({ first: '192.168.61.1', size: 1, free: 1 })
  expect(cellOf({ ...pool, runs: [...pool.runs] }, '192.168.61.0')).toBe(6)
  expect(cellOf({ ...pool, runs: [...pool.runs] }, '192.168.61.2')).toBeUndefined()
  expect(cellOf({ ...pool, runs: [...pool.runs] }, '192.168.60.249')).toBeUndefined()
})

it('draws a large pool in at most 256 squares, each with the state that matters most', () => {
  const runs = [
    { state: 'free' as const, length: 300 },
    { state: 'leased' as const, length: 3 },
    { state: 'declined' as const, length: 1 },
    { state: 'free' as const, length: 65_232 },
  ]
  const pool = { first: '10.0.0.0', last: '10.0.255.255', runs }
  expect(blockSize(pool)).toBe(256)
  const cells = poolCells(pool)
  expect(cells).toHaveLength(256)
  expect(cells[0]).toEqual({ first: '10.0.0.0', last: '10.0.0.255', size: 256, free: 256, state: 'free' })
  expect(cells[1]).toEqual({ first: '10.0.1.0', last: '10.0.1.255', size: 256, free: 252, state: 'declined' })
  expect(cells.reduce((sum, { size }) => sum + size, 0)).toBe(65_536)
  expect(cellOf(pool, '10.0.1.7')).toBe(1)
})
