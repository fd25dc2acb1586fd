/** What happens to items: they are lent, mended and thrown away. */
export const care = /* sql */ `
  CREATE TABLE loans (
    id        INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    lent_at   INTEGER NOT NULL,
    -- NULL: until further notice.
    due_on    TEXT CHECK (date(due_on) = due_on),
    purpose   TEXT NOT NULL DEFAULT '',
    who       TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX loans_of_person ON loans (person_id, id);
  CREATE INDEX loans_by_due ON loans (due_on, id);
  CREATE TABLE loan_items (
    loan_id      INTEGER NOT NULL REFERENCES loans (id) ON DELETE CASCADE,
    item_id      INTEGER NOT NULL REFERENCES items (id),
    state_before TEXT NOT NULL,
    returned_at  INTEGER,
    -- In what shape it came back, in words.
    condition    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (loan_id, item_id)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX loan_items_out ON loan_items (item_id) WHERE returned_at IS NULL;
  CREATE INDEX loan_items_of_item ON loan_items (item_id, loan_id);

  CREATE TRIGGER items_on_loan BEFORE UPDATE OF state, removed_at ON items
  WHEN (NEW.state NOT IN ('loaned', 'lost') OR NEW.removed_at IS NOT NULL)
    AND (NEW.state <> OLD.state OR NEW.removed_at IS NOT OLD.removed_at)
    AND EXISTS (SELECT 1 FROM loan_items WHERE item_id = NEW.id AND returned_at IS NULL)
  BEGIN SELECT RAISE(ABORT, 'the item is on loan'); END;

  CREATE TABLE interventions (
    id           INTEGER PRIMARY KEY,
    title        TEXT NOT NULL CHECK (title <> ''),
    description  TEXT NOT NULL DEFAULT '',
    kind         TEXT NOT NULL CHECK (kind IN ('failure', 'request', 'installation', 'maintenance', 'examIncident')),
    requester_id INTEGER REFERENCES people (id),
    location_id  INTEGER REFERENCES locations (id),
    item_id      INTEGER REFERENCES items (id),
    urgency      INTEGER NOT NULL CHECK (urgency BETWEEN 1 AND 3),
    impact       INTEGER NOT NULL CHECK (impact BETWEEN 1 AND 3),
    -- 1 (can wait) to 5 (now).
    priority     INTEGER NOT NULL GENERATED ALWAYS AS (urgency + impact - 1) STORED,
    state        TEXT NOT NULL CHECK (state IN ('new', 'assigned', 'waiting', 'solved', 'closed')),
    assignee     TEXT NOT NULL DEFAULT '',
    opened_at    INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    solved_at    INTEGER,
    who          TEXT NOT NULL DEFAULT '',
    CHECK ((state IN ('solved', 'closed')) = (solved_at IS NOT NULL))
  ) STRICT;
  CREATE INDEX interventions_open ON interventions (priority DESC, opened_at, id) WHERE solved_at IS NULL;
  CREATE INDEX interventions_by_opening ON interventions (opened_at, kind);
  CREATE INDEX interventions_of_item ON interventions (item_id, opened_at) WHERE item_id IS NOT NULL;
  CREATE INDEX interventions_in ON interventions (location_id) WHERE location_id IS NOT NULL;
  -- What was said and done, and how long it took. Never rewritten.
  CREATE TABLE intervention_notes (
    id              INTEGER PRIMARY KEY,
    intervention_id INTEGER NOT NULL REFERENCES interventions (id) ON DELETE CASCADE,
    at              INTEGER NOT NULL,
    who             TEXT NOT NULL DEFAULT '',
    text            TEXT NOT NULL DEFAULT '',
    minutes         INTEGER NOT NULL DEFAULT 0 CHECK (minutes BETWEEN 0 AND 100000),
    -- The state that it changed to, when it did.
    state           TEXT CHECK (state IN ('new', 'assigned', 'waiting', 'solved', 'closed')),
    CHECK (text <> '' OR minutes > 0 OR state IS NOT NULL)
  ) STRICT;
  CREATE INDEX intervention_notes_of ON intervention_notes (intervention_id, id);

  CREATE TABLE disposal_batches (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL CHECK (name <> ''),
    company      TEXT NOT NULL DEFAULT '',
    slip_number  TEXT NOT NULL DEFAULT '',
    collected_on TEXT CHECK (date(collected_on) = collected_on),
    notes        TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    -- NULL while things are gathered for it.
    closed_at    INTEGER,
    who          TEXT NOT NULL DEFAULT '',
    CHECK (closed_at IS NULL OR (company <> '' AND collected_on IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX disposal_batches_by_name ON disposal_batches (name COLLATE NOCASE);
  CREATE TABLE disposal_items (
    batch_id     INTEGER NOT NULL REFERENCES disposal_batches (id) ON DELETE CASCADE,
    -- Thrown away once only.
    item_id      INTEGER NOT NULL UNIQUE REFERENCES items (id),
    state_before TEXT NOT NULL,
    -- How its data was wiped, in words; empty for what holds none.
    wipe_method  TEXT NOT NULL DEFAULT '',
    wiped_at     INTEGER,
    wiped_by     TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, item_id),
    CHECK ((wipe_method = '') = (wiped_at IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER disposal_items_of_closed BEFORE DELETE ON disposal_items
  WHEN (SELECT closed_at FROM disposal_batches WHERE id = OLD.batch_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the batch was collected'); END;
`
