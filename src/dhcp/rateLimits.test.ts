import { describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { RateLimiter } from './rateLimits.ts'

const macOf = (n: number) => `52:54:${(n >> 16) & 255}:${(n >> 8) & 255}:${n & 255}`

describe('rate limits', () => {
  it('let one client through ten seconds’ worth at once, then as much as comes in', () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ perClient: 2, strangers: 1000 }, clock)
    const admitted = (count: number) =>
      Array.from({ length: count }, () => limiter.admits(macOf(1), false)).filter(Boolean)
    expect(admitted(50).length).toBe(20)
    clock.advance(3000)
    expect(admitted(50).length).toBe(6)
    clock.advance(3_600_000)
    expect(admitted(50).length).toBe(20)
    expect(limiter.admits(macOf(2), false)).toBe(true)
  })

  it('let all strangers together through as one, and never hinder the others', () => {
    const limiter = new RateLimiter({ perClient: 2, strangers: 100 }, new ManualClock())
    const strangers = Array.from({ length: 5000 }, (_, n) => limiter.admits(macOf(n), true)).filter(Boolean)
    expect(strangers.length).toBe(100)
    expect(limiter.admits(macOf(9999), false)).toBe(true)
    expect(limiter.takeRefused()).toBe(4900)
    expect(limiter.takeRefused()).toBe(0)
  })

  it('remember a bounded number of clients, the latest', () => {
    const limiter = new RateLimiter({ perClient: 1, strangers: 1_000_000 }, new ManualClock())
    for (let n = 0; n < 100_000; n++) limiter.admits(macOf(n), true)
    expect(limiter.size).toBe(8192)
  })
})
