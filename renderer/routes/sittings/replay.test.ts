import { describe, expect, it } from 'vitest'
import { bootBars, fitsWords, median, stageAt, troubleAt } from './replay.ts'

const lane = {
  spans: [
    { stage: 'leased' as const, from: 10, to: 20 },
    { stage: 'ready' as const, from: 20, to: 50 },
  ],
  troubles: [{ code: 'fileMissing' as const, from: 12, to: 18 }],
}

describe('a moment that is replayed', () => {
  it('has each machine where it was', () => {
    expect([9, 10, 19, 20, 49, 60].map((at) => stageAt(lane, at))).toEqual([
      ...[undefined, 'leased', 'leased', 'ready', 'ready', 'ready'],
    ])
    expect([11, 12, 18].map((at) => troubleAt(lane, at))).toEqual([undefined, 'fileMissing', undefined])
  })
})

describe('boot times', () => {
  it('are counted in bars of round width, every boot once', () => {
    const boots = [31_000, 32_000, 32_500, 47_000, 90_000]
    const bars = bootBars(boots)
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(boots.length)
    expect(bars[0]).toEqual({ from: 30_000, to: 35_000, count: 3 })
    expect(bars.length).toBeLessThanOrEqual(16)
    expect(bootBars([])).toEqual([])
    expect(bootBars([5000])).toHaveLength(1)
    expect(median(boots)).toBe(32_500)
    expect(median([])).toBeUndefined()
  })
})

it('the replayed plan has words in a usual room, and signs in a lecture hall of thirty seats a row', () => {
  expect(fitsWords({ columns: 9, used: 8 }, 1160)).toBe(true)
  expect(fitsWords({ columns: 32, used: 30 }, 1160)).toBe(false)
  expect(fitsWords({ columns: 32, used: 30 }, 1800)).toBe(false)
  expect(fitsWords({ columns: 22, used: 20 }, 1800)).toBe(true)
})
