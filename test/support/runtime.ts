import { bootFolder, ensureBootFiles } from '../../tools/bootFiles.mjs'
import { ensureBuilt } from '../../tools/build.mjs'
import { hasDisplay, startDisplay } from '../../tools/display.mjs'
import { ensureElectron, sandboxArgs } from '../../tools/electron.mjs'
import { projectRoot } from '../../tools/run.mjs'
import { ensureSqliteBinding } from '../../tools/sqlite.mjs'
import { ensureSystemPackages } from '../../tools/systemPackages.mjs'

/** All that starting the real app takes, as `npm start` gathers it. */
export interface Runtime {
  executable: string
  /** What makes Electron load the project, and Chromium's switches. They go before the app's own arguments. */
  args: string[]
  env: Record<string, string>
  stop(): Promise<void>
}

export async function prepareRuntime(): Promise<Runtime> {
  const hasScreen = hasDisplay()
  await ensureSystemPackages('electron', 'paper', ...(hasScreen ? [] : (['display'] as const)))
  const electron = await ensureElectron()
  const binding = await ensureSqliteBinding({ nodeApi: electron.nodeApi })
  await ensureBootFiles()
  await ensureBuilt({ announce: false })
  const display = hasScreen ? undefined : await startDisplay()
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const env: Record<string, string> = {
    ...Object.fromEntries(inherited),
    ...display?.env,
    AMORCE_APP: projectRoot,
    AMORCE_BOOT_FILES: bootFolder,
    ...(binding ? { AMORCE_SQLITE_BINDING: binding } : {}),
    // Without it a start that fails opens a dialogue that nobody answers.
    CI: 'true',
  }
  // Playwright sets it for its own workers; Electron would run as a plain Node.
  delete env['ELECTRON_RUN_AS_NODE']
  return {
    executable: electron.executable,
    args: [...electron.appArgs, ...(await sandboxArgs()), ...(display ? ['--disable-gpu'] : [])],
    env,
    stop: async () => display?.stop(),
  }
}
