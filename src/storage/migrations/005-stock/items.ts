/**
 * What an item may say beyond the first schema. Dates are `YYYY-MM-DD`, money is in cents, memory in MiB.
 *
 * `items.location` stays as the words of the place it is in, which lists sort by and searches find; triggers hold it to
 * `location_id`.
 */
export const items = /* sql */ `
  -- A tree: site, building, room, cupboard, rack, seat. The path is the names from the root, joined by ' / '.
  CREATE TABLE locations (
    id        INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES locations (id) CHECK (parent_id <> id),
    name      TEXT NOT NULL CHECK (name <> '' AND trim(name) = name AND instr(name, '/') = 0),
    kind      TEXT NOT NULL CHECK (kind IN ('site', 'building', 'room', 'cupboard', 'rack', 'seat', 'other')),
    path      TEXT NOT NULL,
    notes     TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE UNIQUE INDEX locations_by_path ON locations (path COLLATE NOCASE);
  CREATE INDEX locations_by_parent ON locations (parent_id);

  CREATE TRIGGER locations_path_on_insert AFTER INSERT ON locations
  WHEN NEW.path <> coalesce((SELECT path || ' / ' FROM locations WHERE id = NEW.parent_id), '') || NEW.name
  BEGIN SELECT RAISE(ABORT, 'a location has the path of its parent before its name'); END;

  CREATE TRIGGER locations_no_cycle BEFORE UPDATE OF parent_id ON locations
  WHEN NEW.parent_id IN (
    WITH RECURSIVE below (id) AS (
      SELECT NEW.id UNION SELECT locations.id FROM locations JOIN below ON locations.parent_id = below.id
    ) SELECT id FROM below)
  BEGIN SELECT RAISE(ABORT, 'a location cannot be inside itself'); END;

  CREATE TABLE suppliers (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL CHECK (name <> ''),
    email   TEXT NOT NULL DEFAULT '',
    phone   TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    notes   TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE UNIQUE INDEX suppliers_by_name ON suppliers (name COLLATE NOCASE);

  -- Who borrows, asks and takes: two of the same name are told apart by what is written with the name.
  CREATE TABLE people (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL CHECK (name <> ''),
    email      TEXT NOT NULL DEFAULT '',
    phone      TEXT NOT NULL DEFAULT '',
    department TEXT NOT NULL DEFAULT '',
    notes      TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE UNIQUE INDEX people_by_name ON people (name COLLATE NOCASE);

  -- The kinds of things. One that Amorce brings has its name in the message catalogue until it is given another.
  CREATE TABLE item_types (
    id         TEXT PRIMARY KEY CHECK (id <> ''),
    name       TEXT NOT NULL DEFAULT '',
    -- The pattern that proposes asset tags: '#' is a digit of a running number, {yyyy} and {yy} the year.
    tag_pattern TEXT NOT NULL CHECK (instr(tag_pattern, '#') > 0),
    position   INTEGER NOT NULL,
    is_builtin INTEGER NOT NULL DEFAULT 0 CHECK (is_builtin IN (0, 1)),
    CHECK (is_builtin = 1 OR name <> '')
  ) STRICT, WITHOUT ROWID;
  INSERT INTO item_types (id, tag_pattern, position, is_builtin) VALUES
    ('pc', 'PC-####', 1, 1), ('laptop', 'PORT-####', 2, 1), ('server', 'SRV-###', 3, 1), ('screen', 'ECR-####', 4, 1),
    ('printer', 'IMP-###', 5, 1), ('copier', 'COP-###', 6, 1), ('switch', 'SW-###', 7, 1), ('router', 'RTR-###', 8, 1),
    ('ups', 'OND-###', 9, 1), ('projector', 'VP-###', 10, 1), ('cable', 'CAB-####', 11, 1), ('other', 'MAT-####', 12, 1);

  CREATE TABLE custom_fields (
    id       INTEGER PRIMARY KEY,
    -- NULL: of every type.
    type     TEXT REFERENCES item_types (id),
    name     TEXT NOT NULL CHECK (name <> ''),
    kind     TEXT NOT NULL CHECK (kind IN ('text', 'number', 'date', 'choice', 'yesNo')),
    choices  TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(choices)),
    position INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX custom_fields_by_name ON custom_fields (coalesce(type, ''), name COLLATE NOCASE);

  ALTER TABLE items ADD COLUMN name TEXT NOT NULL DEFAULT '';
  ALTER TABLE items ADD COLUMN location_id INTEGER REFERENCES locations (id);
  ALTER TABLE items ADD COLUMN parent_id INTEGER REFERENCES items (id) CHECK (parent_id <> id);
  ALTER TABLE items ADD COLUMN supplier_id INTEGER REFERENCES suppliers (id);
  ALTER TABLE items ADD COLUMN order_number TEXT NOT NULL DEFAULT '';
  ALTER TABLE items ADD COLUMN price_cents INTEGER CHECK (price_cents >= 0);
  ALTER TABLE items ADD COLUMN purchased_on TEXT CHECK (date(purchased_on) = purchased_on);
  ALTER TABLE items ADD COLUMN warranty_until TEXT CHECK (date(warranty_until) = warranty_until);
  -- Values of custom fields by the field's id.
  ALTER TABLE items ADD COLUMN custom TEXT NOT NULL DEFAULT '{}' CHECK (json_type(custom) = 'object');
  ALTER TABLE items ADD COLUMN cpu TEXT NOT NULL DEFAULT '';
  ALTER TABLE items ADD COLUMN memory_mib INTEGER CHECK (memory_mib > 0);
  ALTER TABLE items ADD COLUMN disks TEXT NOT NULL DEFAULT '';
  ALTER TABLE items ADD COLUMN firmware TEXT NOT NULL DEFAULT '';
  ALTER TABLE items ADD COLUMN bios_version TEXT NOT NULL DEFAULT '';
  ALTER TABLE items ADD COLUMN bios_date TEXT CHECK (date(bios_date) = bios_date);

  -- Every place that an item was said to be in, with the places around it.
  UPDATE items SET location = trim(replace(replace(replace(location, ' /', '/'), '/ ', '/'), '/', ' / '), ' /');
  INSERT INTO locations (parent_id, name, kind, path)
  WITH RECURSIVE
    steps (path, rest) AS (
      SELECT '', location || ' / ' FROM items WHERE location <> ''
      UNION
      SELECT path || iif(path = '', '', ' / ') || substr(rest, 1, instr(rest, ' / ') - 1), substr(rest, instr(rest, ' / ') + 3)
      FROM steps WHERE rest <> ''
    ),
    places (path) AS (SELECT min(path) FROM steps WHERE path <> '' GROUP BY path COLLATE NOCASE)
  SELECT NULL, path, 'room', path FROM places WHERE instr(path, ' / ') = 0;
`

/** The places below the first level, one level at a time: each needs its parent's id. */
export const deeperLocations = /* sql */ `
  INSERT OR IGNORE INTO locations (parent_id, name, kind, path)
  WITH RECURSIVE
    steps (path, parent, name, rest) AS (
      SELECT '', '', '', location || ' / ' FROM items WHERE location <> ''
      UNION
      SELECT path || iif(path = '', '', ' / ') || substr(rest, 1, instr(rest, ' / ') - 1), path,
        substr(rest, 1, instr(rest, ' / ') - 1), substr(rest, instr(rest, ' / ') + 3)
      FROM steps WHERE rest <> ''
    )
  SELECT parents.id, steps.name, 'other', parents.path || ' / ' || steps.name
  FROM steps JOIN locations AS parents ON parents.path = steps.parent COLLATE NOCASE
  WHERE steps.name <> '' AND trim(steps.name) = steps.name
  GROUP BY steps.path COLLATE NOCASE;
`

/** How deep a place of the first schema may have been written. */
export const deepestLocation = 8

export const itemRules = /* sql */ `
  -- One that was written in no way that is a path ('A//B', nine deep) keeps its words, as one place.
  UPDATE items SET location = trim(replace(location, '/', '-'))
    WHERE location <> '' AND NOT EXISTS (SELECT 1 FROM locations WHERE path = items.location COLLATE NOCASE);
  INSERT OR IGNORE INTO locations (parent_id, name, kind, path)
    SELECT NULL, location, 'room', location FROM items
    WHERE location <> '' AND NOT EXISTS (SELECT 1 FROM locations WHERE path = items.location COLLATE NOCASE);

  UPDATE items SET
    location_id = (SELECT id FROM locations WHERE path = items.location COLLATE NOCASE),
    location = coalesce((SELECT path FROM locations WHERE path = items.location COLLATE NOCASE), '')
  WHERE location <> '';
  INSERT OR IGNORE INTO item_types (id, name, tag_pattern, position)
    SELECT DISTINCT type, type, 'MAT-####', 100 FROM items;

  -- The words and the tree never part.
  CREATE TRIGGER items_location_on_insert AFTER INSERT ON items
  WHEN NEW.location <> coalesce((SELECT path FROM locations WHERE id = NEW.location_id), '')
  BEGIN SELECT RAISE(ABORT, 'an item is where its location is'); END;
  CREATE TRIGGER items_location_on_update AFTER UPDATE OF location, location_id ON items
  WHEN NEW.location <> coalesce((SELECT path FROM locations WHERE id = NEW.location_id), '')
  BEGIN SELECT RAISE(ABORT, 'an item is where its location is'); END;
  CREATE TRIGGER locations_renamed AFTER UPDATE OF path ON locations
  BEGIN UPDATE items SET location = NEW.path WHERE location_id = NEW.id; END;

  CREATE TRIGGER items_type_on_insert BEFORE INSERT ON items
  WHEN NOT EXISTS (SELECT 1 FROM item_types WHERE id = NEW.type)
  BEGIN SELECT RAISE(ABORT, 'no such type of item'); END;
  CREATE TRIGGER items_type_on_update BEFORE UPDATE OF type ON items
  WHEN NOT EXISTS (SELECT 1 FROM item_types WHERE id = NEW.type)
  BEGIN SELECT RAISE(ABORT, 'no such type of item'); END;
  CREATE TRIGGER item_types_in_use BEFORE DELETE ON item_types
  WHEN EXISTS (SELECT 1 FROM items WHERE type = OLD.id)
  BEGIN SELECT RAISE(ABORT, 'items are of this type'); END;

  CREATE TRIGGER items_no_cycle BEFORE UPDATE OF parent_id ON items
  WHEN NEW.parent_id IN (
    WITH RECURSIVE below (id) AS (
      SELECT NEW.id UNION SELECT items.id FROM items JOIN below ON items.parent_id = below.id
    ) SELECT id FROM below)
  BEGIN SELECT RAISE(ABORT, 'an item cannot be part of itself'); END;

  -- Each order that a list is shown in, with what lists are filtered by beside it: one walk, and no item is read for nothing.
  CREATE INDEX items_by_tag ON items (asset_tag COLLATE NOCASE, id, state, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_type ON items (type, id, state, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_model ON items (model COLLATE NOCASE, id, state, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_serial ON items (serial COLLATE NOCASE, id, state, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_location ON items (location COLLATE NOCASE, id, state, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_state ON items (state, id, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_change ON items (updated_at, id, state, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_warranty ON items (warranty_until, id, state, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_by_purchase ON items (purchased_on, id, state, type, location_id) WHERE removed_at IS NULL;
  CREATE INDEX items_in_location ON items (location_id, id) WHERE location_id IS NOT NULL;
  CREATE INDEX items_of_parent ON items (parent_id) WHERE parent_id IS NOT NULL;
  CREATE INDEX items_of_supplier ON items (supplier_id) WHERE supplier_id IS NOT NULL;

  ALTER TABLE item_history ADD COLUMN who TEXT NOT NULL DEFAULT '';
  -- What wrote it: a machine's word is weaker than a person's.
  ALTER TABLE item_history ADD COLUMN source TEXT NOT NULL DEFAULT 'person'
    CHECK (source IN ('person', 'machine', 'import'));

  -- Differences between what an item says and what its machine reported, for a person to decide.
  CREATE TABLE item_proposals (
    item_id    INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    field      TEXT NOT NULL,
    reported   TEXT NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    -- Set when a person said no to exactly this; the machine may say it again in vain.
    refused_at INTEGER,
    PRIMARY KEY (item_id, field)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX item_proposals_open ON item_proposals (field, item_id) WHERE refused_at IS NULL;

  -- Photos, invoices, manuals, proofs: kept in the one file, their bytes apart so that lists stay quick.
  CREATE TABLE documents (
    id         INTEGER PRIMARY KEY,
    item_id    INTEGER REFERENCES items (id) ON DELETE CASCADE,
    batch_id   INTEGER REFERENCES disposal_batches (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('photo', 'invoice', 'manual', 'wipeProof', 'slip', 'other')),
    name       TEXT NOT NULL CHECK (name <> ''),
    media_type TEXT NOT NULL,
    size       INTEGER NOT NULL CHECK (size >= 0),
    added_at   INTEGER NOT NULL,
    who        TEXT NOT NULL DEFAULT '',
    removed_at INTEGER,
    CHECK ((item_id IS NULL) <> (batch_id IS NULL))
  ) STRICT;
  CREATE INDEX documents_of_item ON documents (item_id) WHERE item_id IS NOT NULL;
  CREATE INDEX documents_of_batch ON documents (batch_id) WHERE batch_id IS NOT NULL;
  CREATE TABLE document_contents (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    bytes       BLOB NOT NULL
  ) STRICT;

  -- What a technician made of a list: filters by name, and the columns in sight (name '' is the list's own layout).
  CREATE TABLE saved_lists (
    list    TEXT NOT NULL,
    name    TEXT NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content)),
    PRIMARY KEY (list, name)
  ) STRICT, WITHOUT ROWID;

  -- Alarms that were told outside the window, so that each is told once.
  CREATE TABLE told_alarms (
    alarm   TEXT PRIMARY KEY,
    told_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`
