import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../contract/index.ts'
import type { Installer, StagedUpdate } from './installer.ts'

/**
 * Windows: the installer is started, asks for an administrator, and replaces Amorce once that has closed. What was installed this
 * way before is kept, to be gone back to.
 */
export class WindowsInstaller implements Installer {
  readonly #folder: string

  /** @param folder where installers are kept */
  constructor(folder: string) {
    this.#folder = folder
  }

  async install({ folder, file }: StagedUpdate): Promise<void> {
    mkdirSync(this.#folder, { recursive: true })
    if (existsSync(this.#current)) renameSync(this.#current, this.#previous)
    copyFileSync(join(folder, file.name), this.#current)
    await started(this.#current)
  }

  hasPrevious(): boolean {
    return existsSync(this.#previous)
  }

  async rollBack(): Promise<void> {
    await started(this.#previous)
    renameSync(this.#previous, this.#current)
  }

  get #current(): string {
    return join(this.#folder, 'current.exe')
  }

  get #previous(): string {
    return join(this.#folder, 'previous.exe')
  }
}

function started(installer: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(installer, [], { detached: true, stdio: 'ignore' })
    child.on('error', (error) => reject(new CodedError('update.failed', String(error), { reason: String(error) })))
    child.on('spawn', () => {
      child.unref()
      resolve()
    })
  })
}
