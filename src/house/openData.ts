import { userInfo } from 'node:os'
import { join } from 'node:path'
import { ConsumableImports, ItemImports, readTable, ReferenceImports } from '../exchange/index.ts'
import { createStockRooms, type StockRooms } from '../stock/index.ts'
import { Backups, finishRestore, openSafely, Settings, type Database, type Recovery } from '../storage/index.ts'
import { Exchange } from './exchange.ts'
import { backupsKept } from './folderBackup.ts'
import type { HouseOptions } from './options.ts'
import { furnishSampleStock } from './sampleStock.ts'

/** What a data folder holds, and what writes it. */
export interface HouseData {
  database: Database
  databasePath: string
  /** What was saved of a file that was damaged. */
  recovery: Recovery | undefined
  settings: Settings
  rooms: StockRooms
  backups: Backups
  exchange: Exchange
}

/**
 * Opens the data folder, after it has finished what a restore, a damage or a kill left half done. The folder is locked by
 * whoever calls it.
 */
export async function openData(options: HouseOptions, onImportProgress: () => void): Promise<HouseData> {
  const { clock, logger, dataFolder, nativeBinding } = options
  const databasePath = join(dataFolder, 'amorce.sqlite')
  const laidAside = finishRestore(databasePath, clock.now())
  if (laidAside !== undefined) logger.info('a backup was restored', { laidAside })
  const { database, recovery } = openSafely({ path: databasePath, nativeBinding }, clock.now())
  const settings = new Settings(database, options.settings)
  const who = (): string => settings.current.technician || userName()
  const rooms = createStockRooms(database, clock, who)
  const stock = rooms.items
  if (recovery) {
    logger.error('the database was damaged and recovered', { ...recovery })
    stock.reindexAll()
  }
  const backups = new Backups({ database, folder: join(dataFolder, 'backups'), nativeBinding, kept: () => backupsKept })
  const imports = new ItemImports({ database, clock, stock, who })
  const consumables = new ConsumableImports({ database, clock, rooms, who })
  const references = new ReferenceImports({ database, clock, rooms, who })
  if ((await imports.recover()) + (await consumables.recover()) + (await references.recover()) > 0)
    logger.warn('an import that was cut short was taken back', {})
  const exchange = new Exchange({
    stock,
    imports,
    consumables,
    references,
    readTable: options.readTable ?? readTable,
    onProgress: onImportProgress,
  })
  if (options.sampleStock) furnishSampleStock(database, clock, rooms)
  return { database, databasePath, recovery, settings, rooms, backups, exchange }
}

/** Who sits at this computer, as its system calls them; empty when it does not say. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    // No entry in the system's list of users, as in some containers.
    return ''
  }
}
