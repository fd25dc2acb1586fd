import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installationOf, type Installation } from '../updates/index.ts'

/**
 * How this Amorce came onto this computer, and whose signature it believes: the key that it was packed with stands in its own
 * package.json, within the archive. A working copy plays an installed one where it is told to, to try updates with; nobody is let
 * in by that who could not change its code.
 */
export function installationHere(): Installation {
  const isInstalled = __dirname.includes('.asar')
  const { env, platform, arch, execPath } = process
  const playedAt = isInstalled ? undefined : env['AMORCE_INSTALLED_AT']
  if (playedAt !== undefined)
    return { kind: 'archive', target: playedAt, arch, publicKey: env['AMORCE_UPDATE_PUBLIC_KEY'] ?? '' }
  const { updateKey } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    updateKey?: string
  }
  return installationOf({ isInstalled, platform, arch, env, executable: execPath, publicKey: updateKey })
}
