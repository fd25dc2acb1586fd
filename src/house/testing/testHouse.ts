import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, systemClock } from '../../base/index.ts'
import { openHouse, type House, type HouseOptions } from '../index.ts'

/** A data folder of its own for a test; `remove` it afterwards. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'amorce-house-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The house for real, on a real database, with a small simulated room in a hurry. */
export function openTestHouse(dataFolder: string, changes: Partial<HouseOptions> = {}): Promise<House> {
  const refuse = (): never => {
    throw new Error('there is no desktop here')
  }
  return openHouse({
    dataFolder,
    loaderFolder: join(dataFolder, 'loaders'),
    loaderManifest: join(process.cwd(), 'resources', 'boot-loaders.json'),
    nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
    clock: systemClock,
    logger: silentLogger,
    desktop: {
      chooseFiles: refuse,
      chooseSaveFile: refuse,
      reopen: refuse,
      restart: refuse,
      practise: refuse,
      chooseTable: refuse,
      openFolder: refuse,
      fetchLoaders: refuse,
    },
    info: { version: '0', electron: '', platform: process.platform, demo: true },
    simulatedMachines: 4,
    simulatedPace: 0.05,
    ...changes,
  })
}
