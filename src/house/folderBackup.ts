import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, type BackupView } from '../contract/index.ts'
import { Backups, backUp, openBeside, type Database } from '../storage/index.ts'

/** Three weeks of them, one a day. */
export const backupsKept = 21

/**
 * A backup of a data folder that may be in use by another Amorce at the same time: its database is only read.
 * @param at milliseconds since the Unix epoch
 * @returns the backup and its path
 * @throws CodedError `storage.openFailed` when there is no database, `storage.backupFailed`
 */
export async function backUpFolder(
  dataFolder: string,
  nativeBinding: string | undefined,
  at: number,
): Promise<BackupView & { path: string }> {
  const database = openBesideIn(dataFolder, nativeBinding)
  try {
    const folder = join(dataFolder, 'backups')
    const backups = new Backups({
      ...{ database, folder, kept: () => backupsKept },
      ...(nativeBinding ? { nativeBinding } : {}),
    })
    const made = await backups.make(at)
    return { ...made, path: join(folder, made.name) }
  } finally {
    database.close()
  }
}

/**
 * Copies the database of a data folder, which may be in use, into another folder: what is read there disturbs nobody.
 * @throws CodedError `storage.openFailed`
 */
export function copyOfFolder(dataFolder: string, into: string, nativeBinding: string | undefined): void {
  const database = openBesideIn(dataFolder, nativeBinding)
  try {
    mkdirSync(into, { recursive: true })
    backUp(database, join(into, 'amorce.sqlite'))
  } finally {
    database.close()
  }
}

function openBesideIn(dataFolder: string, nativeBinding: string | undefined): Database {
  const path = join(dataFolder, 'amorce.sqlite')
  if (!existsSync(path)) throw new CodedError('storage.openFailed', `there is no database in ${dataFolder}`, { path })
  return openBeside(path, nativeBinding)
}
