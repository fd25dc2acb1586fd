/** Seconds that are kept. */
export const keptSeconds = 600

/** Bytes moved in each of the last ten minutes' seconds, both ways. */
export class Throughput {
  readonly #sent = new Float64Array(keptSeconds)
  readonly #received = new Float64Array(keptSeconds)
  /** The newest second there is anything of, counted from the Unix epoch. */
  #last = -Infinity

  /** @param at milliseconds since the Unix epoch. */
  add(at: number, bytes: number, direction: 'sent' | 'received'): void {
    const second = Math.floor(at / 1000)
    this.#moveTo(second)
    if (second <= this.#last - keptSeconds) return
    const series = direction === 'sent' ? this.#sent : this.#received
    const slot = second % keptSeconds
    series[slot] = (series[slot] ?? 0) + bytes
  }

  /** The `seconds` up to the last that is whole at `now`, oldest first. */
  series(now: number, seconds: number): { lastAt: number; sent: number[]; received: number[] } {
    const last = Math.floor(now / 1000) - 1
    const of = (series: Float64Array): number[] =>
      Array.from({ length: seconds }, (_, index) => {
        const second = last - seconds + 1 + index
        const isKept = second <= this.#last && second > this.#last - keptSeconds && second >= 0
        return isKept ? (series[second % keptSeconds] ?? 0) : 0
      })
    return { lastAt: last * 1000, sent: of(this.#sent), received: of(this.#received) }
  }

  /** Seconds in which nothing was moved are wiped of what was there ten minutes before. */
  #moveTo(second: number): void {
    const from = Math.max(this.#last + 1, second - keptSeconds + 1)
    for (let next = from; next <= second; next++) {
      this.#sent[next % keptSeconds] = 0
      this.#received[next % keptSeconds] = 0
    }
    this.#last = Math.max(this.#last, second)
  }
}
