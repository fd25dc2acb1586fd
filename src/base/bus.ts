import type { AmorceEvent } from '../contract/index.ts'

export type Unsubscribe = () => void
export type Emit = (event: AmorceEvent) => void

/** The one typed event bus: services tell what happened, journal and journeys listen. Synchronous, in order. */
export class EventBus {
  readonly #listeners = new Set<(event: AmorceEvent) => void>()
  readonly #onListenerError: (error: unknown, event: AmorceEvent) => void

  /** @param onListenerError told when a listener throws; the other listeners still hear the event. */
  constructor(onListenerError: (error: unknown, event: AmorceEvent) => void) {
    this.#onListenerError = onListenerError
  }

  readonly emit: Emit = (event) => {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#onListenerError(error, event)
      }
    }
  }

  listen(listener: (event: AmorceEvent) => void): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
