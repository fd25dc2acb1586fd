import { withoutWaitingForDisk, type Database } from '../storage/index.ts'
import type { Stock } from '../stock/index.ts'

/** When items were last heard on the network, written together: each write alone would wait for the disk. */
export class SeenItems {
  readonly #database: Database
  readonly #stock: Stock
  readonly #seen = new Map<number, number>()

  constructor(database: Database, stock: Stock) {
    this.#database = database
    this.#stock = stock
  }

  /** @param at milliseconds since the Unix epoch */
  note(itemId: number, at: number): void {
    this.#seen.set(itemId, at)
  }

  /** Writes what was noted. What could not be written is dropped: the next boot notes it again. */
  save(): void {
    if (this.#seen.size === 0) return
    const seen = [...this.#seen]
    this.#seen.clear()
    const write = this.#database.transaction(() => {
      for (const [itemId, at] of seen) this.#stock.markSeen(itemId, at)
    })
    withoutWaitingForDisk(this.#database, write)
  }
}
