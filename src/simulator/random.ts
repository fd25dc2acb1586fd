/** A number from 0 up to, not including, 1. */
export type Random = () => number

/** A reproducible sequence (mulberry32): the same seed gives the same room, whatever the order of its machines. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

export const between = (random: Random, low: number, high: number): number => low + random() * (high - low)

export const integerBelow = (random: Random, limit: number): number => Math.floor(random() * limit)

export function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[integerBelow(random, values.length)]
  if (value === undefined) throw new RangeError('nothing to pick from')
  return value
}

/** `length` characters of `alphabet`. */
export const characters = (random: Random, alphabet: string, length: number): string =>
  Array.from({ length }, () => pick(random, [...alphabet])).join('')
