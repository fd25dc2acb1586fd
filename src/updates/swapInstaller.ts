import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CodedError } from '../contract/index.ts'
import type { Installer, StagedUpdate } from './installer.ts'

const run = promisify(execFile)

/**
 * An AppImage (one file) or an unpacked archive (one folder), replaced by its own user. The new one is made ready beside the old
 * one; then the two change places in one step, so that at any moment there is a whole one at that path.
 */
export class SwapInstaller implements Installer {
  readonly #kind: 'appImage' | 'archive'
  readonly #target: string

  /** @param target the AppImage, or the folder that the archive was unpacked as */
  constructor(kind: 'appImage' | 'archive', target: string) {
    this.#kind = kind
    this.#target = target
  }

  async install({ folder, file }: StagedUpdate): Promise<void> {
    const staged = `${this.#target}.new`
    try {
      await rm(staged, { recursive: true, force: true })
      if (this.#kind === 'appImage') {
        await copyFile(join(folder, file.name), staged)
        await chmod(staged, 0o755)
        await synced(staged)
      } else {
        await mkdir(staged)
        const unpack = ['--extract', '--gzip', '--no-same-owner', '--strip-components=1', `--directory=${staged}`]
        await run('tar', [...unpack, `--file=${join(folder, file.name)}`])
      }
      await this.#changePlaces(staged)
      await rm(this.#previous, { recursive: true, force: true })
      await rename(staged, this.#previous)
    } catch (error) {
      await rm(staged, { recursive: true, force: true })
      throw failed(error)
    }
  }

  hasPrevious(): boolean {
    return existsSync(this.#previous)
  }

  async rollBack(): Promise<void> {
    try {
      await this.#changePlaces(this.#previous)
    } catch (error) {
      throw failed(error)
    }
  }

  async #changePlaces(other: string): Promise<void> {
    const isTaken = await takeSandbox(this.#target, other)
    try {
      await swap(other, this.#target)
    } catch (error) {
      if (isTaken) await takeSandbox(other, this.#target)
      throw error
    }
  }

  get #previous(): string {
    return `${this.#target}.previous`
  }
}

const failed = (error: unknown): CodedError =>
  error instanceof CodedError ? error : new CodedError('update.failed', String(error), { reason: String(error) })

/**
 * Where an administrator made the helper of Chromium's sandbox root's (see bin/amorce), nothing starts without it, and its
 * user may move it but make no other: it goes along with the version that is started.
 * @returns whether there was one to take
 */
async function takeSandbox(from: string, to: string): Promise<boolean> {
  const [helper, place] = [join(from, 'chrome-sandbox'), join(to, 'chrome-sandbox')]
  const stats = await stat(helper).catch(() => undefined)
  const isRoots = stats?.uid === 0 && (stats.mode & setUserId) !== 0
  if (isRoots) await rename(helper, place)
  return isRoots
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync()
  await file.close()
}

/** In a file's mode. */
const setUserId = 0o4000
const atWorkingFolder = -100
const renameExchange = 2

/** renameat2(2) with RENAME_EXCHANGE: two paths change places in one step. Node has no call for it. */
async function swap(a: string, b: string): Promise<void> {
  const { default: koffi } = await import('koffi')
  const exchange = koffi.load(null).func('int renameat2(int, const char *, int, const char *, unsigned int)') as (
    ...words: unknown[]
  ) => number
  if (exchange(atWorkingFolder, a, atWorkingFolder, b, renameExchange) !== 0)
    throw new CodedError('update.failed', `renameat2: errno ${koffi.errno()}`, { reason: `errno ${koffi.errno()}` })
}
