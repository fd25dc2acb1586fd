import type {
  CustomFieldView,
  CustomFilter,
  ExportRequest,
  FoundRecord,
  ItemFilter,
  ItemInput,
  ItemPatch,
  ItemSort,
  ItemState,
  ItemType,
  ItemTypeView,
  ItemView,
  LocationView,
  Mac,
  Reply,
  StockAlarm,
  StockDashboard,
  StockExportFormat,
  ViewUpdate,
} from '../../src/contract/index.ts'
import { words } from '../messages/words.svelte.ts'
import { Chosen } from './chosen.svelte.ts'
import type { Client } from './client.ts'
import { ListLayout } from './listLayout.svelte.ts'
import { PagedList } from './pagedList.svelte.ts'
import { StockCare } from './stockCare.svelte.ts'
import { StockFiles } from './stockFiles.ts'
import { StockReferences } from './stockReferences.svelte.ts'
import { StockShelves } from './stockShelves.svelte.ts'
import { TypingPause } from './typingPause.ts'

export const stockTabs = [
  'items',
  'consumables',
  'loans',
  'interventions',
  'disposal',
  'references',
  'overview',
] as const
export type StockTab = (typeof stockTabs)[number]

/** `YYYY-MM-DD`, some months from today. */
function dayIn(months: number): string {
  const day = new Date()
  day.setMonth(day.getMonth() + months)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

/** The stock: the list of items, and beside it consumables, loans, interventions, disposal. */
export class Stock {
  tab = $state<StockTab>('items')
  search = $state('')
  states = $state.raw<readonly ItemState[]>([])
  types = $state.raw<readonly ItemType[]>([])
  locationId = $state<number>()
  withProposals = $state(false)
  supplierId = $state<number>()
  /** Only those whose warranty ended, or does within three months. */
  warrantyEnds = $state(false)
  /** Only those that were bought more than five years ago. */
  isOld = $state(false)
  /** What custom fields must say, at most one filter for each. */
  custom = $state.raw<readonly CustomFilter[]>([])
  sort = $state<ItemSort>('assetTag')
  descending = $state(false)
  /** The item whose form is open: its id, `new`, or null. */
  openItem = $state<number | 'new' | null>(null)
  readonly chosen = new Chosen()
  locations = $state.raw<readonly LocationView[]>([])
  itemTypes = $state.raw<readonly ItemTypeView[]>([])
  customFields = $state.raw<readonly CustomFieldView[]>([])
  alarms = $state.raw<readonly StockAlarm[]>([])
  /** The keys of alarms that were seen and put away, until the app closes. */
  hiddenAlarms = $state.raw<ReadonlySet<string>>(new Set())
  readonly layout: ListLayout<ItemFilter>
  readonly care: StockCare
  readonly shelves: StockShelves
  readonly references: StockReferences
  readonly files: StockFiles

  readonly #list: PagedList<ItemView>
  readonly #typing = new TypingPause()
  #revision = $state<number>()
  #placesRevision: number | undefined
  readonly #client: Client

  readonly isFiltered = $derived(
    this.search.trim() !== '' ||
      this.states.length > 0 ||
      this.types.length > 0 ||
      this.locationId !== undefined ||
      this.withProposals ||
      this.supplierId !== undefined ||
      this.warrantyEnds ||
      this.isOld ||
      this.custom.length > 0,
  )

  constructor(client: Client) {
    this.#client = client
    this.layout = new ListLayout(
      client,
      'items',
      () => this.filterNow(),
      ({
        search,
        states,
        types,
        locationId = null,
        withProposals = false,
        supplierId = null,
        custom = [],
        ...days
      }) => {
        this.search = search
        // Counted from today: which day it was that the filter was kept is of no interest.
        const [warrantyEnds, isOld] = [days.warrantyBefore !== undefined, days.purchasedBefore !== undefined]
        this.filter({ states, types, locationId, withProposals, supplierId, warrantyEnds, isOld, custom })
      },
    )
    this.#list = new PagedList(async (offset, limit) => {
      const { sort, descending } = this
      const answer = await client.ask('stock.list', { ...this.filterNow(), sort, descending, offset, limit })
      return answer && { rows: answer.value.items, total: answer.value.total }
    })
    this.care = new StockCare(client)
    this.shelves = new StockShelves(client)
    this.references = new StockReferences(client)
    this.files = new StockFiles(client)
  }

  get total(): number {
    return this.#list.total
  }
  get loaded(): boolean {
    return this.#list.loaded
  }
  /** Counts up at every change; what shows something of the stock asks again. */
  get revision(): number | undefined {
    return this.#revision
  }

  hideAlarms(): void {
    this.hiddenAlarms = new Set(this.alarms.map(({ key }) => key))
  }

  apply(update: ViewUpdate): void {
    if (update.stockRevision === undefined || update.stockRevision === this.#revision) return
    this.#revision = update.stockRevision
    this.refresh()
  }

  /** Asks for the places when they changed; also for how many items each holds where that is shown. */
  async refreshPlaces(): Promise<void> {
    const revision = await this.#client.call('location.revision', undefined)
    const isKnown = revision.ok && revision.value === this.#placesRevision
    if (isKnown && this.tab !== 'references') return
    const places = await this.#client.call('location.list', undefined)
    if (!places.ok) return
    this.locations = places.value
    // They may have changed between both answers: then they are asked for once more, and never too few times.
    if (revision.ok) this.#placesRevision = revision.value
  }

  /** What the overview shows; undefined when it cannot be had. */
  async dashboard(): Promise<StockDashboard | undefined> {
    const reply = await this.#client.call('stock.dashboard', undefined)
    return reply.ok ? reply.value : undefined
  }

  /** The item of a row, undefined while its page is on the way. */
  row(index: number): ItemView | undefined {
    return this.#list.row(index)
  }

  need(first: number, last: number): void {
    this.#list.need(first, last)
  }

  /** Asks again from the beginning; what is shown stays until the answer is there. */
  refresh(): void {
    this.#list.refresh()
    this.care.refresh()
    this.shelves.refresh()
    void this.references.refresh()
    void this.#refreshWords()
  }

  searchFor(text: string): void {
    this.search = text
    this.#typing.after(() => this.#list.refresh())
  }

  filter(filter: {
    states?: readonly ItemState[]
    types?: readonly ItemType[]
    locationId?: number | null
    withProposals?: boolean
    supplierId?: number | null
    warrantyEnds?: boolean
    isOld?: boolean
    custom?: readonly CustomFilter[]
  }): void {
    this.states = filter.states ?? this.states
    this.types = filter.types ?? this.types
    if (filter.locationId !== undefined) this.locationId = filter.locationId ?? undefined
    this.withProposals = filter.withProposals ?? this.withProposals
    if (filter.supplierId !== undefined) this.supplierId = filter.supplierId ?? undefined
    this.warrantyEnds = filter.warrantyEnds ?? this.warrantyEnds
    this.isOld = filter.isOld ?? this.isOld
    this.custom = filter.custom ?? this.custom
    this.chosen.clear()
    this.#list.refresh()
  }

  /** What one custom field must say from now on; nothing without a filter. Asked once the typing rests. */
  filterField(fieldId: number, filter?: CustomFilter): void {
    this.custom = [...this.custom.filter((other) => other.fieldId !== fieldId), ...(filter ? [filter] : [])]
    this.chosen.clear()
    this.#typing.after(() => this.#list.refresh())
  }

  clearFilters(): void {
    this.search = ''
    const nothing = { states: [], types: [], locationId: null, withProposals: false, custom: [] }
    this.filter({ ...nothing, supplierId: null, warrantyEnds: false, isOld: false })
  }

  sortBy(field: ItemSort): void {
    this.descending = this.sort === field ? !this.descending : false
    this.sort = field
    this.#list.refresh()
  }

  filterNow(): ItemFilter {
    return {
      search: this.search.trim(),
      states: [...this.states],
      types: [...this.types],
      ...(this.locationId === undefined ? {} : { locationId: this.locationId }),
      ...(this.withProposals ? { withProposals: true } : {}),
      ...(this.supplierId === undefined ? {} : { supplierId: this.supplierId }),
      ...(this.warrantyEnds ? { warrantyBefore: dayIn(3) } : {}),
      ...(this.isOld ? { purchasedBefore: dayIn(-5 * 12) } : {}),
      ...(this.custom.length > 0 ? { custom: [...this.custom] } : {}),
    }
  }

  /** What files and labels are made of: what is chosen, else all that the list shows; in its order. */
  get meant(): Pick<ExportRequest, 'filter' | 'sort' | 'descending'> {
    const ids = [...this.chosen.ids]
    const filter = ids.length > 0 ? { search: '', states: [], types: [], ids } : this.filterNow()
    return { filter, sort: this.sort, descending: this.descending }
  }

  /** Where it was saved; undefined when it was not. */
  async export(format: StockExportFormat): Promise<string | undefined> {
    return (await this.#client.ask('stock.export', { format, ...this.meant }))?.value ?? undefined
  }

  /** Every item that the filters leave, up to 20,000. */
  async chooseAll(): Promise<void> {
    const answer = await this.#client.ask('stock.ids', this.filterNow())
    if (answer) this.chosen.set(answer.value)
  }

  /** The first few of everything that has these words. */
  async findEverywhere(typed: string): Promise<readonly FoundRecord[]> {
    const reply = await this.#client.call('search.everything', typed)
    return reply.ok ? reply.value : []
  }

  /** A few items to choose one from. */
  async find(search: string, limit: number, states: ItemState[] = []): Promise<readonly ItemView[]> {
    const query = { search, states, types: [], sort: 'assetTag', descending: false, offset: 0, limit } as const
    const reply = await this.#client.call('stock.list', { ...query, types: [] })
    return reply.ok ? reply.value.items : []
  }

  async get(id: number): Promise<ItemView | undefined> {
    return (await this.#client.ask('stock.get', id))?.value
  }

  save(item: ItemInput, id?: number): Promise<Reply<ItemView>> {
    return id === undefined ? this.#client.call('stock.add', item) : this.#client.call('stock.update', { id, item })
  }

  async proposeTag(type: ItemType): Promise<string> {
    const reply = await this.#client.call('stock.proposeTag', type)
    return reply.ok ? reply.value : ''
  }

  /** Answers what undoes it. */
  async updateMany(ids: number[], patch: ItemPatch): Promise<{ changed: number; undo: number } | undefined> {
    return (await this.#client.ask('stock.updateMany', { ids, patch }))?.value
  }

  async revertMany(undo: number): Promise<boolean> {
    return (await this.#client.ask('stock.revertMany', undo)) !== undefined
  }

  async remove(id: number): Promise<boolean> {
    return (await this.#client.ask('stock.remove', id)) !== undefined
  }

  async removeMany(ids: number[]): Promise<boolean> {
    return (await this.#client.ask('stock.removeMany', ids)) !== undefined
  }

  async restoreMany(ids: number[]): Promise<boolean> {
    return (await this.#client.ask('stock.restoreMany', ids)) !== undefined
  }

  async restore(id: number): Promise<boolean> {
    return (await this.#client.ask('stock.restore', id)) !== undefined
  }

  async addFromMachine(mac: Mac): Promise<ItemView | undefined> {
    return (await this.#client.ask('stock.addFromMachine', mac))?.value
  }

  /** What was scanned or typed: opens it. Answers whether anything bears that code. */
  async openCode(code: string): Promise<boolean> {
    const reply = await this.#client.call('stock.scan', code)
    if (!reply.ok || reply.value.kind === 'none') return false
    if (reply.value.kind === 'item') {
      this.tab = 'items'
      this.openItem = reply.value.id
    } else if (reply.value.kind === 'consumable') {
      this.tab = 'consumables'
      this.shelves.openConsumable = reply.value.id
    } else return this.openPlace(reply.value.id)
    return true
  }

  /** Opens the sheet of a place. Answers whether it is there. */
  async openPlace(id: number): Promise<boolean> {
    const entry = (await this.#client.ask('location.list', undefined))?.value.find((place) => place.id === id)
    if (!entry) return false
    this.tab = 'references'
    this.references.show('locations')
    this.references.open = { list: 'locations', entry }
    return true
  }

  async #refreshWords(): Promise<void> {
    const [types, fields, alarms] = await Promise.all([
      this.#client.call('itemType.list', undefined),
      this.#client.call('customField.list', undefined),
      this.#client.call('stock.alarms', undefined),
      this.refreshPlaces(),
    ])
    if (fields.ok) this.#knowFields(fields.value)
    if (alarms.ok) this.alarms = alarms.value
    if (!types.ok) return
    this.itemTypes = types.value
    words.itemTypes = new Map(types.value.flatMap(({ id, name }) => (name === '' ? [] : [[id, name]])))
  }

  /** A filter of a field that is gone, or of another kind now, would hide items for no reason that can be seen. */
  #knowFields(fields: readonly CustomFieldView[]): void {
    this.customFields = fields
    const isOf = (filter: CustomFilter): boolean =>
      fields.some(({ id, kind }) => id === filter.fieldId && kind === filter.kind)
    if (!this.custom.every(isOf)) this.filter({ custom: this.custom.filter(isOf) })
  }
}
