import { beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../database.ts'

let database: Database

/** Item 1 is lent, 2 came back, 3 waits in an open batch, 4 went with a collected one, 5 stands on its shelf. */
beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  database.exec(`
    INSERT INTO locations (id, name, kind, path) VALUES (1, 'Réserve', 'room', 'Réserve');
    INSERT INTO people (id, name) VALUES (1, 'Ana');
    INSERT INTO consumables (id, reference, name, category, created_at, updated_at)
      VALUES (1, 'TN-1', 'Toner', 'cartridge', 0, 0), (2, 'TN-2', 'Old toner', 'cartridge', 0, 0);
    INSERT INTO items (id, asset_tag, type, state, created_at, updated_at) VALUES
      (1, 'PC-1', 'pc', 'spare', 0, 0), (2, 'PC-2', 'pc', 'spare', 0, 0), (3, 'PC-3', 'pc', 'awaitingDisposal', 0, 0),
      (4, 'PC-4', 'pc', 'awaitingDisposal', 0, 0), (5, 'IMP-1', 'printer', 'spare', 0, 0);
    INSERT INTO item_history (item_id, at, field, before, after) VALUES (1, 0, 'created', '', 'PC-1');
    INSERT INTO loans (id, person_id, lent_at) VALUES (1, 1, 10), (2, 1, 10);
    INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (1, 1, 'spare'), (1, 2, 'spare');
    UPDATE items SET state = 'loaned' WHERE id IN (1, 2);
    UPDATE loan_items SET returned_at = 20 WHERE item_id = 2;
    UPDATE items SET state = 'spare' WHERE id = 2;
    INSERT INTO disposal_batches (id, name, company, collected_on, created_at) VALUES
      (1, 'Open', '', NULL, 0), (2, 'Collected', 'Recup', '2026-01-02', 0);
    INSERT INTO disposal_items (batch_id, item_id, state_before) VALUES (1, 3, 'spare'), (2, 4, 'spare');
    UPDATE disposal_items SET wipe_kind = 'purge', wipe_method = 'nwipe', wiped_at = 20, wiped_on = '2026-01-01' WHERE item_id = 4;
    UPDATE disposal_batches SET closed_at = 30 WHERE id = 2;
    UPDATE items SET state = 'disposed' WHERE id = 4;
    INSERT INTO movements (id, at, consumable_id, kind, quantity, to_id, reason) VALUES
      (1, 0, 1, 'in', 5, 1, 'delivery'), (2, 0, 2, 'in', 5, 1, 'delivery');
    INSERT INTO movements (id, at, consumable_id, kind, quantity, from_id, reason, printer_id)
      VALUES (3, 0, 1, 'out', 1, 1, 'use', 5);
    INSERT INTO cartridge_changes VALUES (3, 5, 100);
    UPDATE consumables SET removed_at = 1 WHERE id = 2;
    INSERT INTO stock_counts (id, location_id, started_at) VALUES (1, 1, 0);
    INSERT INTO stock_count_lines (count_id, consumable_id, counted, expected) VALUES (1, 1, 4, 4);
    INSERT INTO stock_count_items VALUES (1, 5, 0);
    UPDATE stock_counts SET finished_at = 40 WHERE id = 1;
    INSERT INTO interventions (id, title, kind, urgency, impact, state, opened_at, updated_at)
      VALUES (1, 'Panne', 'failure', 1, 1, 'new', 0, 0);
    INSERT INTO intervention_notes (intervention_id, at, text) VALUES (1, 0, 'seen');`)
})

const inBatch = 'in a disposal batch'
const waiting = 'only what waits for disposal'
const collected = 'was collected'
const notThere = 'only what is there'

describe('a state that must not be', () => {
  it.each([
    ['what is in a batch is spare', "UPDATE items SET state = 'spare' WHERE id = 3", inBatch],
    ['what is in an open batch is gone already', "UPDATE items SET state = 'disposed' WHERE id = 3", inBatch],
    ['what was collected is in service', "UPDATE items SET state = 'inService' WHERE id = 4", inBatch],
    ['what was collected was never there', 'UPDATE items SET removed_at = 1 WHERE id = 4', inBatch],
    ['what is in a batch is taken off the shelf', 'UPDATE items SET removed_at = 1 WHERE id = 3', inBatch],
    [
      'what is in service is thrown away',
      "INSERT INTO disposal_items (batch_id, item_id, state_before) VALUES (1, 5, 'spare')",
      waiting,
    ],
    [
      'what is lent is thrown away',
      "INSERT INTO disposal_items (batch_id, item_id, state_before) VALUES (1, 1, 'loaned')",
      waiting,
    ],
    [
      'something joins a batch that was collected',
      "UPDATE items SET state = 'awaitingDisposal' WHERE id = 5; INSERT INTO disposal_items (batch_id, item_id, state_before) VALUES (2, 5, 'spare')",
      waiting,
    ],
    ['something leaves a batch that was collected', 'DELETE FROM disposal_items WHERE item_id = 4', collected],
    ['a batch that was collected is deleted', 'DELETE FROM disposal_batches WHERE id = 2', collected],
    [
      'a wipe is claimed after the collection',
      "UPDATE disposal_items SET wipe_method = 'DBAN', wiped_at = 50 WHERE item_id = 4",
      collected,
    ],
    ['something changes its batch', 'UPDATE disposal_items SET batch_id = 2 WHERE item_id = 3', collected],
    [
      'what waits for disposal is lent',
      "INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (2, 3, 'spare')",
      notThere,
    ],
    [
      'what was collected is lent',
      "INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (2, 4, 'disposed')",
      notThere,
    ],
    [
      'a loan says another state than there was',
      "INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (2, 5, 'inService')",
      notThere,
    ],
    ['a loan is forgotten while it is out', 'DELETE FROM loans WHERE id = 1', 'on loan'],
    ['what is lent moves to another loan', 'UPDATE loan_items SET loan_id = 2 WHERE item_id = 1', 'stays in its loan'],
    [
      'what came back and waits for disposal is out again',
      `UPDATE items SET state = 'awaitingDisposal' WHERE id = 2;
       INSERT INTO disposal_items (batch_id, item_id, state_before) VALUES (1, 2, 'spare');
       UPDATE loan_items SET returned_at = NULL WHERE item_id = 2`,
      notThere,
    ],
    [
      'what was removed comes in',
      "INSERT INTO movements (at, consumable_id, kind, quantity, to_id, reason) VALUES (0, 2, 'in', 1, 1, 'delivery')",
      'was removed',
    ],
    ['a cartridge is changed that came in', 'INSERT INTO cartridge_changes VALUES (1, 5, 1)', 'left the stock'],
    ['the pages of a change are rewritten', 'UPDATE cartridge_changes SET pages = 1', 'never changed'],
    ['a change of cartridge is forgotten', 'DELETE FROM cartridge_changes', 'never deleted'],
    ['a finished count is counted again', 'UPDATE stock_count_lines SET counted = 9', 'count is finished'],
    [
      'a finished count gets a line',
      'INSERT INTO stock_count_lines (count_id, consumable_id, counted) VALUES (1, 2, 1)',
      'count is finished',
    ],
    ['a finished count loses a line', 'DELETE FROM stock_count_lines', 'count is finished'],
    ['a finished count has seen nothing', 'DELETE FROM stock_count_items', 'count is finished'],
    ['a finished count goes on', 'UPDATE stock_counts SET finished_at = NULL', 'count is finished'],
    ['a finished count is deleted', 'DELETE FROM stock_counts', 'count is finished'],
    ['history is rewritten', "UPDATE item_history SET after = 'PC-9'", 'never changed'],
    ['a note is rewritten', "UPDATE intervention_notes SET text = 'not seen'", 'never changed'],
  ])('%s: refused', (_, sql, reason) => {
    expect(() => database.transaction(() => database.exec(sql))()).toThrow(new RegExp(reason))
  })

  it('and what is done on the way to one that may be, may be done', () => {
    database.exec(`
      DELETE FROM disposal_items WHERE item_id = 3;
      UPDATE items SET state = 'spare' WHERE id = 3;
      UPDATE disposal_batches SET closed_at = NULL WHERE id = 2;
      UPDATE items SET state = 'awaitingDisposal' WHERE id = 4;
      UPDATE items SET state = 'awaitingDisposal', notes = 'x' WHERE id = 4;
      UPDATE loan_items SET returned_at = NULL WHERE item_id = 2;
      UPDATE items SET state = 'loaned' WHERE id = 2;
      INSERT INTO movements (at, consumable_id, kind, quantity, from_id, reason, undoes_id) VALUES (0, 2, 'out', 5, 1, 'undo', 2);`)
    expect(database.pragma('foreign_key_check')).toEqual([])
  })
})
