import type { AmorceBridge, ViewUpdate } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

export type Schedule = (task: () => void) => void

/** One frame while the window is seen; a hidden window gets no frames, so a short timer keeps it up to date. */
export const nextFrame: Schedule = (task) => {
  if (document.hidden) setTimeout(task, 200)
  else requestAnimationFrame(task)
}

/**
 * Keeps the screen in step with main: a snapshot first, then pushes in order, applied once per frame. A gap in the
 * sequence is mended by a new snapshot.
 */
export class Connection {
  state = $state<'connecting' | 'live' | 'lost'>('connecting')

  readonly #bridge: Pick<AmorceBridge, 'onUpdate'>
  readonly #client: Pick<Client, 'call'>
  readonly #apply: (update: ViewUpdate) => void
  readonly #schedule: Schedule
  #expected: number | undefined
  #pending: ViewUpdate[] = []
  #frameIsDue = false
  #asking = false

  constructor(
    bridge: Pick<AmorceBridge, 'onUpdate'>,
    client: Pick<Client, 'call'>,
    apply: (update: ViewUpdate) => void,
    schedule: Schedule = nextFrame,
  ) {
    this.#bridge = bridge
    this.#client = client
    this.#apply = apply
    this.#schedule = schedule
  }

  /** Returns what ends it. */
  start(): () => void {
    const unsubscribe = this.#bridge.onUpdate((update) => {
      this.#pending.push(update)
      this.#askForFrame()
    })
    void this.#askForSnapshot()
    return unsubscribe
  }

  #askForFrame(): void {
    if (this.#frameIsDue) return
    this.#frameIsDue = true
    this.#schedule(() => {
      this.#frameIsDue = false
      this.#applyPending()
    })
  }

  #applyPending(): void {
    // Pushes that arrive before the snapshot wait for it; it decides which of them are older than itself.
    if (this.#asking) return
    const pending = this.#pending
    this.#pending = []
    for (const [index, update] of pending.entries()) {
      if (this.#expected !== undefined && update.seq < this.#expected) continue
      if (update.seq !== this.#expected) {
        this.#pending = pending.slice(index)
        void this.#askForSnapshot()
        return
      }
      this.#expected += 1
      this.#apply(update)
    }
  }

  async #askForSnapshot(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const reply = await this.#client.call('view.snapshot', undefined)
    this.#asking = false
    if (!reply.ok) {
      this.state = 'lost'
      return
    }
    this.#expected = reply.value.seq + 1
    this.#apply({ ...reply.value, full: true })
    this.state = 'live'
    if (this.#pending.length > 0) this.#askForFrame()
  }
}
