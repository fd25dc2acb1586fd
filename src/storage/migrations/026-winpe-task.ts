/** What Windows PE does by itself on the machines that boot a profile. */
export const winpeTask = /* sql */ `
  ALTER TABLE boot_profiles ADD COLUMN winpe_task TEXT NOT NULL DEFAULT 'none'
    CHECK (winpe_task IN ('none', 'prepare', 'undo'));
`
