/** What an import of places, people or suppliers wrote, in the order in which it did. */
export const referenceImports = /* sql */ `
  CREATE TABLE import_references (
    id        INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    subject   TEXT NOT NULL CHECK (subject IN ('locations', 'people', 'suppliers')),
    entry_id  INTEGER NOT NULL,
    -- What it said before; NULL when it was added.
    before    TEXT CHECK (json_type(before) = 'object'),
    after     TEXT NOT NULL CHECK (json_type(after) = 'object'),
    UNIQUE (import_id, subject, entry_id)
  ) STRICT;
`
