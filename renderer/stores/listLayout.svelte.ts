import type { Client } from './client.ts'

/** What a technician made of one list, kept in the database: the columns in sight, their widths, and filters under their names. */
export class ListLayout<Filter extends object> {
  columns = $state.raw<readonly string[]>([])
  /** In pixels, of the columns that were given one. */
  widths = $state.raw<Readonly<Record<string, number>>>({})
  saved = $state.raw<readonly { name: string; filter: Filter }[]>([])
  readonly #client: Client
  readonly #list: string
  readonly #now: () => Filter
  readonly #use: (filter: Filter) => void

  /**
   * @param now what the list is filtered by
   * @param use filters it by something else
   */
  constructor(client: Client, list: string, now: () => Filter, use: (filter: Filter) => void) {
    this.#client = client
    this.#list = list
    this.#now = now
    this.#use = use
  }

  async load(): Promise<void> {
    const answer = await this.#client.ask('savedList.list', this.#list)
    if (!answer) return
    // The one without a name is the list's columns.
    const layout = answer.value.find(({ name }) => name === '')
    const { columns, widths } = layoutOf(layout?.content)
    this.columns = columns
    this.widths = widths
    this.saved = answer.value.flatMap(({ name, content }) =>
      name === '' ? [] : [{ name, filter: JSON.parse(content) as Filter }],
    )
  }

  async save(name: string): Promise<void> {
    if (await this.#write(name, this.#now())) await this.load()
  }

  /** Answers what brings it back (undo); undefined when it was not forgotten. */
  async remove(name: string): Promise<(() => Promise<void>) | undefined> {
    const forgotten = this.saved.find((saved) => saved.name === name)
    if (!forgotten || !(await this.#client.ask('savedList.remove', { list: this.#list, name }))) return undefined
    await this.load()
    return async () => {
      if (await this.#write(name, forgotten.filter)) await this.load()
    }
  }

  use(filter: Filter): void {
    this.#use(filter)
  }

  async setColumns(columns: readonly string[]): Promise<void> {
    this.columns = columns
    await this.keep()
  }

  /** As wide as that from now on, as it would be by itself without a width; kept by `keep`. */
  setWidth(column: string, width?: number): void {
    const { [column]: _, ...others } = this.widths
    this.widths = width === undefined ? others : { ...others, [column]: width }
  }

  /** The columns of the list as they came with it. */
  async reset(): Promise<void> {
    this.widths = {}
    await this.setColumns([])
  }

  /** Writes down the columns and their widths. */
  async keep(): Promise<void> {
    await this.#write('', { columns: this.columns, widths: this.widths })
  }

  /** The chosen ones of these, in their usual order; the usual ones, all of them unless given, when none is chosen. */
  inSight<Id extends string>(ids: readonly Id[], usual: readonly Id[] = ids): readonly Id[] {
    const chosen = ids.filter((id) => this.columns.includes(id))
    return chosen.length > 0 ? chosen : usual
  }

  #write(name: string, content: object): Promise<unknown> {
    return this.#client.ask('savedList.save', { list: this.#list, name, content: JSON.stringify(content) })
  }
}

/** The columns alone, as they were once kept, or with their widths. */
function layoutOf(content = '[]'): { columns: string[]; widths: Record<string, number> } {
  const said = JSON.parse(content) as string[] | { columns: string[]; widths: Record<string, number> }
  return Array.isArray(said) ? { columns: said, widths: {} } : said
}
