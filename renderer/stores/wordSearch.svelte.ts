import type { ListedKind } from '../../src/contract/index.ts'
import type { Client } from './client.ts'
import { TypingPause } from './typingPause.ts'

/** What is looked for in a list that is whole in the window: which rows have the words, main says, as it does for every list. */
export class WordSearch {
  typed = $state('')
  #found = $state.raw<ReadonlySet<number>>()
  readonly #client: Client
  /** Undefined where the list has no index of words. */
  readonly #kind: () => ListedKind | undefined
  readonly #typing = new TypingPause()
  #asked = 0

  constructor(client: Client, kind: () => ListedKind | undefined) {
    this.#client = client
    this.#kind = kind
  }

  /** Whether a row is left by what was typed; all are until that is known. */
  has(id: number): boolean {
    return this.typed.trim() === '' || (this.#found?.has(id) ?? true)
  }

  type(text: string): void {
    this.typed = text
    this.#typing.after(() => void this.refresh())
  }

  /** Asks again: something else was typed, or the rows say something else. */
  async refresh(): Promise<void> {
    const kind = this.#kind()
    const typed = this.typed.trim()
    const asked = ++this.#asked
    if (kind === undefined || typed === '') {
      this.#found = undefined
      return
    }
    const reply = await this.#client.call('search.list', { kind, typed })
    if (asked === this.#asked) this.#found = reply.ok && reply.value ? new Set(reply.value) : undefined
  }
}
