import type {
  Ipv4,
  LeaseFilter,
  LeaseFinding,
  LeaseHistoryView,
  LeaseView,
  LeaseViewState,
  Mac,
  PoolView,
  ReservationView,
  ViewUpdate,
  WireError,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'
import { TypingPause } from './typingPause.ts'

const pageSize = 100

export type LeaseSort = LeaseFilter['sort']

/** The leases and the picture of their pool: asked for while they are looked at, and again when anything changed. */
export class Leases {
  search = $state('')
  states = $state.raw<readonly LeaseViewState[]>([])
  sort = $state<LeaseSort>('address')
  descending = $state(false)
  /** How many match. */
  total = $state(0)
  /** How many there are. */
  all = $state(0)
  /** False until the first answer came. */
  loaded = $state(false)
  /** Null when no network is chosen. */
  pool = $state.raw<PoolView | null>(null)
  /** Why nothing can be shown. */
  problem = $state.raw<WireError>()
  selected = $state<Ipv4 | null>(null)
  /** Counts up when any lease, offer or reservation changed. */
  revision = $state<number>()
  /** Counts up with every answer. */
  asked = $state(0)

  #pages = $state.raw<ReadonlyMap<number, readonly LeaseView[]>>(new Map())
  #sight = { first: 0, last: 0 }
  #isOpen = false
  #asking = false
  #askAgain = false
  readonly #typing = new TypingPause()
  readonly #client: Client

  readonly isFiltered = $derived(this.search.trim() !== '' || this.states.length > 0)

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.leasesRevision === undefined || update.leasesRevision === this.revision) return
    this.revision = update.leasesRevision
    this.refresh()
  }

  /** While it is open, it follows what happens. Returns what closes it. */
  open(): () => void {
    this.#isOpen = true
    this.refresh()
    return () => (this.#isOpen = false)
  }

  /** The lease of a row, undefined while its page is on the way. */
  row(index: number): LeaseView | undefined {
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

  filter(states: readonly LeaseViewState[]): void {
    this.states = states
    this.refresh()
  }

  clearFilters(): void {
    this.#typing.drop()
    this.search = ''
    this.filter([])
  }

  sortBy(field: LeaseSort): void {
    this.descending = this.sort === field ? !this.descending : false
    this.sort = field
    this.refresh()
  }

  /** Who has an address, and where it is in the list. */
  async find(address: Ipv4): Promise<LeaseFinding | undefined> {
    return (await this.#client.ask('lease.find', { ...this.#filter(), address }))?.value
  }

  /** The row as it stands now, wherever it is in the list; undefined when the address was never anybody's. */
  async look(address: Ipv4): Promise<{ lease: LeaseView; history: LeaseHistoryView } | undefined> {
    const found = await this.#client.call('lease.find', { ...this.#filter(), address })
    const lease = found.ok ? found.value.lease : undefined
    if (!lease) return undefined
    const history = await this.#client.call('lease.history', { address, ...(lease.mac && { mac: lease.mac }) })
    return history.ok ? { lease, history: history.value } : undefined
  }

  /** What one of these network cards has, or had last, on the network that is looked at; silent when none can be. */
  async ofMachine(macs: readonly Mac[]): Promise<LeaseView | undefined> {
    const any = { sort: 'address', descending: false, offset: 0, limit: 10 } as const
    const replies = await Promise.all(
      macs.map((mac) => this.#client.call('lease.list', { ...any, states: [], search: mac })),
    )
    const theirs = replies
      .flatMap((reply) => (reply.ok ? reply.value.leases : []))
      .filter(({ mac }) => mac !== undefined && macs.includes(mac))
    // What is reserved or in use says more than what was once.
    return theirs.find(({ isReserved }) => isReserved) ?? theirs.find(({ state }) => state === 'leased') ?? theirs[0]
  }

  /** Answers what takes it back, or undefined when it was refused. */
  async ban(mac: Mac): Promise<(() => void) | undefined> {
    return (await this.#client.ask('lease.ban', mac)) && (() => void this.#client.ask('lease.unban', mac))
  }

  /** Answers what takes it back, or undefined when it was refused. */
  async unban(mac: Mac): Promise<(() => void) | undefined> {
    return (await this.#client.ask('lease.unban', mac)) && (() => void this.#client.ask('lease.ban', mac))
  }

  /** Milliseconds; null when nobody answered, undefined when it could not be asked. */
  async ping(address: Ipv4): Promise<number | null | undefined> {
    return (await this.#client.ask('lease.ping', address))?.value
  }

  async wake(mac: Mac): Promise<boolean> {
    return (await this.#client.ask('lease.wake', mac)) !== undefined
  }

  async free(address: Ipv4): Promise<boolean> {
    return (await this.#client.ask('lease.free', address)) !== undefined
  }

  /** Answers what takes it back, or undefined when it was refused. */
  async reserve(reservation: ReservationView): Promise<(() => void) | undefined> {
    const answer = await this.#client.ask('lease.reserve', reservation)
    if (!answer) return undefined
    const before = answer.value
    return () =>
      void (before
        ? this.#client.ask('lease.reserve', before)
        : this.#client.ask('lease.unreserve', reservation.address))
  }

  /** Answers what takes it back, or undefined when it was refused. */
  async unreserve(address: Ipv4): Promise<(() => void) | undefined> {
    const answer = await this.#client.ask('lease.unreserve', address)
    return answer && (() => void this.#client.ask('lease.reserve', answer.value))
  }

  /** Where it was saved; undefined when it was not. */
  async exportCsv(): Promise<string | undefined> {
    return (await this.#client.ask('lease.exportCsv', undefined))?.value ?? undefined
  }

  #filter(): LeaseFilter {
    const { search, states, sort, descending } = this
    return { search: search.trim(), states: [...states], sort, descending }
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
    const pages = this.#pagesInSight()
    const filter = this.#filter()
    const [pool, ...lists] = await Promise.all([
      this.#client.call('lease.pool', undefined),
      ...pages.map((page) => this.#client.call('lease.list', { ...filter, offset: page * pageSize, limit: pageSize })),
    ])
    this.loaded = true
    const refused = [pool, ...lists].find((reply) => !reply.ok)
    this.problem = refused && !refused.ok ? refused.error : undefined
    if (!pool.ok || this.problem) return
    this.pool = pool.value
    const found = new Map<number, readonly LeaseView[]>()
    for (const [at, reply] of lists.entries()) {
      if (!reply.ok) continue
      found.set(pages[at] ?? 0, reply.value.leases)
      this.total = reply.value.total
      this.all = reply.value.all
    }
    this.#pages = found
    this.asked += 1
  }
}
