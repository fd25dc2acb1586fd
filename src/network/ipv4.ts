import type { NicAddress } from '../contract/index.ts'

// IPv4 addresses as unsigned 32-bit numbers, most significant byte first: 192.168.60.1 is 0xc0a83c01.

/** Reads strict dotted decimal (four parts, no leading zero, nothing around); undefined for anything else. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  let value = 0
  for (const part of match.slice(1)) {
    // A leading zero means octal to some readers and decimal to others.
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

export const formatIpv4 = (value: number): string =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.')

/** 24 becomes 0xffffff00. */
export const prefixToMask = (prefix: number): number => (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0)

/** 0xffffff00 becomes 24; undefined for a mask with holes. */
export function maskToPrefix(mask: number): number | undefined {
  const prefix = Math.clz32(~mask)
  return prefixToMask(prefix) === mask >>> 0 ? prefix : undefined
}

/** The first address of the subnet that `address` is in. */
export const networkOf = (address: number, prefix: number): number => (address & prefixToMask(prefix)) >>> 0

/** The last address of the subnet that `address` is in. */
export const broadcastOf = (address: number, prefix: number): number => (address | ~prefixToMask(prefix)) >>> 0

/** Is `address` in the subnet that `network` (any of its addresses) and `prefix` name? */
export const contains = (network: number, prefix: number, address: number): boolean =>
  networkOf(network, prefix) === networkOf(address, prefix)

/** Do two subnets share an address? */
export function overlaps(a: NicAddress, b: NicAddress): boolean {
  const first = parseIpv4(a.address)
  const second = parseIpv4(b.address)
  return first !== undefined && second !== undefined && contains(first, Math.min(a.prefix, b.prefix), second)
}

/**
 * Can a machine on a network of this prefix have this address? Not the network's own or its broadcast address (they
 * are ordinary addresses in a /31, RFC 3021, and a /32), nor 0/8, loopback, multicast or reserved.
 */
export function isValidHostAddress(address: number, prefix: number): boolean {
  const firstByte = address >>> 24
  if (firstByte === 0 || firstByte === 127 || firstByte >= 224) return false
  return prefix >= 31 || (address !== networkOf(address, prefix) && address !== broadcastOf(address, prefix))
}

const privateNetworks = [
  { network: 0x0a000000, prefix: 8 },
  { network: 0xac100000, prefix: 12 },
  { network: 0xc0a80000, prefix: 16 },
]

/** Is it one of the addresses set aside for private networks (RFC 1918)? */
export const isPrivate = (address: number): boolean =>
  privateNetworks.some(({ network, prefix }) => contains(network, prefix, address))
