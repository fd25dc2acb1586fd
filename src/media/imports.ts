import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import {
  CodedError,
  type BootFilesView,
  type MediaDraft,
  type MediaProgress,
  type MediaResult,
  type ProfileInput,
} from '../contract/index.ts'
import { memoryNeededMiB } from './memory.ts'
import type { MediaReader } from './reader.ts'
import { recognise, type Recognised } from './recognise.ts'
import { asMediaError } from './take.ts'

export interface MediaImportsOptions {
  reader: MediaReader
  /** The technician's own boot files; each medium has a folder in it. */
  ownFolder: string
  /** On the same disk as `ownFolder`, and served to nobody. */
  stagingFolder: string
  bootFiles(): Promise<BootFilesView>
  addProfile(profile: ProfileInput): { id: number }
  /** PCs in service that are known to have less memory, MiB. */
  pcsBelow(memoryMiB: number): number
  /** `progress` is another. */
  onProgress(): void
}

interface Draft extends MediaDraft {
  path: string
  isFolder: boolean
}

/** Left free on the disk for leases and the journal. */
const keptFreeBytes = 512 * 1024 * 1024

/** The medium that a technician is taking in, one at a time: looked at first, then taken as a whole or not at all. */
export class MediaImports {
  readonly #options: MediaImportsOptions
  #draft: Draft | undefined
  #job: AbortController | undefined
  progress: MediaProgress | null = null

  constructor(options: MediaImportsOptions) {
    this.#options = options
  }

  /**
   * Looks at an image, a `.wim` or a folder.
   * @throws CodedError `media.busy`, `media.cancelled`, `media.unreadable`, `content.notFound`, `input.invalid`
   */
  open(path: string): Promise<MediaDraft> {
    return this.#work(async (signal) => {
      this.#draft = undefined
      if (!isAbsolute(path)) throw new CodedError('input.invalid', 'not a whole path', { field: 'path' })
      this.#show({ phase: 'reading', done: 0, total: 0 })
      const found = await stat(path).catch((error: unknown) => {
        throw new CodedError('content.notFound', String(error), { path })
      })
      if (!found.isDirectory() && !found.isFile())
        throw new CodedError('content.notAFile', 'neither a file nor a folder', { path })
      const isFolder = found.isDirectory()
      const contents = await this.#options.reader.list(path, isFolder, signal)
      const folder = await this.#newFolder(path)
      const starters = await this.#windowsStarters()
      const recognised = recognise({
        ...contents,
        name: basename(path),
        folder,
        imageBytes: isFolder ? undefined : found.size,
        windowsStarters: starters,
      })
      this.#draft = { path, isFolder, ...(await this.#draftOf(path, folder, recognised)) }
      return this.#view(this.#draft)
    })
  }

  /**
   * Takes what was looked at into a folder of its own and makes its boot profile.
   * @throws CodedError `media.noDraft`, `media.busy`, `media.cancelled`, `media.unreadable`, `storage.diskFull`,
   *   `boot.profileInvalid`
   */
  take(name: string, commandLine: string): Promise<MediaResult> {
    return this.#work(async (signal) => {
      const draft = this.#draft
      if (!draft?.profile) throw new CodedError('media.noDraft', 'no medium was looked at', {})
      const { ownFolder, stagingFolder, reader, addProfile } = this.#options
      const total = draft.files.reduce((sum, { size }) => sum + size, 0)
      await mkdir(ownFolder, { recursive: true })
      await this.#mustHaveRoom(total)
      const into = join(stagingFolder, 'medium')
      const target = join(ownFolder, draft.folder)
      let isMoved = false
      try {
        await rm(into, { recursive: true, force: true })
        await mkdir(into, { recursive: true })
        this.#show({ phase: 'copying', done: 0, total })
        const order = { source: draft.path, isFolder: draft.isFolder, files: draft.files, into }
        const files = await reader.take(order, (done) => this.#show({ phase: 'copying', done, total }), signal)
        signal.throwIfAborted()
        await rename(into, target)
        isMoved = true
        const { id } = addProfile({ ...draft.profile, name, commandLine })
        this.#draft = undefined
        return { profileId: id, files: files.map((file) => ({ ...file, path: `${draft.folder}/${file.path}` })) }
      } catch (error) {
        await rm(into, { recursive: true, force: true })
        // Files without the profile that was to use them are of no use to anybody.
        if (isMoved) await rm(target, { recursive: true, force: true })
        throw error
      }
    })
  }

  cancel(): void {
    this.#job?.abort(new CodedError('media.cancelled', 'by the technician', {}))
  }

  /** What a run left that was killed while it took a medium. */
  async removeUnfinished(): Promise<void> {
    await rm(this.#options.stagingFolder, { recursive: true, force: true })
  }

  async #work<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#job) throw new CodedError('media.busy', 'a medium is being read', {})
    const job = new AbortController()
    this.#job = job
    try {
      return await task(job.signal)
    } catch (error) {
      throw asMediaError(error, this.#draft?.path ?? '')
    } finally {
      this.#job = undefined
      this.#show(null)
    }
  }

  #show(progress: MediaProgress | null): void {
    this.progress = progress
    this.#options.onProgress()
  }

  async #draftOf(path: string, folder: string, recognised: Recognised): Promise<MediaDraft> {
    const { family, problem, missing, files, profile } = recognised
    const { files: there } = await this.#options.bootFiles()
    const sizeOf = (test: (to: string) => boolean): number =>
      files.filter(({ to }) => test(to)).reduce((sum, { size }) => sum + size, 0)
    const isNamed = (to: string): boolean => profile?.initrds.includes(`${folder}/${to}`) ?? false
    const isKernel = (to: string): boolean => profile?.kernel === `${folder}/${to}`
    const memoryMiB = profile
      ? memoryNeededMiB(profile.system, {
          kernel: sizeOf(isKernel),
          initrds: sizeOf(isNamed),
          fetched: sizeOf((to) => !isNamed(to) && !isKernel(to)),
        })
      : 0
    return {
      source: basename(path),
      family,
      problem,
      missing,
      folder,
      files,
      memoryMiB,
      tooSmall: this.#options.pcsBelow(memoryMiB),
      needsWimboot: profile?.kernel === 'wimboot' && !there.some((file) => file.path === 'wimboot'),
      profile: profile && { ...profile, name: nameOf(path).slice(0, 80) },
    }
  }

  #view({ path: _, isFolder: __, ...draft }: Draft): MediaDraft {
    return draft
  }

  /** `debian-live-12.5.0-amd64-gnome.iso` -> `debian-live-12.5.0-amd64-gnome`, with a number when there is one already. */
  async #newFolder(path: string): Promise<string> {
    const plain =
      nameOf(path)
        .normalize('NFKD')
        .replace(/\p{M}/gu, '')
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[.-]+|[.-]+$/g, '')
        .slice(0, 60) || 'medium'
    const taken = new Set((await readdir(this.#options.ownFolder).catch(() => [])).map((name) => name.toLowerCase()))
    for (let n = 1; ; n++) {
      const folder = n === 1 ? plain : `${plain}-${n}`
      if (!taken.has(folder.toLowerCase())) return folder
    }
  }

  async #windowsStarters(): Promise<[bcd: string, sdi: string] | undefined> {
    const paths = (await this.#options.bootFiles()).files.map(({ path }) => path)
    const bcd = paths.find((path) => /(^|\/)bcd$/i.test(path))
    const sdi = paths.find((path) => /(^|\/)boot\.sdi$/i.test(path))
    return bcd !== undefined && sdi !== undefined ? [bcd, sdi] : undefined
  }

  async #mustHaveRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#options.ownFolder)
    if (bavail * bsize < bytes + keptFreeBytes)
      throw new CodedError('storage.diskFull', `${bytes} bytes are needed`, { path: this.#options.ownFolder })
  }
}

const nameOf = (path: string): string => basename(path).replace(/\.(iso|img|wim)$/i, '')
