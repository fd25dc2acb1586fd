import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HoldToAct } from './holdToAct.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('acts once when held long enough', () => {
  const act = vi.fn()
  const hold = new HoldToAct(act, 1200)
  hold.press()
  vi.advanceTimersByTime(1199)
  expect(act).not.toHaveBeenCalled()
  vi.advanceTimersByTime(5000)
  expect(act).toHaveBeenCalledTimes(1)
  expect(hold.isHeld).toBe(false)
})

it('does not act when let go too soon, nor add up two short presses', () => {
  const act = vi.fn()
  const hold = new HoldToAct(act, 1200)
  hold.press()
  vi.advanceTimersByTime(800)
  hold.release()
  hold.press()
  vi.advanceTimersByTime(800)
  hold.release()
  vi.advanceTimersByTime(5000)
  expect(act).not.toHaveBeenCalled()
})

it('is not started over by the repeats of a key that is held', () => {
  const act = vi.fn()
  const hold = new HoldToAct(act, 1200)
  for (let pressed = 0; pressed < 12; pressed += 1) {
    hold.press()
    vi.advanceTimersByTime(100)
  }
  expect(act).toHaveBeenCalledTimes(1)
})

it('is spent from the act until its press is over, so that the click that ends it counts for nothing', () => {
  const hold = new HoldToAct(vi.fn(), 1200)
  hold.begin()
  hold.press()
  vi.advanceTimersByTime(1199)
  expect(hold.isSpent).toBe(false)
  vi.advanceTimersByTime(1)
  expect(hold.isSpent).toBe(true)
  hold.release()
  expect(hold.isSpent).toBe(true)
  vi.runAllTimers()
  expect(hold.isSpent).toBe(false)
})

it('is not spent for the next press, when the pointer had left before it was let go', () => {
  const hold = new HoldToAct(vi.fn(), 1200)
  hold.press()
  vi.advanceTimersByTime(1200)
  hold.cancel()
  hold.begin()
  expect(hold.isSpent).toBe(false)
})
