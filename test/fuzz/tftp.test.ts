import { expect, it } from 'vitest'
import { batchedSockets } from '../../src/tftp/testing/batchedSockets.ts'
import { fuzzTftp } from './tftpFuzz.ts'

// `npm run fuzz -- tftp` is the long run. AMORCE_FUZZ_SEED repeats one: what failed says its seed.

const count = Number(process.env['AMORCE_FUZZ'] ?? 20_000)
const seed = Number(process.env['AMORCE_FUZZ_SEED'] ?? Date.now() % 2 ** 32)

for (const singlePort of [false, true]) {
  const ports = singlePort ? 'one port' : 'ports of their own'
  it(
    `a machine's transfers over ${ports} under ${count} foreign packets (seed ${seed})`,
    { timeout: 60_000 + count * 2 },
    async () => {
      const { datagrams, fetched, kept } = await fuzzTftp({ count, seed, singlePort })
      expect(datagrams).toBeGreaterThanOrEqual(count)
      expect([fetched, kept].every((files) => files > 0)).toBe(true)
    },
  )
}

it.runIf(process.platform === 'linux')(
  `the same in batches (seed ${seed})`,
  { timeout: 60_000 + count * 2 },
  async () => {
    const { open, stop } = await batchedSockets()
    try {
      expect((await fuzzTftp({ count, seed, singlePort: true, openSocket: open })).kept).toBeGreaterThan(0)
    } finally {
      stop()
    }
  },
)
