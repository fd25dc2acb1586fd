// How results are printed: a row per measure, Amorce beside each peer, the ratio last.

/** @param digits after the point */
export function row(
  title: string,
  ours: number,
  peer: string,
  theirs: number,
  { digits = 0, lowerIsBetter = false } = {},
): void {
  const [better, worse] = lowerIsBetter ? [theirs, ours] : [ours, theirs]
  const ratio = worse > 0 ? (better / worse).toFixed(2) : '-'
  const figure = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(digits)).padStart(7)
  console.log(`${title.padEnd(40)} amorce ${figure(ours)}   ${peer.padEnd(8)} ${figure(theirs)}   ratio ${ratio}`)
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}

/** @param share 0.99 for the 99th percentile */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN
}
