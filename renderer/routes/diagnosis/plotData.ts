import type { ThroughputView } from '../../../src/contract/index.ts'

/** The columns of the plot: seconds since the Unix epoch, sent, received, what the link could carry. */
export function plotData({ lastAt, sent, received, linkMbps }: ThroughputView): [number[], ...(number | null)[][]] {
  const first = lastAt / 1000 - (sent.length - 1)
  const seconds = sent.map((_, index) => first + index)
  const link = linkMbps === undefined ? null : (linkMbps * 1e6) / 8
  // Only the peaks scale the plot: on a fast link the line would press them flat.
  const peak = Math.max(...sent, ...received)
  return [seconds, sent, received, sent.map(() => (link !== null && showsLink(peak, link) ? link : null))]
}

/** The link is drawn once what moves comes near enough to be compared with it by eye. */
const showsLink = (peak: number, link: number): boolean => peak > link / 5

/** Bytes per second at the top of the scale: a little over what is drawn, and never so little that noise looks like work. */
export function scaleTop(most: number | null, link: number | undefined): number {
  const peak = Math.max(most ?? 0, 100_000)
  return link !== undefined && showsLink(peak, link) ? Math.max(link, peak) * 1.06 : peak * 1.15
}
