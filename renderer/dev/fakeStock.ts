import { itemStates, type ItemInput, type ItemPage, type ItemQuery, type ItemView } from '../../src/contract/index.ts'

const makes = [
  ['pc', 'Dell', 'OptiPlex 7090 Micro'],
  ['pc', 'HP', 'EliteDesk 800 G6 Desktop Mini'],
  ['pc', 'Lenovo', 'ThinkCentre M70q Gen 3'],
  ['laptop', 'Lenovo', 'ThinkPad L14 Gen 2'],
  ['screen', 'Iiyama', 'ProLite XUB2492HSU'],
  ['printer', 'Brother', 'HL-L5200DW'],
  ['copier', 'Canon', 'imageRUNNER ADVANCE DX C3826i'],
  ['switch', 'HPE', 'Aruba 1930 24G 4SFP/SFP+'],
  ['ups', 'APC', 'Smart-UPS 1500'],
  ['projector', 'Epson', 'EB-L210W'],
] as const

const hex = (value: number): string => value.toString(16).padStart(2, '0')
export const macOf = (seat: number): string => `a4:bb:6d:1e:${hex(seat >> 8)}:${hex(seat & 255)}`
export const seatOf = (seat: number): string => `${String.fromCharCode(65 + Math.floor(seat / 6))}${(seat % 6) + 1}`

/** A stock of a school: the machines of the room first, then what the store room keeps. */
export class FakeStock {
  revision = 1
  readonly #items = new Map<number, ItemView>()
  readonly #removed = new Map<number, ItemView>()
  #nextId = 1

  constructor(count: number) {
    for (let index = 0; index < count; index += 1) {
      const isSeat = index < 30
      const [type, manufacturer, model] = isSeat ? makes[index % 3]! : makes[3 + ((index * 7) % 7)]!
      const at = Date.now() - index * 9_000_000
      this.add({
        assetTag: isSeat ? `B104-${seatOf(index)}` : `INV-${2100 + index}`,
        type,
        manufacturer,
        model,
        serial: `${(index * 7919 + 1234567).toString(36).toUpperCase()}X`,
        macs: isSeat ? [macOf(index)] : [],
        uuid: '',
        location: isSeat ? `B104 / ${seatOf(index)}` : ['Réserve 2', 'Réserve 1 / étagère C', 'A201'][index % 3]!,
        state: isSeat ? 'inService' : itemStates[(index * 3) % itemStates.length]!,
        notes: '',
      })
      const item = this.#items.get(index + 1)!
      this.#items.set(item.id, { ...item, updatedAt: at, lastSeenAt: isSeat && index % 5 ? at : undefined })
    }
  }

  list(query: ItemQuery): ItemPage {
    const wanted = query.search.toLowerCase()
    const direction = query.descending ? -1 : 1
    const value = (item: ItemView): string => String(item[query.sort])
    const found = [...this.#items.values()]
      .filter((item) => query.states.length === 0 || query.states.includes(item.state))
      .filter((item) => query.types.length === 0 || query.types.includes(item.type))
      .filter((item) => JSON.stringify(Object.values(item)).toLowerCase().includes(wanted))
      .sort((a, b) => direction * value(a).localeCompare(value(b), 'fr', { numeric: true }))
    return { items: found.slice(query.offset, query.offset + query.limit), total: found.length }
  }

  get(id: number): ItemView | undefined {
    return this.#items.get(id)
  }

  byMac(mac: string): ItemView | undefined {
    return [...this.#items.values()].find((item) => item.macs.includes(mac))
  }

  hasTag(tag: string, except = 0): boolean {
    return [...this.#items.values()].some((item) => item.assetTag === tag && item.id !== except)
  }

  add(input: ItemInput): ItemView {
    const now = Date.now()
    const item = { ...input, id: this.#nextId++, createdAt: now, updatedAt: now }
    this.#items.set(item.id, item)
    this.revision += 1
    return item
  }

  update(id: number, input: ItemInput): ItemView | undefined {
    const before = this.#items.get(id)
    if (!before) return undefined
    const item = { ...before, ...input, updatedAt: Date.now() }
    this.#items.set(id, item)
    this.revision += 1
    return item
  }

  remove(id: number): void {
    const item = this.#items.get(id)
    if (!item) return
    this.#items.delete(id)
    this.#removed.set(id, item)
    this.revision += 1
  }

  restore(id: number): ItemView | undefined {
    const item = this.#removed.get(id)
    if (!item) return undefined
    this.#items.set(id, item)
    this.revision += 1
    return item
  }
}
