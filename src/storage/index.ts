export { backUp, openDatabase, schemaVersion } from './database.ts'
export type { Database, OpenOptions } from './database.ts'
