/**
 * The proof that an item's data was wiped, in full: which way (NIST SP 800-88's clear and purge, destroyed, no medium in it),
 * on which day, by whom, and under which number or file it is to be found.
 */
export const wipeProof = /* sql */ `
  DROP TRIGGER disposal_items_changed;
  ALTER TABLE disposal_items ADD COLUMN wipe_kind TEXT NOT NULL DEFAULT ''
    CHECK (wipe_kind IN ('', 'clear', 'purge', 'destroyed', 'noMedium', 'other'));
  -- The day that it was done; 'wiped_at' is when that was written down.
  ALTER TABLE disposal_items ADD COLUMN wiped_on TEXT CHECK (date(wiped_on) = wiped_on);
  ALTER TABLE disposal_items ADD COLUMN wipe_reference TEXT NOT NULL DEFAULT '';
  UPDATE disposal_items SET wipe_kind = 'other', wiped_on = date(wiped_at / 1000, 'unixepoch', 'localtime')
    WHERE wiped_at IS NOT NULL;

  -- As before: how it was wiped is proof once it was collected.
  CREATE TRIGGER disposal_items_changed BEFORE UPDATE ON disposal_items
  WHEN (OLD.batch_id, OLD.item_id, OLD.state_before) <> (NEW.batch_id, NEW.item_id, NEW.state_before)
    OR (SELECT closed_at FROM disposal_batches WHERE id = OLD.batch_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'the batch was collected'); END;
${(['INSERT', 'UPDATE'] as const)
  .map(
    (act) => `
  CREATE TRIGGER disposal_items_proof_${act.toLowerCase()} BEFORE ${act} ON disposal_items
  WHEN (NEW.wipe_kind <> '') <> (NEW.wiped_at IS NOT NULL) OR (NEW.wiped_on IS NOT NULL) <> (NEW.wiped_at IS NOT NULL)
    OR (NEW.wiped_at IS NULL AND (NEW.wiped_by <> '' OR NEW.wipe_reference <> ''))
  BEGIN SELECT RAISE(ABORT, 'a proof of wiping is whole or not there'); END;`,
  )
  .join('')}
  -- Nothing leaves the house with data on it. Types that hold data, and whatever is known to have a disk.
  CREATE TRIGGER disposal_batches_wiped BEFORE UPDATE OF closed_at ON disposal_batches
  WHEN OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM disposal_items JOIN items ON items.id = item_id
    WHERE batch_id = NEW.id AND wiped_at IS NULL
      AND (type IN ('pc', 'laptop', 'server', 'copier', 'printer') OR disks <> ''))
  BEGIN SELECT RAISE(ABORT, 'the batch holds data that was not wiped'); END;
`
