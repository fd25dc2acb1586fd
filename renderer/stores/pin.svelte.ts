import type { CommandInput, PinView, Reply, ViewUpdate, WireError } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** The technician's PIN, and the question for it. */
export class Pin {
  view = $state.raw<PinView>({ isSet: false, minutes: 10 })
  isAsking = $state(false)
  readonly isOpen = $derived.by(() => this.view.openUntil !== undefined)
  readonly #client: Client
  #waiting: ((isOpen: boolean) => void)[] = []

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.pin) this.view = update.pin
  }

  /** Whether what it keeps is open now. Commands that wait at the same time share one question. */
  ask(): Promise<boolean> {
    this.isAsking = true
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** What was wrong with it, if anything. */
  async unlock(pin: string): Promise<WireError | undefined> {
    const reply = await this.#client.call('pin.unlock', pin)
    if (!reply.ok) return reply.error
    this.view = reply.value
    this.#answer(true)
    return undefined
  }

  leave(): void {
    this.#answer(false)
  }

  async lock(): Promise<void> {
    this.view = (await this.#client.ask('pin.lock', undefined))?.value ?? this.view
  }

  set(choice: CommandInput<'pin.set'>): Promise<Reply<PinView>> {
    return this.#taken(this.#client.call('pin.set', choice))
  }

  remove(current: string): Promise<Reply<PinView>> {
    return this.#taken(this.#client.call('pin.remove', current))
  }

  async #taken(asked: Promise<Reply<PinView>>): Promise<Reply<PinView>> {
    const reply = await asked
    if (reply.ok) this.view = reply.value
    return reply
  }

  #answer(isOpen: boolean): void {
    this.isAsking = false
    for (const resolve of this.#waiting.splice(0)) resolve(isOpen)
  }
}
