import { CodedError, type CandidateView, type SeatingOrder, type SeatView } from '../contract/index.ts'

export interface SeatingRules {
  order: SeatingOrder
  /** Neighbours are of different groups as far as it can be done. */
  separateGroups: boolean
  /** Those with extra time sit together, on the last seats. */
  extraTimeTogether: boolean
}

type Seated = Pick<CandidateView, 'id' | 'lastName' | 'firstName' | 'group' | 'extraMinutes'>

/**
 * Gives every candidate a seat.
 *
 * @param candidates in the order of the list
 * @param seats from the board backwards, left to right
 * @param random from 0 to below 1
 * @returns seat ids by candidate id
 * @throws CodedError `seating.tooFewSeats` with `{ candidates, seats }`
 */
export function assignSeats(
  candidates: readonly Seated[],
  seats: readonly SeatView[],
  { order, separateGroups, extraTimeTogether }: SeatingRules,
  random: () => number,
): Map<number, number> {
  if (candidates.length > seats.length)
    throw new CodedError('seating.tooFewSeats', `${candidates.length} candidates, ${seats.length} seats`, {
      candidates: candidates.length,
      seats: seats.length,
    })
  const isApart = ({ extraMinutes }: Seated): boolean => extraTimeTogether && extraMinutes > 0
  const usual = ordered(
    candidates.filter((candidate) => !isApart(candidate)),
    order,
    random,
  )
  const apart = ordered(candidates.filter(isApart), order, random)
  const usualSeats = seats.slice(0, usual.length)
  // From the back: nobody who leaves earlier has to pass them.
  const apartSeats = seats.slice(seats.length - apart.length)
  return new Map([...place(usual, usualSeats, separateGroups), ...place(apart, apartSeats, separateGroups)])
}

const collator = new Intl.Collator('fr', { sensitivity: 'base', numeric: true })

function ordered(candidates: readonly Seated[], order: SeatingOrder, random: () => number): Seated[] {
  const list = [...candidates]
  if (order === 'alphabetical')
    return list.sort(
      (a, b) => collator.compare(a.lastName, b.lastName) || collator.compare(a.firstName, b.firstName) || a.id - b.id,
    )
  if (order === 'list') return list
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[list[i], list[j]] = [list[j]!, list[i]!]
  }
  return list
}

/**
 * In order, or each seat to the first who is of another group than those already beside and before it; where nobody is,
 * to the one whose group has most people waiting, which leaves the fewest such seats.
 */
function place(candidates: readonly Seated[], seats: readonly SeatView[], separateGroups: boolean): [number, number][] {
  const isPlain = !separateGroups || new Set(candidates.map(({ group }) => group)).size < 2
  if (isPlain) return candidates.map(({ id }, i) => [id, seats[i]!.id])
  const waiting = [...candidates]
  const groupAt = new Map<string, string>()
  const placed: [number, number][] = []
  for (const seat of seats) {
    const around = new Set(
      [
        [-1, 0],
        [1, 0],
        [0, -1],
        [-1, -1],
        [1, -1],
      ].map(([columns, rows]) => groupAt.get(`${seat.column + columns!},${seat.row + rows!}`)),
    )
    const counts = new Map<string, number>()
    for (const { group } of waiting) counts.set(group, (counts.get(group) ?? 0) + 1)
    const fitting = waiting.filter(({ group }) => !around.has(group))
    const largest = Math.max(...(fitting.length > 0 ? fitting : waiting).map(({ group }) => counts.get(group) ?? 0))
    const pool = fitting.length > 0 ? fitting : waiting
    // A group that is more than half of who waits must be seated now, or it ends up beside itself.
    const chosen = largest * 2 >= waiting.length ? pool.find(({ group }) => counts.get(group) === largest)! : pool[0]!
    waiting.splice(waiting.indexOf(chosen), 1)
    groupAt.set(`${seat.column},${seat.row}`, chosen.group)
    placed.push([chosen.id, seat.id])
  }
  return placed
}
