import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agree } from './options.ts'

const limits = { size: 98_765, maxBlockSize: 1468, maxWindowSize: 64 }
const asked = (...entries: [string, string][]) => agree(new Map(entries), limits)

describe('agree', () => {
  it('says nothing when nothing was asked', () => {
    expect(asked()).toEqual({ blockSize: 512, windowSize: 1, acknowledged: new Map() })
  })

  it.each([
    ['blksize', '512', '512'],
    ['blksize', '8', '8'],
    ['blksize', '1432', '1432'],
    ['blksize', '1468', '1468'],
    ['blksize', '65464', '1468'],
    ['blksize', '7', undefined],
    ['blksize', '65465', undefined],
    ['blksize', '', undefined],
    ['blksize', '-1', undefined],
    ['blksize', '1e3', undefined],
    ['blksize', '0x200', undefined],
    ['blksize', '512 ', undefined],
    ['blksize', '9'.repeat(400), undefined],
    ['windowsize', '1', '1'],
    ['windowsize', '4', '4'],
    ['windowsize', '65535', '64'],
    ['windowsize', '0', undefined],
    ['windowsize', '65536', undefined],
    ['timeout', '1', '1'],
    ['timeout', '30', '30'],
    ['timeout', '0', undefined],
    ['timeout', '255', undefined],
    ['tsize', '0', '98765'],
    ['tsize', '4096', '98765'],
    ['tsize', 'x', undefined],
    ['multicast', '', undefined],
    ['rollover', '0', undefined],
    ['__proto__', '1', undefined],
  ])('%s=%s is answered with %s', (name, value, answer) => {
    expect(asked([name, value]).acknowledged.get(name)).toBe(answer)
  })

  it('does not give the size of an empty file, which curl takes for a fault', () => {
    expect(agree(new Map([['tsize', '0']]), { ...limits, size: 0 }).acknowledged.size).toBe(0)
  })

  it('holds what it acknowledges, in the order asked', () => {
    const agreement = asked(['windowsize', '16'], ['blksize', '1024'], ['timeout', '3'])
    expect(agreement).toMatchObject({ blockSize: 1024, windowSize: 16, timeoutMs: 3000 })
    expect([...agreement.acknowledged.keys()]).toEqual(['windowsize', 'blksize', 'timeout'])
  })

  it('never answers more than was asked, nor what was not', () => {
    const name = fc.oneof(fc.constantFrom('blksize', 'windowsize', 'timeout', 'tsize'), fc.string())
    const value = fc.oneof(fc.integer({ min: -5, max: 70_000 }).map(String), fc.string())
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (entries) => {
        const wishes = new Map(entries)
        const { acknowledged, blockSize, windowSize } = agree(wishes, limits)
        for (const [key, answer] of acknowledged) {
          expect(wishes.has(key)).toBe(true)
          if (key !== 'tsize') expect(Number(answer)).toBeLessThanOrEqual(Number(wishes.get(key)))
        }
        expect(blockSize).toBeGreaterThanOrEqual(8)
        expect(blockSize).toBeLessThanOrEqual(1468)
        expect(windowSize).toBeGreaterThanOrEqual(1)
        expect(windowSize).toBeLessThanOrEqual(64)
      }),
    )
  })
})
