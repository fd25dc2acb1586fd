export {
  backUp,
  openBeside,
  openDatabase,
  schemaVersion,
  withoutWaitingForDisk,
  withRareCheckpoints,
} from './database.ts'
export { folded } from './folded.ts'
export { isConstraintError } from './constraintError.ts'
export { Backups, finishRestore } from './backups.ts'
export { lockFolder } from './folderLock.ts'
export { readUntilWritten } from './readUntilWritten.ts'
export { openSafely } from './openSafely.ts'
export type { Recovery } from './recover.ts'
export type { Database, OpenOptions } from './database.ts'
export { defaultSettings, Settings } from './settings.ts'
