import type { Address } from './address.ts'

/**
 * The free addresses of a pool, in the order in which they are to be handed out. A doubly linked list in two typed
 * arrays: taking the first one, taking a given one and giving one back cost the same in a pool of 10 or of 65,536.
 */
export class FreeAddresses {
  readonly #start: Address
  readonly #size: number
  /** Neighbours by index; the index `#size` is the list's anchor, before the first and after the last. */
  readonly #next: Int32Array
  readonly #previous: Int32Array
  #count = 0

  /** Empty at first: give it the addresses of `start` to `end` that are free. */
  constructor(start: Address, end: Address) {
    this.#start = start
    this.#size = end - start + 1
    this.#next = new Int32Array(this.#size + 1).fill(absent)
    this.#previous = new Int32Array(this.#size + 1).fill(absent)
    this.#next[this.#size] = this.#size
    this.#previous[this.#size] = this.#size
  }

  get count(): number {
    return this.#count
  }

  /** The one whose turn it is. */
  get first(): Address | undefined {
    return this.#count === 0 ? undefined : this.#start + this.#next[this.#size]!
  }

  has(address: Address): boolean {
    const index = address - this.#start
    return index >= 0 && index < this.#size && this.#next[index] !== absent
  }

  /** @returns false when it was not free. */
  take(address: Address): boolean {
    if (!this.has(address)) return false
    const index = address - this.#start
    this.#join(this.#previous[index]!, this.#next[index]!)
    this.#next[index] = absent
    this.#count--
    return true
  }

  /** Its turn comes after all the others'. Harmless for one that is free already, or not of this pool. */
  giveBack(address: Address): void {
    this.#insert(address, () => this.#previous[this.#size]!)
  }

  /** Its turn is next: for an address that nobody ever used. */
  giveBackFirst(address: Address): void {
    this.#insert(address, () => this.#size)
  }

  #insert(address: Address, predecessor: () => number): void {
    const index = address - this.#start
    if (index < 0 || index >= this.#size || this.#next[index] !== absent) return
    const before = predecessor()
    const after = this.#next[before]!
    this.#join(before, index)
    this.#join(index, after)
    this.#count++
  }

  #join(before: number, after: number): void {
    this.#next[before] = after
    this.#previous[after] = before
  }
}

const absent = -1
