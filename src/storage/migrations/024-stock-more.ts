/** A table whose rows are looked for by words. */
export interface Searched {
  kind: string
  number: number
  table: string
  /** What tells its rows apart; `id` unless given. */
  key?: string
  /** The columns that its words come from: a change of others, of which a sitting has many, costs nothing. */
  columns: string
  /** What people call a row, and what else is written of it, as SQL. */
  title: (row: string) => string
  text: (row: string) => string
  /** Whether it is there to be found. */
  isThere?: (row: string) => string
}

export const words = (row: string, ...columns: string[]): string =>
  columns.map((column) => `${row}.${column}`).join(" || ' ' || ")
export const nameOf = (id: string): string => `coalesce((SELECT name FROM people WHERE id = ${id}), '')`
export const isKept = (row: string): string => `${row}.removed_at IS NULL`

export const searched: readonly Searched[] = [
  {
    ...{ kind: 'consumable', number: 1, table: 'consumables' },
    columns: 'name, reference, manufacturer, barcode, supplier_reference, notes, removed_at',
    title: (row) => words(row, 'name'),
    text: (row) => words(row, 'reference', 'manufacturer', 'barcode', 'supplier_reference', 'notes'),
    isThere: isKept,
  },
  {
    ...{ kind: 'loan', number: 2, table: 'loans' },
    columns: 'person_id, purpose',
    title: (row) => nameOf(`${row}.person_id`),
    text: (row) => words(row, 'purpose'),
  },
  {
    ...{ kind: 'intervention', number: 3, table: 'interventions' },
    columns: 'title, description, assignee, requester_id, item_id',
    title: (row) => words(row, 'title'),
    text: (row) =>
      [
        words(row, 'description', 'assignee'),
        nameOf(`${row}.requester_id`),
        `coalesce((SELECT asset_tag FROM items WHERE id = ${row}.item_id), '')`,
      ].join(" || ' ' || "),
  },
  {
    ...{ kind: 'note', number: 4, table: 'intervention_notes' },
    columns: 'text',
    title: () => "''",
    text: (row) => words(row, 'text'),
    isThere: (row) => `${row}.text <> ''`,
  },
  {
    ...{ kind: 'person', number: 5, table: 'people' },
    columns: 'name, department, email, phone, notes',
    title: (row) => words(row, 'name'),
    text: (row) => words(row, 'department', 'email', 'phone', 'notes'),
  },
  {
    ...{ kind: 'supplier', number: 6, table: 'suppliers' },
    columns: 'name, email, phone, address, notes',
    title: (row) => words(row, 'name'),
    text: (row) => words(row, 'email', 'phone', 'address', 'notes'),
  },
  {
    ...{ kind: 'location', number: 7, table: 'locations' },
    columns: 'path, notes',
    title: (row) => words(row, 'path'),
    text: (row) => words(row, 'notes'),
  },
  {
    ...{ kind: 'batch', number: 8, table: 'disposal_batches' },
    columns: 'name, company, slip_number, notes',
    title: (row) => words(row, 'name'),
    text: (row) => words(row, 'company', 'slip_number', 'notes'),
  },
  {
    ...{ kind: 'document', number: 9, table: 'documents' },
    columns: 'name, removed_at',
    title: (row) => words(row, 'name'),
    text: () => "''",
    isThere: isKept,
  },
  {
    ...{ kind: 'room', number: 10, table: 'rooms' },
    columns: 'name',
    title: (row) => words(row, 'name'),
    text: () => "''",
  },
  {
    ...{ kind: 'sitting', number: 11, table: 'sittings' },
    columns: 'title, module',
    title: (row) => words(row, 'title'),
    text: (row) => words(row, 'module'),
  },
  {
    ...{ kind: 'candidate', number: 12, table: 'candidates' },
    columns: 'number, last_name, first_name, group_, note',
    title: (row) => words(row, 'last_name', 'first_name'),
    text: (row) => words(row, 'number', 'group_', 'note'),
  },
]

export const valuesOf = (row: string, { key = 'id', kind, number, title, text }: Searched): string =>
  `${row}.${key} * 16 + ${number}, 'kind${kind}', ${title(row)}, ${text(row)}`
const isThere = (row: string, entry: Searched): string => entry.isThere?.(row) ?? 'TRUE'

/** Fills the index anew from what is there. */
export const fillRecordsSearchWith = (all: readonly Searched[]): string =>
  [
    'DELETE FROM records_search;',
    ...all.map(
      (entry) => `INSERT INTO records_search (rowid, kind, title, text)
      SELECT ${valuesOf('found', entry)} FROM ${entry.table} AS found WHERE ${isThere('found', entry)};`,
    ),
  ].join('\n')
export const fillRecordsSearch = fillRecordsSearchWith(searched)

/** What keeps the rows of one table in the index. */
export const triggersOf = (entry: Searched): string => `
  CREATE TRIGGER ${entry.table}_found_new AFTER INSERT ON ${entry.table} WHEN ${isThere('NEW', entry)} BEGIN
    INSERT INTO records_search (rowid, kind, title, text) VALUES (${valuesOf('NEW', entry)});
  END;
  CREATE TRIGGER ${entry.table}_found_changed AFTER UPDATE OF ${entry.columns} ON ${entry.table} BEGIN
    DELETE FROM records_search WHERE rowid = OLD.${entry.key ?? 'id'} * 16 + ${entry.number};
    INSERT INTO records_search (rowid, kind, title, text) SELECT ${valuesOf('NEW', entry)} WHERE ${isThere('NEW', entry)};
  END;
  CREATE TRIGGER ${entry.table}_found_no_more AFTER DELETE ON ${entry.table} BEGIN
    DELETE FROM records_search WHERE rowid = OLD.${entry.key ?? 'id'} * 16 + ${entry.number};
  END;`

/**
 * One index of what is looked for beside items, which have `items_search`. Accents are folded. Triggers keep it, so that
 * whoever writes a row need not know of it.
 *
 * A row of it is known by `id * 16 + number`, the number being that of its kind; `kind` is a word that only rows of that kind
 * have, so that a search within a kind is one of FTS5's own.
 */
export const stockMore = [
  `-- A person, or a count, is taken away without reading every movement.
  CREATE INDEX movements_of_person ON movements (person_id) WHERE person_id IS NOT NULL;
  CREATE INDEX movements_of_count ON movements (count_id) WHERE count_id IS NOT NULL;
  CREATE INDEX interventions_of_requester ON interventions (requester_id) WHERE requester_id IS NOT NULL;`,
  `-- What an import of consumables wrote: what each said before (NULL when it was added), and its movements.
  CREATE TABLE import_consumables (
    import_id     INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    consumable_id INTEGER NOT NULL REFERENCES consumables (id),
    before        TEXT CHECK (json_type(before) = 'object'),
    after         TEXT NOT NULL CHECK (json_type(after) = 'object'),
    movements     TEXT NOT NULL CHECK (json_type(movements) = 'array'),
    PRIMARY KEY (import_id, consumable_id)
  ) STRICT, WITHOUT ROWID;`,
  `CREATE VIRTUAL TABLE records_search USING fts5 (
    kind, title, text, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
  );
  -- Names that are taken out of a sitting are gone from here too, and not only out of sight.
  INSERT INTO records_search (records_search, rank) VALUES ('secure-delete', 1);`,
  ...searched.map(triggersOf),
  `-- Loans and interventions are found by the names of people, interventions by the tags of items.
  CREATE TRIGGER people_found_elsewhere AFTER UPDATE OF name ON people WHEN OLD.name <> NEW.name BEGIN
    UPDATE loans SET person_id = person_id WHERE person_id = NEW.id;
    UPDATE interventions SET requester_id = requester_id WHERE requester_id = NEW.id;
  END;
  CREATE TRIGGER items_found_elsewhere AFTER UPDATE OF asset_tag ON items WHEN OLD.asset_tag <> NEW.asset_tag BEGIN
    UPDATE interventions SET item_id = item_id WHERE item_id = NEW.id;
  END;`,
  fillRecordsSearch,
].join('\n')
