import { CodedError, type ErrorDetails, type Ipv4, type NicAddress } from '../contract/index.ts'
import { broadcastOf, formatIpv4, networkOf, parseIpv4, prefixToMask } from '../network/index.ts'
import type { Address } from './address.ts'

export interface DhcpConfig {
  /** The address of the chosen NIC: option 54, and what the pool leaves out. */
  serverAddress: Ipv4
  /** 1 to 30. */
  prefix: number
  poolStart: Ipv4
  poolEnd: Ipv4
  /** Seconds, 10 to 30 days. */
  leaseSeconds: number
  /** None in exam mode: the room has no way out. */
  router?: Ipv4
  dnsServers?: Ipv4[]
  domainName?: string
  /**
   * This is the only DHCP server of the segment: clients that ask for what it does not know are told so (NAK). When it
   * is not, they may be another server's, and it stays silent.
   */
  authoritative: boolean
  /** Addresses in the pool that are never handed out. */
  excluded?: Ipv4[]
}

/** A valid configuration, addresses as numbers. */
export interface DhcpSettings {
  serverAddress: Address
  mask: Address
  network: Address
  broadcast: Address
  /** `192.168.60.0/24`: under which name leases are kept. */
  networkName: string
  poolStart: Address
  poolEnd: Address
  /** The server's own address among them. */
  excluded: ReadonlySet<Address>
  leaseSeconds: number
  routers: Address[]
  dnsServers: Address[]
  domainName?: string
  authoritative: boolean
}

export const largestPool = 262_144
const shortestLease = 10
const longestLease = 30 * 86_400
/** RFC 1123 §2.1 labels. */
const domainPattern = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

/**
 * @throws CodedError `dhcp.poolInvalid` with `{ field, reason, value }`: which field of the configuration, and one of
 *   `notAnAddress`, `notAHost` (the network's own or its broadcast address), `outsideNetwork`, `outOfRange`,
 *   `endBeforeStart`, `tooLarge`, `nothingLeft`, `notADomain`.
 */
export function readConfig(config: DhcpConfig): DhcpSettings {
  const { prefix, leaseSeconds, domainName, authoritative } = config
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > 30) throw invalid('prefix', 'outOfRange', prefix)
  if (!Number.isInteger(leaseSeconds) || leaseSeconds < shortestLease || leaseSeconds > longestLease)
    throw invalid('leaseSeconds', 'outOfRange', leaseSeconds)

  const serverAddress = readAddress('serverAddress', config.serverAddress)
  const network = networkOf(serverAddress, prefix)
  const broadcast = broadcastOf(serverAddress, prefix)
  const readHost = (field: keyof DhcpConfig, text: Ipv4): Address => {
    const address = readAddress(field, text)
    if (networkOf(address, prefix) !== network) throw invalid(field, 'outsideNetwork', text)
    if (address === network || address === broadcast) throw invalid(field, 'notAHost', text)
    return address
  }

  readHost('serverAddress', config.serverAddress)
  const poolStart = readHost('poolStart', config.poolStart)
  const poolEnd = readHost('poolEnd', config.poolEnd)
  if (poolEnd < poolStart) throw invalid('poolEnd', 'endBeforeStart', config.poolEnd)
  const size = poolEnd - poolStart + 1
  if (size > largestPool) throw invalid('poolEnd', 'tooLarge', size)
  const routers = config.router === undefined ? [] : [readHost('router', config.router)]
  const excluded = new Set((config.excluded ?? []).map((text) => readAddress('excluded', text)))
  for (const taken of [serverAddress, ...routers]) excluded.add(taken)
  const left = size - [...excluded].filter((address) => address >= poolStart && address <= poolEnd).length
  if (left === 0) throw invalid('poolStart', 'nothingLeft', config.poolStart)
  if (domainName !== undefined && !domainPattern.test(domainName)) throw invalid('domainName', 'notADomain', domainName)

  return {
    serverAddress,
    mask: prefixToMask(prefix),
    network,
    broadcast,
    networkName: `${formatIpv4(network)}/${prefix}`,
    poolStart,
    poolEnd,
    excluded,
    leaseSeconds,
    routers,
    dnsServers: (config.dnsServers ?? []).map((text) => readAddress('dnsServers', text)),
    domainName,
    authoritative,
  }
}

function readAddress(field: keyof DhcpConfig, text: Ipv4): Address {
  const address = parseIpv4(text)
  if (address === undefined) throw invalid(field, 'notAnAddress', text)
  return address
}

const invalid = (field: keyof DhcpConfig, reason: string, value: string | number): CodedError => {
  const details: ErrorDetails = { field, reason, value }
  return new CodedError('dhcp.poolInvalid', `DHCP configuration: ${field} ${value}: ${reason}`, details)
}

/** More than any room has machines. */
const largestProposal = 2000

/**
 * Proposes a pool on the NIC's own network: .50 to .250 in a /24, and likewise in proportion elsewhere. Low addresses
 * are left to what has a fixed one (servers, printers), the last few to switches and routers.
 *
 * @throws CodedError `dhcp.poolInvalid` when the address is no IPv4 address or the network has no room.
 */
export function proposePool({ address, prefix }: NicAddress): { poolStart: Ipv4; poolEnd: Ipv4 } {
  const server = readAddress('serverAddress', address)
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > 30) throw invalid('prefix', 'outOfRange', prefix)
  const network = networkOf(server, prefix)
  const broadcast = broadcastOf(server, prefix)
  const size = broadcast - network + 1
  let start = network + Math.max(1, Math.min(50, Math.floor(size / 5)))
  let end = Math.min(broadcast - Math.max(1, Math.min(5, Math.floor(size / 50))), start + largestProposal - 1)
  if (start === server) start++
  if (end === server) end--
  return { poolStart: formatIpv4(start), poolEnd: formatIpv4(end) }
}
