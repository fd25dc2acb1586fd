import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../base/index.ts'
import { CodedError } from '../contract/index.ts'
import { makeFolder, nameFile } from './durable.ts'
import { safeName, splitName } from './safeName.ts'
import type { PapersStore, Work } from './store.ts'

/** Bytes, and counts for one seat in one exam. */
export const uploadLimits = {
  fileBytes: 1024 ** 3,
  seatBytes: 4 * 1024 ** 3,
  seatVersions: 500,
  /** What has to stay free on the disk: the database writes too. */
  spareBytes: 200 * 1024 ** 2,
  /** One part of a file; each is on the disk before it is acknowledged. */
  partBytes: 8 * 1024 ** 2,
} as const

export interface UploadWish {
  examId: number
  seat: string
  seatId?: number
  candidateId?: number
  sittingId?: number
  mac: string
  candidate: string
  name: string
  size: number
  /** Lower-case hex, of the whole file. */
  sha256: string
  round: number
}

export type UploadState = { id: string; offset: number } | { id: string; receipt: Work }

export interface UploadsDeps {
  /** `papers/` in the data folder. */
  folder: string
  store: PapersStore
  clock: Clock
  freeBytes(): Promise<number>
}

/**
 * Takes files in parts. An upload is known by what it is to be (seat, name, size, hash), so that a browser that was
 * closed, a machine that was switched off or a console that was killed goes on where the last part that is on the disk
 * ends. A file has its name, its row and its receipt only once it is whole and its hash is right; nothing is replaced.
 */
export class Uploads {
  readonly #deps: UploadsDeps
  readonly #wishes = new Map<string, UploadWish>()
  readonly #receptions = new Map<string, Reception>()
  /** Files are given their place one after the other: versions are counted. */
  #placing: Promise<unknown> = Promise.resolve()

  constructor(deps: UploadsDeps) {
    this.#deps = deps
  }

  /** @throws CodedError `upload.tooLarge`, `upload.tooMany`, `upload.diskFull` */
  async begin(wish: UploadWish): Promise<UploadState> {
    const id = idOf(wish)
    const known = this.#kept(wish)
    if (known) {
      // What a crash left of it after its receipt was written down.
      await rm(this.#partPath(id), { force: true })
      return { id, receipt: known }
    }
    const { store, freeBytes } = this.#deps
    const works = store.worksOf(wish)
    const kept = works.reduce((sum, { size }) => sum + size, 0)
    if (wish.size > uploadLimits.fileBytes || kept + wish.size > uploadLimits.seatBytes)
      throw new CodedError('upload.tooLarge', `${wish.name}: ${wish.size} bytes`, { file: wish.name, size: wish.size })
    if (works.length >= uploadLimits.seatVersions)
      throw new CodedError('upload.tooMany', `${wish.seat} has sent ${works.length} files`, { count: works.length })
    const offset = await this.#offsetOf(id)
    if ((await freeBytes()) < wish.size - offset + uploadLimits.spareBytes)
      throw new CodedError('upload.diskFull', 'too little room on the disk', { file: wish.name })
    await makeFolder(this.#incoming)
    this.#wishes.set(id, wish)
    return offset === wish.size ? this.#finish(id, wish) : { id, offset }
  }

  wishOf(id: string): UploadWish | undefined {
    return this.#wishes.get(id)
  }

  /**
   * Takes the part that begins at `offset`; answers where the next one begins, once this one is on the disk, or the receipt.
   * `conflict` names where it should begin instead.
   * @throws CodedError `upload.diskFull`; whatever `body` throws, after what came of it was kept.
   */
  async append(
    id: string,
    offset: number,
    body: AsyncIterable<Buffer>,
    onBytes: (total: number) => void = () => {},
  ): Promise<UploadState | { conflict: number } | 'busy' | 'hashMismatch'> {
    const wish = this.#wishes.get(id)
    if (!wish) throw new Error('an upload is added to before it was begun')
    if (!(await this.#isFree(id))) return 'busy'
    const { clock } = this.#deps
    const reception = new Reception(clock.monotonic())
    this.#receptions.set(id, reception)
    const note = (total: number): void => {
      reception.heardAt = clock.monotonic()
      onBytes(total)
    }
    try {
      const expected = await this.#offsetOf(id)
      if (offset !== expected) return { conflict: expected }
      const end = await this.#write(id, wish, offset, untilStopped(body, reception.stopped), note)
      if (end < wish.size) return { id, offset: end }
      return await this.#finish(id, wish)
    } catch (error) {
      if (error instanceof HashMismatch) {
        await rm(this.#partPath(id), { force: true })
        return 'hashMismatch'
      }
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC' || (error as NodeJS.ErrnoException).code === 'EDQUOT')
        throw new CodedError('upload.diskFull', 'the disk is full', { file: wish.name })
      throw error
    } finally {
      this.#receptions.delete(id)
      reception.end()
    }
  }

  /** A machine whose cable was pulled tries again long before its old connection is known to be dead: that one gives way. */
  async #isFree(id: string): Promise<boolean> {
    const present = this.#receptions.get(id)
    if (!present) return true
    if (this.#deps.clock.monotonic() - present.heardAt < stillAfterMs) return false
    present.stop()
    await present.ended
    return !this.#receptions.has(id)
  }

  async #write(
    id: string,
    wish: UploadWish,
    offset: number,
    body: AsyncIterable<Buffer>,
    onBytes: (total: number) => void,
  ): Promise<number> {
    const file = await open(this.#partPath(id), offset === 0 ? 'w' : 'r+')
    let end = offset
    try {
      for await (const part of body) {
        const room = wish.size - end
        const bytes = part.length > room ? part.subarray(0, room) : part
        let written = 0
        while (written < bytes.length) {
          const { bytesWritten } = await file.write(bytes, written, bytes.length - written, end + written)
          written += bytesWritten
        }
        end += bytes.length
        onBytes(end)
        if (part.length > room) break
      }
    } finally {
      // Also of a part that was cut short: what is counted on when the upload goes on is on the disk.
      await file.sync()
      await file.close()
    }
    return end
  }

  async #finish(id: string, wish: UploadWish): Promise<UploadState> {
    const part = this.#partPath(id)
    if (wish.size === 0) await (await open(part, 'w')).close()
    if ((await sha256Of(part)) !== wish.sha256) throw new HashMismatch()
    const placed = this.#placing.then(() => this.#place(part, wish))
    this.#placing = placed.catch(() => undefined)
    const receipt = await placed
    this.#wishes.delete(id)
    return { id, receipt }
  }

  /** The name first, the row second, the receipt last: what was acknowledged has both. */
  async #place(part: string, wish: UploadWish): Promise<Work> {
    const known = this.#kept(wish)
    if (known) {
      await rm(part, { force: true })
      return known
    }
    const { store, clock, folder } = this.#deps
    const { examId, seat, seatId, candidateId, sittingId, mac, candidate, name, size, sha256, round } = wish
    const [stem, extension] = splitName(safeName(name))
    const pathOf = (number: number): string => `work/exam-${examId}/${safeName(seat)}/${stem}.v${number}${extension}`
    // Not every file system tells capitals apart: what was acknowledged is never written over by a name that is like it.
    const taken = new Set(store.works(examId).map((work) => work.path.toLowerCase()))
    let version = store.nextVersion(wish, name)
    while (taken.has(pathOf(version).toLowerCase())) version += 1
    const path = pathOf(version)
    // A file of that name without a row was left by a crash before its acknowledgement: it is sent again just now.
    await nameFile(part, join(folder, ...path.split('/')))
    const receivedAt = clock.now()
    const whose = { examId, seat, mac, candidate, ...definedOf({ seatId, candidateId, sittingId }) }
    const work = store.addWork({ ...whose, name, version, size, sha256, receivedAt, round, path })
    await rm(part, { force: true })
    return work
  }

  /**
   * Sent again although it is here: the acknowledgement was lost, or it was asked for again and is the same. Only the latest
   * version counts: one may go back.
   */
  #kept(wish: UploadWish): Work | undefined {
    const { name, sha256, size, round } = wish
    const { store } = this.#deps
    const latest = store.worksOf(wish).find((work) => work.name === name)
    if (latest?.sha256 !== sha256 || latest.size !== size) return undefined
    if (latest.round < round) store.setRound(latest.id, round)
    return { ...latest, round: Math.max(latest.round, round) }
  }

  async #offsetOf(id: string): Promise<number> {
    try {
      return (await stat(this.#partPath(id))).size
    } catch {
      // None yet.
      return 0
    }
  }

  get #incoming(): string {
    return join(this.#deps.folder, 'incoming')
  }

  #partPath(id: string): string {
    return join(this.#incoming, `${id}.part`)
  }
}

class HashMismatch extends Error {}

/** A part that says nothing for so long gives way to another try at it. */
const stillAfterMs = 2000

/** A part on its way in. */
class Reception {
  /** Milliseconds, of a clock that never goes backwards. */
  heardAt: number
  stop = (): void => {}
  end = (): void => {}
  readonly stopped = new Promise<void>((resolve) => (this.stop = resolve))
  readonly ended = new Promise<void>((resolve) => (this.end = resolve))

  constructor(now: number) {
    this.heardAt = now
  }
}

/** What comes until it ends, or until it is not waited for any longer. */
async function* untilStopped<Part>(parts: AsyncIterable<Part>, stopped: Promise<void>): AsyncGenerator<Part> {
  const reader = parts[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await Promise.race([reader.next(), stopped])
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    // Not waited for: it may be asleep on a connection that is dead.
    reader.return?.()?.catch(() => {})
  }
}

const definedOf = <T extends object>(values: T): { [Key in keyof T]?: NonNullable<T[Key]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>
  }

/** A candidate who is moved to another seat goes on there. */
const idOf = ({ examId, seat, candidateId, name, size, sha256 }: UploadWish): string =>
  createHash('sha256')
    .update(JSON.stringify([examId, candidateId ?? seat, name, size, sha256]))
    .digest('hex')
    .slice(0, 32)

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part)
  return hash.digest('hex')
}
