/** Cancels what it was returned for. Calling it twice is harmless. */
export type Cancel = () => void

/** Time as it is passed in everywhere, so that every rule that waits can be tested without waiting. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. Use it for what is stored or shown. */
  now(): number
  /** Milliseconds that never go backwards. Use it for durations and rates. */
  monotonic(): number
  /** Runs `task` once, `ms` milliseconds from now. */
  after(ms: number, task: () => void): Cancel
  /** Runs `task` every `ms` milliseconds until cancelled. */
  every(ms: number, task: () => void): Cancel
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
  every(ms, task) {
    const timer = setInterval(task, ms)
    return () => clearInterval(timer)
  },
}
