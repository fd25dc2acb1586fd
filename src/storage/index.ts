export { backUp, openDatabase, schemaVersion, withoutWaitingForDisk } from './database.ts'
export type { Database, OpenOptions } from './database.ts'
export { defaultSettings, Settings } from './settings.ts'
