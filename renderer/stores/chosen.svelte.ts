/** Which rows of a list are chosen, for what is done to many at once. */
export class Chosen {
  ids = $state.raw<ReadonlySet<number>>(new Set())
  #last: number | undefined

  /** @param isRange from the one that was chosen last to this one */
  choose(id: number, isRange: boolean, index: number, idAt: (index: number) => number | undefined): void {
    const ids = new Set(this.ids)
    if (isRange && this.#last !== undefined) {
      const [first, last] = [Math.min(this.#last, index), Math.max(this.#last, index)]
      for (let at = first; at <= last; at += 1) {
        const between = idAt(at)
        if (between !== undefined) ids.add(between)
      }
    } else if (ids.has(id)) ids.delete(id)
    else ids.add(id)
    this.#last = index
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
