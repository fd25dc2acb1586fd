/** One page of a long list, and how many rows there are in all. */
export interface Page<Row> {
  rows: readonly Row[]
  total: number
}

const pageSize = 100
/** Rows that make way for wholly others sooner than this, in milliseconds, are passed by. */
const passingMs = 80

/**
 * A long list whose pages are asked for as they come into sight, and asked for again when anything changed. What is passed
 * by as the scroll bar is dragged is not asked for. Answers to an older question are not taken.
 */
export class PagedList<Row> {
  total = $state(0)
  /** False until the first answer came. */
  loaded = $state(false)

  #pages = $state.raw<ReadonlyMap<number, readonly Row[]>>(new Map())
  readonly #asked = new Set<number>()
  /** The pages of `#pages` that answer the question that was asked last. */
  readonly #answered = new Set<number>()
  #question = 0
  #inSight = { first: 0, last: 0, since: -Infinity }
  /** How often it went to wholly other rows without a stop. */
  #jumps = 0
  #stopping: ReturnType<typeof setTimeout> | undefined
  readonly #ask: (offset: number, limit: number) => Promise<Page<Row> | undefined>

  /** @param ask answers undefined when it was refused */
  constructor(ask: (offset: number, limit: number) => Promise<Page<Row> | undefined>) {
    this.#ask = ask
  }

  /** Undefined while its page is on the way. */
  readonly row = (index: number): Row | undefined => this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize]

  /** Asks for the pages that hold these rows, those not asked for yet; where it only passes by, once it stopped there. */
  readonly need = (first: number, last: number): void => {
    const before = this.#inSight
    const now = performance.now()
    this.#inSight = { first, last, since: now }
    const isPassing = (first > before.last || last < before.first) && now - before.since < passingMs
    this.#jumps = isPassing ? this.#jumps + 1 : 0
    clearTimeout(this.#stopping)
    // One jump is where somebody wanted to go.
    if (this.#jumps > 1) this.#stopping = setTimeout(() => this.#askForSight(), passingMs)
    else this.#askForSight()
  }

  /** Asks again from the beginning, and for what is in sight; what is shown stays until the answers are there. */
  refresh(): void {
    this.#question += 1
    this.#asked.clear()
    this.#answered.clear()
    void this.#askAnew()
  }

  #pagesInSight(): number[] {
    const { first, last } = this.#inSight
    const [from, to] = [Math.floor(first / pageSize), Math.floor(Math.max(last, first) / pageSize)]
    return Array.from({ length: to - from + 1 }, (_, n) => from + n)
  }

  #askForSight(): void {
    for (const page of this.#pagesInSight()) if (!this.#asked.has(page)) void this.#askFor(page)
  }

  async #askFor(page: number): Promise<void> {
    const question = this.#question
    this.#asked.add(page)
    const answer = await this.#ask(page * pageSize, pageSize)
    if (question !== this.#question || !answer) return
    this.#answered.add(page)
    this.#take(answer.total, [...this.#pages, [page, answer.rows]])
  }

  async #askAnew(): Promise<void> {
    const question = this.#question
    const pages = [...new Set([0, ...this.#pagesInSight()])]
    for (const page of pages) this.#asked.add(page)
    const answers = await Promise.all(pages.map((page) => this.#ask(page * pageSize, pageSize)))
    const [first] = answers
    if (question !== this.#question || !first) return
    const scrolledTo = [...this.#pages].filter(([page]) => this.#answered.has(page))
    for (const page of pages) this.#answered.add(page)
    this.#take(first.total, [
      ...scrolledTo,
      ...pages.map((page, n): [number, readonly Row[]] => [page, answers[n]?.rows ?? []]),
    ])
  }

  #take(total: number, pages: Iterable<readonly [number, readonly Row[]]>): void {
    this.loaded = true
    this.total = total
    this.#pages = new Map(pages)
  }
}
