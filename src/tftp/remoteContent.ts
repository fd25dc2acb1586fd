import { fstatSync, readSync } from 'node:fs'
import { BlockCache, blockSize, identityOf, type Content, type ContentFile } from '../content/index.ts'
import { CodedError, fromWireError, type WireError } from '../contract/index.ts'
import type { FromWorker, OpenedFile } from './workerMessages.ts'

/** As the content of the other thread keeps. */
const cacheBytes = 64 * 1024 * 1024

interface Asked {
  resolve(file: ContentFile): void
  reject(error: CodedError): void
}

/** Files that another thread finds and opens, after its own checks, and this one reads. */
export class RemoteContent implements Pick<Content, 'open'> {
  readonly #post: (message: FromWorker) => void
  readonly #cache = new BlockCache(cacheBytes)
  readonly #asked = new Map<number, Asked>()
  #last = 0

  constructor(post: (message: FromWorker) => void) {
    this.#post = post
  }

  open(path: string, client: string): Promise<ContentFile> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject })
      this.#post({ type: 'open', id, path, client })
    })
  }

  opened(id: number, file: OpenedFile): void {
    this.#answer(id)?.resolve(this.#fileOf(id, file))
  }

  refused(id: number, error: WireError): void {
    this.#answer(id)?.reject(fromWireError(error))
  }

  #answer(id: number): Asked | undefined {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    return asked
  }

  #fileOf(id: number, opened: OpenedFile): ContentFile {
    const { path, size, modifiedAt, etag, kind } = opened
    let closed = false
    return {
      path,
      size,
      modifiedAt,
      etag,
      kind,
      read: opened.bytes ? readerOf(opened.bytes) : this.#reader(opened),
      close: () => {
        if (!closed) this.#post({ type: 'close', id })
        closed = true
        return Promise.resolve()
      },
    }
  }

  /**
   * Blocks are read at once rather than through promises: the page cache has them, and where it has not, every transfer
   * of this file waits for the same block.
   */
  #reader({ path, size, etag, fd = -1 }: OpenedFile): (offset: number, length: number) => Buffer {
    let held: { index: number; block: Buffer } | undefined

    const blockAt = (index: number): Buffer => {
      if (held?.index !== index) {
        const start = index * blockSize
        const length = Math.min(blockSize, size - start)
        const load = (): Buffer => readBlock(fd, start, length, etag, path)
        held = { index, block: this.#cache.get(`${etag}:${index}`, length, load) as Buffer }
      }
      return held.block
    }

    return (offset, length) => {
      const end = Math.min(offset + length, size)
      if (offset >= end) return Buffer.alloc(0)
      const index = Math.floor(offset / blockSize)
      const start = index * blockSize
      const first = blockAt(index).subarray(offset - start, end - start)
      if (offset + first.length === end) return first
      const parts = [first]
      for (let at = offset + first.length; at < end;) {
        const next = Math.floor(at / blockSize)
        const part = blockAt(next).subarray(at - next * blockSize, end - next * blockSize)
        parts.push(part)
        at += part.length
      }
      return Buffer.concat(parts)
    }
  }
}

const readerOf = (bytes: Uint8Array): ((offset: number, length: number) => Buffer) => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (offset, length) => buffer.subarray(offset, offset + length)
}

/** @throws CodedError `content.changed`, `content.unreadable`. */
function readBlock(fd: number, start: number, length: number, etag: string, path: string): Buffer {
  const block = Buffer.allocUnsafeSlow(length)
  try {
    for (let filled = 0; filled < length;) {
      const count = readSync(fd, block, filled, length - filled, start + filled)
      if (count === 0) throw changed(path)
      filled += count
    }
    if (`"${identityOf(fstatSync(fd, { bigint: true }))}"` !== etag) throw changed(path)
    return block
  } catch (error) {
    if (error instanceof CodedError) throw error
    throw new CodedError('content.unreadable', String(error), { path })
  }
}

const changed = (path: string) =>
  new CodedError('content.changed', 'the file was changed while it was being served', { path })
