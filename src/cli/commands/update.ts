import { CodedError } from '../../contract/index.ts'
import { fileFor, mustBeNewer, readStick, takeFile } from '../../updates/index.ts'
import { exitCodes } from '../table.ts'
import type { Command } from '../task.ts'

/**
 * `amorce update <folder>`: whether a release on a stick is signed, whole, newer and for this computer. It installs nothing; the
 * Debian package's helper asks it before it does (build/linux/install-update).
 */
export const update: Command = async (task) => {
  const { installation } = task.world
  const { kind, arch, publicKey } = installation.here
  if (publicKey === undefined || kind === 'other')
    throw new CodedError('update.notHere', 'this Amorce takes no updates from files')
  try {
    const stick = await readStick(task.arguments.operands[0] ?? '', publicKey)
    const { version } = stick.manifest
    const file = fileFor(stick.manifest, kind, arch)
    mustBeNewer(version, installation.version)
    await takeFile(stick, file)
    task.tell({ ok: true, version, file: file.name, sha256: file.sha256 })
    task.say(task.said.updateFits(version, file.name))
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    task.tell({ ok: false, error: { code: error.code, details: error.details } })
    task.say(task.said.failed(error.code, error.message))
    return exitCodes.found
  }
}
