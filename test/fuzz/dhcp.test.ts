import { expect, it } from 'vitest'
import { fuzzDhcp } from './dhcpFuzz.ts'

// `npm run fuzz -- dhcp` is the long run. AMORCE_FUZZ_SEED repeats one: what failed says its seed.

const count = Number(process.env['AMORCE_FUZZ'] ?? 150_000)
const seed = Number(process.env['AMORCE_FUZZ_SEED'] ?? Date.now() % 2 ** 32)

it(`${count} messages of real clients, mutated (seed ${seed})`, { timeout: 60_000 + count }, () => {
  const { datagrams, decoded, answered, answers, heapGrowth } = fuzzDhcp({ count, seed })
  expect(datagrams).toBe(count)
  // Else this would say little: most must get past the codec, many be answered, in every way there is.
  expect(decoded).toBeGreaterThan(count * 0.5)
  expect(answered).toBeGreaterThan(count * 0.1)
  const ways = ['plain offer', 'plain ack', 'plain nak', 'strict offer', 'strict ack', 'strict nak', 'strict bootp']
  expect(Object.keys(answers)).toEqual(expect.arrayContaining([...ways, 'proxy offer', 'proxy ack']))
  expect(heapGrowth).toBeLessThan(30 * 2 ** 20)
})
