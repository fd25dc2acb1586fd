// pcapng, draft-ietf-opsawg-pcapng: section header, one interface, enhanced packet blocks.

const blockType = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const
const byteOrderMagic = 0x1a2b3c4d
const linkTypeEthernet = 1
const optionEnd = 0
const optionComment = 1
const optionInterfaceName = 2
const optionApplication = 4
const optionTimestampResolution = 9
const optionPacketFlags = 2
const inbound = 1
const outbound = 2
/** A block longer than this is no packet of a boot: the file is damaged. */
const longestBlock = 1 << 20

export interface PcapngPacket {
  /** Milliseconds since the Unix epoch, with fractions. */
  at: number
  bytes: Uint8Array
  /** The length on the wire, where not all of it was kept. */
  length?: number
  direction?: 'in' | 'out'
  comment?: string
}

export interface PcapngHead {
  application: string
  device: string
}

export const pcapngHead = ({ application, device }: PcapngHead): Buffer => {
  const section = Buffer.alloc(16)
  section.writeUInt32LE(byteOrderMagic, 0)
  section.writeUInt16LE(1, 4)
  section.writeBigInt64LE(-1n, 8)
  const link = Buffer.alloc(8)
  link.writeUInt16LE(linkTypeEthernet, 0)
  return Buffer.concat([
    block(blockType.section, section, [[optionApplication, Buffer.from(application)]]),
    block(blockType.interface, link, [
      [optionInterfaceName, Buffer.from(device)],
      // Microseconds.
      [optionTimestampResolution, Buffer.from([6])],
    ]),
  ])
}

export function pcapngPacket({ at, bytes, length = bytes.length, direction, comment }: PcapngPacket): Buffer {
  const micros = BigInt(Math.round(at * 1000))
  const head = Buffer.alloc(20)
  head.writeUInt32LE(Number(micros >> 32n), 4)
  head.writeUInt32LE(Number(micros & 0xffff_ffffn), 8)
  head.writeUInt32LE(bytes.length, 12)
  head.writeUInt32LE(length, 16)
  const options: [number, Buffer][] = []
  if (comment) options.push([optionComment, Buffer.from(comment)])
  if (direction) {
    const flags = Buffer.alloc(4)
    flags.writeUInt32LE(direction === 'in' ? inbound : outbound)
    options.push([optionPacketFlags, flags])
  }
  return block(blockType.enhancedPacket, Buffer.concat([head, padded(bytes)]), options)
}

const padded = (bytes: Uint8Array): Uint8Array =>
  bytes.length % 4 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - (bytes.length % 4))])

function block(type: number, body: Uint8Array, options: readonly (readonly [number, Buffer])[]): Buffer {
  const written = options.flatMap(([code, value]) => {
    const head = Buffer.alloc(4)
    head.writeUInt16LE(code, 0)
    head.writeUInt16LE(value.length, 2)
    return [head, padded(value)]
  })
  if (options.length > 0) written.push(Buffer.from([optionEnd, 0, 0, 0]))
  const content = Buffer.concat([body, ...written])
  const length = content.length + 12
  const edge = Buffer.alloc(8)
  edge.writeUInt32LE(type, 0)
  edge.writeUInt32LE(length, 4)
  return Buffer.concat([edge, content, edge.subarray(4)])
}

/** Reads packets out of a little-endian pcapng stream, as dumpcap writes it on every machine that Electron runs on. */
export class PcapngReader {
  #rest = Buffer.alloc(0)

  /** @throws RangeError when the stream is something else. */
  read(chunk: Uint8Array): PcapngPacket[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const packets: PcapngPacket[] = []
    while (this.#rest.length >= 12) {
      const type = this.#rest.readUInt32LE(0)
      const length = this.#rest.readUInt32LE(4)
      if (type === blockType.section && this.#rest.readUInt32LE(8) !== byteOrderMagic)
        throw new RangeError('not a little-endian pcapng stream')
      if (length < 12 || length % 4 !== 0 || length > longestBlock) throw new RangeError('a damaged pcapng block')
      if (this.#rest.length < length) break
      if (type === blockType.enhancedPacket && length >= 32)
        packets.push(readPacket(this.#rest.subarray(8, length - 4)))
      this.#rest = this.#rest.subarray(length)
    }
    return packets
  }
}

function readPacket(body: Buffer): PcapngPacket {
  const micros = (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8))
  const captured = Math.min(body.readUInt32LE(12), body.length - 20)
  return {
    at: Number(micros) / 1000,
    bytes: Buffer.from(body.subarray(20, 20 + captured)),
    length: body.readUInt32LE(16),
  }
}
