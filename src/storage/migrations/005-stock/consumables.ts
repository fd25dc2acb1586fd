/**
 * Consumables and parts. A movement is written once and never again; what is in stock is the sum of movements and cannot
 * be anything else: triggers keep the levels, and refuse every other hand.
 */
export const consumables = /* sql */ `
  CREATE TABLE consumables (
    id           INTEGER PRIMARY KEY,
    reference    TEXT NOT NULL CHECK (reference <> ''),
    name         TEXT NOT NULL CHECK (name <> ''),
    category     TEXT NOT NULL CHECK (category IN ('cartridge', 'paper', 'part', 'cable', 'battery', 'other')),
    manufacturer TEXT NOT NULL DEFAULT '',
    barcode      TEXT NOT NULL DEFAULT '',
    unit         TEXT NOT NULL DEFAULT '',
    supplier_id  INTEGER REFERENCES suppliers (id),
    -- What the supplier calls it.
    supplier_reference TEXT NOT NULL DEFAULT '',
    price_cents  INTEGER CHECK (price_cents >= 0),
    -- An alarm at this many or fewer; NULL never.
    threshold    INTEGER CHECK (threshold >= 0),
    -- Ordered up to this many.
    target       INTEGER CHECK (target >= 0),
    -- What a cartridge is good for.
    pages        INTEGER CHECK (pages > 0),
    notes        TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    removed_at   INTEGER,
    CHECK (threshold IS NULL OR target IS NULL OR target >= threshold)
  ) STRICT;
  CREATE UNIQUE INDEX consumables_by_reference ON consumables (reference COLLATE NOCASE) WHERE removed_at IS NULL;
  CREATE INDEX consumables_by_barcode ON consumables (barcode) WHERE barcode <> '' AND removed_at IS NULL;
  CREATE INDEX consumables_of_supplier ON consumables (supplier_id) WHERE supplier_id IS NOT NULL;

  -- The printers that a cartridge fits, by their model.
  CREATE TABLE cartridge_printers (
    consumable_id INTEGER NOT NULL REFERENCES consumables (id) ON DELETE CASCADE,
    model         TEXT NOT NULL CHECK (model <> '') COLLATE NOCASE,
    PRIMARY KEY (consumable_id, model)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX cartridge_printers_by_model ON cartridge_printers (model, consumable_id);

  CREATE TABLE stock_counts (
    id          INTEGER PRIMARY KEY,
    location_id INTEGER NOT NULL REFERENCES locations (id),
    started_at  INTEGER NOT NULL,
    -- NULL while it is being counted.
    finished_at INTEGER,
    who         TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE UNIQUE INDEX stock_counts_open ON stock_counts (location_id) WHERE finished_at IS NULL;
  CREATE TABLE stock_count_lines (
    count_id      INTEGER NOT NULL REFERENCES stock_counts (id) ON DELETE CASCADE,
    consumable_id INTEGER NOT NULL REFERENCES consumables (id),
    expires_on    TEXT NOT NULL DEFAULT '',
    counted       INTEGER NOT NULL CHECK (counted >= 0),
    -- What the movements said when the count was finished.
    expected      INTEGER,
    explanation   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (count_id, consumable_id, expires_on)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE stock_count_items (
    count_id INTEGER NOT NULL REFERENCES stock_counts (id) ON DELETE CASCADE,
    item_id  INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    seen_at  INTEGER NOT NULL,
    PRIMARY KEY (count_id, item_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE movements (
    id              INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL,
    consumable_id   INTEGER NOT NULL REFERENCES consumables (id),
    kind            TEXT NOT NULL CHECK (kind IN ('in', 'out', 'transfer', 'correction')),
    quantity        INTEGER NOT NULL CHECK (quantity > 0),
    from_id         INTEGER REFERENCES locations (id),
    to_id           INTEGER REFERENCES locations (id),
    -- Which lot; '' for what does not expire.
    expires_on      TEXT NOT NULL DEFAULT '' CHECK (expires_on = '' OR date(expires_on) = expires_on),
    reason          TEXT NOT NULL CHECK (reason IN
                      ('initial', 'delivery', 'return', 'use', 'repair', 'given', 'lost', 'expired', 'move', 'count', 'mistake', 'undo')),
    note            TEXT NOT NULL DEFAULT '',
    who             TEXT NOT NULL DEFAULT '',
    person_id       INTEGER REFERENCES people (id),
    printer_id      INTEGER REFERENCES items (id),
    intervention_id INTEGER REFERENCES interventions (id),
    count_id        INTEGER REFERENCES stock_counts (id),
    -- The movement that this one takes back.
    undoes_id       INTEGER UNIQUE REFERENCES movements (id) CHECK (undoes_id <> id),
    CHECK (CASE kind
      WHEN 'in' THEN from_id IS NULL AND to_id IS NOT NULL
      WHEN 'out' THEN from_id IS NOT NULL AND to_id IS NULL
      WHEN 'transfer' THEN from_id IS NOT NULL AND to_id IS NOT NULL AND from_id <> to_id
      ELSE (from_id IS NULL) <> (to_id IS NULL) END),
    CHECK ((reason = 'undo') = (undoes_id IS NOT NULL))
  ) STRICT;
  CREATE INDEX movements_of_consumable ON movements (consumable_id, id);
  CREATE INDEX movements_of_printer ON movements (printer_id, id) WHERE printer_id IS NOT NULL;
  CREATE INDEX movements_of_intervention ON movements (intervention_id) WHERE intervention_id IS NOT NULL;
  CREATE INDEX movements_from ON movements (from_id, id) WHERE from_id IS NOT NULL;
  CREATE INDEX movements_to ON movements (to_id, id) WHERE to_id IS NOT NULL;

  CREATE TABLE stock_levels (
    consumable_id INTEGER NOT NULL REFERENCES consumables (id),
    location_id   INTEGER NOT NULL REFERENCES locations (id),
    expires_on    TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    -- The last movement that is counted in.
    movement_id   INTEGER NOT NULL REFERENCES movements (id),
    PRIMARY KEY (consumable_id, location_id, expires_on)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stock_levels_in ON stock_levels (location_id, consumable_id);
  CREATE INDEX stock_levels_expiring ON stock_levels (expires_on, consumable_id) WHERE expires_on <> '' AND quantity > 0;

  CREATE TRIGGER movements_enough BEFORE INSERT ON movements
  WHEN NEW.from_id IS NOT NULL AND NEW.kind <> 'correction' AND NEW.quantity > coalesce((
    SELECT quantity FROM stock_levels
    WHERE consumable_id = NEW.consumable_id AND location_id = NEW.from_id AND expires_on = NEW.expires_on), 0)
  BEGIN SELECT RAISE(ABORT, 'not enough in stock'); END;

  CREATE TRIGGER movements_moved AFTER INSERT ON movements BEGIN
    SELECT RAISE(ABORT, 'a movement comes after all others') WHERE NEW.id <> (SELECT max(id) FROM movements);
    INSERT INTO stock_levels (consumable_id, location_id, expires_on, quantity, movement_id)
      SELECT NEW.consumable_id, NEW.from_id, NEW.expires_on, -NEW.quantity, NEW.id WHERE NEW.from_id IS NOT NULL
      ON CONFLICT DO UPDATE SET quantity = quantity - NEW.quantity, movement_id = NEW.id;
    INSERT INTO stock_levels (consumable_id, location_id, expires_on, quantity, movement_id)
      SELECT NEW.consumable_id, NEW.to_id, NEW.expires_on, NEW.quantity, NEW.id WHERE NEW.to_id IS NOT NULL
      ON CONFLICT DO UPDATE SET quantity = quantity + NEW.quantity, movement_id = NEW.id;
  END;

  CREATE TRIGGER movements_undo BEFORE INSERT ON movements
  WHEN NEW.undoes_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM movements AS undone WHERE undone.id = NEW.undoes_id AND undone.undoes_id IS NULL
      AND undone.consumable_id = NEW.consumable_id AND undone.quantity = NEW.quantity
      AND undone.from_id IS NEW.to_id AND undone.to_id IS NEW.from_id AND undone.expires_on = NEW.expires_on)
  BEGIN SELECT RAISE(ABORT, 'an undo is the whole movement the other way round'); END;

  CREATE TRIGGER movements_never_changed BEFORE UPDATE ON movements
  BEGIN SELECT RAISE(ABORT, 'a movement is never changed'); END;
  CREATE TRIGGER movements_never_deleted BEFORE DELETE ON movements
  BEGIN SELECT RAISE(ABORT, 'a movement is never deleted'); END;

  -- A level changes by the movement that has just been written, by its quantity, once.
  CREATE TRIGGER stock_levels_new AFTER INSERT ON stock_levels
  WHEN NEW.quantity IS NOT (
    SELECT iif(to_id IS NEW.location_id, quantity, -quantity) FROM movements
    WHERE id = NEW.movement_id AND id = (SELECT max(id) FROM movements) AND consumable_id = NEW.consumable_id
      AND expires_on = NEW.expires_on AND (from_id IS NEW.location_id OR to_id IS NEW.location_id))
  BEGIN SELECT RAISE(ABORT, 'a level is the sum of its movements'); END;
  CREATE TRIGGER stock_levels_changed AFTER UPDATE ON stock_levels
  WHEN OLD.movement_id >= NEW.movement_id
    OR (OLD.consumable_id, OLD.location_id, OLD.expires_on) <> (NEW.consumable_id, NEW.location_id, NEW.expires_on)
    OR NEW.quantity - OLD.quantity IS NOT (
      SELECT iif(to_id IS NEW.location_id, quantity, -quantity) FROM movements
      WHERE id = NEW.movement_id AND id = (SELECT max(id) FROM movements) AND consumable_id = NEW.consumable_id
        AND expires_on = NEW.expires_on AND (from_id IS NEW.location_id OR to_id IS NEW.location_id))
  BEGIN SELECT RAISE(ABORT, 'a level is the sum of its movements'); END;
  CREATE TRIGGER stock_levels_never_deleted BEFORE DELETE ON stock_levels
  BEGIN SELECT RAISE(ABORT, 'a level is the sum of its movements'); END;

  -- What was used in each month (UTC), so that a year of a million movements is drawn at once.
  CREATE TABLE consumption (
    month         TEXT NOT NULL,
    consumable_id INTEGER NOT NULL REFERENCES consumables (id),
    quantity      INTEGER NOT NULL,
    PRIMARY KEY (month, consumable_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER movements_consumed AFTER INSERT ON movements
  WHEN NEW.kind = 'out' AND NEW.undoes_id IS NULL BEGIN
    INSERT INTO consumption (month, consumable_id, quantity)
      VALUES (strftime('%Y-%m', NEW.at / 1000, 'unixepoch'), NEW.consumable_id, NEW.quantity)
      ON CONFLICT DO UPDATE SET quantity = quantity + NEW.quantity;
  END;
  CREATE TRIGGER movements_not_consumed AFTER INSERT ON movements
  WHEN NEW.kind = 'in' AND NEW.undoes_id IS NOT NULL BEGIN
    UPDATE consumption SET quantity = quantity - NEW.quantity
    WHERE consumable_id = NEW.consumable_id
      AND month = (SELECT strftime('%Y-%m', at / 1000, 'unixepoch') FROM movements WHERE id = NEW.undoes_id AND kind = 'out');
  END;

  -- Each cartridge that was put into a printer, and what its page counter said then.
  CREATE TABLE cartridge_changes (
    movement_id INTEGER PRIMARY KEY REFERENCES movements (id),
    printer_id  INTEGER NOT NULL REFERENCES items (id),
    pages       INTEGER CHECK (pages >= 0)
  ) STRICT;
  CREATE INDEX cartridge_changes_of_printer ON cartridge_changes (printer_id, movement_id);
`
