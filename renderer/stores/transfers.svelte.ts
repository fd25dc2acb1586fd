import type {
  Mac,
  ThroughputView,
  TransferDirection,
  TransferProtocol,
  TransferQuery,
  TransferRowView,
  TransferState,
  ViewUpdate,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'
import { TypingPause } from './typingPause.ts'

const pageSize = 100
const throughputEveryMs = 1000

export type TransferSort = TransferQuery['sort']
/** Minutes that the plot shows. */
export const plotSpans = ['1', '5', '10'] as const
export type PlotSpan = (typeof plotSpans)[number]

/** What is kept first when a column is sorted by for the first time: the latest, the fastest, the worst. */
const descendingFirst: ReadonlySet<TransferSort> = new Set(['startedAt', 'rate', 'retransmissions', 'progress'])

/** Files on their way and how fast they go: asked for while they are looked at. */
export class Transfers {
  search = $state('')
  states = $state.raw<readonly TransferState[]>([])
  protocols = $state.raw<readonly TransferProtocol[]>([])
  directions = $state.raw<readonly TransferDirection[]>([])
  /** Empty for every machine: the table and the plot are of it alone. */
  mac = $state<Mac | ''>('')
  sort = $state<TransferSort>('startedAt')
  descending = $state(true)
  span = $state<PlotSpan>('5')
  /** How many match. */
  total = $state(0)
  /** How many there are. */
  all = $state(0)
  running = $state(0)
  loaded = $state(false)
  throughput = $state.raw<ThroughputView>()

  #pages = $state.raw<ReadonlyMap<number, readonly TransferRowView[]>>(new Map())
  #sight = { first: 0, last: 0 }
  #isOpen = false
  #asking = false
  #askAgain = false
  readonly #typing = new TypingPause()
  #revision: number | undefined
  readonly #client: Client

  readonly isFiltered = $derived(
    this.search.trim() !== '' ||
      this.states.length + this.protocols.length + this.directions.length > 0 ||
      this.mac !== '',
  )

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.transfersRevision === undefined || update.transfersRevision === this.#revision) return
    this.#revision = update.transfersRevision
    this.refresh()
  }

  /** While it is open, it follows what happens. Returns what closes it. */
  open(): () => void {
    this.#isOpen = true
    this.refresh()
    void this.#askThroughput()
    const timer = setInterval(() => void this.#askThroughput(), throughputEveryMs)
    return () => {
      this.#isOpen = false
      clearInterval(timer)
    }
  }

  /** The transfer of a row, undefined while its page is on the way. */
  row(index: number): TransferRowView | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize]
  }

  /** These rows are in sight. */
  need(first: number, last: number): void {
    this.#sight = { first, last: Math.max(first, last) }
    if (this.#pagesInSight().some((page) => !this.#pages.has(page))) this.refresh()
  }

  /** One question at a time: while it is under way, however much changes makes one more. */
  refresh(): void {
    if (this.#asking) this.#askAgain = true
    else if (this.#isOpen) void this.#ask()
  }

  searchFor(text: string): void {
    this.search = text
    this.#typing.after(() => this.refresh())
  }

  filter(wanted: {
    states?: readonly TransferState[]
    protocols?: readonly TransferProtocol[]
    directions?: readonly TransferDirection[]
    mac?: Mac | ''
  }): void {
    if (wanted.states) this.states = wanted.states
    if (wanted.protocols) this.protocols = wanted.protocols
    if (wanted.directions) this.directions = wanted.directions
    if (wanted.mac !== undefined) {
      this.mac = wanted.mac
      void this.#askThroughput()
    }
    this.refresh()
  }

  clearFilters(): void {
    this.#typing.drop()
    this.search = ''
    this.filter({ states: [], protocols: [], directions: [], mac: '' })
  }

  sortBy(field: TransferSort): void {
    this.descending = this.sort === field ? !this.descending : descendingFirst.has(field)
    this.sort = field
    this.refresh()
  }

  show(span: PlotSpan): void {
    this.span = span
    void this.#askThroughput()
  }

  #pagesInSight(): number[] {
    const [first, last] = [this.#sight.first, this.#sight.last].map((row) => Math.floor(row / pageSize))
    const pages: number[] = []
    for (let page = first ?? 0; page <= (last ?? 0); page += 1) pages.push(page)
    return pages
  }

  async #ask(): Promise<void> {
    this.#asking = true
    do {
      this.#askAgain = false
      await this.#askOnce()
    } while (this.#askAgain && this.#isOpen)
    this.#asking = false
  }

  async #askOnce(): Promise<void> {
    const { search, states, protocols, directions, mac, sort, descending } = this
    const query = {
      ...{ search: search.trim(), states: [...states], protocols: [...protocols], directions: [...directions] },
      ...{ mac, sort, descending, limit: pageSize },
    }
    const pages = this.#pagesInSight()
    const lists = await Promise.all(
      pages.map((page) => this.#client.ask('transfer.list', { ...query, offset: page * pageSize })),
    )
    const found = new Map<number, readonly TransferRowView[]>()
    for (const [at, reply] of lists.entries()) {
      if (!reply) continue
      found.set(pages[at] ?? 0, reply.value.transfers)
      this.total = reply.value.total
      this.all = reply.value.all
      this.running = reply.value.running
    }
    this.loaded = true
    this.#pages = found
  }

  async #askThroughput(): Promise<void> {
    const { mac, span } = this
    const reply = await this.#client.call('transfer.throughput', { mac, seconds: Number(span) * 60 })
    // It is asked again in a second; what was answered to an earlier question is not shown.
    if (reply.ok && mac === this.mac && span === this.span) this.throughput = reply.value
  }
}
