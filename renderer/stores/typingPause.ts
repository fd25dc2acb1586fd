const pauseMs = 150

/** Holds back what is asked for while somebody types: only the last of it is done, once the typing rests. */
export class TypingPause {
  #waiting: ReturnType<typeof setTimeout> | undefined

  readonly after = (act: () => void): void => {
    this.drop()
    this.#waiting = setTimeout(act, pauseMs)
  }

  /** What is held back is not done any more. */
  drop(): void {
    clearTimeout(this.#waiting)
  }
}
