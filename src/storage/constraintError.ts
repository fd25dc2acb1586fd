/** Whether SQLite refused what would have broken a rule of the schema: a key, a check, a trigger. */
export const isConstraintError = (error: unknown): boolean =>
  String((error as { code?: string }).code).startsWith('SQLITE_CONSTRAINT')
