import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { chmod, copyFile, mkdir, open, readdir, readFile, realpath, rename, rm, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import {
  bootPathSchema,
  CodedError,
  type BootFilesView,
  type BootFileView,
  type ProgramSigner,
} from '../contract/index.ts'
import { createContent } from '../content/index.ts'
import type { BootProfile, BootSteps } from './script.ts'
import { programSigners } from './signature.ts'

export interface BootFilesOptions {
  /** Where the pinned loaders are laid, read only to us. */
  loaderFolder: string
  /** The technician's own files; they come before the loaders when both have a name. */
  ownFolder: string
  /** `boot-loaders.json`: what the loaders must be. */
  manifestPath: string
  /** Asked before a file is removed. */
  profiles: () => readonly BootProfile[]
}

export interface BootFiles {
  /** Loaders are hashed the first time, and again only when their size or date changed. */
  list(): Promise<BootFilesView>
  /**
   * Copies a file into the own folder; it appears there whole or not at all, in place of one of the same name.
   * @returns its path below the boot-file folder. Its name is made plain ASCII, the only names that loaders carry.
   * @throws CodedError `content.notFound`, `content.notAFile`, `content.unreadable`, `storage.diskFull`
   */
  add(sourcePath: string): Promise<string>
  /**
   * @throws CodedError `boot.fileInUse` (`details: { path, profile }`), `input.invalid` for a pinned loader,
   *   `content.notFound`, `content.outsideRoot`
   */
  remove(path: string): Promise<void>
  /** The files a profile names that are not there. */
  missing(profile: BootSteps): Promise<string[]>
}

const packageSchema = z.object({
  version: z.string(),
  licence: z.string(),
  /** Debian replaces it now and then, and what it is for can be done without. */
  optional: z.boolean().default(false),
  files: z.array(z.object({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.number() })),
})
const manifestSchema = z.object({ packages: z.array(packageSchema) })
type PinnedLoader = z.infer<typeof packageSchema>['files'][number] & { optional: boolean }

/** Begins the names of files that are still being copied. */
const unfinishedPrefix = '.unfinished-'

export function createBootFiles({ loaderFolder, ownFolder, manifestPath, profiles }: BootFilesOptions): BootFiles {
  const own = createContent({ roots: [ownFolder], cacheBytes: 0 })
  const hashes = new HashCache()
  let copies = 0

  const pinnedLoaders = async (): Promise<PinnedLoader[]> =>
    manifestSchema
      .parse(JSON.parse(await readFile(manifestPath, 'utf8')))
      .packages.flatMap(({ optional, files }) => files.map((file) => ({ ...file, optional })))

  const signers = new Map<string, { version: string; found: ProgramSigner[] | undefined }>()
  /** Read once for as long as size and date stay the same. */
  function withSigners(view: BootFileView, folder: string): BootFileView {
    const version = `${view.origin} ${view.size} ${view.modifiedAt}`
    const known = signers.get(view.path)
    const found = known?.version === version ? known.found : programSigners(view.path, [folder])
    signers.set(view.path, { version, found })
    return { ...view, ...(found && { signers: found }) }
  }

  const loaderView = async ({ name, size, sha256 }: PinnedLoader): Promise<BootFileView | undefined> => {
    const path = join(loaderFolder, name)
    const found = await stat(path).catch(ignoreMissing)
    if (!found?.isFile()) return undefined
    const verified = found.size === size && (await hashes.of(path, found)) === sha256
    const view = {
      path: name,
      size: found.size,
      modifiedAt: Math.round(found.mtimeMs),
      origin: 'loader' as const,
      verified,
    }
    return withSigners(view, loaderFolder)
  }

  const listOwn = async (): Promise<BootFileView[]> =>
    (await own.list())
      .filter(({ path }) => !basename(path).startsWith('.'))
      .map(({ path, size, modifiedAt }) => withSigners({ path, size, modifiedAt, origin: 'own' }, ownFolder))

  async function list(): Promise<BootFilesView> {
    const ownFiles = await listOwn()
    const ownPaths = new Set(ownFiles.map((file) => file.path))
    const loaders: BootFileView[] = []
    const missingLoaders: string[] = []
    for (const pinned of await pinnedLoaders()) {
      if (ownPaths.has(pinned.name)) continue
      const view = await loaderView(pinned)
      if (view) loaders.push(view)
      if (view ? !view.verified : !pinned.optional) missingLoaders.push(pinned.name)
    }
    return { folder: ownFolder, files: [...loaders, ...ownFiles], missingLoaders }
  }

  async function add(sourcePath: string): Promise<string> {
    const name = loaderSafeName(basename(sourcePath))
    const unfinished = join(ownFolder, `${unfinishedPrefix}${process.pid}-${++copies}`)
    try {
      if (!(await stat(sourcePath)).isFile())
        throw new CodedError('content.notAFile', 'not a regular file', { path: sourcePath })
      await mkdir(ownFolder, { recursive: true })
      await removeUnfinished()
      await copyFile(sourcePath, unfinished, constants.COPYFILE_FICLONE)
      await chmod(unfinished, 0o644)
      await sync(unfinished, 'r+')
      await rename(unfinished, join(ownFolder, name))
      // Windows knows no sync of a folder; its rename is journaled.
      if (process.platform !== 'win32') await sync(ownFolder, 'r')
      return name
    } catch (error) {
      await rm(unfinished, { force: true })
      throw asCodedError(error, sourcePath)
    }
  }

  /** What a copy left that was cut short by a kill; those of this process may still be growing. */
  async function removeUnfinished(): Promise<void> {
    for (const name of await readdir(ownFolder)) {
      const isLeft = name.startsWith(unfinishedPrefix) && !name.startsWith(`${unfinishedPrefix}${process.pid}-`)
      if (isLeft) await rm(join(ownFolder, name), { force: true })
    }
  }

  async function remove(path: string): Promise<void> {
    if (!bootPathSchema.safeParse(path).success)
      throw new CodedError('content.outsideRoot', 'not a path below the boot-file folder', { path })
    const user = profiles().find((profile) => [profile.kernel, ...profile.initrds].includes(path))
    if (user) throw new CodedError('boot.fileInUse', `${path} is used by ${user.name}`, { path, profile: user.name })
    const file = join(ownFolder, ...path.split('/'))
    try {
      const folder = await realpath(dirname(file))
      const root = await realpath(ownFolder)
      if (folder !== root && !folder.startsWith(root + sep))
        throw new CodedError('content.outsideRoot', 'a link leads out of the boot-file folder', { path })
      await unlink(file)
    } catch (error) {
      const isLoader = (await pinnedLoaders()).some((loader) => loader.name === path)
      if (isMissing(error) && isLoader)
        throw new CodedError('input.invalid', `${path} is a boot loader of Amorce itself`, { field: 'path', path })
      throw asCodedError(error, path)
    }
  }

  async function missing(profile: BootSteps): Promise<string[]> {
    if (profile.system === 'localDisk') return []
    const named = [...new Set([profile.kernel, ...profile.initrds])].filter((path) => path !== '')
    const there = await Promise.all(
      named.map(async (path) => (await isFile(join(ownFolder, path))) || (await isFile(join(loaderFolder, path)))),
    )
    return named.filter((_, index) => !there[index])
  }

  return { list, add, remove, missing }
}

/** SHA-256 by path, remembered for as long as size and date stay the same; one reading at a time for one file. */
class HashCache {
  readonly #known = new Map<string, { version: string; hash: Promise<string> }>()

  of(path: string, { size, mtimeMs }: { size: number; mtimeMs: number }): Promise<string> {
    const version = `${size} ${mtimeMs}`
    const known = this.#known.get(path)
    if (known?.version === version) return known.hash
    const hash = hashOf(path)
    this.#known.set(path, { version, hash })
    hash.catch(() => this.#known.delete(path))
    return hash
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), hash)
  return hash.digest('hex')
}

/** `Système exam.iso` -> `Systeme-exam.iso`: iPXE garbles other characters than ASCII when it asks for a file. */
function loaderSafeName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._+-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
  return plain === '' ? 'file' : plain
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(ignoreMissing))?.isFile() ?? false

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
}

function asCodedError(error: unknown, path: string): CodedError {
  if (error instanceof CodedError) return error
  const message = error instanceof Error ? error.message : String(error)
  const reason = (error as NodeJS.ErrnoException).code ?? ''
  if (isMissing(error)) return new CodedError('content.notFound', message, { path })
  if (reason === 'EISDIR') return new CodedError('content.notAFile', message, { path, reason })
  if (['ENOSPC', 'EDQUOT'].includes(reason)) return new CodedError('storage.diskFull', message, { path })
  return new CodedError('content.unreadable', message, { path, reason })
}
