import type { PacketDetail, PacketFilter, PacketPage, PacketProtocol } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

const shownAtMost = 500
const askEveryMs = 1000

const nothing: PacketPage = { source: 'none', kept: 0, dropped: 0, packets: [] }

/** The newest packets that pass the filter, asked for again while they are looked at. */
export class Packets {
  page = $state.raw<PacketPage>(nothing)
  detail = $state.raw<PacketDetail>()
  selectedId = $state<number>()
  protocols = $state.raw<readonly PacketProtocol[]>([])
  mac = $state('')
  search = $state('')
  unheardOnly = $state(false)
  loaded = $state(false)

  readonly #client: Client
  #asking = false
  #askAgain = false

  constructor(client: Client) {
    this.#client = client
  }

  /** Returns what ends it. */
  watch(): () => void {
    void this.refresh()
    const timer = setInterval(() => void this.refresh(), askEveryMs)
    return () => clearInterval(timer)
  }

  filter(changes: Partial<Pick<Packets, 'protocols' | 'mac' | 'search' | 'unheardOnly'>>): void {
    Object.assign(this, changes)
    void this.refresh()
  }

  get isFiltered(): boolean {
    return this.protocols.length > 0 || this.mac !== '' || this.search !== '' || this.unheardOnly
  }

  clearFilters(): void {
    this.filter({ protocols: [], mac: '', search: '', unheardOnly: false })
  }

  /** One question at a time: what changed meanwhile is asked for once the answer is there. */
  async refresh(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true
      return
    }
    this.#asking = true
    const reply = await this.#client.call('packets.list', { ...this.#filter, before: 0, limit: shownAtMost })
    this.#asking = false
    if (reply.ok) {
      this.page = reply.value
      this.loaded = true
    }
    if (!this.#askAgain) return
    this.#askAgain = false
    await this.refresh()
  }

  async select(id: number | undefined): Promise<void> {
    this.selectedId = id
    this.detail = undefined
    if (id === undefined) return
    const answer = await this.#client.ask('packets.get', id)
    if (this.selectedId === id) this.detail = answer?.value ?? undefined
  }

  /** @returns where it was saved; undefined when it was not. */
  async export(): Promise<string | undefined> {
    const answer = await this.#client.ask('packets.export', this.#filter)
    return answer?.value ?? undefined
  }

  get #filter(): PacketFilter {
    const { protocols, mac, search, unheardOnly } = this
    return { protocols: [...protocols], mac, search, unheardOnly }
  }
}
