/**
 * Schema 1. Times are milliseconds since the Unix epoch. MACs are lower-case hex pairs joined by colons.
 */
export const first = /* sql */ `
  CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
  ) STRICT;

  CREATE TABLE boot_profiles (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL CHECK (name <> ''),
    system       TEXT NOT NULL CHECK (system IN ('linux', 'windows', 'localDisk')),
    kernel       TEXT NOT NULL,
    initrds      TEXT NOT NULL CHECK (json_valid(initrds)),
    command_line TEXT NOT NULL,
    is_default   INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    created_at   INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX boot_profiles_one_default ON boot_profiles (is_default) WHERE is_default = 1;

  CREATE TABLE exams (
    id         INTEGER PRIMARY KEY,
    nic        TEXT NOT NULL,
    address    TEXT NOT NULL,
    prefix     INTEGER NOT NULL CHECK (prefix BETWEEN 0 AND 32),
    simulated  INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    started_at INTEGER NOT NULL,
    -- NULL while it runs: what is still NULL at start-up was cut short and can be resumed.
    stopped_at INTEGER
  ) STRICT;

  -- One row per address ever handed out on a network. The client key is 'id:<hex of option 61>' or 'mac:<mac>'.
  CREATE TABLE leases (
    network    TEXT NOT NULL,
    address    INTEGER NOT NULL,
    client_key TEXT NOT NULL,
    mac        TEXT NOT NULL,
    -- What it said once (option 97), since the systems that it starts do not say it.
    uuid       TEXT NOT NULL DEFAULT '',
    host_name  TEXT NOT NULL DEFAULT '',
    state      TEXT NOT NULL CHECK (state IN ('leased', 'released', 'declined', 'conflict', 'expired')),
    starts_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (network, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX leases_by_client ON leases (network, client_key);

  -- A machine is told by its MAC, by its UUID, or by either.
  CREATE TABLE reservations (
    network TEXT NOT NULL,
    address INTEGER NOT NULL,
    mac     TEXT NOT NULL DEFAULT '',
    uuid    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (network, address),
    CHECK (mac <> '' OR uuid <> '')
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX reservations_by_mac ON reservations (network, mac) WHERE mac <> '';
  CREATE UNIQUE INDEX reservations_by_uuid ON reservations (network, uuid) WHERE uuid <> '';

  CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    exam_id INTEGER REFERENCES exams (id),
    at      INTEGER NOT NULL,
    mac     TEXT,
    type    TEXT NOT NULL,
    event   TEXT NOT NULL CHECK (json_valid(event))
  ) STRICT;
  CREATE INDEX journal_by_mac ON journal (mac, id);
  CREATE INDEX journal_by_exam ON journal (exam_id, id);

  CREATE TABLE items (
    id           INTEGER PRIMARY KEY,
    asset_tag    TEXT NOT NULL CHECK (asset_tag <> ''),
    type         TEXT NOT NULL,
    manufacturer TEXT NOT NULL DEFAULT '',
    model        TEXT NOT NULL DEFAULT '',
    serial       TEXT NOT NULL DEFAULT '',
    uuid         TEXT NOT NULL DEFAULT '',
    location     TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL CHECK (state IN
                   ('inService', 'spare', 'loaned', 'underRepair', 'awaitingDisposal', 'disposed', 'lost')),
    notes        TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    last_seen_at INTEGER,
    -- Set while the item is off the shelf and can still be brought back.
    removed_at   INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX items_asset_tag ON items (asset_tag COLLATE NOCASE) WHERE removed_at IS NULL;
  CREATE INDEX items_uuid ON items (uuid) WHERE uuid <> '' AND removed_at IS NULL;
  CREATE INDEX items_serial ON items (serial COLLATE NOCASE) WHERE serial <> '' AND removed_at IS NULL;

  CREATE TABLE item_macs (
    mac     TEXT NOT NULL,
    item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    PRIMARY KEY (item_id, mac)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX item_macs_by_mac ON item_macs (mac);

  CREATE TABLE item_history (
    id      INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    field   TEXT NOT NULL,
    before  TEXT NOT NULL,
    after   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX item_history_by_item ON item_history (item_id, id);

  -- Accents folded, so that 'ecran' finds 'écran'. Kept up to date by the stock room, in the same transaction.
  CREATE VIRTUAL TABLE items_search USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
  );
`
