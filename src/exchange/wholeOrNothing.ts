import type { Stock } from '../stock/index.ts'
import { unstopped, type ImportWork, type Work } from './slices.ts'

/** Nobody is told of what changes in the stock before it is all there. */
export async function toldAtTheEnd<Result>(
  stock: Pick<Stock, 'hold' | 'changed'>,
  change: () => Promise<Result>,
): Promise<Result> {
  const release = stock.hold()
  try {
    return await change()
  } finally {
    stock.changed()
    release()
  }
}

/**
 * Writes an import.
 * @param unwrite takes back what was written until then, without a trace
 * @throws Cancelled, or what `write` threw, after `unwrite`, which is not to be stopped
 */
export function wholeOrNothing<Result>(
  stock: Pick<Stock, 'hold' | 'changed'>,
  work: ImportWork,
  write: () => Promise<Result>,
  unwrite: (work: Work) => Promise<void>,
): Promise<Result> {
  return toldAtTheEnd(stock, async () => {
    try {
      return await write()
    } catch (error) {
      work.onUndo?.()
      await unwrite(unstopped(work))
      throw error
    }
  })
}
