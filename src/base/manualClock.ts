import type { Cancel, Clock } from './clock.ts'

interface Scheduled {
  readonly id: number
  due: number
  readonly task: () => void
  readonly period?: number
}

/** A clock that moves only when a test says so; tasks run in the order they fall due. */
export class ManualClock implements Clock {
  #now: number
  #elapsed = 0
  #nextId = 1
  #scheduled: Scheduled[] = []

  constructor(startMs = Date.UTC(2026, 0, 5, 8, 0, 0)) {
    this.#now = startMs
  }

  now(): number {
    return this.#now + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(ms: number, task: () => void): Cancel {
    return this.#schedule({ id: this.#nextId++, due: this.#elapsed + ms, task })
  }

  every(ms: number, task: () => void): Cancel {
    return this.#schedule({ id: this.#nextId++, due: this.#elapsed + ms, task, period: ms })
  }

  /** Moves time on by `ms`, running everything that falls due on the way, each at its own time. */
  advance(ms: number): void {
    const end = this.#elapsed + ms
    for (;;) {
      const next = this.#scheduled.filter((entry) => entry.due <= end).sort((a, b) => a.due - b.due || a.id - b.id)[0]
      if (!next) break
      this.#elapsed = Math.max(this.#elapsed, next.due)
      if (next.period === undefined) this.#scheduled = this.#scheduled.filter((entry) => entry !== next)
      else next.due += Math.max(next.period, 1)
      next.task()
    }
    this.#elapsed = end
  }

  #schedule(entry: Scheduled): Cancel {
    this.#scheduled.push(entry)
    return () => {
      this.#scheduled = this.#scheduled.filter((other) => other.id !== entry.id)
    }
  }
}
