/**
 * What a sitting does by itself, who signed in, whose work is whose, and the collections. `works.seat_id` and
 * `works.candidate_id` have been there since `003-papers`.
 */
export const examDay = /* sql */ `
  -- Minutes between two collections while it runs; 0 for only at the end.
  ALTER TABLE sittings ADD COLUMN collect_minutes INTEGER NOT NULL DEFAULT 10 CHECK (collect_minutes BETWEEN 0 AND 240);
  -- How long after the last candidate's time it closes by itself; null: when somebody closes it.
  ALTER TABLE sittings ADD COLUMN grace_minutes INTEGER CHECK (grace_minutes BETWEEN 0 AND 240);
  ALTER TABLE sittings ADD COLUMN wakes INTEGER NOT NULL DEFAULT 1 CHECK (wakes IN (0, 1));
  -- What ran on the network when it began, and whether that was the simulated room.
  ALTER TABLE sittings ADD COLUMN exam_id INTEGER;
  ALTER TABLE sittings ADD COLUMN is_rehearsal INTEGER NOT NULL DEFAULT 0 CHECK (is_rehearsal IN (0, 1));

  -- With the code of the ticket, and on which machine; null in the machine's place at the invigilator's desk.
  ALTER TABLE candidates ADD COLUMN signed_in_at INTEGER;
  ALTER TABLE candidates ADD COLUMN signed_in_mac TEXT;
  -- The last warning that was sent, in minutes before the end: none is sent twice.
  ALTER TABLE candidates ADD COLUMN warned_minutes INTEGER;
  -- The time was up, and the work asked for.
  ALTER TABLE candidates ADD COLUMN ended_at INTEGER;

  -- Handed out at the start signal of this sitting, to its candidates; at once when null.
  ALTER TABLE subjects ADD COLUMN sitting_id INTEGER;
  ALTER TABLE works ADD COLUMN sitting_id INTEGER;
  -- The file is gone with the personal data; the row says what was there.
  ALTER TABLE works ADD COLUMN removed_at INTEGER;
  CREATE INDEX works_by_candidate ON works (candidate_id) WHERE candidate_id IS NOT NULL;
  CREATE INDEX works_by_sitting ON works (sitting_id) WHERE sitting_id IS NOT NULL;

  -- It became this piece of work on the item.
  ALTER TABLE incidents ADD COLUMN intervention_id INTEGER;

  -- Which machine stood at which seat while it was held.
  CREATE TABLE sitting_machines (
    sitting_id INTEGER NOT NULL REFERENCES sittings (id) ON DELETE CASCADE,
    seat_id    INTEGER NOT NULL,
    mac        TEXT NOT NULL,
    PRIMARY KEY (sitting_id, mac)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE collection_rounds (
    exam_id  INTEGER NOT NULL,
    number   INTEGER NOT NULL CHECK (number > 0),
    is_final INTEGER NOT NULL CHECK (is_final IN (0, 1)),
    at       INTEGER NOT NULL,
    PRIMARY KEY (exam_id, number)
  ) STRICT, WITHOUT ROWID;
`
