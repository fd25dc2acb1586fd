/** An act that takes a press held for a while, by pointer or by key, so that no slip of the hand does it. */
export class HoldToAct {
  isHeld = $state(false)
  readonly #act: () => void
  readonly #holdMs: number
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param holdMs milliseconds. */
  constructor(act: () => void, holdMs: number) {
    this.#act = act
    this.#holdMs = holdMs
  }

  press(): void {
    if (this.isHeld) return
    this.isHeld = true
    this.#timer = setTimeout(() => {
      this.release()
      this.#act()
    }, this.#holdMs)
  }

  release(): void {
    clearTimeout(this.#timer)
    this.isHeld = false
  }
}
