import type { Clock } from '../base/index.ts'
import type { LeaseRecord } from './leases.ts'

/** What waits to be saved, and what to do then. */
export interface PendingCommit {
  records: readonly LeaseRecord[]
  onSaved(): void
  onFailed(): void
}

export interface CommitQueueOptions {
  /** Saves all the records in one transaction, or throws and saves none; it is its own to say why. */
  save: (records: readonly LeaseRecord[]) => void
  clock: Clock
  /** Runs a task after the datagrams that are waiting in the socket have been handed over. */
  nextTurn?: (task: () => void) => void
}

const largestBatch = 512
/** How long the first one may wait for company. */
const longestWaitMs = 4

/**
 * Group commit: everything that came in one go is saved in one transaction, since the disk takes as long for one as
 * for hundreds. A batch goes when a turn of the event loop brought nothing more, when it is full, or when its first
 * entry has waited long enough: a lone request waits for one turn only.
 */
export class CommitQueue {
  readonly #save: (records: readonly LeaseRecord[]) => void
  readonly #clock: Clock
  readonly #nextTurn: (task: () => void) => void
  #pending: PendingCommit[] = []
  #openedAt = 0

  constructor({ save, clock, nextTurn = (task) => void setImmediate(task) }: CommitQueueOptions) {
    this.#save = save
    this.#clock = clock
    this.#nextTurn = nextTurn
  }

  add(commit: PendingCommit): void {
    this.#pending.push(commit)
    if (this.#pending.length >= largestBatch) return this.flush()
    if (this.#pending.length > 1) return
    this.#openedAt = this.#clock.monotonic()
    this.#waitATurn()
  }

  /** Saves what waits, now. On failure the entries are told in reverse order, so that each can undo its own. */
  flush(): void {
    const batch = this.#pending
    this.#pending = []
    if (batch.length === 0) return
    try {
      this.#save(batch.flatMap((commit) => commit.records))
    } catch {
      for (const commit of batch.reverse()) commit.onFailed()
      return
    }
    for (const commit of batch) commit.onSaved()
  }

  #waitATurn(): void {
    const batch = this.#pending
    const count = batch.length
    this.#nextTurn(() => {
      if (batch !== this.#pending) return
      const hasGrown = batch.length > count
      if (hasGrown && this.#clock.monotonic() - this.#openedAt < longestWaitMs) this.#waitATurn()
      else this.flush()
    })
  }
}
