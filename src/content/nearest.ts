/** More wrong letters than this make another name. It also bounds the work that a hostile name can cause. */
const mostMistakes = 4

/** The name most like the one asked for, or nothing when none is like it. Case does not count, the last part counts most. */
export function nearestName(asked: string, names: readonly string[]): string | undefined {
  const wanted = asked.toLowerCase()
  const wantedBase = baseName(wanted)
  let nearest: string | undefined
  let least = Infinity
  for (const name of names) {
    const candidate = name.toLowerCase()
    const base = baseName(candidate)
    const bound = Math.min(Math.max(Math.floor(wantedBase.length / 3), 1), mostMistakes)
    // A forgotten extension is one mistake, however long.
    const distance =
      wantedBase.length > 3 && base.startsWith(`${wantedBase}.`) ? 1 : editDistance(wantedBase, base, bound)
    if (distance > bound) continue
    // Between equals the one whose folder is nearer wins.
    const whole = distance * 1000 + editDistance(wanted.slice(-200), candidate.slice(-200), 200)
    if (whole < least) {
      least = whole
      nearest = name
    }
  }
  return nearest
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Levenshtein distance, or `bound + 1` when it is above `bound`. */
export function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    let least = row
    for (let column = 1; column <= b.length; column++) {
      const substitution = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      const cost = Math.min(substitution, previous[column]! + 1, current[column - 1]! + 1)
      current.push(cost)
      least = Math.min(least, cost)
    }
    if (least > bound) return bound + 1
    previous = current
  }
  return Math.min(previous[b.length]!, bound + 1)
}
