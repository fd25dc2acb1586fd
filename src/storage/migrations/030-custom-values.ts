import { folded } from '../folded.ts'

/** Fills the table of values anew from what items say. */
export const fillItemValues = /* sql */ `
  DELETE FROM item_values;
  INSERT OR REPLACE INTO item_values SELECT * FROM item_values_said;
`

const plainNumber = /* sql */ `
  replace(replace(replace(replace(value, ' ', ''), char(0xa0), ''), char(0x202f), ''), ',', '.')`

/**
 * What items say in custom fields, each value in a row of its own, so that lists are filtered and sorted by them from an index
 * and no item is opened for it. Triggers keep it, whoever writes an item.
 *
 * `text` is the value without its case and accents, `number` what it says as one, also with a comma; NULL when it is none.
 * What a field is for may change, so both are there for every value.
 */
export const customValues = /* sql */ `
  CREATE TABLE item_values (
    item_id  INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    field_id INTEGER NOT NULL,
    text     TEXT NOT NULL,
    number   REAL,
    PRIMARY KEY (item_id, field_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX item_values_by_text ON item_values (field_id, text);
  CREATE INDEX item_values_by_number ON item_values (field_id, number, text);

  CREATE VIEW item_values_said AS
    SELECT item_id, field_id, text,
      iif(plain GLOB '*[0-9]*' AND plain GLOB '[-0-9.]*' AND substr(plain, 2) NOT GLOB '*[^0-9.]*' AND plain NOT GLOB '*.*.*',
        CAST(plain AS REAL), NULL) AS number
    FROM (
      SELECT items.id AS item_id, CAST(key AS INTEGER) AS field_id, ${folded('value')} AS text, ${plainNumber} AS plain
      FROM items, json_each(items.custom)
      WHERE items.custom <> '{}' AND value <> ''
    );
  CREATE TRIGGER items_values_new AFTER INSERT ON items WHEN NEW.custom <> '{}' BEGIN
    INSERT OR REPLACE INTO item_values SELECT * FROM item_values_said WHERE item_id = NEW.id;
  END;
  CREATE TRIGGER items_values_changed AFTER UPDATE OF custom ON items WHEN NEW.custom <> OLD.custom BEGIN
    DELETE FROM item_values WHERE item_id = NEW.id;
    INSERT OR REPLACE INTO item_values SELECT * FROM item_values_said WHERE item_id = NEW.id;
  END;
  ${fillItemValues}
`
