// TFTP packets, RFC 1350 section 5 and RFC 2347. Integers are big-endian.

/**
 * Of a transfer, the first eight blocks of each 1024 tell how it goes.
 * @param head the first four bytes of a packet: what it is, and for DATA and ACK which block
 */
export const isDeepInATransfer = (head: number): boolean => {
  const opcode = head >>> 16
  return (opcode === 3 || opcode === 4) && (head & 0xffff) % 1024 >= 8
}

/** Codes of ERROR packets, RFC 1350 appendix and RFC 2347. */
export const errorCode = {
  undefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransferId: 5,
  fileExists: 6,
  noSuchUser: 7,
  optionsRefused: 8,
} as const

/**
 *   2 bytes    string   1    string   1    string   1    string   1
 * +---------+---------+---+---------+---+---------+---+---------+---+--
 * | 1 or 2  |  file   | 0 |  mode   | 0 | option  | 0 |  value  | 0 | ...
 * +---------+---------+---+---------+---+---------+---+---------+---+--
 */
export interface RequestPacket {
  op: 'rrq' | 'wrq'
  file: string
  /** Lower case: `octet`, `netascii`, or what the client invented. */
  mode: string
  options: Options
}

/**
 *   2 bytes   2 bytes   0 to blksize bytes
 * +---------+---------+--------------------+
 * |    3    |  block  |        data        |
 * +---------+---------+--------------------+
 */
export interface DataPacket {
  op: 'data'
  /** 0 to 65535: it rolls over. */
  block: number
  data: Uint8Array
}

/**
 *   2 bytes   2 bytes
 * +---------+---------+
 * |    4    |  block  |
 * +---------+---------+
 */
export interface AckPacket {
  op: 'ack'
  block: number
}

/**
 *   2 bytes   2 bytes    string    1
 * +---------+---------+---------+---+
 * |    5    |  code   | message | 0 |
 * +---------+---------+---------+---+
 */
export interface ErrorPacket {
  op: 'error'
  code: number
  message: string
}

/**
 *   2 bytes   string   1    string   1
 * +---------+---------+---+---------+---+--
 * |    6    | option  | 0 |  value  | 0 | ...
 * +---------+---------+---+---------+---+--
 */
export interface OackPacket {
  op: 'oack'
  options: Options
}

/** Names in lower case, in the order sent. An option given twice counts once, the first time (RFC 2347). */
export type Options = ReadonlyMap<string, string>

export type Packet = RequestPacket | DataPacket | AckPacket | ErrorPacket | OackPacket

export type DecodeReason = 'truncated' | 'badOpcode' | 'emptyFileName' | 'overlong'
export type Decoded = { ok: true; packet: Packet } | { ok: false; reason: DecodeReason; offset: number }

const opcodes = { rrq: 1, wrq: 2, data: 3, ack: 4, error: 5, oack: 6 } as const

/** RFC 2347 allows 512 bytes for a request; some firmware pads, none comes near this. */
const maxRequestLength = 2048

export function decode(bytes: Uint8Array): Decoded {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length < 4) return failure('truncated', buffer.length)
  const opcode = buffer.readUInt16BE(0)
  switch (opcode) {
    case opcodes.rrq:
    case opcodes.wrq:
      return decodeRequest(opcode === opcodes.rrq ? 'rrq' : 'wrq', buffer)
    case opcodes.data:
      return success({ op: 'data', block: buffer.readUInt16BE(2), data: buffer.subarray(4) })
    case opcodes.ack:
      return success({ op: 'ack', block: buffer.readUInt16BE(2) })
    case opcodes.error: {
      // Firmware that forgets the last zero has still said what it had to say.
      const end = buffer.indexOf(0, 4)
      return success({
        op: 'error',
        code: buffer.readUInt16BE(2),
        message: buffer.toString('utf8', 4, end === -1 ? buffer.length : end),
      })
    }
    case opcodes.oack: {
      const options = decodeOptions(buffer, 2)
      return options.ok ? success({ op: 'oack', options: options.value }) : options
    }
    default:
      return failure('badOpcode', 0)
  }
}

function decodeRequest(op: 'rrq' | 'wrq', buffer: Buffer): Decoded {
  if (buffer.length > maxRequestLength) return failure('overlong', maxRequestLength)
  const file = stringAt(buffer, 2)
  if (!file) return failure('truncated', buffer.length)
  if (file.value === '') return failure('emptyFileName', 2)
  const mode = stringAt(buffer, file.next)
  if (!mode) return failure('truncated', buffer.length)
  const options = decodeOptions(buffer, mode.next)
  if (!options.ok) return options
  return success({ op, file: file.value, mode: mode.value.toLowerCase(), options: options.value })
}

type DecodedOptions = { ok: true; value: Options } | { ok: false; reason: DecodeReason; offset: number }

function decodeOptions(buffer: Buffer, start: number): DecodedOptions {
  if (buffer.length > maxRequestLength) return { ok: false, reason: 'overlong', offset: maxRequestLength }
  const options = new Map<string, string>()
  let at = start
  while (at < buffer.length) {
    const name = stringAt(buffer, at)
    // An empty name is padding.
    if (name?.value === '') break
    const value = name && stringAt(buffer, name.next)
    if (!value) return { ok: false, reason: 'truncated', offset: at }
    const key = name.value.toLowerCase()
    if (!options.has(key)) options.set(key, value.value)
    at = value.next
  }
  return { ok: true, value: options }
}

function stringAt(buffer: Buffer, start: number): { value: string; next: number } | undefined {
  const end = buffer.indexOf(0, start)
  return end === -1 ? undefined : { value: buffer.toString('utf8', start, end), next: end + 1 }
}

const success = (packet: Packet): Decoded => ({ ok: true, packet })
const failure = (reason: DecodeReason, offset: number): Decoded => ({ ok: false, reason, offset })

export function encode(packet: Packet): Buffer {
  switch (packet.op) {
    case 'rrq':
    case 'wrq':
      return withStrings(opcodes[packet.op], [packet.file, packet.mode, ...[...packet.options].flat()])
    case 'data':
      return encodeData(packet.block, packet.data)
    case 'ack':
      return withNumber(opcodes.ack, packet.block, 0)
    case 'error': {
      const message = Buffer.from(packet.message)
      const bytes = withNumber(opcodes.error, packet.code, message.length + 1)
      message.copy(bytes, 4)
      bytes[bytes.length - 1] = 0
      return bytes
    }
    case 'oack':
      return withStrings(opcodes.oack, [...packet.options].flat())
  }
}

// What is made and read a hundred thousand times a second, without an object around it.

/** The four bytes before a block's data, as a number. @param block counted from 1, without end. */
export const dataHead = (block: number): number => (opcodes.data << 16) | (block & 0xffff)

/** The four bytes of an acknowledgement, as a number. */
export const ackHead = (block: number): number => (opcodes.ack << 16) | (block & 0xffff)

/** The block that an ACK is for; -1 when the packet is no ACK. */
export const ackedBlock = (packet: Uint8Array): number =>
  packet.length >= 4 && packet[0] === 0 && packet[1] === opcodes.ack ? (packet[2]! << 8) | packet[3]! : -1

function encodeData(block: number, data: Uint8Array): Buffer {
  const bytes = withNumber(opcodes.data, block, data.length)
  bytes.set(data, 4)
  return bytes
}

function withNumber(opcode: number, value: number, more: number): Buffer {
  const bytes = Buffer.allocUnsafe(4 + more)
  bytes.writeUInt16BE(opcode, 0)
  bytes.writeUInt16BE(value, 2)
  return bytes
}

function withStrings(opcode: number, strings: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from([0, opcode]), ...strings.map((text) => Buffer.from(`${text}\0`))])
}
