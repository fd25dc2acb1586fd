import { CodedError, type Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import type { Address } from './address.ts'
import type { ClientKey } from './identity.ts'
import { leaseJournalOf } from './leaseJournal.ts'
import type { LeaseRecord, LeaseState } from './leases.ts'
import { createReservations, type Reservation } from './reservations.ts'

/** Where leases outlive the program. Networks are named `192.168.60.0/24`. */
export interface LeaseStore {
  /** Every address of the network that was ever handed out. */
  load(network: string): LeaseRecord[]
  reservations(network: string): Reservation[]
  /**
   * Saves all of them or none, the last record of an address winning: once it returns, they survive a power cut.
   * @throws CodedError `dhcp.leaseNotSaved`; nothing is saved then.
   */
  commit(network: string, records: readonly LeaseRecord[]): void
  /**
   * Tidies up behind `commit`, for a few milliseconds: to be called now and then while there is time.
   * @returns whether something is left to tidy up
   */
  tidy(): boolean
}

type LeaseRow = [Address, ClientKey, Mac, string, string, LeaseState, number, number]

export function createLeaseStore(database: Database): LeaseStore {
  const selectLeases = database
    .prepare<[string], LeaseRow>(
      `SELECT address, client_key, mac, uuid, host_name, state, starts_at, expires_at FROM leases WHERE network = ?`,
    )
    .raw()
  const reservations = createReservations(database)
  const journal = leaseJournalOf(database)
  return {
    load(network) {
      journal.foldAll()
      const records: LeaseRecord[] = []
      // One at a time, and each made as `decide` makes them: tens of thousands are kept for as long as the service runs.
      for (const [address, key, mac, uuid, hostName, state, startsAt, expiresAt] of selectLeases.iterate(network))
        records.push(
          uuid === ''
            ? { address, key, mac, hostName, state, startsAt, expiresAt }
            : { address, key, mac, uuid, hostName, state, startsAt, expiresAt },
        )
      return records
    },
    reservations: (network) => reservations.list(network),
    commit(network, records) {
      try {
        journal.append(network, records)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new CodedError('dhcp.leaseNotSaved', `${records.length} leases of ${network}: ${reason}`, {
          network,
          reason,
        })
      }
    },
    tidy: () => journal.fold(),
  }
}
