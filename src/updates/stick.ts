import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CodedError } from '../contract/index.ts'
import {
  manifestName,
  maxManifestBytes,
  maxSignatureBytes,
  readManifest,
  signatureName,
  type UpdateFile,
  type UpdateManifest,
} from './manifest.ts'

const pieceBytes = 1024 * 1024

/** A folder that a release was copied into, as a rule on a USB stick. */
export interface Stick {
  folder: string
  manifest: UpdateManifest
  /** As they are there, for whoever checks them again. */
  manifestBytes: Buffer
  signatureBytes: Buffer
}

/**
 * @param path the folder, or any file in it
 * @throws CodedError `update.notFound`, `update.notSigned`, `update.unreadable`
 */
export async function readStick(path: string, publicKey: string): Promise<Stick> {
  const folder = (await isFolder(path)) ? path : dirname(path)
  const manifestBytes = await readSmall(join(folder, manifestName), maxManifestBytes)
  const signatureBytes = await readSmall(join(folder, signatureName), maxSignatureBytes).catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'update.notFound')
      throw new CodedError('update.notSigned', 'there is no signature')
    throw error
  })
  const manifest = readManifest(manifestBytes, signatureBytes.toString('latin1'), publicKey)
  return { folder, manifest, manifestBytes, signatureBytes }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw new CodedError('update.notFound', String(error), { folder: basename(path) })
  }
}

/** A file of its own, neither a link that leads elsewhere nor a pipe that never ends. */
async function openPlain(path: string): Promise<FileHandle> {
  // Windows has neither flag.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(path, flags)
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new Error(`${path} is not a file`)
}

async function readSmall(path: string, most: number): Promise<Buffer> {
  let file: FileHandle
  try {
    file = await openPlain(path)
  } catch (error) {
    throw new CodedError('update.notFound', String(error), { folder: dirname(path) })
  }
  try {
    const bytes = Buffer.alloc(most + 1)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    if (bytesRead > most) throw new CodedError('update.unreadable', `${basename(path)} is larger than ${most} bytes`)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Reads a file of the release through, and copies it where asked: what was checked is what is installed, whatever becomes of the
 * stick meanwhile.
 * @param target nothing is left there when the file is not what was signed
 * @throws CodedError `update.fileDamaged`, `file.notWritten`
 */
export async function takeFile({ folder }: Pick<Stick, 'folder'>, file: UpdateFile, target?: string): Promise<void> {
  const damaged = (why: string): CodedError => new CodedError('update.fileDamaged', why, { file: file.name })
  const from = await openPlain(join(folder, file.name)).catch((error: unknown) => {
    throw damaged(String(error))
  })
  let to: FileHandle | undefined
  let isWhole = false
  try {
    if (target !== undefined) to = await open(target, 'wx', 0o600)
    const hash = createHash('sha256')
    const piece = Buffer.alloc(pieceBytes)
    let size = 0
    for (;;) {
      const { bytesRead } = await from.read(piece, 0, piece.length).catch((error: unknown) => {
        throw damaged(String(error))
      })
      if (bytesRead === 0) break
      size += bytesRead
      if (size > file.size) throw damaged('it is larger than was signed')
      const read = piece.subarray(0, bytesRead)
      hash.update(read)
      await to?.write(read)
    }
    if (size !== file.size || hash.digest('hex') !== file.sha256) throw damaged('it is not what was signed')
    await to?.sync()
    isWhole = true
  } catch (error) {
    if (error instanceof CodedError) throw error
    throw new CodedError('file.notWritten', String(error), { file: target ?? '', reason: String(error) })
  } finally {
    await from.close()
    await to?.close()
    if (to && target !== undefined && !isWhole) await rm(target, { force: true })
  }
}
