import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../base/index.ts'
import { CodedError, type UpdateFileKind, type UpdateOffer, type UpdatesView } from '../contract/index.ts'
import { installerOf, type Installation } from './installation.ts'
import type { Installer } from './installer.ts'
import { fileFor, manifestName, mustBeNewer, signatureName, type UpdateFile } from './manifest.ts'
import { readStick, takeFile, type Stick } from './stick.ts'

const recordSchema = z.object({
  from: z.string(),
  to: z.string(),
  at: z.number(),
  /** How far the database had been migrated. */
  schema: z.number().int(),
})

/** The technician's data, as far as an update has to do with them. */
export interface UpdateData {
  /** How far this Amorce migrates the database. */
  schema: number
  /** Writes a copy of all of it. */
  saveTo(path: string): Promise<void>
  /** Makes that copy what the next start opens; what is there now is kept. Returns what takes that back. */
  goBackTo(path: string): Promise<() => void>
}

export interface UpdatesDeps {
  installation: Installation
  version: string
  /** In the data folder. */
  folder: string
  clock: Clock
  data: UpdateData
  isExamRunning(): boolean
  /** Closes Amorce and opens it anew, once the answer has gone. */
  restart(): void
  /** How it is replaced; another way, for tests. */
  installer?: Installer | undefined
}

/**
 * Another version from a file or a stick: signed, newer and made for this computer, or it is not touched. Nothing is ever looked for
 * on a network.
 */
export class Updates {
  readonly #deps: UpdatesDeps
  readonly #installer: Installer | undefined
  #offered: { stick: Stick; file: UpdateFile } | undefined
  #isBusy = false

  constructor(deps: UpdatesDeps) {
    this.#deps = deps
    this.#installer = deps.installer ?? installerOf(deps.installation, join(deps.folder, 'kept'))
  }

  get view(): UpdatesView {
    const { installation, version } = this.#deps
    const record = this.#record
    return {
      version,
      kind: installation.kind,
      hasKey: installation.publicKey !== undefined,
      ...(record && { previous: { version: record.from, at: record.at } }),
    }
  }

  /**
   * Checks the signature and the file, whole. Nothing is installed.
   * @throws CodedError `update.*`
   */
  async look(path: string): Promise<UpdateOffer> {
    this.#offered = undefined
    const { installation, version } = this.#deps
    const { publicKey } = this.#here()
    const stick = await readStick(path, publicKey)
    const { manifest } = stick
    const file = fileFor(manifest, installation.kind as UpdateFileKind, installation.arch)
    mustBeNewer(manifest.version, version)
    await takeFile(stick, file)
    this.#offered = { stick, file }
    const { date, notes } = manifest
    return { version: manifest.version, date, notes, file: file.name, size: file.size, folder: stick.folder }
  }

  /** Installs what was looked at last. @throws CodedError `update.*`, `exam.alreadyRunning`, `storage.backupFailed` */
  install(): Promise<void> {
    return this.#alone(async () => {
      const offered = this.#offered
      const { installer } = this.#here()
      if (!offered) throw new CodedError('update.notFound', 'nothing was looked at', {})
      const { clock, data, folder, version } = this.#deps
      const { stick, file } = offered
      const staged = join(folder, 'staged')
      rmSync(staged, { recursive: true, force: true })
      mkdirSync(staged, { recursive: true })
      try {
        await takeFile(stick, file, join(staged, file.name))
        writeFileSync(join(staged, manifestName), stick.manifestBytes)
        writeFileSync(join(staged, signatureName), stick.signatureBytes)
        rmSync(this.#recordFile, { force: true })
        await data.saveTo(this.#dataBefore)
        await installer.install({ folder: staged, file })
      } finally {
        rmSync(staged, { recursive: true, force: true })
      }
      const record = { from: version, to: stick.manifest.version, at: clock.now(), schema: data.schema }
      writeFileSync(this.#recordFile, JSON.stringify(record))
      this.#offered = undefined
      this.#deps.restart()
    })
  }

  /** @throws CodedError `update.noPrevious`, `update.*`, `exam.alreadyRunning`, `storage.*` */
  rollBack(): Promise<void> {
    return this.#alone(async () => {
      const record = this.#record
      if (!record || !this.#installer) throw new CodedError('update.noPrevious', 'there is no version before')
      const { data } = this.#deps
      // What a newer version has made of the database, an older one cannot read.
      const stay = record.schema < data.schema ? await data.goBackTo(this.#dataBefore) : undefined
      try {
        await this.#installer.rollBack()
      } catch (error) {
        stay?.()
        throw error
      }
      rmSync(this.#recordFile, { force: true })
      this.#deps.restart()
    })
  }

  async #alone(task: () => Promise<void>): Promise<void> {
    if (this.#deps.isExamRunning()) throw new CodedError('exam.alreadyRunning', 'an exam is running')
    if (this.#isBusy) throw new CodedError('update.busy', 'another one is under way')
    this.#isBusy = true
    try {
      await task()
    } finally {
      this.#isBusy = false
    }
  }

  /** @throws CodedError `update.notHere` */
  #here(): { publicKey: string; installer: Installer } {
    const { publicKey } = this.#deps.installation
    if (publicKey === undefined || !this.#installer)
      throw new CodedError('update.notHere', 'this Amorce takes no updates from files')
    return { publicKey, installer: this.#installer }
  }

  /** Of the update that made this version; undefined when it came some other way, or the version before is gone. */
  get #record(): z.infer<typeof recordSchema> | undefined {
    if (!this.#installer?.hasPrevious()) return undefined
    try {
      const record = recordSchema.parse(JSON.parse(readFileSync(this.#recordFile, 'utf8')))
      return record.to === this.#deps.version ? record : undefined
    } catch {
      // There was none, or nobody knows any more what it said.
      return undefined
    }
  }

  get #recordFile(): string {
    return join(this.#deps.folder, 'previous.json')
  }

  get #dataBefore(): string {
    return join(this.#deps.folder, 'before.sqlite')
  }
}
