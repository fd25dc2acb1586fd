import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { CodedError, type MediaFile, type TakenFile } from '../contract/index.ts'
import type { MediaContents, MediaEntry } from './entries.ts'
import { extractFile, listImage } from './sevenZip.ts'

// The slow work on a medium, all of it to be run in a thread of its own: it does not wait, and it ends with the thread.

export interface TakeOrder {
  /** The image or the folder. */
  source: string
  isFolder: boolean
  files: readonly MediaFile[]
  /** An empty folder of ours. */
  into: string
}

/** Deeper than any netboot tree; a folder that holds itself by links is not followed at all. */
const deepest = 6
const mostEntries = 100_000
const chunkBytes = 1024 * 1024

/** What is in a folder: a netboot tree, or the files of a disc copied out. @throws CodedError `media.unreadable` */
export function listFolder(folder: string): MediaContents {
  const entries: MediaEntry[] = []
  const look = (path: string, depth: number): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      if (entries.length >= mostEntries) throw unreadable(folder, 'too many entries')
      const own = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory() && depth < deepest) look(own, depth + 1)
      else if (entry.isFile()) entries.push({ path: own, size: statSync(join(folder, own)).size, isFile: true })
    }
  }
  try {
    look('', 0)
  } catch (error) {
    throw asMediaError(error, folder)
  }
  return { entries, label: '' }
}

export const listMedium = (source: string, isFolder: boolean): MediaContents | Promise<MediaContents> => {
  if (isFolder) return listFolder(source)
  if (/\.wim$/i.test(source))
    return { entries: [{ path: basename(source), size: statSync(source).size, isFile: true }], label: '' }
  return listImage(source)
}

/**
 * Brings the files over, each hashed as it is written and on the disk for good at the end.
 * @param onProgress told the bytes that are there
 * @throws CodedError `media.unreadable`, `storage.diskFull`
 */
export async function takeFiles(order: TakeOrder, onProgress: (done: number) => void): Promise<TakenFile[]> {
  const { source, isFolder, files, into } = order
  const taken: TakenFile[] = []
  let before = 0
  try {
    for (const { from, to, size } of files) {
      const target = join(into, to)
      const tell = (done: number): void => onProgress(before + done)
      const isWhole = from === '' || /\.wim$/i.test(source)
      const plain = isFolder ? join(source, from) : isWhole ? source : undefined
      // Taken out beside its place, hashed and renamed there: the image's own name is never used for anything.
      if (plain === undefined) await extractTo(source, { from, size }, target, (share) => tell(share * size))
      const sha256 = plain === undefined ? hashAndSync(target) : copyAndHash(plain, target, tell)
      const there = statSync(target).size
      if (there !== size) throw unreadable(source, `${from}: ${there} bytes instead of ${size}`)
      before += size
      onProgress(before)
      taken.push({ path: to, size, sha256 })
    }
  } catch (error) {
    throw asMediaError(error, source)
  }
  return taken
}

async function extractTo(
  image: string,
  { from: name, size }: Pick<MediaFile, 'from' | 'size'>,
  target: string,
  onShare: (share: number) => void,
): Promise<void> {
  const beside = `${target}.out`
  mkdirSync(beside)
  try {
    await extractFile(image, name, beside, onShare)
  } catch (error) {
    // 7-Zip says that it failed, and not at what.
    if (isFull(beside, size)) throw new CodedError('storage.diskFull', `${name}: ${size} bytes`, { path: beside })
    throw error
  }
  const [only, ...others] = readdirSync(beside)
  if (only === undefined || others.length > 0) throw unreadable(image, `${name}: not there`)
  renameSync(join(beside, only), target)
  rmSync(beside, { recursive: true })
}

/** Whether what is still to come of a file would not fit. */
function isFull(folder: string, size: number): boolean {
  const there = readdirSync(folder).reduce((sum, name) => sum + lstatSync(join(folder, name)).blocks * 512, 0)
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize < size - there
}

function hashAndSync(path: string): string {
  // A link that a hostile image made would lead elsewhere.
  if (!lstatSync(path).isFile()) throw unreadable(path, 'not a file')
  const file = openSync(path, 'r+')
  try {
    const hash = createHash('sha256')
    forEachChunk(file, (chunk) => hash.update(chunk))
    fsyncSync(file)
    return hash.digest('hex')
  } finally {
    closeSync(file)
  }
}

function copyAndHash(from: string, to: string, onBytes: (done: number) => void): string {
  const source = openSync(from, 'r')
  try {
    const target = openSync(to, 'wx', 0o644)
    try {
      const hash = createHash('sha256')
      let done = 0
      forEachChunk(source, (chunk) => {
        hash.update(chunk)
        for (let written = 0; written < chunk.length;) written += writeSync(target, chunk, written)
        onBytes((done += chunk.length))
      })
      fsyncSync(target)
      return hash.digest('hex')
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

function forEachChunk(file: number, task: (chunk: Buffer) => void): void {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) task(buffer.subarray(0, count))
}

const unreadable = (source: string, reason: string): CodedError =>
  new CodedError('media.unreadable', `${source}: ${reason}`, { file: basename(source), reason })

export function asMediaError(error: unknown, source: string): CodedError {
  if (error instanceof CodedError) return error
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException
  if (['ENOSPC', 'EDQUOT'].includes(code)) return new CodedError('storage.diskFull', message, { path: source })
  return unreadable(source, message)
}
