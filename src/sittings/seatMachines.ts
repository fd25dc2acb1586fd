import type { Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

/** Which machine stood at which seat while a sitting was held: rooms are arranged anew, and simulated ones go away. */
export interface SeatMachines {
  note(sittingId: number, seatId: number, mac: Mac): void
  /** Seats by machine. */
  of(sittingId: number): Map<Mac, number>
}

export function createSeatMachines(database: Database): SeatMachines {
  const insert = database.prepare<[number, number, string]>(
    'INSERT OR REPLACE INTO sitting_machines (sitting_id, seat_id, mac) VALUES (?, ?, ?)',
  )
  const select = database.prepare<[number], { seat_id: number; mac: string }>(
    'SELECT seat_id, mac FROM sitting_machines WHERE sitting_id = ?',
  )
  /** Asked for with every heartbeat. */
  const known = new Set<string>()
  return {
    note(sittingId, seatId, mac) {
      const key = `${sittingId} ${seatId} ${mac}`
      if (known.has(key)) return
      insert.run(sittingId, seatId, mac)
      known.add(key)
    },
    of: (sittingId) => new Map(select.all(sittingId).map(({ seat_id: seatId, mac }) => [mac, seatId])),
  }
}
