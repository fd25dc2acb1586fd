import {
  fillRecordsSearchWith,
  isKept,
  nameOf,
  searched as searchedBefore,
  triggersOf,
  valuesOf,
  words,
  type Searched,
} from './024-stock-more.ts'

const joined = (...texts: string[]): string => texts.join(" || ' ' || ")
/** A code as it is written and without what parts it, as items are found by theirs. */
const code = (sql: string): string =>
  joined(
    sql,
    ['-', ' ', '.', '/', '_'].reduce((bare, mark) => `replace(${bare}, '${mark}', '')`, sql),
  )
const oneOf = (column: string, table: string, id: string): string =>
  `coalesce((SELECT ${column} FROM ${table} WHERE ${table}.id = ${id}), '')`

/** What lists are searched by, where that is more than before. */
const changed: readonly Searched[] = [
  {
    ...{ kind: 'consumable', number: 1, table: 'consumables' },
    columns: 'name, reference, manufacturer, barcode, supplier_id, supplier_reference, notes, removed_at',
    title: (row) => words(row, 'name'),
    text: (row) =>
      joined(
        code(`${row}.reference`),
        words(row, 'manufacturer', 'barcode', 'supplier_reference', 'notes'),
        oneOf('name', 'suppliers', `${row}.supplier_id`),
      ),
    isThere: isKept,
  },
  {
    ...{ kind: 'loan', number: 2, table: 'loans' },
    columns: 'person_id, purpose',
    title: (row) => nameOf(`${row}.person_id`),
    text: (row) =>
      joined(
        words(row, 'purpose'),
        oneOf('department', 'people', `${row}.person_id`),
        `coalesce((SELECT group_concat(${joined(code('asset_tag'), 'manufacturer', 'model')}, ' ')
          FROM loan_items JOIN items ON items.id = item_id WHERE loan_id = ${row}.id), '')`,
      ),
  },
  {
    ...{ kind: 'intervention', number: 3, table: 'interventions' },
    columns: 'title, description, assignee, requester_id, item_id, location_id',
    title: (row) => words(row, 'title'),
    text: (row) =>
      joined(
        words(row, 'description', 'assignee'),
        nameOf(`${row}.requester_id`),
        oneOf(code('asset_tag'), 'items', `${row}.item_id`),
        oneOf('path', 'locations', `${row}.location_id`),
      ),
  },
]
/** A disposal batch is found by what is in it: a row for each, since a batch may hold a thousand. */
const added: Searched = {
  ...{ kind: 'batchItem', number: 13, table: 'disposal_items', key: 'item_id' },
  columns: 'item_id',
  title: () => "''",
  text: (row) => oneOf(code('asset_tag'), 'items', `${row}.item_id`),
}
const kinds = new Set(changed.map(({ kind }) => kind))
const searched = [...searchedBefore.filter(({ kind }) => !kinds.has(kind)), ...changed, added]

/** Fills the index anew from what is there. */
export const fillListsByWords = fillRecordsSearchWith(searched)

/**
 * Every list is searched by `records_search`, as the one box is: also by what its rows refer to, which is written again into the
 * index when that is renamed.
 */
export const listsByWords = [
  ...changed.flatMap(({ table }) =>
    ['new', 'changed', 'no_more'].map((when) => `DROP TRIGGER ${table}_found_${when};`),
  ),
  'DROP TRIGGER people_found_elsewhere;',
  'DROP TRIGGER items_found_elsewhere;',
  ...[...changed, added].map(triggersOf),
  /* sql */ `
  CREATE TRIGGER loan_items_found_new AFTER INSERT ON loan_items BEGIN
    UPDATE loans SET purpose = purpose WHERE id = NEW.loan_id;
  END;
  CREATE TRIGGER loan_items_found_no_more AFTER DELETE ON loan_items BEGIN
    UPDATE loans SET purpose = purpose WHERE id = OLD.loan_id;
  END;
  CREATE TRIGGER people_found_elsewhere AFTER UPDATE OF name, department ON people
  WHEN OLD.name <> NEW.name OR OLD.department <> NEW.department BEGIN
    UPDATE loans SET person_id = person_id WHERE person_id = NEW.id;
    UPDATE interventions SET requester_id = requester_id WHERE requester_id = NEW.id AND OLD.name <> NEW.name;
  END;
  CREATE TRIGGER suppliers_found_elsewhere AFTER UPDATE OF name ON suppliers WHEN OLD.name <> NEW.name BEGIN
    UPDATE consumables SET supplier_id = supplier_id WHERE supplier_id = NEW.id;
  END;
  CREATE TRIGGER locations_found_elsewhere AFTER UPDATE OF path ON locations WHEN OLD.path <> NEW.path BEGIN
    UPDATE interventions SET location_id = location_id WHERE location_id = NEW.id;
  END;
  CREATE TRIGGER items_found_elsewhere AFTER UPDATE OF asset_tag ON items WHEN OLD.asset_tag <> NEW.asset_tag BEGIN
    UPDATE interventions SET item_id = item_id WHERE item_id = NEW.id;
    -- Not through disposal_items: what was collected is not written again.
    DELETE FROM records_search WHERE rowid = NEW.id * 16 + ${added.number};
    INSERT INTO records_search (rowid, kind, title, text)
      SELECT ${valuesOf('disposal_items', added)} FROM disposal_items WHERE item_id = NEW.id;
  END;
  CREATE TRIGGER items_found_in_loans AFTER UPDATE OF asset_tag, manufacturer, model ON items
  WHEN (OLD.asset_tag, OLD.manufacturer, OLD.model) <> (NEW.asset_tag, NEW.manufacturer, NEW.model) BEGIN
    UPDATE loans SET purpose = purpose WHERE id IN (SELECT loan_id FROM loan_items WHERE item_id = NEW.id);
  END;`,
  fillListsByWords,
].join('\n')
