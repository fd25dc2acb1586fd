// LZ4 as the kernel unpacks an initrd of it (`lz4 -l`: "legacy frame", lz4_Frame_format.md; kernel: lib/decompress_unlz4.c):
// a mark, then blocks, each with its packed length before it and unpacked by itself.

/** The first bytes of such a frame; in front of a block they begin another one. */
export const lz4Mark = 0x184c2102

/** What a block unpacks to at most. */
const blockBytes = 8 * 1024 * 1024
/** What a block that cannot be packed comes to: LZ4_compressBound. */
const packedBlockBytes = blockBytes + Math.floor(blockBytes / 255) + 16

export interface Lz4End {
  /** Where what follows begins: the end of the file, zeros, or something else. Of a frame that is damaged: where it is. */
  at: number
  isFine: boolean
}

/**
 * Unpacks frames that follow each other from `from` on.
 * @param read fills the buffer from a place in the file. @returns the bytes that were there
 * @param onBytes told each block, which is only good until it returns; false to hear no more
 */
export function unpackLz4(
  read: (buffer: Buffer, at: number) => number,
  from: number,
  onBytes: (bytes: Buffer) => boolean,
): Lz4End {
  const field = Buffer.alloc(4)
  const unpacked = Buffer.allocUnsafe(blockBytes)
  let packed = Buffer.alloc(0)
  let at = from
  let isBegun = false
  for (;;) {
    // Less than a length is the padding of what was fetched, as the kernel has it.
    if (read(field, at) < field.length) return { at, isFine: isBegun }
    const size = field.readUInt32LE()
    if (size === lz4Mark) {
      isBegun = true
      at += field.length
      continue
    }
    // Not a block: zeros, as between archives, or another archive. Whoever called knows which.
    if (!isBegun || size === 0 || size > packedBlockBytes) return { at, isFine: isBegun }
    if (packed.length < size) packed = Buffer.allocUnsafe(size)
    const block = packed.subarray(0, size)
    if (read(block, at + field.length) < size) return { at, isFine: false }
    const bytes = unpackLz4Block(block, unpacked)
    if (bytes === undefined) return { at, isFine: false }
    at += field.length + size
    if (!onBytes(unpacked.subarray(0, bytes))) return { at, isFine: false }
  }
}

/**
 * One block: literals, and copies of what was unpacked before (lz4_Block_format.md).
 * @returns how much of `out` is filled; nothing for a block that is none
 */
export function unpackLz4Block(block: Buffer, out: Buffer): number | undefined {
  let from = 0
  let to = 0
  /** A length of 15 goes on in bytes, up to and with the first that is not 255. */
  const length = (start: number): number => {
    let sum = start
    if (start < 15) return sum
    for (let more = 255; more === 255; sum += more) {
      if (from >= block.length || sum > out.length) return Infinity
      more = block[from++]!
    }
    return sum
  }
  while (from < block.length) {
    const token = block[from++]!
    const literals = length(token >> 4)
    if (literals > block.length - from || literals > out.length - to) return undefined
    block.copy(out, to, from, from + literals)
    from += literals
    to += literals
    // The last sequence has literals only.
    if (from === block.length) return to
    if (block.length - from < 2) return undefined
    const distance = block.readUInt16LE(from)
    from += 2
    const copied = length(token & 0xf) + 4
    if (distance === 0 || distance > to || copied > out.length - to) return undefined
    // What is copied may reach into what the copy itself makes: byte by byte, that repeats it.
    if (distance >= copied) out.copyWithin(to, to - distance, to - distance + copied)
    else for (let n = 0; n < copied; n++) out[to + n] = out[to + n - distance]!
    to += copied
  }
  return undefined
}
