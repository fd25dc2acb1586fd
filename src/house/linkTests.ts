import type { Mac } from '../contract/index.ts'

/** Whose link somebody wants measured. A machine does it at its next word: its agent's, or its boot script's. */
export class LinkTests {
  readonly #wanted = new Set<Mac>()

  ask(mac: Mac): void {
    this.#wanted.add(mac)
  }

  isWanted(mac: Mac): boolean {
    return this.#wanted.has(mac)
  }

  /** Each wish is fulfilled once. */
  readonly take = (mac: Mac): boolean => this.#wanted.delete(mac)
}
