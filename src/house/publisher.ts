import type { Cancel, Clock, Logger } from '../base/index.ts'
import type { ViewUpdate } from '../contract/index.ts'

/** One push per drawn frame at most, at thirty frames a second: smoother than anyone can read. */
const frameMs = 33

type Part = Exclude<keyof ViewUpdate, 'seq' | 'full'>
/** How each part is drawn. */
export type Sources = { [P in Part]?: () => ViewUpdate[P] }

/**
 * Milliseconds between two drawings of a part that costs more than a frame should: `detail` reads the journal, and the
 * screen asks for leases again with each revision.
 */
const slowParts: Partial<Record<Part, number>> = {
  detail: 250,
  leasesRevision: 500,
  transfersRevision: 500,
  sittings: 100,
  tftpClient: 100,
  papersRevision: 1000,
  droppedRevision: 250,
  importProgress: 100,
  mediaProgress: 100,
}

export interface PublisherOptions {
  clock: Clock
  logger: Logger
  /** How to draw each part anew when it is marked; one that answers undefined is left out. */
  sources: Sources
  send(update: ViewUpdate): void
}

/** Every part of these, as it is now. */
export const drawnNow = (sources: Sources): Partial<ViewUpdate> =>
  Object.fromEntries(Object.entries(sources).map(([part, draw]) => [part, draw()]))

/** Gathers what changed and pushes it once per frame. */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #marked = new Set<Part>()
  readonly #drawnAt = new Map<Part, number>()
  #cancel: Cancel | undefined
  #isClosed = false
  #seq = 0

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** These parts changed: they are drawn with the next frame, or as soon as they may be again. */
  mark(...parts: Part[]): void {
    if (this.#isClosed) return
    for (const part of parts) this.#marked.add(part)
    this.#schedule()
  }

  /** The number of the last update sent: a snapshot carries it, so that the next update follows on. */
  get seq(): number {
    return this.#seq
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#cancel = undefined
    this.#marked.clear()
  }

  #schedule(): void {
    this.#cancel ??= this.#options.clock.after(frameMs, () => this.#flush())
  }

  #flush(): void {
    this.#cancel = undefined
    const update: Partial<Record<Part, unknown>> = {}
    // A copy: drawing one part may mark another, which then waits for the next frame instead of being drawn twice in this.
    for (const part of [...this.#marked]) {
      if (!this.#isDue(part)) continue
      this.#marked.delete(part)
      const value = this.#draw(part)
      if (value !== undefined) update[part] = value
    }
    if (this.#marked.size > 0) this.#schedule()
    if (Object.keys(update).length === 0) return
    this.#seq += 1
    try {
      this.#options.send({ seq: this.#seq, ...(update as Partial<ViewUpdate>) })
    } catch (error) {
      // The gap in the numbers makes the screen ask for everything.
      this.#options.logger.error('an update was not sent', { error: String(error) })
    }
  }

  #isDue(part: Part): boolean {
    const pause = slowParts[part]
    if (pause === undefined) return true
    const now = this.#options.clock.monotonic()
    if (now - (this.#drawnAt.get(part) ?? -Infinity) < pause) return false
    this.#drawnAt.set(part, now)
    return true
  }

  /** One part that cannot be drawn must not keep the others from the screen. */
  #draw(part: Part): unknown {
    try {
      return this.#options.sources[part]?.()
    } catch (error) {
      this.#options.logger.error('a part of the screen could not be drawn', { part, error: String(error) })
      return undefined
    }
  }
}
