const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Whether every word that was typed is in a text, whatever the case and the accents. */
export function hasWords(text: string, typed: string): boolean {
  const folded = fold(text)
  return fold(typed)
    .split(/\s+/)
    .every((word) => folded.includes(word))
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** The order of a list that is whole in the window: by one of its columns, one way or the other. */
export class RowSort<Column extends string> {
  by = $state<Column>()!
  descending = $state(false)

  readonly #first: Column

  constructor(first: Column) {
    this.#first = first
    this.by = first
  }

  /** As it was at the beginning. */
  reset(): void {
    this.by = this.#first
    this.descending = false
  }

  toggle(column: Column): void {
    this.descending = this.by === column && !this.descending
    this.by = column
  }

  /** @param valueOf what a row is sorted by; what it says nothing of (`''`) comes last either way. */
  sorted<Row>(rows: readonly Row[], valueOf: (row: Row, column: Column) => string | number): Row[] {
    const { by, descending } = this
    const direction = descending ? -1 : 1
    return rows
      .map((row) => ({ row, value: valueOf(row, by) }))
      .sort(({ value: a }, { value: b }) => {
        if (a === b) return 0
        if (a === '' || b === '') return a === '' ? 1 : -1
        return direction * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(`${a}`, `${b}`))
      })
      .map(({ row }) => row)
  }
}
