import type { ListExport } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** Lists and papers as files. Each answers where it was saved; undefined when it was not. */
export class StockFiles {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async saveList(what: ListExport['what'], format: ListExport['format']): Promise<string | undefined> {
    return (await this.#client.ask('list.export', { what, format }))?.value ?? undefined
  }

  async saveReorder(): Promise<string | undefined> {
    return (await this.#client.ask('paper.reorder', undefined))?.value ?? undefined
  }

  async saveLoan(id: number): Promise<string | undefined> {
    return (await this.#client.ask('paper.loan', id))?.value ?? undefined
  }

  async saveOverdue(): Promise<string | undefined> {
    return (await this.#client.ask('paper.overdue', undefined))?.value ?? undefined
  }

  async saveCollection(batchId: number): Promise<string | undefined> {
    return (await this.#client.ask('paper.collection', batchId))?.value ?? undefined
  }
}
