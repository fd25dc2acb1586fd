import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CodedError } from '../contract/index.ts'

const run = promisify(execFile)

/**
 * Brings the pinned boot loaders back. An installed app carries them, so only a working copy ever has to fetch them,
 * with the same script as `npm run boot-files`.
 * @throws CodedError `boot.filesMissing` when there is no script to do it or it failed.
 */
export async function fetchLoaders(resourcesFolder: string): Promise<void> {
  const script = join(resourcesFolder, '..', 'tools', 'bootFiles.mjs')
  if (!existsSync(script))
    throw new CodedError('boot.filesMissing', 'this installation has lost its boot loaders: install Amorce again')
  try {
    // Electron can be a plain Node: no other one needs to be on the technician's path.
    await run(process.execPath, [script], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    throw new CodedError('boot.filesMissing', stderr.trim() || String(error))
  }
}
