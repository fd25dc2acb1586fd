/**
 * The stock at the size of a region: what a change of an item writes, and what a search reads.
 *
 * - One index for each order of the list, and for what it is filtered by, with nothing in it beside: an index that holds
 *   places and states as well is written again whenever an item is moved or lent, and there were nine of them.
 * - Words are found from their first letter on. An index of words cannot be given another shape and holds no text, so its
 *   text is put together again from the words in it, each where it was.
 */
export const stockScale = /* sql */ `
  DROP INDEX items_by_tag;
  DROP INDEX items_by_type;
  DROP INDEX items_by_model;
  DROP INDEX items_serial;
  DROP INDEX items_by_serial;
  DROP INDEX items_by_location;
  DROP INDEX items_by_state;
  DROP INDEX items_by_change;
  DROP INDEX items_by_warranty;
  DROP INDEX items_by_purchase;
  DROP INDEX items_in_location;
  -- The order of tags is that of items_asset_tag.
  CREATE INDEX items_by_type ON items (type) WHERE removed_at IS NULL;
  CREATE INDEX items_by_model ON items (model COLLATE NOCASE) WHERE removed_at IS NULL;
  CREATE INDEX items_by_serial ON items (serial COLLATE NOCASE) WHERE removed_at IS NULL;
  CREATE INDEX items_by_location ON items (location COLLATE NOCASE) WHERE removed_at IS NULL;
  CREATE INDEX items_by_state ON items (state) WHERE removed_at IS NULL;
  CREATE INDEX items_by_change ON items (updated_at) WHERE removed_at IS NULL;
  -- With the state, since the dashboard counts what is still in use.
  CREATE INDEX items_by_warranty ON items (warranty_until, id, state) WHERE removed_at IS NULL;
  CREATE INDEX items_by_purchase ON items (purchased_on, id, state) WHERE removed_at IS NULL;
  -- With what was removed, since a place is renamed with all that ever was in it.
  CREATE INDEX items_in_location ON items (location_id, removed_at) WHERE location_id IS NOT NULL;

  CREATE VIRTUAL TABLE temp.items_search_words USING fts5vocab(main, 'items_search', 'instance');
  CREATE TEMP TABLE items_search_texts AS
    SELECT doc, group_concat(term, ' ' ORDER BY offset) AS text FROM temp.items_search_words GROUP BY doc;
  DROP TABLE temp.items_search_words;
  DROP TABLE items_search;
  CREATE VIRTUAL TABLE items_search USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
  );
  INSERT INTO items_search (rowid, text) SELECT doc, text FROM temp.items_search_texts ORDER BY doc;
  DROP TABLE temp.items_search_texts;
`
