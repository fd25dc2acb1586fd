export const sittingRules = `
  -- Rules of a sitting of its own, in place of those of the boot profile that its machines boot.
  CREATE TABLE sitting_exam_rules (
    sitting_id INTEGER PRIMARY KEY REFERENCES sittings (id) ON DELETE CASCADE,
    rules      TEXT NOT NULL CHECK (json_valid(rules))
  ) STRICT;
`
