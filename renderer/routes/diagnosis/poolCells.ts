import type { Ipv4, PoolState, PoolView } from '../../../src/contract/index.ts'

/** One square of the picture: one address, or as many neighbours as it takes for a large pool to be seen at once. */
export interface PoolCell {
  first: Ipv4
  last: Ipv4
  size: number
  free: number
  /** Of its addresses, the one that a technician would most want to know of. */
  state: PoolState
}

/** A /24 whole, and no more squares than that for any pool. */
const mostCells = 256
const byWeight: readonly PoolState[] = ['declined', 'offered', 'leased', 'reserved', 'excluded', 'free']

/** Addresses to a square: a power of two. */
export function blockSize({ runs }: Pick<PoolView, 'runs'>): number {
  const total = runs.reduce((sum, { length }) => sum + length, 0)
  let size = 1
  while (total / size > mostCells) size *= 2
  return size
}

/** The squares from the first address to the last; its cost is that of the runs and the squares, not of the addresses. */
export function poolCells(pool: Pick<PoolView, 'first' | 'runs'>): PoolCell[] {
  const block = blockSize(pool)
  const start = numberOf(pool.first)
  const cells: PoolCell[] = []
  let at = 0
  for (const { state, length } of pool.runs) {
    for (let left = length; left > 0;) {
      const taken = Math.min(left, block - (at % block))
      const cell = at % block === 0 ? undefined : cells.at(-1)
      const address = addressOf(start + at + taken - 1)
      if (cell) {
        cell.last = address
        cell.size += taken
        if (state === 'free') cell.free += taken
        if (byWeight.indexOf(state) < byWeight.indexOf(cell.state)) cell.state = state
      } else {
        const free = state === 'free' ? taken : 0
        cells.push({ first: addressOf(start + at), last: address, size: taken, free, state })
      }
      at += taken
      left -= taken
    }
  }
  return cells
}

/** The square that an address is in; undefined outside the pool. */
export function cellOf(pool: Pick<PoolView, 'first' | 'last' | 'runs'>, address: Ipv4): number | undefined {
  const offset = numberOf(address) - numberOf(pool.first)
  if (offset < 0 || numberOf(address) > numberOf(pool.last)) return undefined
  return Math.floor(offset / blockSize(pool))
}

const numberOf = (address: Ipv4): number => address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0)

const addressOf = (number: number): Ipv4 =>
  [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.')
