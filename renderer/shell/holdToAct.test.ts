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
