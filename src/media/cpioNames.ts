/** Why reading ended before its bytes did. */
export type CpioStop =
  /** Where an archive would begin, something else does. */
  | 'notCpio'
  /** A header says what no archive's can. */
  | 'damaged'

const magicBytes = 6
const headerBytes = 110
/** As the kernel's PATH_MAX, with the zero at its end. */
const longestName = 4096
/** Where the header has them, in fields of eight digits. */
const sizeField = 6
const nameSizeField = 11

/**
 * Hears the names in cpio archives of the "newc" form, one after the other as in an initrd, with zeros between them (kernel:
 * Documentation/driver-api/early-userspace/buffer-format.rst). It holds one header and one name at a time; a name is only ever
 * compared, never made a path to anything.
 */
export class CpioNames {
  readonly #onName: (name: string) => void
  /** The beginning of a record, until it is whole. */
  #held = Buffer.alloc(0)
  /** Content, and what pads it: passed over. */
  #skip = 0
  #isBetween = true
  /** Bytes taken in so far; for `notCpio`, where what is no archive begins. */
  at = 0
  /** Records that were whole. */
  records = 0

  constructor(onName: (name: string) => void) {
    this.#onName = onName
  }

  /** Every archive that began has ended. */
  get isWhole(): boolean {
    return this.#isBetween && this.#held.length === 0 && this.#skip === 0
  }

  push(chunk: Buffer): CpioStop | undefined {
    let rest = chunk
    const take = (bytes: number): Buffer => {
      const taken = rest.subarray(0, bytes)
      rest = rest.subarray(bytes)
      this.at += taken.length
      return taken
    }
    while (rest.length > 0) {
      if (this.#skip > 0) this.#skip -= take(this.#skip).length
      else if (this.#isBetween && this.#held.length === 0 && rest[0] === 0) take(zerosAtStart(rest))
      else {
        const wanted = this.#wanted()
        this.#held = Buffer.concat([this.#held, take(wanted - this.#held.length)])
        if (this.#held.length < wanted) break
        const stop = this.#look()
        if (stop) return stop
      }
    }
    return undefined
  }

  /** So many bytes must be held for the next look. */
  #wanted(): number {
    if (this.#held.length < magicBytes) return magicBytes
    return this.#held.length < headerBytes ? headerBytes : headerBytes + field(this.#held, nameSizeField)
  }

  #look(): CpioStop | undefined {
    const held = this.#held
    if (held.length === magicBytes) {
      if (/^07070[12]$/.test(held.toString('latin1'))) return undefined
      this.at -= magicBytes
      return this.#isBetween ? 'notCpio' : 'damaged'
    }
    const nameBytes = field(held, nameSizeField)
    const size = field(held, sizeField)
    // Neither is a number where the digits are none.
    if (!(nameBytes >= 1 && nameBytes <= longestName && size >= 0)) return 'damaged'
    if (held.length === headerBytes) return undefined
    const name = held.toString('utf8', headerBytes, headerBytes + nameBytes - 1)
    this.#held = Buffer.alloc(0)
    this.#skip = padding(headerBytes + nameBytes) + size + padding(size)
    this.#isBetween = name === 'TRAILER!!!'
    this.records++
    this.#onName(name)
    return undefined
  }
}

function field(header: Buffer, index: number): number {
  const digits = header.toString('latin1', magicBytes + index * 8, magicBytes + index * 8 + 8)
  return /^[0-9a-f]{8}$/i.test(digits) ? parseInt(digits, 16) : NaN
}

const padding = (bytes: number): number => (4 - (bytes % 4)) % 4

function zerosAtStart(bytes: Buffer): number {
  let zeros = 0
  while (bytes[zeros] === 0) zeros++
  return zeros
}
