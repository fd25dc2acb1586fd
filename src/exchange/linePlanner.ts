import type { ItemImportLine } from '../contract/index.ts'
import type { Table } from './readTable.ts'

/** The longest part of a value that a problem shows. */
export const longestValueShown = 80

/** The plan of a table, line by line: `next` does one and answers whether there are more. */
export abstract class LinePlanner {
  readonly lines: ItemImportLine[] = []
  readonly #table: Table
  #next = 0

  constructor(table: Table) {
    this.#table = table
  }

  get done(): number {
    return this.#next
  }
  get total(): number {
    return this.#table.rows.length
  }

  next(): boolean {
    const row = this.#table.rows[this.#next++]
    if (row) this.lines.push(this.plan(row.line, row.cells))
    return this.#next < this.#table.rows.length
  }

  protected abstract plan(line: number, cells: readonly string[]): ItemImportLine
}
