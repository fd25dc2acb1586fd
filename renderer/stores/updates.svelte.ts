import type { Reply, UpdateOffer, UpdatesView, WireError } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** The version that is installed, and the release on a stick that was looked at. */
export class Updates {
  view = $state.raw<UpdatesView>()
  offer = $state.raw<UpdateOffer>()
  /** Why the release that was looked at is not taken. */
  refusal = $state.raw<WireError>()
  isLooking = $state(false)
  isInstalling = $state(false)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async load(): Promise<void> {
    this.view = (await this.#client.ask('update.state', undefined))?.value ?? this.view
  }

  choose(kind: 'file' | 'folder'): Promise<void> {
    return this.#look(this.#client.call('update.choose', { kind }))
  }

  look(path: string): Promise<void> {
    return this.#look(this.#client.call('update.look', { path }))
  }

  async #look(asked: Promise<Reply<UpdateOffer | null>>): Promise<void> {
    this.isLooking = true
    const reply = await asked
    this.isLooking = false
    // The dialogue was cancelled.
    if (reply.ok && reply.value === null) return
    this.offer = reply.ok ? (reply.value ?? undefined) : undefined
    this.refusal = reply.ok ? undefined : reply.error
  }

  /** When it is done, Amorce is started anew. */
  install(): Promise<void> {
    return this.#change('update.install')
  }

  rollBack(): Promise<void> {
    return this.#change('update.rollBack')
  }

  async #change(way: 'update.install' | 'update.rollBack'): Promise<void> {
    this.isInstalling = true
    if (!(await this.#client.ask(way, undefined))) this.isInstalling = false
  }
}
