import type { MachineView } from '../contract/index.ts'
import type { MachineIdentity, Stock } from '../stock/index.ts'

/** More machines than a room has: invented ones must not fill the memory. */
const maxKnown = 4000

/** Which stock item a machine is, remembered until the stock changes: tiles ask many times a second. */
export class ItemMatcher {
  readonly #stock: Stock
  readonly #known = new Map<string, MachineView['item']>()
  #revision = -1

  constructor(stock: Stock) {
    this.#stock = stock
  }

  readonly itemOf = ({ mac, uuid, serial, assetTag }: MachineIdentity): MachineView['item'] => {
    if (this.#revision !== this.#stock.revision) {
      this.#known.clear()
      this.#revision = this.#stock.revision
    }
    const key = `${mac} ${uuid ?? ''} ${serial ?? ''} ${assetTag ?? ''}`
    if (!this.#known.has(key)) {
      if (this.#known.size >= maxKnown) this.#known.clear()
      const item = this.#stock.matchMachine({ mac, uuid, serial, assetTag })
      this.#known.set(key, item && { id: item.id, assetTag: item.assetTag, location: item.location })
    }
    return this.#known.get(key)
  }
}
