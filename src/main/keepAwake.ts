import { powerSaveBlocker } from 'electron'

/** Keeps the laptop from falling asleep while an exam runs; its screen may go dark. */
export class KeepAwake {
  #id: number | undefined

  set(isAwake: boolean): void {
    if (isAwake === (this.#id !== undefined)) return
    if (this.#id === undefined) {
      this.#id = powerSaveBlocker.start('prevent-app-suspension')
      return
    }
    powerSaveBlocker.stop(this.#id)
    this.#id = undefined
  }
}
