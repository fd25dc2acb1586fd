import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { CodedError } from '../contract/index.ts'
import type { Installer, StagedUpdate } from './installer.ts'

const run = promisify(execFile)

/** Laid by the package (build/linux/install-update): it checks everything again as the one who may install. */
export const debHelper = '/usr/lib/amorce/install-update'
const previousPackage = '/var/lib/amorce-previous/amorce.deb'

/** pkexec(1): nobody authorised it, or the person turned away. */
const refusedCodes = new Set([126, 127])

/** A Debian package, installed through polkit, which asks for an administrator's password. */
export class DebInstaller implements Installer {
  install({ folder, file }: StagedUpdate): Promise<void> {
    return asAdministrator(folder, file.name)
  }

  hasPrevious(): boolean {
    return existsSync(previousPackage)
  }

  rollBack(): Promise<void> {
    return asAdministrator('--previous')
  }
}

async function asAdministrator(...args: string[]): Promise<void> {
  const isRoot = process.getuid?.() === 0
  const [program, words] = isRoot ? [debHelper, args] : ['pkexec', [debHelper, ...args]]
  try {
    await run(program, words)
  } catch (error) {
    const { code, stderr = '' } = error as { code?: number | string; stderr?: string }
    if (code === 'ENOENT' || (!isRoot && refusedCodes.has(Number(code))))
      throw new CodedError('update.notAllowed', stderr.trim() || String(code))
    throw new CodedError('update.failed', stderr.trim() || String(error), {
      reason: lastLineOf(stderr) || String(code),
    })
  }
}

const lastLineOf = (text: string): string => text.trim().split('\n').at(-1) ?? ''
