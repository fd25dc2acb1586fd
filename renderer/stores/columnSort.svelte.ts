/** Which column a list is sorted by, and which way: again the same column turns it round. */
export class ColumnSort<Column extends string> {
  /** In the usual order of the list when undefined. */
  by = $state<Column>()
  descending = $state(false)
  readonly #onChange: () => void

  /** @param onChange told of another order: the list asks again */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  readonly toggle = (column: Column): void => {
    this.descending = this.by === column && !this.descending
    this.by = column
    this.#onChange()
  }

  /** As a list is asked for. */
  get asked(): { sort: Column | undefined; descending: boolean } {
    return { sort: this.by, descending: this.descending }
  }
}
