import { constants, type BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { CodedError } from '../contract/index.ts'
import type { BlockCache } from './blockCache.ts'
import { notAFile } from './requestPath.ts'

/** Bytes read from the disk at once. Reads that stay within one block are served without copying. */
export const blockSize = 128 * 1024

/** One version of one file: another inode, size or modification time is another version. */
export const identityOf = (stats: BigIntStats): string =>
  [stats.dev, stats.ino, stats.size, stats.mtimeNs].map((field) => field.toString(36)).join('-')

/**
 * A file held open once for all who read the same version of it. Replacing the file by renaming leaves its readers on
 * the old version; writing into it makes their next read from the disk fail. Nobody sees a mix of two.
 */
export class OpenFile {
  readonly identity: string
  readonly size: number
  readonly modifiedAt: number
  /** Nanoseconds since the Unix epoch: part of the identity. */
  readonly modifiedNs: bigint
  users = 0
  readonly #handle: FileHandle
  readonly #cache: BlockCache
  readonly #reading = new Set<Promise<Buffer>>()

  private constructor(handle: FileHandle, stats: BigIntStats, cache: BlockCache) {
    this.#handle = handle
    this.#cache = cache
    this.identity = identityOf(stats)
    this.size = Number(stats.size)
    this.modifiedAt = Number(stats.mtimeMs)
    this.modifiedNs = stats.mtimeNs
  }

  get fd(): number {
    return this.#handle.fd
  }

  /** @param path absolute and free of symlinks. */
  static async open(path: string, cache: BlockCache): Promise<OpenFile> {
    // A pipe put there since the caller looked must not block, and a link must not lead out.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = await handle.stat({ bigint: true })
      if (!stats.isFile()) throw notAFile(path, 'special')
      return new OpenFile(handle, stats, cache)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** The block that holds `index * blockSize`; shorter than `blockSize` at the end of the file. */
  block(index: number): Buffer | Promise<Buffer> {
    const start = index * blockSize
    const length = Math.min(blockSize, this.size - start)
    return this.#cache.get(`${this.identity}:${index}`, length, () => {
      const reading = this.#readFromDisk(start, length).finally(() => this.#reading.delete(reading))
      this.#reading.add(reading)
      return reading
    })
  }

  /** Reads under way end first: through the cache, a reader of another opening may be waiting for them. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#reading)
    await this.#handle.close()
  }

  async #readFromDisk(start: number, length: number): Promise<Buffer> {
    // Not from Node's shared pool: a cached block would keep the whole pool slab alive.
    const block = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(block, filled, length - filled, start + filled)
      if (bytesRead === 0) throw this.#changed()
      filled += bytesRead
    }
    if (identityOf(await this.#handle.stat({ bigint: true })) !== this.identity) throw this.#changed()
    return block
  }

  #changed(): CodedError {
    return new CodedError('content.changed', 'the file was changed while it was being served')
  }
}
