import type { Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import type { Address } from './address.ts'
import { setAsideMs, type LeaseState } from './leases.ts'

/** One machine's time at an address, or an address's time set aside. */
export interface PastLease {
  address: Address
  /** Empty for a conflict: the address was nobody's. */
  mac: Mac
  hostName: string
  /** Milliseconds since the Unix epoch. */
  startsAt: number
  /** Absent while it lasts. */
  end?: { at: number; how: Exclude<LeaseState, 'leased'> }
}

/** Who had what, as far as it was brought into the table: up to a moment ago. */
export interface LeaseHistory {
  /** The latest first, at most `limit` of them. */
  ofAddress(network: string, address: Address, now: number, limit: number): PastLease[]
  ofMachine(network: string, mac: Mac, now: number, limit: number): PastLease[]
}

interface Row {
  address: Address
  mac: Mac
  hostName: string
  state: LeaseState
  startsAt: number
  expiresAt: number
}

export function createLeaseHistory(database: Database): LeaseHistory {
  const columns = 'address, mac, host_name AS hostName, state, starts_at AS startsAt, expires_at AS expiresAt'
  const byAddress = database.prepare<[string, Address, number], Row>(
    `SELECT ${columns} FROM lease_history WHERE network = ? AND address = ? ORDER BY starts_at DESC LIMIT ?`,
  )
  // Without an index, which every lease would pay for: the table is bounded, and this is asked by a click.
  const byMachine = database.prepare<[string, Mac, number], Row>(
    `SELECT ${columns} FROM lease_history WHERE network = ? AND mac = ? ORDER BY starts_at DESC LIMIT ?`,
  )
  return {
    ofAddress: (network, address, now, limit) =>
      byAddress.all(network, address, limit).map((row) => pastLease(row, now)),
    ofMachine: (network, mac, now, limit) => byMachine.all(network, mac, limit).map((row) => pastLease(row, now)),
  }
}

function pastLease({ state, expiresAt, ...lease }: Row, now: number): PastLease {
  if (state !== 'leased') {
    const at = state === 'declined' || state === 'conflict' ? expiresAt - setAsideMs : expiresAt
    return { ...lease, end: { at, how: state } }
  }
  return expiresAt > now ? lease : { ...lease, end: { at: expiresAt, how: 'expired' } }
}
