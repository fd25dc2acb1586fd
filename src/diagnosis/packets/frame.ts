import type { Ipv4, Mac } from '../../contract/index.ts'

const ethernetHeader = 14
const etherTypeIpv4 = 0x0800
const protocolTcp = 6
const protocolUdp = 17

export const tcpFlag = { fin: 0x01, syn: 0x02, rst: 0x04, ack: 0x10 } as const

/** An IPv4 datagram or segment in an Ethernet frame; what else passes a NIC is none of a boot's. */
export interface Frame {
  from: { mac: Mac; address: Ipv4; port: number }
  to: { mac: Mac; address: Ipv4; port: number }
  protocol: 'udp' | 'tcp'
  /** TCP's flag bits. */
  flags?: number
  payload: Buffer
}

const macAt = (bytes: Buffer, offset: number): Mac =>
  bytes
    .subarray(offset, offset + 6)
    .toString('hex')
    .replace(/..(?!$)/g, '$&:')
const addressAt = (bytes: Buffer, offset: number): Ipv4 => bytes.subarray(offset, offset + 4).join('.')

/** @returns undefined for anything else, or what is cut before its ports. */
export function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < ethernetHeader + 20 || bytes.readUInt16BE(12) !== etherTypeIpv4) return undefined
  const headerLength = ((bytes[ethernetHeader] ?? 0) & 0x0f) * 4
  const number = bytes[ethernetHeader + 9]
  const start = ethernetHeader + headerLength
  // A later fragment carries no ports (RFC 791).
  if (headerLength < 20 || (bytes.readUInt16BE(ethernetHeader + 6) & 0x1fff) !== 0) return undefined
  const ends = (port: number, from: number, address: number) => ({
    mac: macAt(bytes, from),
    address: addressAt(bytes, address),
    port: bytes.readUInt16BE(start + port),
  })
  if (number === protocolUdp && bytes.length >= start + 8) {
    // What follows the datagram is the frame's padding.
    const end = Math.min(bytes.length, start + Math.max(8, bytes.readUInt16BE(start + 4)))
    return { from: ends(0, 6, 26), to: ends(2, 0, 30), protocol: 'udp', payload: bytes.subarray(start + 8, end) }
  }
  if (number === protocolTcp && bytes.length >= start + 20) {
    const dataOffset = ((bytes[start + 12] ?? 0) >> 4) * 4
    const total = ethernetHeader + bytes.readUInt16BE(ethernetHeader + 2)
    const payload = bytes.subarray(Math.min(start + dataOffset, bytes.length), Math.min(bytes.length, total))
    return { from: ends(0, 6, 26), to: ends(2, 0, 30), protocol: 'tcp', flags: bytes[start + 13] ?? 0, payload }
  }
  return undefined
}

export interface DatagramEnds {
  fromMac: Mac
  toMac: Mac
  from: { address: Ipv4; port: number }
  to: { address: Ipv4; port: number }
}

/** A frame around a datagram that a socket told of, where nothing shows the real one. Its UDP checksum is left out (0). */
export function frameAround(payload: Uint8Array, { fromMac, toMac, from, to }: DatagramEnds): Buffer {
  const bytes = Buffer.alloc(ethernetHeader + 28 + payload.length)
  bytes.write(toMac.replaceAll(':', ''), 0, 'hex')
  bytes.write(fromMac.replaceAll(':', ''), 6, 'hex')
  bytes.writeUInt16BE(etherTypeIpv4, 12)
  const ip = bytes.subarray(ethernetHeader, ethernetHeader + 20)
  ip[0] = 0x45
  ip.writeUInt16BE(28 + payload.length, 2)
  ip[8] = 64
  ip[9] = protocolUdp
  ip.set(from.address.split('.').map(Number), 12)
  ip.set(to.address.split('.').map(Number), 16)
  ip.writeUInt16BE(headerChecksum(ip), 10)
  bytes.writeUInt16BE(from.port, 34)
  bytes.writeUInt16BE(to.port, 36)
  bytes.writeUInt16BE(8 + payload.length, 38)
  bytes.set(payload, 42)
  return bytes
}

/** RFC 1071. */
function headerChecksum(header: Buffer): number {
  let sum = 0
  for (let offset = 0; offset < header.length; offset += 2) sum += header.readUInt16BE(offset)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return ~sum & 0xffff
}
