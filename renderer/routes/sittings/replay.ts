import type { Stage, TimelineLane, TroubleCode } from '../../../src/contract/index.ts'
import { aisleWidth } from '../exam/tileSizes.ts'

/** What a machine was doing at a moment; undefined before its first word. */
export function stageAt({ spans }: Pick<TimelineLane, 'spans'>, at: number): Stage | undefined {
  const last = spans.at(-1)
  if (last && at >= last.to) return last.stage
  return spans.find(({ from, to }) => at >= from && at < to)?.stage
}

export const troubleAt = ({ troubles }: Pick<TimelineLane, 'troubles'>, at: number): TroubleCode | undefined =>
  troubles.find(({ from, to }) => at >= from && at < to)?.code

export interface BootBar {
  /** Milliseconds. */
  from: number
  to: number
  count: number
}

/** How many boots took how long, in at most `most` bars of equal, round width. */
export function bootBars(boots: readonly number[], most = 16): BootBar[] {
  if (boots.length === 0) return []
  const low = Math.min(...boots)
  const high = Math.max(...boots)
  const widths = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].map((seconds) => seconds * 1000)
  const width = widths.find((each) => (high - low) / each < most - 1) ?? Math.ceil((high - low) / (most - 1))
  const first = Math.floor(low / width) * width
  const count = Math.floor((high - first) / width) + 1
  return Array.from({ length: count }, (_, i) => {
    const from = first + i * width
    return { from, to: from + width, count: boots.filter((ms) => ms >= from && ms < from + width).length }
  })
}

export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** A seat of the replayed plan that says in words what its machine was doing, in pixels. */
export const wordWidth = 72
const gap = 4

/** Whether the seats of a room are wide enough for words, its columns without a seat being aisles. */
export const fitsWords = ({ columns, used }: { columns: number; used: number }, width: number): boolean =>
  used * wordWidth + (columns - used) * aisleWidth + (columns - 1) * gap <= width
