/**
 * Who had which address, from when to when: written together with `leases`, which only knows the last of each address
 * (`src/dhcp/leaseJournal.ts`). The oldest go first when it has grown long, so `id` is its only other order.
 */
export const leaseHistory = `
  CREATE TABLE lease_history (
    id         INTEGER PRIMARY KEY,
    network    TEXT    NOT NULL,
    address    INTEGER NOT NULL,
    client_key TEXT    NOT NULL,
    mac        TEXT    NOT NULL,
    host_name  TEXT    NOT NULL,
    -- As in leases, when it was last heard of.
    state      TEXT    NOT NULL,
    starts_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (network, address, starts_at, client_key)
  ) STRICT;
  INSERT INTO lease_history (network, address, client_key, mac, host_name, state, starts_at, expires_at)
    SELECT network, address, client_key, mac, host_name, state, starts_at, expires_at FROM leases ORDER BY starts_at;
`
