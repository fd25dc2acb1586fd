/**
 * Leases are written here first, one row for all that were granted in one go, and brought into `leases` a little later:
 * see `src/dhcp/leaseJournal.ts`. Nothing looks for leases by client in the file, and keeping an index of it was half of
 * what a lease cost.
 */
export const leaseJournal = `
  CREATE TABLE lease_journal (
    id      INTEGER PRIMARY KEY,
    network TEXT NOT NULL,
    -- JSON: [[address, client_key, mac, uuid, host_name, state, starts_at, expires_at], ...]
    records TEXT NOT NULL
  ) STRICT;
  DROP INDEX leases_by_client;
`
