import type {
  CartridgeChange,
  ConsumableCategory,
  ConsumableFilter,
  ConsumableInput,
  ConsumablePatch,
  ConsumableQuery,
  ConsumableView,
  CorrectionInput,
  CountLineInput,
  MoveInput,
  MovementView,
  ReorderLine,
  Reply,
  StockCountLine,
  StockCountView,
  StockLevel,
  StockLevelState,
} from '../../src/contract/index.ts'
import { Chosen } from './chosen.svelte.ts'
import type { Client } from './client.ts'
import { ListLayout } from './listLayout.svelte.ts'
import { PagedList } from './pagedList.svelte.ts'
import { TypingPause } from './typingPause.ts'

/** Consumables: what there is, what moved, what is counted. */
export class StockShelves {
  search = $state('')
  categories = $state.raw<readonly ConsumableCategory[]>([])
  levels = $state.raw<readonly StockLevelState[]>([])
  sort = $state<ConsumableQuery['sort']>('name')
  descending = $state(false)
  /** The consumable whose sheet is open. */
  openConsumable = $state<number | 'new' | null>(null)
  /** Stock is being taken: a place is chosen, or counted. */
  isCounting = $state(false)
  /** The count that is being made. */
  count = $state.raw<StockCountView>()
  /** A consumable that was scanned and lies here in several lots: which of them it was is to be said. */
  lotsAsked = $state.raw<readonly StockCountLine[]>([])
  /** The lots that were said, by their consumables: what is scanned next of these is of the same lot. */
  lots = $state.raw<ReadonlyMap<number, string>>(new Map())
  openCounts = $state.raw<readonly StockCountView[]>([])
  reorder = $state.raw<readonly ReorderLine[]>([])
  readonly list: PagedList<ConsumableView>
  readonly chosen = new Chosen()
  readonly layout: ListLayout<ConsumableFilter>
  readonly #typing = new TypingPause()
  readonly #client: Client

  /** What the list shows, as a question without its pages. */
  get shown(): Omit<ConsumableQuery, 'offset' | 'limit'> {
    const { sort, descending } = this
    return { ...this.filterNow(), sort, descending }
  }

  readonly isFiltered = $derived(this.search.trim() !== '' || this.categories.length > 0 || this.levels.length > 0)

  constructor(client: Client) {
    this.#client = client
    this.layout = new ListLayout(
      client,
      'consumables',
      () => this.filterNow(),
      ({ search, categories, levels }) => {
        this.search = search
        this.filter({ categories, levels })
      },
    )
    this.list = new PagedList(async (offset, limit) => {
      const answer = await client.ask('consumable.list', { ...this.shown, offset, limit })
      return answer && { rows: answer.value.consumables, total: answer.value.total }
    })
  }

  refresh(): void {
    this.list.refresh()
    void this.#refreshOthers()
  }

  searchFor(text: string): void {
    this.search = text
    this.#typing.after(() => this.list.refresh())
  }

  filter(filter: { categories?: readonly ConsumableCategory[]; levels?: readonly StockLevelState[] }): void {
    this.categories = filter.categories ?? this.categories
    this.levels = filter.levels ?? this.levels
    this.chosen.clear()
    this.list.refresh()
  }

  sortBy(field: ConsumableQuery['sort']): void {
    this.descending = this.sort === field ? !this.descending : false
    this.sort = field
    this.list.refresh()
  }

  filterNow(): ConsumableFilter {
    return { search: this.search.trim(), categories: [...this.categories], levels: [...this.levels] }
  }

  /** Every consumable that the filters leave, up to 20,000. */
  async chooseAll(): Promise<void> {
    const answer = await this.#client.ask('consumable.ids', this.filterNow())
    if (answer) this.chosen.set(answer.value)
  }

  async get(id: number): Promise<ConsumableView | undefined> {
    return (await this.#client.ask('consumable.get', id))?.value
  }

  async levelsOf(id: number): Promise<readonly StockLevel[]> {
    return (await this.#client.ask('consumable.levels', id))?.value ?? []
  }

  async movementsOf(id: number): Promise<readonly MovementView[]> {
    return (await this.#client.ask('movement.list', { consumableId: id, limit: 50 }))?.value.movements ?? []
  }

  async changesOf(printerId: number): Promise<readonly CartridgeChange[]> {
    return (await this.#client.ask('printer.changes', printerId))?.value ?? []
  }

  /** A few of them, to choose one from. */
  async find(search: string, limit: number): Promise<readonly ConsumableView[]> {
    const query = { search, categories: [], levels: [], sort: 'name', descending: false, offset: 0, limit } as const
    const reply = await this.#client.call('consumable.list', { ...query, categories: [], levels: [] })
    return reply.ok ? reply.value.consumables : []
  }

  save(consumable: ConsumableInput, id?: number): Promise<Reply<ConsumableView>> {
    return id === undefined
      ? this.#client.call('consumable.add', consumable)
      : this.#client.call('consumable.update', { id, consumable })
  }

  /** Answers what undoes it. */
  async updateMany(ids: number[], patch: ConsumablePatch): Promise<{ changed: number; undo: number } | undefined> {
    return (await this.#client.ask('consumable.updateMany', { ids, patch }))?.value
  }

  async revertMany(undo: number): Promise<boolean> {
    return (await this.#client.ask('consumable.revertMany', undo)) !== undefined
  }

  async remove(id: number): Promise<boolean> {
    return (await this.#client.ask('consumable.remove', id)) !== undefined
  }

  async restore(id: number): Promise<boolean> {
    return (await this.#client.ask('consumable.restore', id)) !== undefined
  }

  move(input: MoveInput): Promise<Reply<MovementView[]>> {
    return this.#client.call('consumable.move', input)
  }

  correct(input: CorrectionInput): Promise<Reply<MovementView[]>> {
    return this.#client.call('consumable.correct', input)
  }

  async undo(ids: number[]): Promise<boolean> {
    return (await this.#client.ask('movement.undo', ids)) !== undefined
  }

  /** Begins to count a place, or goes on with it where it was left. */
  async startCount(path: string): Promise<void> {
    const open = (await this.#client.ask('count.list', undefined))?.value
    const known = open?.find(({ location }) => location.toLowerCase() === path.trim().toLowerCase())
    const count = known ?? (await this.#client.ask('count.start', path))?.value
    if (!count) return
    this.#forgetLots()
    this.count = count
    this.isCounting = true
  }

  async recordCount(line: CountLineInput): Promise<void> {
    const answer = await this.#client.ask('count.record', line)
    if (answer) this.count = answer.value
  }

  /**
   * A code scanned while stock is taken: a place is counted from here on, an item is seen, a consumable is one more.
   * Answers whether it is known, and of use before a place is.
   */
  async scanInCount(code: string): Promise<boolean> {
    const { count } = this
    const found = (await this.#client.ask('stock.scan', code))?.value
    if (found?.kind === 'location') {
      if (found.id !== count?.locationId) await this.startCount(found.path)
      return true
    }
    if (!count || !found || found.kind === 'none') return false
    if (found.kind === 'item') {
      const answer = await this.#client.ask('count.see', { countId: count.id, itemId: found.id })
      if (answer) this.count = answer.value
    } else {
      const lines = count.lines.filter(({ consumableId }) => consumableId === found.id)
      const lot = this.lots.get(found.id)
      const line = lines.length > 1 ? lines.find(({ expiresOn }) => expiresOn === lot) : lines[0]
      this.lotsAsked = line === undefined ? lines : []
      if (this.lotsAsked.length === 0) await this.#countOneMore(found.id, line)
    }
    return true
  }

  /** What was scanned is of this lot, and what is scanned of it from now on. */
  async sayLot(line: StockCountLine): Promise<void> {
    const isAsked = this.lotsAsked.some(({ consumableId }) => consumableId === line.consumableId)
    this.lots = new Map(this.lots).set(line.consumableId, line.expiresOn)
    if (!isAsked) return
    this.lotsAsked = []
    await this.#countOneMore(line.consumableId, line)
  }

  async #countOneMore(consumableId: number, line?: StockCountLine): Promise<void> {
    if (!this.count) return
    await this.recordCount({
      countId: this.count.id,
      consumableId,
      expiresOn: line?.expiresOn ?? '',
      counted: (line?.counted ?? 0) + 1,
      explanation: line?.explanation ?? '',
    })
  }

  #forgetLots(): void {
    this.lots = new Map()
    this.lotsAsked = []
  }

  async finishCount(): Promise<StockCountView | undefined> {
    if (!this.count) return undefined
    const answer = await this.#client.ask('count.finish', this.count.id)
    if (answer) this.#endCount()
    return answer?.value
  }

  /** Answers what was counted until then, for `countAgain` (undo). */
  async abandonCount(): Promise<StockCountView | undefined> {
    const { count } = this
    if (!count || !(await this.#client.ask('count.abandon', count.id))) return undefined
    this.#endCount()
    return count
  }

  #endCount(): void {
    this.#forgetLots()
    this.count = undefined
    this.isCounting = false
  }

  /** Lays an abandoned count among the open ones again, with all that was counted and seen. */
  async countAgain({ location, lines, items }: StockCountView): Promise<void> {
    const begun = await this.#client.ask('count.start', location)
    if (!begun) return
    const countId = begun.value.id
    for (const { consumableId, expiresOn, counted, explanation } of lines)
      if (counted !== undefined)
        await this.#client.ask('count.record', { countId, consumableId, expiresOn, counted, explanation })
    for (const { itemId, finding } of items)
      if (finding !== 'missing') await this.#client.ask('count.see', { countId, itemId })
    this.refresh()
  }

  async #refreshOthers(): Promise<void> {
    const [reorder, counts] = await Promise.all([
      this.#client.call('consumable.reorder', undefined),
      this.#client.call('count.list', undefined),
    ])
    if (reorder.ok) this.reorder = reorder.value
    if (counts.ok) this.openCounts = counts.value
  }
}
