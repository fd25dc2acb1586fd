import { mkdir } from 'node:fs/promises'
import { listDropped, removeDropped } from '../content/index.ts'
import type { AmorceEvent, DroppedView, Ipv4, Mac } from '../contract/index.ts'

const maxShown = 1000

export interface DropDeskDeps {
  folder: string
  isOn(): boolean
  macOf(client: Ipv4): Mac | undefined
  /** When the exam that is held began. An address that wrote earlier may have been another machine's. */
  examStartedAt(): number | undefined
  onChange(): void
}

/** What machines put into the drop folder over TFTP, for the screen. */
export class DropDesk {
  readonly #deps: DropDeskDeps
  #revision = 0

  constructor(deps: DropDeskDeps) {
    this.#deps = deps
  }

  /** Counts up when a file came or went. */
  get revision(): number {
    return this.#revision
  }

  readonly accept = (event: AmorceEvent): void => {
    if (event.type === 'transfer.end' && event.savedAs !== undefined) this.#changed()
  }

  async list(): Promise<DroppedView> {
    const { isOn, macOf, examStartedAt } = this.#deps
    const files = await listDropped(this.#deps.folder)
    const since = examStartedAt() ?? Infinity
    const shown = files.slice(0, maxShown).map((file) => {
      const mac = file.arrivedAt >= since ? macOf(file.client) : undefined
      return mac === undefined ? file : { ...file, mac }
    })
    return { isOn: isOn(), folder: this.#deps.folder, files: shown, total: files.length }
  }

  /** @throws CodedError `content.notFound`, `content.outsideRoot` */
  async remove(client: Ipv4, name: string): Promise<void> {
    await removeDropped(this.#deps.folder, client, name)
    this.#changed()
  }

  /** There before anything came, so that it can be opened. */
  async folder(): Promise<string> {
    await mkdir(this.#deps.folder, { recursive: true })
    return this.#deps.folder
  }

  #changed(): void {
    this.#revision += 1
    this.#deps.onChange()
  }
}
