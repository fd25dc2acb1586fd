import type { DroppedFileView, DroppedView, ViewUpdate } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** The drop folder: asked for while it is looked at, and again when a file came or went. */
export class Dropped {
  view = $state.raw<DroppedView>()
  #isOpen = false
  #asking = false
  #askAgain = false
  #revision: number | undefined
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    const isNews = update.droppedRevision !== undefined && update.droppedRevision !== this.#revision
    this.#revision = update.droppedRevision ?? this.#revision
    if (isNews || update.settings) this.refresh()
  }

  /** While it is looked at, it follows what happens. Returns what closes it. */
  follow(): () => void {
    this.#isOpen = true
    this.refresh()
    return () => (this.#isOpen = false)
  }

  refresh(): void {
    if (this.#asking) this.#askAgain = true
    else if (this.#isOpen) void this.#ask()
  }

  remove({ client, name }: DroppedFileView): Promise<unknown> {
    return this.#client.ask('dropped.remove', { client, name })
  }

  openFolder(): Promise<unknown> {
    return this.#client.ask('dropped.openFolder', undefined)
  }

  async #ask(): Promise<void> {
    this.#asking = true
    do {
      this.#askAgain = false
      const reply = await this.#client.ask('dropped.list', undefined)
      if (reply) this.view = reply.value
    } while (this.#askAgain && this.#isOpen)
    this.#asking = false
  }
}
