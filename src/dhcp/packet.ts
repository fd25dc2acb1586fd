import type { Address } from './address.ts'
import { optionCode } from './options/codes.ts'
import { uint8 } from './options/integer.ts'

/**
 * A DHCP message, RFC 2131 §2. Field names are the RFC's; addresses are unsigned 32-bit numbers.
 *
 *     op (1) | htype (1) | hlen (1) | hops (1) | xid (4) | secs (2) | flags (2) |
 *     ciaddr (4) | yiaddr (4) | siaddr (4) | giaddr (4) | chaddr (16) | sname (64) | file (128) |
 *     magic cookie 99.130.83.99 (4) | options
 */
export interface DhcpPacket {
  op: number
  htype: number
  hlen: number
  hops: number
  xid: number
  secs: number
  flags: number
  ciaddr: Address
  yiaddr: Address
  siaddr: Address
  giaddr: Address
  /** The whole 16-byte field. */
  chaddr: Uint8Array
  /** Up to its first NUL; empty where the field carried options (option 52). */
  sname: Uint8Array
  /** Up to its first NUL; empty where the field carried options (option 52). */
  file: Uint8Array
  /**
   * Options in the order they are sent. One entry each: the pieces of a long option are joined (RFC 3396), and what
   * `sname` and `file` carried is here too, without the option 52 that said so.
   */
  options: Map<number, Uint8Array>
}

export const bootRequest = 1
export const bootReply = 2
export const broadcastFlag = 0x8000
export const ethernet = 1

const cookie = 0x63825363
const noCookie = 0
const chaddrAt = 28
const chaddrSize = 16
const snameAt = 44
const snameSize = 64
const fileAt = 108
const fileSize = 128
const cookieAt = 236
const optionsAt = 240
/** What a BOOTP client may insist on: 236 bytes and a 64-byte vendor area (RFC 1542 §2.1). */
const minimumSize = 300

export type DecodeFault = 'truncated' | 'badHardwareLength' | 'badCookie' | 'optionTruncated' | 'badOverload'
export type Decoded =
  | { ok: true; packet: DhcpPacket }
  /** `offset`: of the byte that does not fit. */
  | { ok: false; reason: DecodeFault; offset: number }

const fault = (reason: DecodeFault, offset: number): Decoded => ({ ok: false, reason, offset })

/**
 * Decodes a datagram. Never throws. A missing end option is put up with, as is a short vendor area: both are seen
 * from real clients. The packet keeps views on `datagram`, which must not be changed afterwards.
 */
export function decode(datagram: Buffer): Decoded {
  if (datagram.length < optionsAt) return fault('truncated', datagram.length)
  const hlen = datagram.readUInt8(2)
  if (hlen > chaddrSize) return fault('badHardwareLength', 2)
  const startsWith = datagram.readUInt32BE(cookieAt)
  if (startsWith !== cookie && startsWith !== noCookie) return fault('badCookie', cookieAt)

  const pieces: OptionPieces = new Map()
  // A vendor area that says nothing is a BOOTP client's (RFC 951): there is nothing to read in it.
  const wrongAt = startsWith === noCookie ? undefined : collectOptions(datagram, optionsAt, datagram.length, pieces)
  if (wrongAt !== undefined) return fault('optionTruncated', wrongAt)

  // Only the options field can say that the others carry options too; RFC 3396 §5 reads `file` before `sname`.
  let overload = 0
  const overloadPieces = pieces.get(optionCode.overload)
  if (overloadPieces) {
    overload = uint8.decode(joined(overloadPieces)) ?? 0
    if (overload < 1 || overload > 3) return fault('badOverload', optionsAt)
    const fields = [
      { bit: 1, at: fileAt, size: fileSize },
      { bit: 2, at: snameAt, size: snameSize },
    ]
    for (const { bit, at, size } of fields) {
      if (!(overload & bit)) continue
      const wrongThere = collectOptions(datagram, at, at + size, pieces)
      if (wrongThere !== undefined) return fault('optionTruncated', wrongThere)
    }
    pieces.delete(optionCode.overload)
  }

  const options = new Map<number, Uint8Array>()
  for (const [code, parts] of pieces) options.set(code, joined(parts))
  const packet: DhcpPacket = {
    op: datagram.readUInt8(0),
    htype: datagram.readUInt8(1),
    hlen,
    hops: datagram.readUInt8(3),
    xid: datagram.readUInt32BE(4),
    secs: datagram.readUInt16BE(8),
    flags: datagram.readUInt16BE(10),
    ciaddr: datagram.readUInt32BE(12),
    yiaddr: datagram.readUInt32BE(16),
    siaddr: datagram.readUInt32BE(20),
    giaddr: datagram.readUInt32BE(24),
    chaddr: datagram.subarray(chaddrAt, chaddrAt + chaddrSize),
    sname: overload & 2 ? nothing : upToNul(datagram, snameAt, snameSize),
    file: overload & 1 ? nothing : upToNul(datagram, fileAt, fileSize),
    options,
  }
  return { ok: true, packet }
}

type OptionPieces = Map<number, Uint8Array[]>

/** @returns the offset of an option that runs past `end`, or undefined when all is well. */
function collectOptions(datagram: Buffer, start: number, end: number, into: OptionPieces): number | undefined {
  let at = start
  while (at < end) {
    const code = datagram.readUInt8(at)
    if (code === optionCode.pad) {
      at++
      continue
    }
    if (code === optionCode.end) return undefined
    if (at + 2 > end) return at
    const next = at + 2 + datagram.readUInt8(at + 1)
    if (next > end) return at
    const value = datagram.subarray(at + 2, next)
    const pieces = into.get(code)
    if (pieces) pieces.push(value)
    else into.set(code, [value])
    at = next
  }
  return undefined
}

const joined = (pieces: Uint8Array[]): Uint8Array => (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces))

const nothing = new Uint8Array(0)

/** The text in a field of fixed size, up to its first NUL. */
function upToNul(datagram: Buffer, start: number, size: number): Uint8Array {
  if (datagram[start] === 0) return nothing
  const field = datagram.subarray(start, start + size)
  const nul = field.indexOf(0)
  return nul === -1 ? field : field.subarray(0, nul)
}

export interface Encoded {
  datagram: Buffer
  /** Codes of options for which there was no room. */
  omitted: number[]
}

/**
 * Encodes a packet, options in the order of its map, so that equal packets give equal bytes. Options longer than 255
 * bytes are sent in pieces (RFC 3396). What the options field cannot hold goes to an unused `file`, then to an unused
 * `sname` (option 52); what does not fit there either is left out and named. Padded to 300 bytes.
 *
 * A message without a type is BOOTP's, which knows no option 52 (RFC 1534 §2); and what a relay agent said is never put
 * in the other fields (RFC 3046 §2.2).
 *
 * @param maxSize the largest datagram allowed, in bytes of UDP payload
 */
export function encode(packet: DhcpPacket, maxSize: number): Encoded {
  const { options, file, sname } = packet
  const room = maxSize - optionsAt - endSize
  const field = new OptionArea(room)
  if ([...options].every(([code, value]) => field.add(code, value)))
    return { datagram: lay(packet, field), omitted: [] }

  const mayOverload = options.has(optionCode.messageType)
  const omitted: number[] = []
  const fieldRoom = room - (mayOverload ? overloadSize : 0)
  const fromAgent = new OptionArea(fieldRoom)
  const agentSaid = options.get(optionCode.relayAgentInformation)
  if (agentSaid && !fromAgent.add(optionCode.relayAgentInformation, agentSaid))
    omitted.push(optionCode.relayAgentInformation)
  const shortField = new OptionArea(fieldRoom - fromAgent.size)
  const inFile = new OptionArea(mayOverload && file.length === 0 ? fileSize - endSize : 0)
  const inSname = new OptionArea(mayOverload && sname.length === 0 ? snameSize - endSize : 0)
  const areas = [shortField, inFile, inSname]
  for (const [code, value] of options) {
    if (code === optionCode.relayAgentInformation) continue
    if (!areas.some((area) => area.add(code, value))) omitted.push(code)
  }
  shortField.append(fromAgent)
  return { datagram: lay(packet, shortField, inFile, inSname), omitted }
}

const endSize = 1
const overloadSize = 3

/** Options to be laid one after the other in a limited space. */
class OptionArea {
  readonly #room: number
  readonly #entries: [code: number, value: Uint8Array][] = []
  size = 0

  /** @param room bytes, without the end option */
  constructor(room: number) {
    this.#room = room
  }

  get used(): boolean {
    return this.size > 0
  }

  /** @returns false when there is no room for it. */
  add(code: number, value: Uint8Array): boolean {
    const size = value.length + 2 * Math.max(1, Math.ceil(value.length / 255))
    if (this.size + size > this.#room) return false
    this.#entries.push([code, value])
    this.size += size
    return true
  }

  /** Adds the options of another area after its own, for which there must be room. */
  append(area: OptionArea): void {
    this.#entries.push(...area.#entries)
    this.size += area.size
  }

  /** Writes the options and an end option. */
  write(target: Buffer, start: number): void {
    let at = start
    for (const [code, value] of this.#entries) {
      if (value.length <= 255) {
        // Nearly all of them are a few bytes: a view of each would cost more than its copying.
        target[at++] = code
        target[at++] = value.length
        for (let i = 0; i < value.length; i++) target[at++] = value[i]!
        continue
      }
      let from = 0
      do {
        const piece = value.subarray(from, from + 255)
        at = target.writeUInt8(code, at)
        at = target.writeUInt8(piece.length, at)
        target.set(piece, at)
        at += piece.length
        from += piece.length
      } while (from < value.length)
    }
    target.writeUInt8(optionCode.end, at)
  }
}

function lay(packet: DhcpPacket, field: OptionArea, inFile?: OptionArea, inSname?: OptionArea): Buffer {
  const overload = (inFile?.used ? 1 : 0) | (inSname?.used ? 2 : 0)
  const optionsSize = (overload ? overloadSize : 0) + field.size + endSize
  const datagram = Buffer.alloc(Math.max(minimumSize, optionsAt + optionsSize))
  datagram.writeUInt8(packet.op, 0)
  datagram.writeUInt8(packet.htype, 1)
  datagram.writeUInt8(packet.hlen, 2)
  datagram.writeUInt8(packet.hops, 3)
  datagram.writeUInt32BE(packet.xid, 4)
  datagram.writeUInt16BE(packet.secs, 8)
  datagram.writeUInt16BE(packet.flags, 10)
  datagram.writeUInt32BE(packet.ciaddr, 12)
  datagram.writeUInt32BE(packet.yiaddr, 16)
  datagram.writeUInt32BE(packet.siaddr, 20)
  datagram.writeUInt32BE(packet.giaddr, 24)
  datagram.set(packet.chaddr.subarray(0, chaddrSize), chaddrAt)
  if (inSname?.used) inSname.write(datagram, snameAt)
  else datagram.set(packet.sname.subarray(0, snameSize), snameAt)
  if (inFile?.used) inFile.write(datagram, fileAt)
  else datagram.set(packet.file.subarray(0, fileSize), fileAt)
  datagram.writeUInt32BE(cookie, cookieAt)
  let at = optionsAt
  if (overload) {
    datagram.set([optionCode.overload, 1, overload], at)
    at += overloadSize
  }
  field.write(datagram, at)
  return datagram
}
