/** An act that takes a press held for a while, by pointer or by key, so that no slip of the hand does it. */
export class HoldToAct {
  isHeld = $state(false)
  /**
   * True from the act until its press is over. By then the button means something else, and neither the click that ends
   * the press nor a key that repeats is meant for that.
   */
  isSpent = false
  readonly #act: () => void
  readonly #holdMs: number
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param holdMs milliseconds. */
  constructor(act: () => void, holdMs: number) {
    this.#act = act
    this.#holdMs = holdMs
  }

  /** A press begins, to be held or not: the one before it is over. */
  begin(): void {
    this.isSpent = false
  }

  press(): void {
    if (this.isHeld) return
    this.isHeld = true
    this.#timer = setTimeout(() => {
      this.cancel()
      this.isSpent = true
      this.#act()
    }, this.#holdMs)
  }

  /** The pointer or the focus went elsewhere: it is not held any more. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.isHeld = false
  }

  release(): void {
    this.cancel()
    // The click that a release makes comes before any timer.
    setTimeout(() => (this.isSpent = false))
  }
}
