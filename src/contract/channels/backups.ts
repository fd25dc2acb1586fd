import type { BackupContent, BackupList } from '../views/index.ts'
import { command, nothing, text } from './fields.ts'

const backupName = text(80).regex(/^amorce-[\dT-]+\.sqlite$/)

export const backupCommands = {
  'backup.list': command<typeof nothing, BackupList>(nothing),
  'backup.make': command<typeof nothing, BackupList>(nothing),
  'backup.look': command<typeof backupName, BackupContent>(backupName),
  /** Puts it in the place of what is there, which is kept as a backup itself, and opens Amorce anew. */
  'backup.restore': command<typeof backupName, void>(backupName),
  /** Everything as one file, where the system's dialogue says; the path, or null when cancelled. */
  'backup.saveWhole': command<typeof nothing, string | null>(nothing),
  /** Takes such a file in among the backups; what is in it, or null when cancelled. */
  'backup.takeIn': command<typeof nothing, BackupContent | null>(nothing),
  'backup.openFolder': command<typeof nothing, void>(nothing),
} as const
