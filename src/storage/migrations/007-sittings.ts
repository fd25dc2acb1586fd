/**
 * Rooms with their seats; sittings (one exam paper in one room at one time) with their candidates, incidents and their
 * own journal. Times are milliseconds since the Unix epoch. `exams` is what ran on the network; a sitting is what
 * people sit.
 */
export const sittings = /* sql */ `
  CREATE TABLE rooms (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL CHECK (name <> ''),
    columns    INTEGER NOT NULL CHECK (columns BETWEEN 1 AND 60),
    rows       INTEGER NOT NULL CHECK (rows BETWEEN 1 AND 60),
    marks      TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(marks)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX rooms_name ON rooms (name COLLATE NOCASE);

  CREATE TABLE seats (
    id      INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    label   TEXT NOT NULL CHECK (label <> ''),
    -- Below zero only in the middle of taking a plan over, when two seats change places.
    column_ INTEGER NOT NULL CHECK (column_ < 60),
    row_    INTEGER NOT NULL CHECK (row_ < 60),
    item_id INTEGER REFERENCES items (id) ON DELETE SET NULL,
    -- Learned when the machine that stands there booted.
    mac     TEXT
  ) STRICT;
  CREATE UNIQUE INDEX seats_label ON seats (room_id, label COLLATE NOCASE);
  CREATE UNIQUE INDEX seats_cell ON seats (room_id, column_, row_);
  -- A machine, and an item, stands at one seat in the house.
  CREATE UNIQUE INDEX seats_mac ON seats (mac) WHERE mac IS NOT NULL;
  CREATE UNIQUE INDEX seats_item ON seats (item_id) WHERE item_id IS NOT NULL;

  CREATE TABLE sittings (
    id               INTEGER PRIMARY KEY,
    title            TEXT NOT NULL CHECK (title <> ''),
    module           TEXT NOT NULL DEFAULT '',
    room_id          INTEGER REFERENCES rooms (id) ON DELETE SET NULL,
    profile_id       INTEGER REFERENCES boot_profiles (id) ON DELETE SET NULL,
    planned_at       INTEGER,
    duration_minutes INTEGER NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    quorum           REAL NOT NULL DEFAULT 0.9 CHECK (quorum BETWEEN 0 AND 1),
    warnings         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(warnings)),
    state            TEXT NOT NULL CHECK (state IN ('draft', 'ready', 'running', 'paused', 'closed', 'archived')),
    -- For the codes that unlock machines without a network; never shown, never sent.
    secret           BLOB NOT NULL,
    started_at       INTEGER,
    paused_at        INTEGER,
    -- How long the clock stood in all, the present pause not counted.
    paused_ms        INTEGER NOT NULL DEFAULT 0 CHECK (paused_ms >= 0),
    closed_at        INTEGER,
    anonymised_at    INTEGER,
    created_at       INTEGER NOT NULL,
    CHECK ((state IN ('draft', 'ready')) = (started_at IS NULL)),
    CHECK ((state = 'paused') = (paused_at IS NOT NULL)),
    CHECK ((state IN ('closed', 'archived')) = (closed_at IS NOT NULL))
  ) STRICT;

  CREATE TABLE candidates (
    id            INTEGER PRIMARY KEY,
    sitting_id    INTEGER NOT NULL REFERENCES sittings (id) ON DELETE CASCADE,
    number        TEXT NOT NULL CHECK (number <> ''),
    last_name     TEXT NOT NULL,
    first_name    TEXT NOT NULL DEFAULT '',
    group_        TEXT NOT NULL DEFAULT '',
    extra_minutes INTEGER NOT NULL DEFAULT 0 CHECK (extra_minutes >= 0),
    seat_id       INTEGER REFERENCES seats (id) ON DELETE SET NULL,
    presence      TEXT NOT NULL DEFAULT 'expected' CHECK (presence IN ('expected', 'present', 'absent', 'left')),
    note          TEXT NOT NULL DEFAULT '',
    locked_reason TEXT,
    locked_at     INTEGER,
    CHECK ((locked_reason IS NULL) = (locked_at IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX candidates_number ON candidates (sitting_id, number COLLATE NOCASE);
  CREATE UNIQUE INDEX candidates_seat ON candidates (sitting_id, seat_id) WHERE seat_id IS NOT NULL;

  -- What a candidate's machine is told until it has said that it knows.
  CREATE TABLE orders (
    id           INTEGER PRIMARY KEY,
    sitting_id   INTEGER NOT NULL REFERENCES sittings (id) ON DELETE CASCADE,
    candidate_id INTEGER NOT NULL REFERENCES candidates (id) ON DELETE CASCADE,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('message', 'reboot', 'powerOff')),
    text         TEXT NOT NULL DEFAULT '',
    received_at  INTEGER
  ) STRICT;
  CREATE INDEX orders_waiting ON orders (candidate_id, id) WHERE received_at IS NULL;

  CREATE TABLE incidents (
    id              INTEGER PRIMARY KEY,
    sitting_id      INTEGER REFERENCES sittings (id) ON DELETE CASCADE,
    at              INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    severity        TEXT NOT NULL CHECK (severity IN ('info', 'attention', 'serious')),
    text            TEXT NOT NULL DEFAULT '',
    mac             TEXT,
    seat_id         INTEGER REFERENCES seats (id) ON DELETE SET NULL,
    candidate_id    INTEGER REFERENCES candidates (id) ON DELETE SET NULL,
    item_id         INTEGER REFERENCES items (id) ON DELETE SET NULL,
    acknowledged_at INTEGER,
    comment         TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX incidents_by_sitting ON incidents (sitting_id, id);
  CREATE INDEX incidents_open ON incidents (id) WHERE acknowledged_at IS NULL;

  -- Only ever added to: each hash covers the one before it, so that a later change shows.
  CREATE TABLE sitting_journal (
    id         INTEGER PRIMARY KEY,
    sitting_id INTEGER NOT NULL REFERENCES sittings (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    who        TEXT NOT NULL,
    action     TEXT NOT NULL,
    details    TEXT NOT NULL CHECK (json_valid(details)),
    -- What somebody wrote, which may name a person: its digest is in the details, so that it can be taken out.
    text       TEXT,
    hash       TEXT NOT NULL CHECK (length(hash) = 64)
  ) STRICT;
  CREATE INDEX sitting_journal_by_sitting ON sitting_journal (sitting_id, id);
  CREATE TRIGGER sitting_journal_stays BEFORE UPDATE ON sitting_journal
    WHEN NEW.text IS NOT NULL OR OLD.hash <> NEW.hash OR OLD.details <> NEW.details OR OLD.at <> NEW.at
      OR OLD.who <> NEW.who OR OLD.action <> NEW.action OR OLD.sitting_id <> NEW.sitting_id
    BEGIN SELECT RAISE(ABORT, 'the journal of a sitting is only added to'); END;
`
