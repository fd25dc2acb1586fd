import type { NicAddress, NicView } from '../contract/index.ts'
import { CodedError } from '../contract/index.ts'
import { formatIpv4, isPrivate, isValidHostAddress, overlaps, parseIpv4 } from './ipv4.ts'

/**
 * The address that services on this NIC would use: its first private one (RFC 1918) with a prefix of 8 to 30.
 * Link-local addresses (169.254/16) are never it: they say that nobody has configured the NIC.
 */
export const suitableAddress = (nic: NicView): NicAddress | undefined =>
  nic.addresses.find(({ address, prefix }) => {
    const value = parseIpv4(address)
    return value !== undefined && prefix >= 8 && prefix <= 30 && isPrivate(value) && isValidHostAddress(value, prefix)
  })

/**
 * An address to offer for a NIC that has no suitable one: the first host of the first free private /24 among
 * 192.168.60 to 192.168.254, 172.16 to 172.31 and 10.0 to 10.255. Free means that it overlaps no subnet of `nic` or `all`.
 * @throws CodedError `address.failed` when every private network is taken.
 */
export function proposeAddress(nic: NicView, all: readonly NicView[]): NicAddress {
  const taken = [nic, ...all].flatMap((other) => other.addresses)
  for (const candidate of candidates()) if (!taken.some((address) => overlaps(address, candidate))) return candidate
  throw new CodedError('address.failed', 'every private network is taken', { nic: nic.name })
}

// 192.168.0 to 192.168.59 hold most home and school routers, so a machine plugged back there later would clash.
function* candidates(): Generator<NicAddress> {
  for (let third = 60; third < 255; third++) yield hostOne(0xc0a80000 + third * 256)
  for (let second = 16; second < 32; second++) yield hostOne(0xac000000 + second * 65_536 + 60 * 256)
  for (let second = 0; second < 256; second++) yield hostOne(0x0a000000 + second * 65_536 + 60 * 256)
}

const hostOne = (network: number): NicAddress => ({ address: formatIpv4(network + 1), prefix: 24 })
