import type {
  BatchInput,
  DisposalBatchView,
  DisposalItemView,
  DocumentKind,
  DocumentView,
  GiveBackInput,
  InterventionDetail,
  InterventionInput,
  InterventionKind,
  InterventionNoteInput,
  InterventionQuery,
  InterventionState,
  InterventionView,
  ItemChange,
  ItemRelations,
  LoanInput,
  LoanQuery,
  LoanView,
  PersonView,
  ProposalField,
  Reply,
  SwapAdvice,
  SwapQuery,
  WipeProof,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'
import { ColumnSort } from './columnSort.svelte.ts'
import { ListLayout } from './listLayout.svelte.ts'
import { PagedList } from './pagedList.svelte.ts'
import { WordSearch } from './wordSearch.svelte.ts'
import { TypingPause } from './typingPause.ts'

export const batchFilters = ['all', 'open', 'closed'] as const
export type BatchFilter = (typeof batchFilters)[number]

/** Loans, interventions, disposal, and what machines report. */
export class StockCare {
  loanFilter = $state<LoanQuery['filter']>('open')
  loanSearch = $state('')
  readonly loanSort = new ColumnSort<NonNullable<LoanQuery['sort']>>(() => this.loans.refresh())
  readonly loans: PagedList<LoanView>
  readonly loanLayout: ListLayout<Pick<LoanQuery, 'search' | 'filter'>>
  /** The loan whose sheet is open; a new one with the items it begins with. */
  openLoan = $state.raw<LoanView | { itemIds: readonly number[] } | null>(null)

  interventionSearch = $state('')
  interventionStates = $state.raw<readonly InterventionState[]>([])
  interventionKinds = $state.raw<readonly InterventionKind[]>([])
  readonly interventionSort = new ColumnSort<NonNullable<InterventionQuery['sort']>>(() => this.interventions.refresh())
  readonly interventions: PagedList<InterventionView>
  readonly interventionLayout: ListLayout<Pick<InterventionQuery, 'search' | 'states' | 'kinds'>>
  /** The intervention whose sheet is open; a new one with the item it is about. */
  openIntervention = $state.raw<number | { itemId?: number } | null>(null)

  batches = $state.raw<readonly DisposalBatchView[]>([])
  readonly batchSearch: WordSearch
  batchState = $state<BatchFilter>('all')
  readonly batchLayout: ListLayout<{ search: string; state: BatchFilter }>
  openBatch = $state<number | 'new' | null>(null)
  people = $state.raw<readonly PersonView[]>([])
  swaps = $state.raw<readonly SwapAdvice[]>([])
  minMemoryMiB = $state(0)
  /** Where an exam is held; anywhere when undefined. */
  swapLocationId = $state<number>()

  readonly #typing = new TypingPause()
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
    this.batchSearch = new WordSearch(client, () => 'batch')
    this.loanLayout = new ListLayout(
      client,
      'loans',
      () => ({ search: this.loanSearch.trim(), filter: this.loanFilter }),
      ({ search, filter }) => {
        this.loanSearch = search
        this.filterLoans(filter)
      },
    )
    this.interventionLayout = new ListLayout(
      client,
      'interventions',
      () => this.#interventionFilter,
      ({ search, states, kinds }) => {
        this.interventionSearch = search
        this.filterInterventions({ states, kinds })
      },
    )
    this.batchLayout = new ListLayout(
      client,
      'disposal',
      () => ({ search: this.batchSearch.typed.trim(), state: this.batchState }),
      ({ search, state }) => {
        this.batchSearch.type(search)
        this.batchState = state
      },
    )
    this.loans = new PagedList(async (offset, limit) => {
      const answer = await client.ask('loan.list', { ...this.shownLoans, offset, limit })
      return answer && { rows: answer.value.loans, total: answer.value.total }
    })
    this.interventions = new PagedList(async (offset, limit) => {
      const answer = await client.ask('intervention.list', { ...this.shownInterventions, offset, limit })
      return answer && { rows: answer.value.interventions, total: answer.value.total }
    })
  }

  /** What the lists show, as questions without their pages. */
  get shownLoans(): Omit<LoanQuery, 'offset' | 'limit'> {
    return { search: this.loanSearch.trim(), filter: this.loanFilter, ...this.loanSort.asked }
  }
  get shownInterventions(): Omit<InterventionQuery, 'offset' | 'limit'> {
    return { ...this.#interventionFilter, ...this.interventionSort.asked }
  }
  get #interventionFilter(): Pick<InterventionQuery, 'search' | 'states' | 'kinds'> {
    return {
      search: this.interventionSearch.trim(),
      states: [...this.interventionStates],
      kinds: [...this.interventionKinds],
    }
  }

  refresh(): void {
    this.loans.refresh()
    this.interventions.refresh()
    void this.#refreshOthers()
  }

  searchLoans(text: string): void {
    this.loanSearch = text
    this.#typing.after(() => this.loans.refresh())
  }

  filterLoans(filter: LoanQuery['filter']): void {
    this.loanFilter = filter
    this.loans.refresh()
  }

  searchInterventions(text: string): void {
    this.interventionSearch = text
    this.#typing.after(() => this.interventions.refresh())
  }

  filterInterventions(filter: { states?: readonly InterventionState[]; kinds?: readonly InterventionKind[] }): void {
    this.interventionStates = filter.states ?? this.interventionStates
    this.interventionKinds = filter.kinds ?? this.interventionKinds
    this.interventions.refresh()
  }

  async relations(itemId: number): Promise<ItemRelations | undefined> {
    return (await this.#client.ask('stock.relations', itemId))?.value
  }

  async history(itemId: number): Promise<readonly ItemChange[]> {
    return (await this.#client.ask('stock.history', itemId))?.value ?? []
  }

  lend(loan: LoanInput): Promise<Reply<LoanView>> {
    return this.#client.call('loan.lend', loan)
  }

  async giveBack(input: GiveBackInput): Promise<boolean> {
    return (await this.#client.ask('loan.giveBack', input)) !== undefined
  }

  async takeBackReturn(loanId: number, itemIds: number[]): Promise<boolean> {
    return (await this.#client.ask('loan.takeBackReturn', { loanId, itemIds })) !== undefined
  }

  /** @param dueOn empty: until whenever */
  async extend(loanId: number, dueOn: string): Promise<LoanView | undefined> {
    return (await this.#client.ask('loan.extend', { loanId, dueOn }))?.value
  }

  async loan(id: number): Promise<LoanView | undefined> {
    return (await this.#client.ask('loan.get', id))?.value
  }

  async intervention(id: number): Promise<InterventionDetail | undefined> {
    return (await this.#client.ask('intervention.get', id))?.value
  }

  saveIntervention(input: InterventionInput, id?: number): Promise<Reply<InterventionDetail>> {
    return id === undefined
      ? this.#client.call('intervention.add', input)
      : this.#client.call('intervention.update', { id, intervention: input })
  }

  async note(input: InterventionNoteInput): Promise<InterventionDetail | undefined> {
    return (await this.#client.ask('intervention.note', input))?.value
  }

  saveBatch(batch: BatchInput, id?: number): Promise<Reply<DisposalBatchView>> {
    return id === undefined
      ? this.#client.call('disposal.add', batch)
      : this.#client.call('disposal.update', { id, batch })
  }

  /** Answers the error in its place: what keeps a batch from being closed is shown in it. */
  closeBatch(id: number): Promise<Reply<DisposalBatchView>> {
    return this.#client.call('disposal.close', id)
  }

  async reopenBatch(id: number): Promise<boolean> {
    return (await this.#client.ask('disposal.reopen', id)) !== undefined
  }

  async addToBatch(batchId: number, itemIds: number[]): Promise<boolean> {
    return (await this.#client.ask('disposal.addItems', { batchId, itemIds })) !== undefined
  }

  async takeOutOfBatch(batchId: number, itemIds: number[]): Promise<boolean> {
    return (await this.#client.ask('disposal.takeOut', { batchId, itemIds })) !== undefined
  }

  /** Undoes taking one out: it is in the batch again, with its proof of wiping. */
  async putBackIntoBatch(batchId: number, { itemId, wipe }: DisposalItemView): Promise<void> {
    if ((await this.addToBatch(batchId, [itemId])) && wipe) await this.wipe(batchId, [itemId], wipe)
  }

  /** @param proof null takes it away */
  async wipe(batchId: number, itemIds: number[], proof: WipeProof | null): Promise<boolean> {
    return (await this.#client.ask('disposal.wipe', { batchId, itemIds, proof })) !== undefined
  }

  async acceptProposal(itemId: number, field: ProposalField): Promise<void> {
    await this.#client.ask('proposal.accept', { itemId, field })
  }

  async refuseProposal(itemId: number, field: ProposalField): Promise<boolean> {
    return (await this.#client.ask('proposal.refuse', { itemId, field })) !== undefined
  }

  async askProposalAgain(itemId: number, field: ProposalField): Promise<void> {
    await this.#client.ask('proposal.askAgain', { itemId, field })
  }

  async addDocuments(owner: { itemId: number } | { batchId: number }, kind: DocumentKind): Promise<void> {
    await this.#client.ask('document.add', { ...owner, kind })
  }

  async documentsOfBatch(batchId: number): Promise<readonly DocumentView[]> {
    return (await this.#client.ask('document.ofBatch', batchId))?.value ?? []
  }

  async picture(id: number, mediaType: string): Promise<string | undefined> {
    const answer = await this.#client.ask('document.bytes', id)
    return answer && `data:${mediaType};base64,${answer.value}`
  }

  async saveDocument(id: number): Promise<string | undefined> {
    return (await this.#client.ask('document.save', id))?.value ?? undefined
  }

  async removeDocument(id: number): Promise<boolean> {
    return (await this.#client.ask('document.remove', id)) !== undefined
  }

  async restoreDocument(id: number): Promise<void> {
    await this.#client.ask('document.restore', id)
  }

  /** Undone by `stock.revertMany`. */
  async swap(itemId: number, spareId: number): Promise<{ undo: number } | undefined> {
    return (await this.#client.ask('inventory.swap', { itemId, spareId }))?.value
  }

  async loadSwaps(): Promise<void> {
    const answer = await this.#client.ask('inventory.swaps', this.#swapQuery)
    if (answer) this.swaps = answer.value
  }

  get #swapQuery(): SwapQuery {
    const { minMemoryMiB, swapLocationId: locationId } = this
    return { minMemoryMiB, ...(locationId === undefined ? {} : { locationId }) }
  }

  async #refreshOthers(): Promise<void> {
    const [batches, people, swaps] = await Promise.all([
      this.#client.call('disposal.list', undefined),
      this.#client.call('person.list', undefined),
      this.#client.call('inventory.swaps', this.#swapQuery),
    ])
    if (batches.ok) this.batches = batches.value
    void this.batchSearch.refresh()
    if (people.ok) this.people = people.value
    if (swaps.ok) this.swaps = swaps.value
  }
}
