/** A number from 0 up to 1: `randomFrom` of a seed, so that a run can be made again. */
export type Random = () => number

/** Values at the edges of what a byte can mean: of a count, a length, a sign. */
const edges = [0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff] as const
const mostChanges = 6
const longestInsert = 40
const longestDouble = 80
const longestNoise = 700

/** One of the messages with a few of its bytes changed, doubled, lost or another's; now and then mere noise. */
export function mutated(random: Random, messages: readonly Buffer[]): Buffer {
  if (random() < 0.05) return noise(random, below(random, longestNoise))
  let bytes = Buffer.from(oneOf(random, messages))
  for (let left = below(random, mostChanges) + 1; left > 0; left--) bytes = changed(random, bytes, messages)
  return bytes
}

function changed(random: Random, bytes: Buffer<ArrayBuffer>, messages: readonly Buffer[]): Buffer<ArrayBuffer> {
  const at = below(random, bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (below(random, 8)) {
    case 0:
    case 1:
    case 2:
      if (at < bytes.length) bytes[at] = random() < 0.5 ? below(random, 256) : oneOf(random, edges)
      return bytes
    case 3:
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << below(random, 8))
      return bytes
    case 4:
      return Buffer.concat([before, noise(random, below(random, longestInsert)), after])
    case 5:
      return Buffer.concat([before, after.subarray(0, below(random, longestDouble)), after])
    case 6: {
      const other = oneOf(random, messages)
      return Buffer.concat([before, other.subarray(Math.min(at, other.length))])
    }
    default:
      // Most messages are worth more whole.
      return random() < 0.3 ? Buffer.from(before) : bytes
  }
}

export const below = (random: Random, limit: number): number => Math.floor(random() * limit)

export const oneOf = <Item>(random: Random, items: readonly Item[]): Item => items[below(random, items.length)]!

function noise(random: Random, length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at++) bytes[at] = below(random, 256)
  return bytes
}
