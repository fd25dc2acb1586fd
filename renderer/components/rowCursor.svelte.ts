import { tick } from 'svelte'
import { nextTile } from './tileKeys.ts'
import type { RowWindow } from './rowWindow.svelte.ts'

/** The row that has the keyboard in a long list: j, k and the arrows move it, Enter and Space open it. */
export class RowCursor {
  #focused = $state(0)
  #body: HTMLElement | undefined
  readonly #rows: RowWindow
  readonly #count: () => number
  readonly #headerHeight: number
  readonly #open: (index: number) => void

  /** @param headerHeight pixels that stick to the top of what scrolls. */
  constructor(rows: RowWindow, count: () => number, headerHeight: number, open: (index: number) => void) {
    this.#rows = rows
    this.#count = count
    this.#headerHeight = headerHeight
    this.#open = open
  }

  /** The one row that Tab leads to. */
  readonly reachable = $derived.by(() => Math.min(this.#focused, Math.max(this.#count() - 1, 0)))

  focus(index: number): void {
    this.#focused = index
  }

  /** For the element that holds the rows, each with its `data-index`. */
  readonly body = (element: HTMLElement): (() => void) => {
    const onKey = (event: KeyboardEvent): void => void this.#onKey(event)
    this.#body = element
    element.addEventListener('keydown', onKey)
    return () => element.removeEventListener('keydown', onKey)
  }

  async #onKey(event: KeyboardEvent): Promise<void> {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      this.#open(this.reachable)
      return
    }
    const next = nextTile(event.key, this.reachable, this.#count(), 1)
    if (next === undefined) return
    event.preventDefault()
    this.#focused = next
    this.#rows.show(next, this.#headerHeight)
    await tick()
    this.#body?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true })
  }
}
