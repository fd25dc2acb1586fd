import type { Mac } from '../contract/index.ts'
import { uuidSpellings, type Stock } from '../stock/index.ts'
import type { Database } from '../storage/index.ts'

/** Which machines are ours, quick enough to be asked at every datagram of a flood: read again when the stock changes. */
export class KnownMachines {
  readonly #stock: Stock
  readonly #selectMacs
  readonly #selectUuids
  readonly #macs = new Set<Mac>()
  readonly #uuids = new Set<string>()
  #revision = -1

  constructor(database: Database, stock: Stock) {
    this.#stock = stock
    this.#selectMacs = database
      .prepare<[], string>(
        'SELECT mac FROM item_macs JOIN items ON items.id = item_macs.item_id WHERE items.removed_at IS NULL',
      )
      .pluck()
    this.#selectUuids = database
      .prepare<[], string>("SELECT uuid FROM items WHERE uuid <> '' AND removed_at IS NULL")
      .pluck()
  }

  /** Is it in the stock, by its MAC or by its UUID? */
  readonly isInStock = (mac: Mac, uuid?: string): boolean => {
    this.#refresh()
    return this.#macs.has(mac) || (uuid !== undefined && uuidSpellings(uuid).some((each) => this.#uuids.has(each)))
  }

  /** At least so many machines are ours. */
  get count(): number {
    this.#refresh()
    return Math.max(this.#macs.size, this.#uuids.size)
  }

  #refresh(): void {
    if (this.#revision === this.#stock.revision) return
    this.#revision = this.#stock.revision
    fill(this.#macs, this.#selectMacs.all())
    fill(this.#uuids, this.#selectUuids.all())
  }
}

function fill(set: Set<string>, values: readonly string[]): void {
  set.clear()
  for (const value of values) set.add(value)
}
