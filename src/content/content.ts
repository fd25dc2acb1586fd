import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { systemClock, type Clock } from '../base/index.ts'
import { CodedError, type ContentKind, type Ipv4 } from '../contract/index.ts'
import { BlockCache } from './blockCache.ts'
import { kindByName } from './kind.ts'
import { nearestName } from './nearest.ts'
import { blockSize, identityOf, OpenFile } from './openFile.ts'
import { namesOf, notAFile, refusalOf } from './requestPath.ts'

/** One version of one file, open for one client. */
export interface ContentFile {
  /** Below the root, with forward slashes, as the file is really spelled. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the Unix epoch. */
  readonly modifiedAt: number
  /** A strong entity tag with its quotes (RFC 9110 section 8.8.3): another version has another one. */
  readonly etag: string
  readonly kind: ContentKind
  /**
   * The open file itself, good until `close`, for who lets the kernel send it; none for what is made in memory. Whoever uses
   * it must see for himself that the file is still this version when the last byte leaves.
   */
  readonly descriptor?: { fd: number; version: { size: number; modifiedNs: bigint } }
  /**
   * The bytes from `offset`, as many as `length` and the file's end allow. It answers at once when they are in memory.
   * The buffer is shared with other clients: read it, never write to it.
   * @throws CodedError `content.changed` when the file was written to since it was opened, `content.unreadable`.
   */
  read(offset: number, length: number): Promise<Buffer> | Buffer
  /** Calling it twice is harmless. */
  close(): Promise<void>
}

export interface ListedFile {
  path: string
  size: number
  modifiedAt: number
  kind: ContentKind
}

/** What both TFTP and HTTP serve from. */
export interface Content {
  /**
   * Finds what a client asks for: a virtual file, else a file below the first root that has that name. A name that is
   * only there in another case is found when it is the only one.
   * @throws CodedError `content.notFound` (`details.nearest`: the closest name there is), `content.outsideRoot`,
   *   `content.notAFile`, `content.unreadable`, `content.refused`.
   */
  open(requestedPath: string, client: Ipv4): Promise<ContentFile>
  /** Every file that `open` would find in the roots, by path. Virtual files are not in it. */
  list(): Promise<ListedFile[]>
}

export interface ContentOptions {
  /** Folders, first wins: the technician's own files come before the loaders. One that is not there is passed over. */
  roots: string[]
  /** Made for this client at this moment, e.g. a boot script; asked before the roots with a cleaned path. */
  virtual?: (path: string, client: Ipv4) => Buffer | undefined
  /** Whether this client may have the file of that name; asked once it was found. Everybody, unless said. */
  mayOpen?: (path: string, client: Ipv4) => boolean
  /** Default: by name. */
  kindOf?: (path: string) => ContentKind
  /** Bytes of file blocks kept in memory, 64 MiB by default. */
  cacheBytes?: number
  clock?: Clock
}

/** A tree this deep or this full is a mistake or a loop; the rest of it is still served, only not listed. */
const maxListedDepth = 16
const maxListedFiles = 20_000
/** For how long a listing may serve to propose the nearest name, so that a flood of bad names does not walk the disk. */
const suggestionsForMs = 3000

export function createContent(options: ContentOptions): Content {
  const { roots, virtual, kindOf = kindByName, clock = systemClock } = options
  const cache = new BlockCache(options.cacheBytes ?? 64 * 1024 * 1024)
  const openFiles = new Map<string, OpenFile>()
  let suggestions: { names: Promise<string[]>; at: number } | undefined

  async function open(requestedPath: string, client: Ipv4): Promise<ContentFile> {
    const names = namesOf(requestedPath)
    const made = virtual?.(names.join('/'), client)
    if (made) return virtualFile(names.join('/'), made)
    for (const root of roots) {
      const found = await find(root, names)
      if (found && options.mayOpen?.(found.name, client) === false)
        throw new CodedError('content.refused', `not for this machine: ${found.name}`, { path: found.name })
      if (found) return diskFile(found.name, await acquire(found))
    }
    const asked = names.join('/')
    const nearest = nearestName(asked, await suggestedNames())
    throw new CodedError(
      'content.notFound',
      `no such file: ${asked}`,
      nearest ? { path: asked, nearest } : { path: asked },
    )
  }

  /** One handle for all who have the same version open. */
  async function acquire({ path, name }: FoundFile): Promise<OpenFile> {
    try {
      const stats = await stat(path, { bigint: true })
      if (stats.isDirectory()) throw notAFile(name, 'directory')
      if (!stats.isFile()) throw notAFile(name, 'special')
      let file = openFiles.get(identityOf(stats))
      if (!file) {
        const opened = await OpenFile.open(path, cache)
        // Another client may have opened it meanwhile.
        file = openFiles.get(opened.identity) ?? opened
        if (file !== opened) {
          file.users++
          await opened.close()
          return file
        }
        openFiles.set(file.identity, file)
      }
      file.users++
      return file
    } catch (error) {
      throw asContentError(error, name)
    }
  }

  async function release(file: OpenFile): Promise<void> {
    if (--file.users > 0) return
    openFiles.delete(file.identity)
    await file.close()
  }

  function diskFile(path: string, file: OpenFile): ContentFile {
    let closed = false
    let current: { index: number; block: Buffer } | undefined

    const blockAt = async (index: number): Promise<Buffer> => {
      try {
        return await file.block(index)
      } catch (error) {
        throw asContentError(error, path)
      }
    }

    const readAcross = async (offset: number, end: number): Promise<Buffer> => {
      const parts: Buffer[] = []
      for (let at = offset; at < end;) {
        const index = Math.floor(at / blockSize)
        const start = index * blockSize
        const block = await blockAt(index)
        current = { index, block }
        const part = block.subarray(at - start, end - start)
        parts.push(part)
        at += part.length
      }
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    }

    return {
      path,
      size: file.size,
      modifiedAt: file.modifiedAt,
      etag: `"${file.identity}"`,
      kind: kindOf(path),
      descriptor: { fd: file.fd, version: { size: file.size, modifiedNs: file.modifiedNs } },
      read(offset, length) {
        if (closed) throw new CodedError('internal', `read after close: ${path}`)
        const end = Math.min(offset + length, file.size)
        if (offset >= end) return Buffer.alloc(0)
        const index = Math.floor(offset / blockSize)
        const start = index * blockSize
        if (end - start > blockSize) return readAcross(offset, end)
        if (current?.index !== index) {
          const block = file.block(index)
          if (block instanceof Promise) return readAcross(offset, end)
          current = { index, block }
        }
        return current.block.subarray(offset - start, end - start)
      },
      async close() {
        if (closed) return
        closed = true
        await release(file)
      },
    }
  }

  function virtualFile(path: string, bytes: Buffer): ContentFile {
    return {
      path,
      size: bytes.length,
      modifiedAt: clock.now(),
      etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
      kind: kindOf(path),
      read: (offset, length) => bytes.subarray(offset, offset + length),
      close: () => Promise.resolve(),
    }
  }

  async function list(): Promise<ListedFile[]> {
    const listed = new Map<string, ListedFile>()
    for (const root of roots) {
      const realRoot = await realpath(root).catch(ignoreMissing)
      if (realRoot === undefined) continue
      await walk(realRoot, (path, stats) => {
        if (!listed.has(path) && listed.size < maxListedFiles)
          listed.set(path, { path, size: Number(stats.size), modifiedAt: Number(stats.mtimeMs), kind: kindOf(path) })
        return listed.size < maxListedFiles
      })
    }
    return [...listed.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  function suggestedNames(): Promise<string[]> {
    const now = clock.monotonic()
    if (!suggestions || now - suggestions.at > suggestionsForMs) {
      // A name that is not there stays not there when the tree cannot be listed to propose another.
      const names = list().then(
        (files) => files.map((file) => file.path),
        () => [],
      )
      suggestions = { names, at: now }
    }
    return suggestions.names
  }

  return { open, list }
}

interface FoundFile {
  /** Absolute, free of symlinks. */
  path: string
  /** Below the root, as it is spelled there. */
  name: string
}

/**
 * The file that `names` lead to below `root`, after symlinks; nothing when the root has no such name.
 * @throws CodedError `content.outsideRoot` when a symlink leads out of the root.
 */
async function find(root: string, names: string[]): Promise<FoundFile | undefined> {
  try {
    const realRoot = await realpath(root).catch(ignoreMissing)
    if (realRoot === undefined) return undefined
    let spelled = names
    let path = await realpath(join(realRoot, ...names)).catch(ignoreMissing)
    if (path === undefined) {
      const variant = await onlyCaseVariant(realRoot, names)
      if (!variant) return undefined
      spelled = variant
      path = await realpath(join(realRoot, ...variant)).catch(ignoreMissing)
      if (path === undefined) return undefined
    }
    if (!isInside(realRoot, path))
      throw new CodedError('content.outsideRoot', 'a link leads out of the boot-file folder', { path: names.join('/') })
    return { path, name: spelled.join('/') }
  } catch (error) {
    throw asContentError(error, names.join('/'))
  }
}

/** The same names as the disk spells them, when only one spelling exists; an exact one wins over its variants. */
async function onlyCaseVariant(realRoot: string, names: string[]): Promise<string[] | undefined> {
  const spelled: string[] = []
  for (const name of names) {
    const folder = join(realRoot, ...spelled)
    if (!isInside(realRoot, (await realpath(folder).catch(ignoreMissing)) ?? '')) return undefined
    const entries = (await readdir(folder).catch(ignoreMissing)) ?? []
    const variants = entries.filter((entry) => entry.toLowerCase() === name.toLowerCase())
    const chosen = variants.includes(name) ? name : variants.length === 1 ? variants[0] : undefined
    if (chosen === undefined) return undefined
    spelled.push(chosen)
  }
  return spelled
}

/** Tells every servable file below `realRoot`; `visit` returns false to end the walk. Links out of the root are passed over. */
async function walk(realRoot: string, visit: (path: string, stats: BigIntStats) => boolean): Promise<void> {
  const seen = new Set<string>()
  const folders: string[][] = [[]]
  for (let names = folders.shift(); names; names = folders.shift()) {
    const folder = await realpath(join(realRoot, ...names)).catch(ignoreMissing)
    // A link to a folder above would make the walk endless.
    if (folder === undefined || seen.has(folder)) continue
    seen.add(folder)
    for (const entry of (await readdir(folder).catch(ignoreUnreadable)) ?? []) {
      if (refusalOf(entry)) continue
      const path = await realpath(join(folder, entry)).catch(ignoreUnreadable)
      if (path === undefined || !isInside(realRoot, path)) continue
      const stats = await stat(path, { bigint: true }).catch(ignoreUnreadable)
      if (stats?.isDirectory() && names.length < maxListedDepth) folders.push([...names, entry])
      if (stats?.isFile() && !visit([...names, entry].join('/'), stats)) return
    }
  }
}

const isInside = (realRoot: string, path: string): boolean =>
  path === realRoot || path.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)

const systemCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''

function ignoreMissing(error: unknown): undefined {
  if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(systemCode(error))) return undefined
  throw error
}

/** While listing, what the system will not show is left out rather than hiding all the rest. */
function ignoreUnreadable(error: unknown): undefined {
  if (['EACCES', 'EPERM', 'ELOOP', 'EIO'].includes(systemCode(error))) return undefined
  return ignoreMissing(error)
}

function asContentError(error: unknown, path: string): CodedError {
  if (error instanceof CodedError) return error
  const reason = systemCode(error)
  // Removed between the look and the opening, or a loop of links: there is nothing there to serve.
  if (reason === 'ENOENT' || reason === 'ENOTDIR')
    return new CodedError('content.notFound', 'the file is gone', { path })
  if (reason === 'ELOOP') return notAFile(path, 'linkLoop')
  return new CodedError('content.unreadable', error instanceof Error ? error.message : String(error), { path, reason })
}
