import { withoutWaitingForDisk, withRareCheckpoints, type Database } from '../storage/index.ts'

/** Between slices everything else gets its turn: DHCP answers, the screen is drawn. Milliseconds. */
const sliceMs = 8
/** One that ends with a commit, which takes some time of its own, and more for many small ones than for a few large ones. */
const writingSliceMs = 30

/** What a person stopped. */
export class Cancelled extends Error {}

export interface Work {
  signal: AbortSignal
  /** Called after each slice. */
  onSlice(): void
}

/** Of an import: how far it is, and that it is being taken back. */
export interface ImportWork extends Work {
  onWritten?(lines: number): void
  onUndo?(): void
}

/** What has to come to its end. */
export const unstopped = (work: Omit<Work, 'signal'>): Work => ({ ...work, signal: new AbortController().signal })

/**
 * Does something step by step, in slices of a few milliseconds.
 * @param step one step; false when it was the last
 * @param around runs one slice, e.g. in a transaction
 * @throws Cancelled once the signal was given, after a whole slice
 */
export async function inSlices(
  step: () => boolean,
  work: Work,
  around = (slice: () => void): void => slice(),
  longest = sliceMs,
): Promise<void> {
  for (let hasMore = true; hasMore;) {
    if (work.signal.aborted) throw new Cancelled()
    around(() => {
      const end = performance.now() + longest
      do hasMore = step()
      while (hasMore && performance.now() < end)
    })
    work.onSlice()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The same, each slice of it in a transaction: what a part of the work is, is written down with it. */
export async function inTransactions(
  database: Database,
  step: () => boolean,
  work: Work,
  transaction = (slice: () => void): void => database.transaction(slice)(),
): Promise<void> {
  const around = (slice: () => void): void => withoutWaitingForDisk(database, () => transaction(slice))
  await withRareCheckpoints(database, () => inSlices(step, work, around, writingSliceMs))
}
