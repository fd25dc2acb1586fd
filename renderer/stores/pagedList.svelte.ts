/** One page of a long list, and how many rows there are in all. */
export interface Page<Row> {
  rows: readonly Row[]
  total: number
}

const pageSize = 100

/**
 * A long list whose pages are asked for as they come into sight, and asked for again when anything changed. Answers to
 * an older question are not taken.
 */
export class PagedList<Row> {
  total = $state(0)
  /** False until the first answer came. */
  loaded = $state(false)

  #pages = $state.raw<ReadonlyMap<number, readonly Row[]>>(new Map())
  readonly #asked = new Set<number>()
  #question = 0
  readonly #ask: (offset: number, limit: number) => Promise<Page<Row> | undefined>

  /** @param ask answers undefined when it was refused */
  constructor(ask: (offset: number, limit: number) => Promise<Page<Row> | undefined>) {
    this.#ask = ask
  }

  /** Undefined while its page is on the way. */
  readonly row = (index: number): Row | undefined => this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize]

  /** Asks for the pages that hold these rows, those not asked for yet. */
  readonly need = (first: number, last: number): void => {
    for (let page = Math.floor(first / pageSize); page <= Math.floor(Math.max(last, first) / pageSize); page += 1)
      if (!this.#asked.has(page)) void this.#askFor(page)
  }

  /** Asks again from the beginning; what is shown stays until the answer is there. */
  refresh(): void {
    this.#question += 1
    this.#asked.clear()
    void this.#askFor(0)
  }

  async #askFor(page: number): Promise<void> {
    const question = this.#question
    this.#asked.add(page)
    const answer = await this.#ask(page * pageSize, pageSize)
    if (question !== this.#question || !answer) return
    this.loaded = true
    this.total = answer.total
    // The first page of a new question takes the place of everything the old one showed.
    this.#pages = new Map([...(page === 0 ? [] : this.#pages), [page, answer.rows]])
  }
}
