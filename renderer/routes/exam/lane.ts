import type { Stage, StageSpan } from '../../../src/contract/index.ts'

export interface LaneBar {
  stage: Stage
  ms: number
  /** Of the whole lane, 0 to 1. */
  share: number
  /** It still lasts. */
  isOpen: boolean
}

/** A boot as a lane of bars, one for each stage, as wide as it lasted. */
export function lane(spans: readonly StageSpan[], now: number): { bars: LaneBar[]; totalMs: number } {
  const lengths = spans.map(({ from, to }) => Math.max((to ?? now) - from, 0))
  const totalMs = lengths.reduce((sum, ms) => sum + ms, 0)
  const bars = spans.map(({ stage, to }, index) => {
    const ms = lengths[index] ?? 0
    return { stage, ms, share: totalMs > 0 ? ms / totalMs : 1 / spans.length, isOpen: to === undefined }
  })
  return { bars, totalMs }
}
