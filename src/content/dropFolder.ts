import { randomBytes } from 'node:crypto'
import { constants, writeSync } from 'node:fs'
import { link, lstat, mkdir, open, readdir, realpath, rename, rm, statfs, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, type Ipv4 } from '../contract/index.ts'
import { namesOf, notAFile } from './requestPath.ts'

/** Where machines may put files, and how much. */
export interface DropFolderOptions {
  folder: string
  /** Bytes of the largest file. */
  maxBytes: number
  /** Files of one machine, those that are there already included. */
  maxFiles: number
}

/** A file on its way in: under a temporary name until it is whole. */
export interface IncomingFile {
  /** Where it will be below the drop folder, with forward slashes: `192.168.60.51/report.txt`. */
  readonly path: string
  /** @throws CodedError `upload.tooLarge`, `upload.diskFull`, `content.unreadable`. */
  write(bytes: Uint8Array): void
  /**
   * On the disk for good, under its own name: only then may the machine be told that it arrived.
   * @throws CodedError `upload.exists` when somebody took the name meanwhile, `upload.diskFull`, `content.unreadable`.
   */
  keep(): Promise<void>
  /** Leaves nothing of it. Harmless after `keep` and when called twice. */
  discard(): Promise<void>
}

export interface DropFolder {
  /**
   * Begins a file in this machine's own folder. Folders in the name that it gives become part of the file's name.
   * @param size bytes, when the machine says so beforehand.
   * @throws CodedError `upload.exists`, `upload.tooLarge`, `upload.tooMany`, `upload.diskFull`, `content.outsideRoot`,
   *   `content.notAFile`, `content.unreadable`.
   */
  receive(requestedPath: string, client: Ipv4, size?: number): Promise<IncomingFile>
}

/** Names that no machine can give, so that what is on its way meets no file. */
const temporaryName = /^\.[0-9a-f]{16}\.part$/
export const isOnItsWay = (name: string): boolean => temporaryName.test(name)
const maxNameBytes = 200

export function createDropFolder({ folder, maxBytes, maxFiles }: DropFolderOptions): DropFolder {
  /** Temporary names in use, by machine; other ones were left by a process that was killed. */
  const onTheirWay = new Map<Ipv4, Set<string>>()
  let turn: Promise<unknown> = Promise.resolve()

  async function begin(requestedPath: string, client: Ipv4, size?: number): Promise<IncomingFile> {
    const name = namesOf(requestedPath).join('_')
    if (name.startsWith('.') || Buffer.byteLength(name) > maxNameBytes) throw notAFile(requestedPath, 'name')
    const path = `${client}/${name}`
    if (size !== undefined && size > maxBytes) throw tooLarge(path, maxBytes)
    const home = await homeOf(folder, client)
    const mine = onTheirWay.get(client) ?? new Set()
    const present = await sweep(home, mine)
    if (present.some((each) => each.toLowerCase() === name.toLowerCase())) throw exists(path)
    if (present.length + mine.size >= maxFiles)
      throw new CodedError('upload.tooMany', 'this machine has dropped as many files as it may', { maxFiles })
    const { bavail, bsize } = await statfs(home)
    if (bavail * bsize < (size ?? 1)) throw diskFull(path)
    const temporary = `.${randomBytes(8).toString('hex')}.part`
    const handle = await open(join(home, temporary), 'wx', 0o600)
    onTheirWay.set(client, mine.add(temporary))
    return incoming(handle, home, temporary, name, path, () => {
      mine.delete(temporary)
      if (mine.size === 0) onTheirWay.delete(client)
    })
  }

  function incoming(
    handle: FileHandle,
    home: string,
    temporary: string,
    name: string,
    path: string,
    forget: () => void,
  ): IncomingFile {
    let size = 0
    let done: Promise<void> | undefined
    let kept = false
    const keep = async (): Promise<void> => {
      await handle.sync()
      await handle.close()
      await nameOnce(join(home, temporary), join(home, name))
      kept = true
      await syncFolder(home)
      forget()
    }
    const discard = async (): Promise<void> => {
      await handle.close().catch(() => {})
      await rm(join(home, temporary), { force: true })
      forget()
    }
    return {
      path,
      write(bytes) {
        if (size + bytes.length > maxBytes) throw tooLarge(path, maxBytes)
        try {
          for (let at = 0; at < bytes.length;) at += writeSync(handle.fd, bytes, at)
        } catch (error) {
          throw asUploadError(error, path)
        }
        size += bytes.length
      },
      async keep() {
        done ??= keep()
        try {
          await done
        } catch (error) {
          done = undefined
          throw asUploadError(error, path)
        }
      },
      async discard() {
        // What was kept stays; a keeping that is under way is waited for.
        await done?.catch(() => {})
        if (!kept) await (done = discard())
      },
    }
  }

  return {
    // One after the other, so that two requests of a machine cannot both take its last place.
    receive(requestedPath, client, size) {
      const begun = turn.then(() => begin(requestedPath, client, size))
      turn = begun.catch(() => {})
      return begun.catch((error: unknown) => {
        throw asUploadError(error, requestedPath)
      })
    },
  }
}

/** The machine's own folder; a link put in its place is not followed. */
async function homeOf(folder: string, client: Ipv4): Promise<string> {
  await mkdir(folder, { recursive: true })
  const home = join(await realpath(folder), client)
  await mkdir(home, { recursive: true })
  if (!(await lstat(home)).isDirectory())
    throw new CodedError('content.outsideRoot', 'the drop folder of this machine is a link', { path: client })
  return home
}

/** What is there, without what is on its way. What a killed process had begun is removed. */
async function sweep(home: string, onTheirWay: ReadonlySet<string>): Promise<string[]> {
  const names = await readdir(home)
  const left = names.filter((name) => temporaryName.test(name) && !onTheirWay.has(name))
  await Promise.all(left.map((name) => rm(join(home, name), { force: true })))
  return names.filter((name) => !temporaryName.test(name))
}

/** Gives a whole file its name, unless somebody has it: a link fails then, where renaming would overwrite. */
async function nameOnce(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    // File systems without links (FAT): the name is taken first, then given.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(systemCode(error))) throw error
    await (await open(path, 'wx')).close()
    await rename(temporary, path)
    return
  }
  await rm(temporary, { force: true })
}

/** So that the name outlives a power cut as well as the bytes do. Windows has no such thing, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY)
  await handle.sync().finally(() => handle.close())
}

const systemCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''

const tooLarge = (path: string, maxBytes: number) =>
  new CodedError('upload.tooLarge', `larger than allowed: ${path}`, { file: path, maxBytes })
const exists = (path: string) => new CodedError('upload.exists', `already there: ${path}`, { file: path })
const diskFull = (path: string) => new CodedError('upload.diskFull', `no room left for ${path}`, { file: path })

function asUploadError(error: unknown, path: string): CodedError {
  if (error instanceof CodedError) return error
  const reason = systemCode(error)
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(reason)) return diskFull(path)
  if (reason === 'EEXIST') return exists(path)
  return new CodedError('content.unreadable', error instanceof Error ? error.message : String(error), { path, reason })
}
