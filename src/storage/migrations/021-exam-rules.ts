export const examRules = `
  -- What the exam system of a boot profile lets a candidate do; a profile without boots its system as it is.
  CREATE TABLE exam_rules (
    profile_id INTEGER PRIMARY KEY REFERENCES boot_profiles (id) ON DELETE CASCADE,
    rules      TEXT NOT NULL CHECK (json_valid(rules))
  ) STRICT;

  -- The present boot of each machine into an exam system. It survives a crash of the console, so that the machines' agents
  -- are still believed; of their secrets it holds digests only.
  CREATE TABLE boot_access (
    mac        TEXT PRIMARY KEY,
    address    TEXT NOT NULL UNIQUE,
    profile_id INTEGER NOT NULL,
    boot       TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    -- Its agent has spoken: nothing of this boot is handed out again.
    spoken_at  INTEGER,
    token      TEXT NOT NULL CHECK (length(token) = 64),
    page_key   TEXT NOT NULL CHECK (length(page_key) = 64)
  ) STRICT;
`
