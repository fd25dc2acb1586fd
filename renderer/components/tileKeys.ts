/** Where a key leads from tile `index` of `count`; undefined when the key is not one that moves. */
export function nextTile(key: string, index: number, count: number, columns: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    k: -1,
    j: 1,
  }
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = steps[key]
  if (step === undefined) return undefined
  const next = index + step
  return next < 0 || next >= count ? index : next
}
