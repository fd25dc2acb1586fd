/** Imports that can be taken back, the mappings that are remembered, and one index of everything that is looked for. */
export const exchange = /* sql */ `
  CREATE TABLE imports (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    file    TEXT NOT NULL,
    who     TEXT NOT NULL DEFAULT '',
    added   INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    -- One that is 'running' when the file is opened was cut short, and is taken back.
    state   TEXT NOT NULL CHECK (state IN ('running', 'done', 'undone'))
  ) STRICT;
  -- What an import wrote, in the order in which it did.
  CREATE TABLE import_changes (
    id        INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    item_id   INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    -- Each field with what it said before and after; NULL when the item was added.
    fields    TEXT CHECK (json_type(fields) = 'object')
  ) STRICT;
  CREATE INDEX import_changes_of ON import_changes (import_id, id);
  CREATE INDEX import_changes_of_item ON import_changes (item_id);

  CREATE TABLE import_templates (
    name   TEXT PRIMARY KEY CHECK (name <> '') COLLATE NOCASE,
    fields TEXT NOT NULL CHECK (json_type(fields) = 'array')
  ) STRICT, WITHOUT ROWID;
`
