import type { Mac } from '../contract/index.ts'
import { uuidOf } from './clientFacts.ts'
import { optionCode } from './options/codes.ts'
import { ethernet, type DhcpPacket } from './packet.ts'

/**
 * Who a lease belongs to: `mac:<mac>`, or `id:<hex of option 61>`.
 *
 * RFC 2131 §4.2 keys leases by client identifier where there is one. But the stages of one network boot each send
 * their own: a PXE ROM its UUID (type 0) or nothing, iPXE and Windows the MAC (type 1), systemd-networkd or dhcpcd a
 * DUID (type 255, RFC 4361) that a live system makes anew at every start. Taken literally, one PC would go through
 * three addresses in a minute and a room through its pool in a few boots. So identifiers that only name the machine
 * behind `chaddr` all mean that machine: one machine, one address, from the ROM to the exam.
 *
 * Any other identifier (one chosen by an administrator, a remote-access server asking for many addresses from one
 * MAC, a repeater that asks with its own MAC for others) is a client of its own, as the RFC has it. What this gives
 * up: containers that share their host's MAC and tell themselves apart by DUID alone.
 */
export type ClientKey = string

export interface ClientIdentity {
  mac: Mac
  key: ClientKey
  /** Option 97, where the client said it. */
  uuid?: string
}

/** @returns undefined when the hardware address is not that of one Ethernet interface. */
export function identityOf({ htype, hlen, chaddr, options }: DhcpPacket): ClientIdentity | undefined {
  if (htype !== ethernet || hlen !== 6) return undefined
  const address = chaddr.subarray(0, 6)
  const isGroupAddress = ((address[0] ?? 0) & 1) === 1
  if (isGroupAddress || address.every((byte) => byte === 0)) return undefined
  const mac = macText(address)
  const identifier = options.get(optionCode.clientIdentifier)
  const key = identifier && !namesMachine(identifier, address) ? `id:${hexText(identifier)}` : `mac:${mac}`
  const uuid = uuidOf(options)
  return uuid === undefined ? { mac, key } : { mac, key, uuid }
}

function namesMachine(identifier: Uint8Array, address: Uint8Array): boolean {
  switch (identifier[0]) {
    case 0:
      return identifier.length === 17
    case ethernet:
      return identifier.length === 7 && address.every((byte, i) => identifier[1 + i] === byte)
    case 255:
      return true
    default:
      // RFC 2132 §9.14: 2 to 255 bytes. Anything else tells nobody apart, and must not fill our memory either.
      return identifier.length < 2 || identifier.length > 255
  }
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const hexText = (bytes: Uint8Array): string => bytes.reduce((text, byte) => text + hexOf[byte], '')

// Written out: it is done for every message.
const macText = (bytes: Uint8Array): Mac =>
  `${hexOf[bytes[0]!]}:${hexOf[bytes[1]!]}:${hexOf[bytes[2]!]}:${hexOf[bytes[3]!]}:${hexOf[bytes[4]!]}:${hexOf[bytes[5]!]}`
