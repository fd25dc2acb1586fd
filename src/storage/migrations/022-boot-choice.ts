/**
 * What each machine boots: what a profile is for, the rules that choose one, the boot menu, and what is known of a
 * machine's firmware. Times are milliseconds since the Unix epoch.
 */
export const bootChoice = /* sql */ `
  ALTER TABLE boot_profiles ADD COLUMN purpose TEXT NOT NULL DEFAULT 'exam'
    CHECK (purpose IN ('exam', 'everyday', 'maintenance'));
  UPDATE boot_profiles SET purpose = CASE system
    WHEN 'localDisk' THEN 'everyday' WHEN 'windows' THEN 'maintenance' ELSE 'exam' END;

  -- One rule of each kind, for always and for one boot, for one machine, seat, group of candidates or room.
  CREATE TABLE boot_rules (
    id         INTEGER PRIMARY KEY,
    scope      TEXT NOT NULL CHECK (scope IN ('machine', 'seat', 'group', 'room')),
    mac        TEXT,
    seat_id    INTEGER REFERENCES seats (id) ON DELETE CASCADE,
    sitting_id INTEGER REFERENCES sittings (id) ON DELETE CASCADE,
    group_     TEXT,
    room_id    INTEGER REFERENCES rooms (id) ON DELETE CASCADE,
    -- NULL: the boot menu.
    profile_id INTEGER REFERENCES boot_profiles (id) ON DELETE CASCADE,
    once       INTEGER NOT NULL CHECK (once IN (0, 1)),
    created_at INTEGER NOT NULL,
    CHECK ((scope = 'machine') = (mac IS NOT NULL)),
    CHECK ((scope = 'seat') = (seat_id IS NOT NULL)),
    CHECK ((scope = 'group') = (sitting_id IS NOT NULL)),
    CHECK ((scope = 'group') = (group_ IS NOT NULL)),
    CHECK ((scope = 'room') = (room_id IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX boot_rules_one ON boot_rules
    (scope, coalesce(mac, ''), coalesce(seat_id, 0), coalesce(sitting_id, 0), coalesce(group_, ''),
     coalesce(room_id, 0), once);

  -- Which machines have had the boot that a rule for one boot gave them.
  CREATE TABLE boot_rule_uses (
    rule_id INTEGER NOT NULL REFERENCES boot_rules (id) ON DELETE CASCADE,
    mac     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (rule_id, mac)
  ) STRICT, WITHOUT ROWID;

  -- The technician's code is known by its scrypt digest alone.
  CREATE TABLE boot_menu (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    timeout_seconds INTEGER NOT NULL CHECK (timeout_seconds BETWEEN 3 AND 600),
    code_salt       BLOB,
    code_digest     BLOB,
    CHECK ((code_salt IS NULL) = (code_digest IS NULL))
  ) STRICT;
  INSERT INTO boot_menu (id, timeout_seconds) VALUES (1, 20);

  -- Whether a machine is handed signed loaders: what a technician said, and what its boots showed.
  CREATE TABLE boot_chains (
    mac          TEXT PRIMARY KEY,
    choice       TEXT NOT NULL DEFAULT 'auto' CHECK (choice IN ('auto', 'signed', 'plain')),
    needs_signed INTEGER NOT NULL DEFAULT 0 CHECK (needs_signed IN (0, 1))
  ) STRICT, WITHOUT ROWID;
`
