import {
  CodedError,
  type ErrorDetails,
  type Ipv4,
  type Mac,
  type NicAddress,
  type UnknownMachines,
} from '../contract/index.ts'
import { broadcastOf, formatIpv4, networkOf, parseIpv4, prefixToMask } from '../network/index.ts'
import type { Address } from './address.ts'
import { encodeCustom, faultOf, type CustomOption, type EncodedOption } from './customOptions.ts'
import type { RateLimits } from './rateLimits.ts'
import { readMac } from './mac.ts'

/** What is handed out on one network. */
export interface NetworkConfig {
  /** 1 to 30. */
  prefix: number
  poolStart: Ipv4
  poolEnd: Ipv4
  /** What a client gets that asks for no particular time: seconds, 10 to 30 days. */
  leaseSeconds?: number
  /** What a client gets at least and at most, whatever it asks for (option 51); `leaseSeconds` unless given. */
  minLeaseSeconds?: number
  maxLeaseSeconds?: number
  /** None in exam mode: the room has no way out. */
  router?: Ipv4
  dnsServers?: Ipv4[]
  domainName?: string
  /** Addresses in the pool that are never handed out. */
  excluded?: Ipv4[]
  /** Apart from the pool: for machines that nobody knows, with `unknownMachines: 'quarantine'`. */
  quarantine?: { start: Ipv4; end: Ipv4 }
  /** Each code once. On a network behind a relay agent, in place of the own network's of the same code. */
  options?: CustomOption[]
}

/** A network behind a relay agent. What is left out is as on the server's own network, but for the router: none. */
export interface SubnetConfig extends NetworkConfig {
  /** Its first address: `10.0.20.0`. */
  network: Ipv4
}

export interface DhcpConfig extends NetworkConfig {
  /** The address of the chosen NIC: option 54, and what the pool leaves out. */
  serverAddress: Ipv4
  leaseSeconds: number
  /**
   * This is the only DHCP server of the segment: clients that ask for what it does not know are told so (NAK). When it
   * is not, they may be another server's, and it stays silent.
   */
  authoritative: boolean
  /** A client that asks for it is given its lease in two messages instead of four (RFC 4039). */
  rapidCommit?: boolean
  /** BOOTP clients get what is reserved for them, or, with `pool`, any address, for ever. */
  bootp?: 'reservations' | 'pool'
  /**
   * Machines that are neither known nor on the allow list: served like any other, given an address of the quarantine
   * without a boot file (nothing at all on a network without one), or not answered. `serve` unless said.
   */
  unknownMachines?: UnknownMachines
  /**
   * How much of each pool, 0 to 0.9, is kept from strangers (served, but not known), so that no flood of them leaves
   * a known machine without an address. Nothing unless given.
   */
  knownShare?: number
  /** No limits unless given. */
  limits?: RateLimits
  /** MACs that count as known. */
  allow?: Mac[]
  /** MACs that are never answered, known or not. */
  deny?: Mac[]
  /** Networks behind relay agents. */
  subnets?: SubnetConfig[]
}

export type { UnknownMachines } from '../contract/index.ts'

/** A valid configuration as it holds on one network, addresses as numbers. */
export interface DhcpSettings {
  /** On a network behind a relay agent, not one of its own. */
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
  minLeaseSeconds: number
  maxLeaseSeconds: number
  routers: Address[]
  dnsServers: Address[]
  domainName?: string
  authoritative: boolean
  rapidCommit: boolean
  bootp: 'reservations' | 'pool'
  unknownMachines: UnknownMachines
  allow: ReadonlySet<Mac>
  deny: ReadonlySet<Mac>
  /** Free addresses that strangers cannot have. */
  keptForKnown: number
  /** By code. */
  options: ReadonlyMap<number, EncodedOption>
  /** The same network, whose pool is the quarantine. */
  quarantine?: DhcpSettings
}

export const largestPool = 262_144
const shortestLease = 10
const longestLease = 30 * 86_400
/** RFC 1123 §2.1 labels. */
const domainPattern = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

/** The settings of the server's own network. @throws CodedError as `readNetworks` */
export const readConfig = (config: DhcpConfig): DhcpSettings => readNetworks(config)[0]

/**
 * The settings of every network, the server's own first.
 *
 * @throws CodedError `dhcp.poolInvalid` with `{ field, reason, value }`: which field of the configuration
 *   (`poolStart`, `subnets.0.router`), and one of `notAnAddress`, `notAHost` (the network's own or its broadcast
 *   address), `notANetwork` (not its first address), `outsideNetwork`, `outOfRange`, `endBeforeStart`, `tooLarge`,
 *   `nothingLeft`, `notADomain`, `notAMac`, `overlaps` (with another network, or the quarantine with the pool), `missing`, `duplicate`,
 *   or an `OptionFault`'s.
 */
export function readNetworks(config: DhcpConfig): [DhcpSettings, ...DhcpSettings[]] {
  const own = readNetwork(config, config, (field) => field)
  if (own.unknownMachines === 'quarantine' && !own.quarantine) throw invalid('quarantine', 'missing', '')
  for (const limit of ['perClient', 'strangers'] as const) {
    const value = config.limits?.[limit]
    if (value !== undefined && !(value >= 1 && value <= 1_000_000))
      throw invalid(`limits.${limit}`, 'outOfRange', value)
  }
  const networks: [DhcpSettings, ...DhcpSettings[]] = [own]
  for (const [i, subnet] of (config.subnets ?? []).entries()) {
    const fieldOf = (field: string): string => `subnets.${i}.${field}`
    const settings = readNetwork(subnet, config, fieldOf)
    const first = readAddress(fieldOf('network'), subnet.network)
    if (first !== settings.network) throw invalid(fieldOf('network'), 'notANetwork', subnet.network)
    if (networks.some((other) => settings.network <= other.broadcast && other.network <= settings.broadcast))
      throw invalid(fieldOf('network'), 'overlaps', subnet.network)
    networks.push(settings)
  }
  return networks
}

type FieldName = (field: string) => string

function readNetwork(config: DhcpConfig | SubnetConfig, shared: DhcpConfig, fieldOf: FieldName): DhcpSettings {
  const { prefix } = config
  const { knownShare = 0 } = shared
  if (!(knownShare >= 0 && knownShare <= 0.9)) throw invalid('knownShare', 'outOfRange', knownShare)
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > 30) throw invalid(fieldOf('prefix'), 'outOfRange', prefix)
  const leaseTimes = readLeaseTimes(config.leaseSeconds === undefined ? shared : config, shared.leaseSeconds, fieldOf)

  const isOwn = 'serverAddress' in config
  const anchor = isOwn ? config.serverAddress : config.network
  const anchorField = fieldOf(isOwn ? 'serverAddress' : 'network')
  const network = networkOf(readAddress(anchorField, anchor), prefix)
  const broadcast = broadcastOf(network, prefix)
  const readHost = (field: string, text: Ipv4): Address => {
    const address = readAddress(field, text)
    if (networkOf(address, prefix) !== network) throw invalid(field, 'outsideNetwork', text)
    if (address === network || address === broadcast) throw invalid(field, 'notAHost', text)
    return address
  }

  const serverAddress = readAddress('serverAddress', shared.serverAddress)
  if (isOwn) readHost(anchorField, anchor)
  const poolStart = readHost(fieldOf('poolStart'), config.poolStart)
  const poolEnd = readHost(fieldOf('poolEnd'), config.poolEnd)
  if (poolEnd < poolStart) throw invalid(fieldOf('poolEnd'), 'endBeforeStart', config.poolEnd)
  const size = poolEnd - poolStart + 1
  if (size > largestPool) throw invalid(fieldOf('poolEnd'), 'tooLarge', size)
  const routers = config.router === undefined ? [] : [readHost(fieldOf('router'), config.router)]
  const excluded = new Set((config.excluded ?? []).map((text) => readAddress(fieldOf('excluded'), text)))
  for (const taken of [serverAddress, ...routers]) excluded.add(taken)
  const left = size - [...excluded].filter((address) => address >= poolStart && address <= poolEnd).length
  if (left === 0) throw invalid(fieldOf('poolStart'), 'nothingLeft', config.poolStart)
  const domainName = config.domainName ?? shared.domainName
  if (domainName !== undefined && !domainPattern.test(domainName))
    throw invalid(fieldOf('domainName'), 'notADomain', domainName)

  const settings: DhcpSettings = {
    serverAddress,
    mask: prefixToMask(prefix),
    network,
    broadcast,
    networkName: `${formatIpv4(network)}/${prefix}`,
    poolStart,
    poolEnd,
    excluded,
    ...leaseTimes,
    routers,
    dnsServers: (config.dnsServers ?? shared.dnsServers ?? []).map((text) => readAddress(fieldOf('dnsServers'), text)),
    domainName,
    authoritative: shared.authoritative,
    rapidCommit: shared.rapidCommit ?? false,
    bootp: shared.bootp ?? 'reservations',
    unknownMachines: shared.unknownMachines ?? 'serve',
    ...readAccess(shared),
    keptForKnown: Math.ceil(left * knownShare),
    options: new Map([...readOptions(shared.options, (field) => field), ...readOptions(config.options, fieldOf)]),
  }
  if (config.quarantine) {
    const start = readHost(fieldOf('quarantine.start'), config.quarantine.start)
    const end = readHost(fieldOf('quarantine.end'), config.quarantine.end)
    if (end < start) throw invalid(fieldOf('quarantine.end'), 'endBeforeStart', config.quarantine.end)
    if (end - start >= largestPool) throw invalid(fieldOf('quarantine.end'), 'tooLarge', end - start + 1)
    if (start <= poolEnd && poolStart <= end)
      throw invalid(fieldOf('quarantine.start'), 'overlaps', config.quarantine.start)
    settings.quarantine = { ...settings, poolStart: start, poolEnd: end }
  }
  return settings
}

function readOptions(options: readonly CustomOption[] = [], fieldOf: FieldName): Map<number, EncodedOption> {
  const encoded = new Map<number, EncodedOption>()
  for (const [i, option] of options.entries()) {
    const fault = faultOf(option)
    if (fault) throw invalid(fieldOf(`options.${i}.${fault.part}`), fault.reason, option.code)
    if (encoded.has(option.code)) throw invalid(fieldOf(`options.${i}.code`), 'duplicate', option.code)
    encoded.set(option.code, encodeCustom(option))
  }
  return encoded
}

/** @throws CodedError as `readNetworks` */
export const readAccess = ({
  allow,
  deny,
}: Pick<DhcpConfig, 'allow' | 'deny'>): Pick<DhcpSettings, 'allow' | 'deny'> => ({
  allow: readMacs('allow', allow),
  deny: readMacs('deny', deny),
})

const readMacs = (field: string, macs: readonly string[] = []): Set<Mac> =>
  new Set(
    macs.map((text) => {
      const mac = readMac(text)
      if (mac === undefined) throw invalid(field, 'notAMac', text)
      return mac
    }),
  )

type LeaseTimes = Pick<DhcpSettings, 'leaseSeconds' | 'minLeaseSeconds' | 'maxLeaseSeconds'>

/** A network that says nothing of lease times has those of the server's own, all three. */
function readLeaseTimes(config: NetworkConfig, usual: number, fieldOf: FieldName): LeaseTimes {
  const read = (field: keyof LeaseTimes, value: number, from: number, to: number): number => {
    if (!Number.isInteger(value) || value < from || value > to) throw invalid(fieldOf(field), 'outOfRange', value)
    return value
  }
  const leaseSeconds = read('leaseSeconds', config.leaseSeconds ?? usual, shortestLease, longestLease)
  const { minLeaseSeconds: min = leaseSeconds, maxLeaseSeconds: max = leaseSeconds } = config
  return {
    leaseSeconds,
    minLeaseSeconds: read('minLeaseSeconds', min, shortestLease, leaseSeconds),
    maxLeaseSeconds: read('maxLeaseSeconds', max, leaseSeconds, longestLease),
  }
}

function readAddress(field: string, text: Ipv4): Address {
  const address = parseIpv4(text)
  if (address === undefined) throw invalid(field, 'notAnAddress', text)
  return address
}

const invalid = (field: string, reason: string, value: string | number): CodedError => {
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
