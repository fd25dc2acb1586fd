import { CodedError } from '../contract/index.ts'

/** What a transfer needs of a file. */
export interface ByteSource {
  readonly size: number
  read(offset: number, length: number): Promise<Buffer> | Buffer
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
/** Source bytes encoded together. */
const chunkSize = 16 * 1024
/** A file is read once to learn its netascii size; text is never this long, and a disk image has no business here. */
const maxSize = 64 * 1024 * 1024

/**
 * The file as netascii has it (RFC 764 by RFC 1350): LF becomes CR LF, CR becomes CR NUL. Any part can be read again, as
 * retransmission needs, without holding the encoded file: only where each chunk's encoding begins is remembered.
 *
 * @throws CodedError `tftp.accessDenied` for a file too large for this mode.
 */
export async function asNetascii(source: ByteSource): Promise<ByteSource> {
  if (source.size > maxSize)
    throw new CodedError('tftp.accessDenied', 'too large for netascii: ask in octet mode', { size: source.size })
  const starts = [0]
  for (let offset = 0; offset < source.size; offset += chunkSize)
    starts.push(starts[starts.length - 1]! + encodedLength(await source.read(offset, chunkSize)))
  const size = starts[starts.length - 1]!
  let held: { index: number; bytes: Buffer } | undefined

  const chunk = async (index: number): Promise<Buffer> => {
    if (held?.index !== index) held = { index, bytes: toNetascii(await source.read(index * chunkSize, chunkSize)) }
    return held.bytes
  }

  return {
    size,
    async read(offset, length) {
      const end = Math.min(offset + length, size)
      const parts: Buffer[] = []
      for (let at = offset; at < end;) {
        const index = chunkIndexOf(starts, at)
        const start = starts[index]!
        const part = (await chunk(index)).subarray(at - start, end - start)
        parts.push(part)
        at += part.length
      }
      return Buffer.concat(parts)
    },
  }
}

/** The last chunk that begins at or before `offset`. */
function chunkIndexOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high - 1) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle
  }
  return low
}

function encodedLength(bytes: Buffer): number {
  let length = bytes.length
  for (const byte of bytes) if (byte === lineFeed || byte === carriageReturn) length++
  return length
}

export function toNetascii(bytes: Buffer): Buffer {
  const encoded = Buffer.allocUnsafe(encodedLength(bytes))
  let at = 0
  for (const byte of bytes) {
    if (byte === lineFeed) encoded[at++] = carriageReturn
    encoded[at++] = byte
    if (byte === carriageReturn) encoded[at++] = 0
  }
  return encoded
}

/** Undoes netascii piece by piece: CR LF becomes LF, CR NUL becomes CR, wherever the pieces are cut. */
export class NetasciiDecoder {
  #afterReturn = false

  decode(bytes: Uint8Array): Buffer {
    const decoded = Buffer.allocUnsafe(bytes.length + 1)
    let at = 0
    for (const byte of bytes) {
      if (this.#afterReturn) {
        this.#afterReturn = false
        if (byte === lineFeed || byte === 0) {
          decoded[at++] = byte === 0 ? carriageReturn : lineFeed
          continue
        }
        // A lone CR is no netascii; it is kept as it is.
        decoded[at++] = carriageReturn
      }
      if (byte === carriageReturn) this.#afterReturn = true
      else decoded[at++] = byte
    }
    return decoded.subarray(0, at)
  }

  /** What is left when nothing more comes. */
  end(): Buffer {
    return this.#afterReturn ? Buffer.from([carriageReturn]) : Buffer.alloc(0)
  }
}
