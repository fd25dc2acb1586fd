/** Which rows of a list are chosen, for what is done to many at once. */
export class Chosen {
  ids = $state.raw<ReadonlySet<number>>(new Set())
  #last: number | undefined

  /** @param isRange from the one that was chosen last to this one */
  choose(id: number, isRange: boolean, index: number, idAt: (index: number) => number | undefined): void {
    if (isRange && this.#last !== undefined) {
      const ids = new Set(this.ids)
      const [first, last] = [Math.min(this.#last, index), Math.max(this.#last, index)]
      for (let at = first; at <= last; at += 1) {
        const between = idAt(at)
        if (between !== undefined) ids.add(between)
      }
      this.ids = ids
    } else this.toggle(id)
    this.#last = index
  }

  toggle(id: number): void {
    const ids = new Set(this.ids)
    if (!ids.delete(id)) ids.add(id)
    this.ids = ids
  }

  set(ids: readonly number[]): void {
    this.ids = new Set(ids)
    this.#last = undefined
  }

  clear(): void {
    this.set([])
  }
}
