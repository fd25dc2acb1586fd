import type { BackupContent, BackupList } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** The copies of the data, and what is in the one that is looked at. */
export class Backups {
  list = $state.raw<BackupList>()
  content = $state.raw<BackupContent>()
  busy = $state(false)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async load(): Promise<void> {
    this.list = (await this.#client.ask('backup.list', undefined))?.value ?? this.list
  }

  async make(): Promise<boolean> {
    this.busy = true
    const answer = await this.#client.ask('backup.make', undefined)
    this.busy = false
    if (answer) this.list = answer.value
    return answer !== undefined
  }

  async look(name: string): Promise<void> {
    this.content = (await this.#client.ask('backup.look', name))?.value
  }

  /** The screen begins anew when it is done. */
  async restore(name: string): Promise<void> {
    this.busy = true
    await this.#client.ask('backup.restore', name)
    this.busy = false
    this.content = undefined
  }

  /** Where everything was saved as one file; undefined when it was not. */
  async saveWhole(): Promise<string | undefined> {
    this.busy = true
    const answer = await this.#client.ask('backup.saveWhole', undefined)
    this.busy = false
    return answer?.value ?? undefined
  }

  /** Shows what is in a file from elsewhere, which can be gone back to from there. */
  async takeIn(): Promise<void> {
    const answer = await this.#client.ask('backup.takeIn', undefined)
    if (!answer?.value) return
    await this.load()
    this.content = answer.value
  }

  openFolder(): void {
    void this.#client.ask('backup.openFolder', undefined)
  }
}
