import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seatingOrders, type SeatView } from '../contract/index.ts'
import { assignSeats } from './seating.ts'

const seats = (rows: number, columns: number): SeatView[] =>
  Array.from({ length: rows * columns }, (_, i) => ({
    id: i + 1,
    label: `${i + 1}`,
    column: i % columns,
    row: Math.floor(i / columns),
  }))

const people = (...list: [name: string, group?: string, extraMinutes?: number][]) =>
  list.map(([lastName, group = '', extraMinutes = 0], i) => ({
    id: i + 1,
    lastName,
    firstName: '',
    group,
    extraMinutes,
  }))

const rules = { order: 'list', separateGroups: false, extraTimeTogether: false } as const
const never = (): number => {
  throw new Error('no chance in this')
}

describe('seating', () => {
  it('by name follows French order: accents and case do not count, numbers in names do', () => {
    const given = assignSeats(
      people(['Zoé'], ['étienne'], ['Eva'], ['durand']),
      seats(1, 4),
      { ...rules, order: 'alphabetical' },
      never,
    )
    expect([...given.keys()]).toEqual([4, 2, 3, 1])
  })

  it('seats those with extra time together, at the back', () => {
    const given = assignSeats(
      people(['A', '', 40], ['B'], ['C', '', 20], ['D']),
      seats(3, 2),
      { ...rules, extraTimeTogether: true },
      never,
    )
    expect(Object.fromEntries(given)).toEqual({ 2: 1, 4: 2, 1: 5, 3: 6 })
  })

  it('sets groups apart like a chessboard when it can', () => {
    const half = Array.from({ length: 12 }, (_, i): [string, string] => [`P${i}`, i < 6 ? 'A' : 'B'])
    const list = people(...half)
    const given = assignSeats(list, seats(3, 4), { ...rules, separateGroups: true }, never)
    const groupAt = new Map([...given].map(([candidate, seat]) => [seat, list[candidate - 1]!.group]))
    const beside = seats(3, 4).filter(({ id, column }) => column < 3 && groupAt.get(id) === groupAt.get(id + 1))
    expect(beside).toEqual([])
  })

  it('seats everybody even when one group is too large to be set apart', () => {
    const given = assignSeats(
      people(['P', 'A'], ['Q', 'A'], ['R', 'A'], ['S', 'B']),
      seats(1, 4),
      { ...rules, separateGroups: true },
      never,
    )
    expect([...given.values()].sort()).toEqual([1, 2, 3, 4])
  })

  it('is refused when there are too few seats', () => {
    expect(() => assignSeats(people(['A'], ['B']), seats(1, 1), rules, never)).toThrow(
      expect.objectContaining({ code: 'seating.tooFewSeats', details: { candidates: 2, seats: 1 } }),
    )
  })

  it('gives each candidate one seat and each seat to one candidate at most, whatever the rules', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ group: fc.constantFrom('A', 'B', 'C', ''), extraMinutes: fc.constantFrom(0, 0, 20) }), {
          maxLength: 40,
        }),
        fc.constantFrom(...seatingOrders),
        fc.boolean(),
        fc.boolean(),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (list, order, separateGroups, extraTimeTogether, chance) => {
          const candidates = list.map((one, i) => ({ id: i + 1, lastName: `N${i % 7}`, firstName: '', ...one }))
          const given = assignSeats(
            candidates,
            seats(7, 6),
            { order, separateGroups, extraTimeTogether },
            () => chance.next().value as number,
          )
          expect([...given.keys()].sort((a, b) => a - b)).toEqual(candidates.map(({ id }) => id))
          expect(new Set(given.values()).size).toBe(candidates.length)
        },
      ),
      { numRuns: 60 },
    )
  })
})
