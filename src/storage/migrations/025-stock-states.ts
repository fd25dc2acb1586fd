/**
 * States of the stock that cannot be, refused whoever writes: what is lent or thrown away is in the state that says so, and
 * what was collected, returned, counted or written down stays as it was.
 */
export const stockStates = /* sql */ `
  -- What is in a batch waits for disposal until the batch is collected, and is disposed of from then on.
  CREATE TRIGGER items_in_batch BEFORE UPDATE OF state, removed_at ON items
  WHEN (NEW.state <> OLD.state OR NEW.removed_at IS NOT OLD.removed_at) AND EXISTS (
    SELECT 1 FROM disposal_items JOIN disposal_batches ON disposal_batches.id = batch_id
    WHERE item_id = NEW.id
      AND (NEW.removed_at IS NOT NULL OR NEW.state <> iif(closed_at IS NULL, 'awaitingDisposal', 'disposed')))
  BEGIN SELECT RAISE(ABORT, 'the item is in a disposal batch'); END;
  CREATE TRIGGER disposal_items_new BEFORE INSERT ON disposal_items
  WHEN (SELECT closed_at FROM disposal_batches WHERE id = NEW.batch_id) IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM items WHERE id = NEW.item_id AND state = 'awaitingDisposal' AND removed_at IS NULL)
  BEGIN SELECT RAISE(ABORT, 'only what waits for disposal goes into a batch that is open'); END;
  -- How it was wiped is proof once it was collected.
  CREATE TRIGGER disposal_items_changed BEFORE UPDATE ON disposal_items
  WHEN (OLD.batch_id, OLD.item_id, OLD.state_before) <> (NEW.batch_id, NEW.item_id, NEW.state_before)
    OR (SELECT closed_at FROM disposal_batches WHERE id = OLD.batch_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the batch was collected'); END;
  -- Deleted as a whole, its items no longer know that it was collected.
  CREATE TRIGGER disposal_batches_collected BEFORE DELETE ON disposal_batches WHEN OLD.closed_at IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the batch was collected'); END;

  -- Only what is there is lent.
  CREATE TRIGGER loan_items_new BEFORE INSERT ON loan_items
  WHEN NOT EXISTS (
    SELECT 1 FROM items WHERE id = NEW.item_id AND removed_at IS NULL AND state = NEW.state_before
      AND state IN ('inService', 'spare', 'underRepair'))
  BEGIN SELECT RAISE(ABORT, 'only what is there can be lent'); END;
  CREATE TRIGGER loan_items_changed BEFORE UPDATE ON loan_items
  WHEN (OLD.loan_id, OLD.item_id, OLD.state_before) <> (NEW.loan_id, NEW.item_id, NEW.state_before)
  BEGIN SELECT RAISE(ABORT, 'what was lent stays in its loan'); END;
  CREATE TRIGGER loan_items_out_again BEFORE UPDATE OF returned_at ON loan_items
  WHEN NEW.returned_at IS NULL AND OLD.returned_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM items WHERE id = NEW.item_id AND removed_at IS NULL AND state NOT IN ('loaned', 'disposed')
      AND NOT EXISTS (SELECT 1 FROM disposal_items WHERE item_id = items.id))
  BEGIN SELECT RAISE(ABORT, 'only what is there can be lent'); END;
  CREATE TRIGGER loan_items_out_kept BEFORE DELETE ON loan_items WHEN OLD.returned_at IS NULL
  BEGIN SELECT RAISE(ABORT, 'the item is on loan'); END;

  -- What was taken off the list moves no more; what is left of it can still be counted, and taken back.
  CREATE TRIGGER movements_of_kept BEFORE INSERT ON movements
  WHEN NEW.undoes_id IS NULL AND NEW.kind <> 'correction' AND (SELECT removed_at FROM consumables WHERE id = NEW.consumable_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the consumable was removed'); END;
  -- A change of cartridge is the leaving of one for that printer, and as little rewritten.
  CREATE TRIGGER cartridge_changes_new BEFORE INSERT ON cartridge_changes
  WHEN NOT EXISTS (
    SELECT 1 FROM movements WHERE id = NEW.movement_id AND kind = 'out' AND printer_id = NEW.printer_id AND undoes_id IS NULL)
  BEGIN SELECT RAISE(ABORT, 'a cartridge that was changed left the stock'); END;
  CREATE TRIGGER cartridge_changes_never_changed BEFORE UPDATE ON cartridge_changes
  BEGIN SELECT RAISE(ABORT, 'a movement is never changed'); END;
  CREATE TRIGGER cartridge_changes_never_deleted BEFORE DELETE ON cartridge_changes
  BEGIN SELECT RAISE(ABORT, 'a movement is never deleted'); END;

  -- What was counted stays what was counted.
${['INSERT', 'UPDATE', 'DELETE']
  .flatMap((act) =>
    ['stock_count_lines', 'stock_count_items'].map(
      (table) => `
  CREATE TRIGGER ${table}_${act.toLowerCase()}_of_finished BEFORE ${act} ON ${table}
  WHEN (SELECT finished_at FROM stock_counts WHERE id = ${act === 'INSERT' ? 'NEW' : 'OLD'}.count_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the count is finished'); END;`,
    ),
  )
  .join('')}
  CREATE TRIGGER stock_counts_finished BEFORE UPDATE ON stock_counts WHEN OLD.finished_at IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the count is finished'); END;
  CREATE TRIGGER stock_counts_kept BEFORE DELETE ON stock_counts WHEN OLD.finished_at IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the count is finished'); END;

  -- What was noted is not rewritten: a history that can be is none.
  CREATE TRIGGER item_history_never_changed BEFORE UPDATE ON item_history
  BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;
  CREATE TRIGGER intervention_notes_never_changed BEFORE UPDATE ON intervention_notes
  BEGIN SELECT RAISE(ABORT, 'a note is never changed'); END;
`
