import type { Clock } from '../base/index.ts'

export interface PaceLimits {
  /** Bytes a second, on the average of one window. */
  minBytesPerSecond: number
  /** Milliseconds. A socket's own buffer takes and gives in large steps, so a short window would punish the innocent. */
  paceWindowMs: number
}

/** Whether one client keeps the least pace while it is waited for. */
export interface PaceWatch {
  moved(bytes: number): void
  /** Whom the transfer waits for from now on; at first the client. Time in which it was ours to move is not counted. */
  waitsFor(who: 'client' | 'us'): void
  end(): void
}

/** A slow client holds a connection, a file and memory; `tooSlow` is called, once, when it is below the least pace. */
export function watchPace(clock: Clock, limits: PaceLimits, tooSlow: () => void): PaceWatch {
  let bytes = 0
  let clientMs = 0
  let waiting: 'client' | 'us' = 'client'
  let since = clock.monotonic()
  const waitsFor = (who: 'client' | 'us'): void => {
    const now = clock.monotonic()
    if (waiting === 'client') clientMs += now - since
    waiting = who
    since = now
  }
  const cancel = clock.every(limits.paceWindowMs, () => {
    waitsFor(waiting)
    if (bytes < (limits.minBytesPerSecond * clientMs) / 1000) {
      cancel()
      tooSlow()
    }
    bytes = 0
    clientMs = 0
  })
  return {
    moved: (count) => {
      bytes += count
    },
    waitsFor,
    end: cancel,
  }
}
