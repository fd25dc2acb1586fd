import type { Client } from './client.ts'

/** Data made up to practise on. Both ways the window is loaded anew. */
export class Practice {
  isChanging = $state(false)

  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  begin(): Promise<void> {
    return this.#change('practice.begin')
  }

  end(): Promise<void> {
    return this.#change('practice.end')
  }

  async #change(way: 'practice.begin' | 'practice.end'): Promise<void> {
    this.isChanging = true
    if (!(await this.#client.ask(way, undefined))) this.isChanging = false
  }
}
