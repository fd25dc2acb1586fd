import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, systemClock, type Logger } from '../base/index.ts'
import { CodedError } from '../contract/index.ts'
import { openHouse, type Desktop, type House, type HouseOptions } from '../house/index.ts'
import { openRoomInThread } from '../simulator/index.ts'
import { textOption, type CliWorld, type Task } from './task.ts'

/** Where the window keeps its data too, on each system. */
export function dataFolderOf(task: Task): string {
  const { env, platform, home } = task.world
  const said = textOption(task, 'data') ?? env['AMORCE_DATA']
  if (said) return said
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Amorce')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Amorce')
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'Amorce')
}

export const nativeBindingIn = ({ env }: CliWorld): string | undefined => env['AMORCE_SQLITE_BINDING'] || undefined

/** What a window would ask a person, answered from the command line. */
export interface Answers {
  tables?: string[]
  saveTo?: string
}

/** The whole house, without a window. @throws CodedError as `openHouse`, and `storage.inUse` */
export function openHome(
  { world }: Task,
  dataFolder: string,
  answers: Answers = {},
  options: Partial<HouseOptions> = {},
): Promise<House> {
  const { resourcesFolder, programFolder, version } = world.installation
  const nativeBinding = nativeBindingIn(world)
  return openHouse({
    ...{ dataFolder, clock: systemClock, logger: stderrLogger(world) },
    loaderFolder: world.env['AMORCE_BOOT_FILES'] || join(resourcesFolder, 'boot'),
    loaderManifest: join(resourcesFolder, 'boot-loaders.json'),
    ...(nativeBinding ? { nativeBinding } : {}),
    ...programsIn(programFolder),
    desktop: desktopOf(answers),
    info: { version, electron: process.versions['electron'] ?? '', platform: world.platform, demo: false },
    ...options,
  })
}

/** Threads of their own where they have been built; in tests the work is done on the main one. */
export const programsIn = (
  folder: string,
): Pick<HouseOptions, 'tftpWorkerPath' | 'fileMoverFile' | 'networkCardsFile' | 'openSimulatedRoom'> => {
  const there = (option: keyof HouseOptions, name: string): object =>
    existsSync(join(folder, name)) ? { [option]: join(folder, name) } : {}
  const simulatedRoom = join(folder, 'simulatedRoom.cjs')
  return {
    ...there('tftpWorkerPath', 'tftpWorker.cjs'),
    ...there('fileMoverFile', 'fileMover.cjs'),
    ...there('networkCardsFile', 'networkCards.txt'),
    ...(existsSync(simulatedRoom) && { openSimulatedRoom: openRoomInThread(simulatedRoom) }),
  }
}

function desktopOf({ tables = [], saveTo }: Answers): Desktop {
  const noWindow = (): never => {
    throw new CodedError('internal', 'this needs the window')
  }
  return {
    chooseFiles: () => Promise.resolve([]),
    chooseSaveFile: () => Promise.resolve(saveTo),
    chooseTable: () => Promise.resolve(tables),
    openFolder: noWindow,
    reopen: noWindow,
    restart: noWindow,
    practise: noWindow,
    fetchLoaders: noWindow,
  }
}

/** A service manager keeps what is said there; only what went wrong is. */
const stderrLogger = ({ err }: CliWorld): Logger => {
  const write = (message: string, fields?: Record<string, unknown>): void =>
    err(`${message}${fields && Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''}\n`)
  return { ...silentLogger, warn: write, error: write }
}

/** Runs a task with a folder that is gone afterwards. */
export async function withTemporaryFolder<T>(task: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-'))
  try {
    return await task(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
