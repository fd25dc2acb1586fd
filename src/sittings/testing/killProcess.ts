import { randomBytes } from 'node:crypto'
import { systemClock } from '../../base/index.ts'
import { openDatabase } from '../../storage/index.ts'
import { createIncidents, createRooms, createSittings } from '../index.ts'

// A sitting that is held in a process of its own, to be killed: `node killProcess.cjs <database> <sitting>`. Says the number of
// each thing done, once it was told that it is done.

const [, , path = '', sitting = ''] = process.argv
const database = openDatabase({ path, nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
const rooms = createRooms(database, systemClock)
const sittings = createSittings({ database, clock: systemClock, rooms, random: Math.random, randomBytes })
const incidents = createIncidents(database, systemClock)
const sittingId = Number(sitting)
const ids = sittings.get(sittingId).candidates.map(({ id }) => id)

const acts: ((id: number, text: string) => unknown)[] = [
  (id, text) => sittings.note(id, text, 'Ana'),
  (id, text) => sittings.order(sittingId, [id], { kind: 'message', text }, 'Ana'),
  (id, text) => sittings.lock(sittingId, [id], text, 'Ana'),
  (id, text) => incidents.add({ kind: 'byHand', severity: 'info', text, sittingId, candidateId: id, who: 'Ana' }),
]

process.stdout.write('ready\n')
const next = (turn: number): void => {
  const text = `${process.pid}-${turn}`
  acts[turn % acts.length]?.(ids[turn % ids.length]!, text)
  process.stdout.write(`${text}\n`, () => setImmediate(next, turn + 1))
}
next(0)
