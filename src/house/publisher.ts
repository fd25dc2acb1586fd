import type { Cancel, Clock } from '../base/index.ts'
import type { ViewUpdate } from '../contract/index.ts'

/** One push per drawn frame at most, at thirty frames a second: smoother than anyone can read. */
const frameMs = 33

type Part = Exclude<keyof ViewUpdate, 'seq' | 'full'>
type Sources = { [P in Part]?: () => ViewUpdate[P] }

export interface PublisherOptions {
  clock: Clock
  /** How to draw each part anew when it is marked; one that answers undefined is left out. */
  sources: Sources
  send(update: ViewUpdate): void
}

/** Gathers what changed and pushes it once per frame. */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #marked = new Set<Part>()
  #cancel: Cancel | undefined
  #seq = 0

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** These parts changed: they are drawn with the next frame. */
  mark(...parts: Part[]): void {
    for (const part of parts) this.#marked.add(part)
    this.#cancel ??= this.#options.clock.after(frameMs, () => this.#flush())
  }

  /** The number of the last update sent: a snapshot carries it, so that the next update follows on. */
  get seq(): number {
    return this.#seq
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#marked.clear()
  }

  #flush(): void {
    this.#cancel = undefined
    const update: Partial<Record<Part, unknown>> = {}
    for (const part of this.#marked) {
      const value = this.#options.sources[part]?.()
      if (value !== undefined) update[part] = value
    }
    this.#marked.clear()
    if (Object.keys(update).length === 0) return
    this.#seq += 1
    this.#options.send({ seq: this.#seq, ...(update as Partial<ViewUpdate>) })
  }
}
