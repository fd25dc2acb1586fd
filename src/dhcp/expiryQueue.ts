/** What runs out at a time. */
export interface Expiring {
  /** Milliseconds since the Unix epoch. */
  expiresAt: number
}

/** Entries by the time at which they run out: a binary heap that can also drop an entry from its middle. */
export class ExpiryQueue<Entry extends Expiring> {
  readonly #heap: Entry[] = []
  readonly #places = new Map<Entry, number>()

  get size(): number {
    return this.#heap.length
  }

  /** The one that runs out first. */
  get first(): Entry | undefined {
    return this.#heap[0]
  }

  /** `entry.expiresAt` must not change while it is in the queue. */
  add(entry: Entry): void {
    if (this.#places.has(entry)) return
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1, entry)
  }

  remove(entry: Entry): void {
    const place = this.#places.get(entry)
    if (place === undefined) return
    this.#places.delete(entry)
    const last = this.#heap.pop()!
    if (last === entry) return
    this.#rise(place, last)
    this.#sink(this.#places.get(last)!, last)
  }

  /** Takes out the first entry if it has run out by `now`. */
  takeDue(now: number): Entry | undefined {
    const entry = this.first
    if (!entry || entry.expiresAt > now) return undefined
    this.remove(entry)
    return entry
  }

  #rise(place: number, entry: Entry): void {
    while (place > 0) {
      const parentPlace = (place - 1) >> 1
      const parent = this.#heap[parentPlace]!
      if (parent.expiresAt <= entry.expiresAt) break
      this.#put(place, parent)
      place = parentPlace
    }
    this.#put(place, entry)
  }

  #sink(place: number, entry: Entry): void {
    for (;;) {
      const left = 2 * place + 1
      const right = left + 1
      const smaller = this.#expiry(right) < this.#expiry(left) ? right : left
      const child = this.#heap[smaller]
      if (!child || child.expiresAt >= entry.expiresAt) break
      this.#put(place, child)
      place = smaller
    }
    this.#put(place, entry)
  }

  #expiry = (place: number): number => this.#heap[place]?.expiresAt ?? Infinity

  #put(place: number, entry: Entry): void {
    this.#heap[place] = entry
    this.#places.set(entry, place)
  }
}
