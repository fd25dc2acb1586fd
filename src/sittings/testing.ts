import { ManualClock } from '../base/index.ts'
import type { CandidateInput, RoomInput, SittingInput } from '../contract/index.ts'
import { openDatabase } from '../storage/index.ts'
import { createIncidents, createRooms, createSittings } from './index.ts'

/** Rooms, sittings and incidents on a database of their own, at a time that stands still until it is moved. */
export function openSittings() {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const clock = new ManualClock(Date.UTC(2027, 0, 18, 8))
  const rooms = createRooms(database, clock)
  const sittings = createSittings({
    database,
    clock,
    rooms,
    random: () => 0.42,
    randomBytes: (length) => Buffer.alloc(length, 7),
  })
  return { database, clock, rooms, sittings, incidents: createIncidents(database, clock) }
}

/** A room of rows A, B, C… with so many seats each. */
export const roomInput = (name: string, rows: number, columns: number): RoomInput => ({
  name,
  columns,
  rows: rows + 1,
  seats: Array.from({ length: rows * columns }, (_, i) => ({
    label: `${String.fromCharCode(65 + Math.floor(i / columns))}${(i % columns) + 1}`,
    column: i % columns,
    row: Math.floor(i / columns) + 1,
  })),
  marks: [{ kind: 'board', column: 0, row: 0 }],
})

export const sittingInput = (changes: Partial<SittingInput> = {}): SittingInput => ({
  title: 'Algorithmique',
  module: 'R2.04',
  durationMinutes: 120,
  quorum: 0.9,
  warnings: [15, 5],
  collectMinutes: 10,
  wakes: true,
  ...changes,
})

export const candidateInput = (number: string, changes: Partial<CandidateInput> = {}): CandidateInput => ({
  number,
  lastName: `Nom${number}`,
  firstName: 'Prénom',
  group: 'A',
  extraMinutes: 0,
  ...changes,
})
