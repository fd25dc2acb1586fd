import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Practice data live in a folder of their own: while it is there, the console is open on it. */
export class Practice {
  readonly #folder: string
  readonly #dataFolder: string

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder
    this.#folder = join(dataFolder, 'practice')
  }

  get isOn(): boolean {
    return existsSync(this.#folder)
  }

  /** Where the console's data are at this moment. */
  get dataFolder(): string {
    return this.isOn ? this.#folder : this.#dataFolder
  }

  begin(): void {
    mkdirSync(this.#folder, { recursive: true })
  }

  /** What was open there must be closed first. */
  end(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
