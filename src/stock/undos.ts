import { CodedError } from '../contract/index.ts'

/** What the last changes of many can be taken back with, until the app closes. */
export interface Undos<Before> {
  /** @returns the number that it is asked for by */
  keep(before: Before): number
  /** Takes a change back, once. @throws CodedError `stock.nothingToUndo`, and what `revert` throws: it can be tried again then */
  revert(undo: number): void
}

const kept = 10

/** @param revert all of it or none */
export function createUndos<Before>(revert: (before: Before) => void): Undos<Before> {
  const undos = new Map<number, Before>()
  let last = 0

  return {
    keep(before) {
      undos.set(++last, before)
      undos.delete(last - kept)
      return last
    },
    revert(undo) {
      const before = undos.get(undo)
      if (before === undefined) throw new CodedError('stock.nothingToUndo', `no change ${undo}`, {})
      revert(before)
      undos.delete(undo)
    },
  }
}
