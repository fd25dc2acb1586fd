/** Which rows of a long list of rows of one height are worth drawing. */
export class RowWindow {
  scrollTop = $state(0)
  height = $state(0)
  #element: HTMLElement | undefined
  readonly #count: () => number
  readonly #rowHeight: () => number
  readonly #overscan: number

  /**
   * @param count how many rows there are.
   * @param rowHeight in pixels, gap included.
   * @param overscan rows drawn above and below what is in sight, so that a fast scroll shows no blank.
   */
  constructor(count: () => number, rowHeight: () => number, overscan = 6) {
    this.#count = count
    this.#rowHeight = rowHeight
    this.#overscan = overscan
  }

  readonly first = $derived.by(() => Math.max(Math.floor(this.#top() / this.#rowHeight()) - this.#overscan, 0))
  /** One past the last. */
  readonly end = $derived.by(() => {
    const bottom = Math.ceil((this.#top() + this.height) / this.#rowHeight())
    return Math.min(bottom + this.#overscan, this.#count())
  })
  /** Pixels, of all rows. */
  readonly total = $derived.by(() => this.#count() * this.#rowHeight())
  /** Pixels above the first row that is drawn. */
  readonly before = $derived.by(() => this.first * this.#rowHeight())
  readonly rows = $derived.by(() =>
    Array.from({ length: Math.max(this.end - this.first, 0) }, (_, i) => this.first + i),
  )

  /** For the element that scrolls: `{@attach rows.container}`. */
  readonly container = (element: HTMLElement): (() => void) => {
    this.#element = element
    const onScroll = (): void => {
      this.scrollTop = element.scrollTop
    }
    const observer = new ResizeObserver(() => (this.height = element.clientHeight))
    element.addEventListener('scroll', onScroll, { passive: true })
    observer.observe(element)
    return () => {
      element.removeEventListener('scroll', onScroll)
      observer.disconnect()
      this.#element = undefined
    }
  }

  /** Scrolls as little as needed for a row to be whole in sight. `header` is the height of what sticks to the top. */
  show(row: number, header = 0): void {
    const element = this.#element
    if (!element) return
    const top = row * this.#rowHeight()
    const bottom = top + this.#rowHeight() + header
    if (top < element.scrollTop) element.scrollTop = top
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight
  }

  scrollToTop(): void {
    if (this.#element) this.#element.scrollTop = 0
  }

  /** A list that got shorter leaves the scroll position past its end until the browser mends it. */
  #top(): number {
    return Math.min(this.scrollTop, Math.max(this.#count() * this.#rowHeight() - this.height, 0))
  }
}
