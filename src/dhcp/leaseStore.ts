import { CodedError } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import type { LeaseRecord } from './leases.ts'
import { createReservations, type Reservation } from './reservations.ts'

/** Where leases outlive the program. Networks are named `192.168.60.0/24`. */
export interface LeaseStore {
  /** Every address of the network that was ever handed out. */
  load(network: string): LeaseRecord[]
  reservations(network: string): Reservation[]
  /**
   * Saves all of them in one transaction, the last record of an address winning.
   * @throws CodedError `dhcp.leaseNotSaved`; nothing is saved then.
   */
  commit(network: string, records: readonly LeaseRecord[]): void
}

type LeaseRow = Omit<LeaseRecord, 'key'> & { clientKey: string }

export function createLeaseStore(database: Database): LeaseStore {
  const selectLeases = database.prepare<[string], LeaseRow>(`
    SELECT address, client_key AS clientKey, mac, uuid, host_name AS hostName, state,
           starts_at AS startsAt, expires_at AS expiresAt
      FROM leases WHERE network = ?`)
  const reservations = createReservations(database)
  const upsert = database.prepare<[string, number, string, string, string, string, string, number, number]>(`
    INSERT INTO leases (network, address, client_key, mac, uuid, host_name, state, starts_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (network, address) DO UPDATE SET
      client_key = excluded.client_key, mac = excluded.mac, uuid = excluded.uuid,
      host_name = excluded.host_name, state = excluded.state,
      starts_at = excluded.starts_at, expires_at = excluded.expires_at`)
  const saveAll = database.transaction((network: string, records: readonly LeaseRecord[]) => {
    for (const { address, key, mac, uuid, hostName, state, startsAt, expiresAt } of records)
      upsert.run(network, address, key, mac, uuid ?? '', hostName, state, startsAt, expiresAt)
  })
  return {
    load: (network) =>
      selectLeases
        .all(network)
        .map(({ clientKey, uuid, ...row }) => ({ ...row, key: clientKey, ...(uuid && { uuid }) })),
    reservations: (network) => reservations.list(network),
    commit(network, records) {
      try {
        saveAll(network, records)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new CodedError('dhcp.leaseNotSaved', `${records.length} leases of ${network}: ${reason}`, {
          network,
          reason,
        })
      }
    },
  }
}
