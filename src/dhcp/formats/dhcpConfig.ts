import type { Ipv4, Mac } from '../../contract/index.ts'
import { contains, formatIpv4, networkOf, parseIpv4 } from '../../network/index.ts'
import type { DhcpConfig, NetworkConfig, SubnetConfig } from '../config.ts'
import { optionCode } from '../options/codes.ts'
import type { OptionValue } from './optionValue.ts'
import {
  mergeSettings,
  sortOptions,
  type LeaseTimes,
  type NetworkSettings,
  type PlanOption,
  type PoolPlan,
  type ReservationPlan,
  type ServerPlan,
  type SubnetPlan,
} from './plan.ts'

/** An address kept for a machine, by the names of the stock. */
export interface NamedReservation {
  mac: Mac
  address: Ipv4
  /** Made from the MAC address unless given. */
  name?: string
}

/** What the running server does, as a plan that can be exported. @param config a valid one */
export function fromConfig(config: DhcpConfig, reservations: readonly NamedReservation[] = []): ServerPlan {
  const own = networkOf(numberOf(config.serverAddress), config.prefix)
  const networks: [string, NetworkConfig][] = [
    [formatIpv4(own), config],
    ...(config.subnets ?? []).map((subnet): [string, NetworkConfig] => [subnet.network, subnet]),
  ]
  const subnets = networks.map(([network, each]) => subnetFrom(network, each, config))
  return {
    authoritative: config.authoritative,
    options: [],
    subnets: subnets.sort((a, b) => numberOf(a.network) - numberOf(b.network)),
    reservations: reservations.map(({ mac, address, name }) => ({
      name: name ?? `machine-${mac.replaceAll(':', '')}`,
      identity: { kind: 'mac', mac },
      addresses: [address],
      denied: false,
      options: [],
    })),
  }
}

function subnetFrom(network: Ipv4, own: NetworkConfig, shared: DhcpConfig): SubnetPlan {
  const { leaseSeconds, minLeaseSeconds, maxLeaseSeconds } = own.leaseSeconds === undefined ? shared : own
  const usual = leaseSeconds ?? shared.leaseSeconds
  const dnsServers = own.dnsServers ?? shared.dnsServers ?? []
  const domainName = own.domainName ?? shared.domainName
  const options: PlanOption[] = []
  const add = (code: number, value: OptionValue): number => options.push({ code, value })
  if (own.router !== undefined) add(optionCode.router, { type: 'addresses', addresses: [own.router] })
  if (dnsServers.length > 0) add(optionCode.domainNameServer, { type: 'addresses', addresses: dnsServers })
  if (domainName !== undefined) add(optionCode.domainName, { type: 'text', text: domainName })
  return {
    network,
    prefix: own.prefix,
    leaseTimes: { min: minLeaseSeconds ?? usual, default: usual, max: maxLeaseSeconds ?? usual },
    options: sortOptions(options),
    pools: poolsAround(own, shared),
  }
}

/** Another server does not know that Amorce leaves its own address and the router's out: the range is cut there. */
function poolsAround(own: NetworkConfig, shared: DhcpConfig): PoolPlan[] {
  const left = [...(own.excluded ?? []), own.router, shared.serverAddress].flatMap((text) => text ?? [])
  const end = numberOf(own.poolEnd)
  const holes = [...new Set(left.map(numberOf))].filter((hole) => hole <= end).sort((a, b) => a - b)
  const pools: PoolPlan[] = []
  let start = numberOf(own.poolStart)
  for (const hole of [...holes, end + 1]) {
    if (hole > start)
      pools.push({
        start: formatIpv4(start),
        end: formatIpv4(hole - 1),
        clients: 'all',
        bootp: shared.bootp === 'pool',
      })
    start = Math.max(start, hole + 1)
  }
  return pools
}

export const configLossReasons = [
  // No subnet of the plan has the server's own address: nothing can be served.
  'noOwnSubnet',
  // Amorce can hand this option out to nobody yet.
  'option',
  // One router per network.
  'severalRouters',
  // The boot file and where it is are chosen by the machine's firmware.
  'bootChoice',
  // Outside of what Amorce allows, and put to the nearest it does.
  'leaseTimes',
  // Serving only machines with a reservation, or only those without.
  'clientGroups',
  'bootpRefused',
  'authoritativeBySubnet',
  // A subnet without a pool.
  'noPool',
  // Amorce has one range with holes; these were too far from the largest.
  'poolsTooFarApart',
  // Known by something else than a MAC address.
  'identity',
  'deniedMachine',
  'noAddress',
  // What is said for one machine alone.
  'machineSettings',
] as const
export type ConfigLossReason = (typeof configLossReasons)[number]

export interface ConfigLoss {
  reason: ConfigLossReason
  /** The subnet, the reservation or the option. */
  subject: string
}

/**
 * What of a plan Amorce can do today.
 *
 * @param serverAddress of the chosen NIC; it says which of the subnets is the server's own
 * @returns `config` undefined when none is; it is still to be read (`readNetworks`), which may refuse it
 */
export function toConfig(
  plan: ServerPlan,
  serverAddress: Ipv4,
): { config: DhcpConfig | undefined; reservations: Required<NamedReservation>[]; losses: ConfigLoss[] } {
  const losses: ConfigLoss[] = []
  const lose = (reason: ConfigLossReason, subject: string): void => {
    losses.push({ reason, subject })
  }
  const reservations = plan.reservations.flatMap((each) => reservationsFrom(each, lose))
  const isOwn = ({ network, prefix }: SubnetPlan): boolean =>
    contains(numberOf(network), prefix, numberOf(serverAddress))
  const ownPlan = plan.subnets.find(isOwn)
  const own = ownPlan && networkFrom(ownPlan, plan, lose)
  if (!own) {
    if (!ownPlan) lose('noOwnSubnet', serverAddress)
    return { config: undefined, reservations, losses }
  }
  const subnets = plan.subnets
    .filter((each) => each !== ownPlan)
    .flatMap((each): SubnetConfig[] => {
      const network = networkFrom(each, plan, lose)
      return network ? [{ network: each.network, ...network }] : []
    })
  const config: DhcpConfig = {
    serverAddress,
    ...own,
    authoritative: ownPlan.authoritative ?? plan.authoritative ?? false,
    ...(plan.subnets.some(({ pools }) => pools.some(({ bootp }) => bootp)) && { bootp: 'pool' as const }),
    ...(subnets.length > 0 && { subnets }),
  }
  return { config, reservations, losses }
}

type Lose = (reason: ConfigLossReason, subject: string) => void

function networkFrom(
  subnet: SubnetPlan,
  plan: ServerPlan,
  lose: Lose,
): (NetworkConfig & { leaseSeconds: number }) | undefined {
  const subject = `${subnet.network}/${subnet.prefix}`
  const merged = mergeSettings<NetworkSettings>(plan, subnet)
  const pools = subnet.pools.filter(({ clients, start, end }) => {
    if (clients !== 'all') lose('clientGroups', `${start} - ${end}`)
    return clients === 'all'
  })
  if (merged.unknownClients === false) lose('clientGroups', subject)
  if (merged.bootp === false) lose('bootpRefused', subject)
  if (merged.nextServer !== undefined || merged.bootFile !== undefined || merged.serverName !== undefined)
    lose('bootChoice', subject)
  if (subnet.authoritative !== undefined && subnet.authoritative !== (plan.authoritative ?? false))
    lose('authoritativeBySubnet', subject)
  const range = rangeOf(pools, lose)
  if (!range) {
    lose('noPool', subject)
    return undefined
  }
  return {
    prefix: subnet.prefix,
    ...range,
    ...leasesFrom(merged.leaseTimes, subject, lose),
    ...optionsFrom(merged, subject, lose),
  }
}

function optionsFrom(
  { options }: NetworkSettings,
  subject: string,
  lose: Lose,
): Pick<NetworkConfig, 'router' | 'dnsServers' | 'domainName'> {
  const network: Pick<NetworkConfig, 'router' | 'dnsServers' | 'domainName'> = {}
  for (const { code, value } of options) {
    if (code === optionCode.router && value.type === 'addresses') {
      network.router = value.addresses[0]
      if (value.addresses.length > 1) lose('severalRouters', subject)
    } else if (code === optionCode.domainNameServer && value.type === 'addresses') {
      network.dnsServers = value.addresses
    } else if (code === optionCode.domainName && value.type === 'text') {
      network.domainName = value.text
    } else if (code === optionCode.tftpServerName || code === optionCode.bootFileName) {
      lose('bootChoice', `option ${code}`)
    } else if (code !== optionCode.subnetMask && code !== optionCode.broadcastAddress) {
      // Those two, Amorce sends by itself.
      lose('option', `option ${code}`)
    }
  }
  return network
}

/** dhcpd's own, where nothing is said. */
const usualSeconds = 43_200
const shortestSeconds = 10
const longestSeconds = 30 * 86_400

function leasesFrom(
  times: LeaseTimes | undefined,
  subject: string,
  lose: Lose,
): Pick<NetworkConfig, 'minLeaseSeconds' | 'maxLeaseSeconds'> & { leaseSeconds: number } {
  const bound = (seconds: number, least: number, most: number): number => {
    const bounded = Math.min(Math.max(seconds, least), most)
    if (bounded !== seconds) lose('leaseTimes', subject)
    return bounded
  }
  const min = times?.min === undefined ? undefined : bound(times.min, shortestSeconds, longestSeconds)
  const max = times?.max === undefined ? undefined : bound(times.max, min ?? shortestSeconds, longestSeconds)
  const wanted = times?.default ?? Math.min(Math.max(usualSeconds, min ?? 0), max ?? Infinity)
  const leaseSeconds = bound(wanted, min ?? shortestSeconds, max ?? longestSeconds)
  return {
    leaseSeconds,
    ...(min !== undefined && min !== leaseSeconds && { minLeaseSeconds: min }),
    ...(max !== undefined && max !== leaseSeconds && { maxLeaseSeconds: max }),
  }
}

/** More holes than this are no range with holes any more. */
const mostExcluded = 4096

/** One range around all pools, what lies between them excluded. */
function rangeOf(
  pools: readonly PoolPlan[],
  lose: Lose,
): Pick<NetworkConfig, 'poolStart' | 'poolEnd' | 'excluded'> | undefined {
  const spans = pools
    .map(({ start, end }) => ({ first: numberOf(start), last: numberOf(end) }))
    .sort((a, b) => a.first - b.first)
  const [head, ...rest] = spans
  if (!head) return undefined
  const excluded: Ipv4[] = []
  let last = head.last
  for (const span of rest) {
    if (excluded.length + span.first - last - 1 > mostExcluded) {
      lose('poolsTooFarApart', `${formatIpv4(span.first)} - ${formatIpv4(span.last)}`)
      continue
    }
    for (let hole = last + 1; hole < span.first; hole++) excluded.push(formatIpv4(hole))
    last = Math.max(last, span.last)
  }
  return {
    poolStart: formatIpv4(head.first),
    poolEnd: formatIpv4(last),
    ...(excluded.length > 0 && { excluded }),
  }
}

function reservationsFrom(reservation: ReservationPlan, lose: Lose): Required<NamedReservation>[] {
  const { identity, name, addresses, denied } = reservation
  if (identity.kind !== 'mac') {
    lose('identity', name)
    return []
  }
  if (denied) {
    lose('deniedMachine', name)
    return []
  }
  if (addresses.length === 0) lose('noAddress', name)
  const says = [reservation.leaseTimes, reservation.nextServer, reservation.bootFile, reservation.serverName]
  // The host name a machine is given is the one Amorce knows it by.
  const options = reservation.options.filter(({ code }) => code !== optionCode.hostName)
  if (options.length > 0 || says.some((each) => each !== undefined)) lose('machineSettings', name)
  return addresses.map((address) => ({ mac: identity.mac, address, name }))
}

/** Of an address that has been read before. */
const numberOf = (address: Ipv4): number => parseIpv4(address) ?? 0
