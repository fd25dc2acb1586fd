import type { Client } from './client.ts'

/** What a technician made of one list, kept in the database: the columns in sight, and filters under their names. */
export class ListLayout<Filter extends object> {
  columns = $state.raw<readonly string[]>([])
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
    this.columns = layout ? (JSON.parse(layout.content) as string[]) : []
    this.saved = answer.value.flatMap(({ name, content }) =>
      name === '' ? [] : [{ name, filter: JSON.parse(content) as Filter }],
    )
  }

  async save(name: string): Promise<void> {
    if (await this.#write(name, this.#now())) await this.load()
  }

  async remove(name: string): Promise<void> {
    if (await this.#client.ask('savedList.remove', { list: this.#list, name })) await this.load()
  }

  use(filter: Filter): void {
    this.#use(filter)
  }

  async setColumns(columns: readonly string[]): Promise<void> {
    this.columns = columns
    await this.#write('', columns)
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
