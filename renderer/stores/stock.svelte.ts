import type {
  StockExportFormat,
  ExportRequest,
  ItemInput,
  ItemQuery,
  ItemState,
  ItemType,
  ItemView,
  Mac,
  Reply,
  ViewUpdate,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'

const pageSize = 100
const typingPause = 150

export type SortField = ItemQuery['sort']

/** The stock list: pages are asked for as they come into sight, and asked for again when anything changed. */
export class Stock {
  search = $state('')
  states = $state.raw<readonly ItemState[]>([])
  types = $state.raw<readonly ItemType[]>([])
  sort = $state<SortField>('assetTag')
  descending = $state(false)
  total = $state(0)
  /** False until the first answer came. */
  loaded = $state(false)
  /** The item whose form is open: its id, `new`, or null. */
  openItem = $state<number | 'new' | null>(null)

  #pages = $state.raw<ReadonlyMap<number, readonly ItemView[]>>(new Map())
  #asked = new Set<number>()
  /** Answers to an older question are not taken. */
  #question = 0
  #typing: ReturnType<typeof setTimeout> | undefined
  #revision: number | undefined
  readonly #client: Client

  readonly isFiltered = $derived(this.search.trim() !== '' || this.states.length > 0 || this.types.length > 0)

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.stockRevision === undefined || update.stockRevision === this.#revision) return
    this.#revision = update.stockRevision
    this.refresh()
  }

  /** The item of a row, undefined while its page is on the way. */
  row(index: number): ItemView | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize]
  }

  /** Asks for the pages that hold these rows, those not asked for yet. */
  need(first: number, last: number): void {
    for (let page = Math.floor(first / pageSize); page <= Math.floor(Math.max(last, first) / pageSize); page += 1) {
      if (!this.#asked.has(page)) void this.#ask(page)
    }
  }

  /** Asks again from the beginning; what is shown stays until the answer is there. */
  refresh(): void {
    this.#question += 1
    this.#asked.clear()
    void this.#ask(0)
  }

  searchFor(text: string): void {
    this.search = text
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.refresh(), typingPause)
  }

  filter(filter: { states?: readonly ItemState[]; types?: readonly ItemType[] }): void {
    this.states = filter.states ?? this.states
    this.types = filter.types ?? this.types
    this.refresh()
  }

  clearFilters(): void {
    this.search = ''
    this.filter({ states: [], types: [] })
  }

  sortBy(field: SortField): void {
    this.descending = this.sort === field ? !this.descending : false
    this.sort = field
    this.refresh()
  }

  /** A few items for the command palette. */
  async find(search: string, limit: number): Promise<readonly ItemView[]> {
    const query = { search, states: [], types: [], sort: 'assetTag', descending: false, offset: 0, limit } as const
    const reply = await this.#client.call('stock.list', { ...query, states: [], types: [] })
    return reply.ok ? reply.value.items : []
  }

  async get(id: number): Promise<ItemView | undefined> {
    return (await this.#client.ask('stock.get', id))?.value
  }

  save(item: ItemInput, id?: number): Promise<Reply<ItemView>> {
    return id === undefined ? this.#client.call('stock.add', item) : this.#client.call('stock.update', { id, item })
  }

  async remove(id: number): Promise<boolean> {
    return (await this.#client.ask('stock.remove', id)) !== undefined
  }

  async restore(id: number): Promise<boolean> {
    return (await this.#client.ask('stock.restore', id)) !== undefined
  }

  async addFromMachine(mac: Mac): Promise<ItemView | undefined> {
    return (await this.#client.ask('stock.addFromMachine', mac))?.value
  }

  /** What the list shows, all of it and in its order. */
  get shown(): Pick<ExportRequest, 'filter' | 'sort' | 'descending'> {
    const filter = { search: this.search.trim(), states: [...this.states], types: [...this.types] }
    return { filter, sort: this.sort, descending: this.descending }
  }

  /** Where what is shown was saved; undefined when it was not. */
  async export(format: StockExportFormat): Promise<string | undefined> {
    return (await this.#client.ask('stock.export', { format, ...this.shown }))?.value ?? undefined
  }

  async #ask(page: number): Promise<void> {
    const question = this.#question
    this.#asked.add(page)
    const answer = await this.#client.ask('stock.list', {
      search: this.search.trim(),
      states: [...this.states],
      types: [...this.types],
      sort: this.sort,
      descending: this.descending,
      offset: page * pageSize,
      limit: pageSize,
    })
    if (question !== this.#question) return
    if (!answer) return
    this.loaded = true
    this.total = answer.value.total
    // The first page of a new question takes the place of everything the old one showed.
    const kept = page === 0 ? [] : this.#pages
    this.#pages = new Map([...kept, [page, answer.value.items]])
  }
}
