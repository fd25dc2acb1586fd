/** Exam papers handed out, and the work that comes back: what is in here was acknowledged, and is on the disk. */
export const papers = `
CREATE TABLE subjects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  removed_at INTEGER,
  simulated INTEGER NOT NULL DEFAULT 0
) STRICT;

-- 'all', 'group:<name>' or 'seat:<seat>'.
CREATE TABLE subject_targets (
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  target TEXT NOT NULL,
  PRIMARY KEY (subject_id, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE subject_fetches (
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  seat TEXT NOT NULL,
  mac TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY (subject_id, seat)
) STRICT, WITHOUT ROWID;

-- One row for each version of each file of each seat. 'seat' is a seat's name, until there are rooms the item's asset tag
-- or the MAC; 'seat_id' and 'candidate_id' wait for them.
CREATE TABLE works (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  exam_id INTEGER NOT NULL,
  seat TEXT NOT NULL,
  seat_id INTEGER,
  mac TEXT NOT NULL,
  candidate TEXT NOT NULL DEFAULT '',
  candidate_id INTEGER,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  round INTEGER NOT NULL DEFAULT 0,
  path TEXT NOT NULL UNIQUE,
  UNIQUE (exam_id, seat, name, version)
) STRICT;
`
