import type { Ipv4, Mac } from '../../contract/index.ts'
import { contains, formatIpv4, networkOf, parseIpv4 } from '../../network/index.ts'
import type { DhcpConfig, NetworkConfig, SubnetConfig, UnknownMachines } from '../config.ts'
import { faultOf, type CustomOption } from '../customOptions.ts'
import { optionCode } from '../options/codes.ts'
import type { OptionValue } from './optionValue.ts'
import {
  mergeSettings,
  sortOptions,
  type ClientGroup,
  type LeaseTimes,
  type MachineIdentity,
  type NetworkSettings,
  type PlanOption,
  type PoolPlan,
  type ReservationPlan,
  type ServerPlan,
  type SubnetPlan,
} from './plan.ts'

/** An address kept for a machine that is told by its MAC, or else by its UUID. */
export interface NamedReservation {
  address: Ipv4
  mac?: Mac
  uuid?: string
  /** Unique; made from what tells the machine unless given. */
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
    ...(config.unknownMachines === 'ignore' && { unknownClients: false }),
    options: [],
    subnets: subnets.sort((a, b) => numberOf(a.network) - numberOf(b.network)),
    reservations: machinesFrom(config, reservations),
  }
}

/** Machines with an address, those that are only known, and those that are never answered. */
function machinesFrom(
  { allow = [], deny = [] }: DhcpConfig,
  reservations: readonly NamedReservation[],
): ReservationPlan[] {
  const machines = new Map<string, ReservationPlan>()
  const machine = (identity: MachineIdentity, name?: string): ReservationPlan => {
    const told = identity.kind === 'mac' ? identity.mac : identity.kind === 'uuid' ? identity.uuid : identity.hex
    const plan = machines.get(told) ?? {
      name: name ?? `machine-${told.replaceAll(':', '')}`,
      identity,
      addresses: [],
      denied: false,
      options: [],
    }
    machines.set(told, plan)
    return plan
  }
  for (const { address, mac, uuid, name } of reservations) {
    if (mac !== undefined) machine({ kind: 'mac', mac }, name).addresses.push(address)
    else if (uuid !== undefined) machine({ kind: 'uuid', uuid }, name).addresses.push(address)
  }
  for (const mac of allow) machine({ kind: 'mac', mac })
  for (const mac of deny) machine({ kind: 'mac', mac }).denied = true
  return [...machines.values()]
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
  const custom = mergeSettings({ options: shared.options ?? [] }, { options: own.options ?? [] }).options
  for (const { code, value } of custom) add(code, normalValue(value))
  return {
    network,
    prefix: own.prefix,
    leaseTimes: { min: minLeaseSeconds ?? usual, default: usual, max: maxLeaseSeconds ?? usual },
    options: sortOptions(options),
    pools: poolsAround(own, shared),
  }
}

/** A form takes capital digits and a closing dot; a plan has one spelling of each value. */
function normalValue(value: OptionValue): OptionValue {
  if (value.type === 'bytes') return { ...value, hex: value.hex.toLowerCase() }
  if (value.type !== 'domains') return value
  return { ...value, domains: value.domains.map((domain) => domain.replace(/\.$/, '')) }
}

/** Another server does not know that Amorce leaves its own address and the router's out: the range is cut there. */
function poolsAround(own: NetworkConfig, shared: DhcpConfig): PoolPlan[] {
  const left = [...(own.excluded ?? []), own.router, shared.serverAddress].flatMap((text) => text ?? [])
  const end = numberOf(own.poolEnd)
  const holes = [...new Set(left.map(numberOf))].filter((hole) => hole <= end).sort((a, b) => a - b)
  const apart = shared.unknownMachines === 'quarantine'
  const clients = apart ? 'known' : 'all'
  const bootp = shared.bootp === 'pool'
  const pools: PoolPlan[] = []
  let start = numberOf(own.poolStart)
  for (const hole of [...holes, end + 1]) {
    if (hole > start)
      pools.push({
        start: formatIpv4(start),
        end: formatIpv4(hole - 1),
        clients,
        bootp,
      })
    start = Math.max(start, hole + 1)
  }
  if (apart && own.quarantine) pools.push({ ...own.quarantine, clients: 'unknown', bootp: false })
  return pools.sort((a, b) => numberOf(a.start) - numberOf(b.start))
}

export const configLossReasons = [
  // No subnet of the plan has the server's own address: nothing can be served.
  'noOwnSubnet',
  // Amorce cannot hand this option out, or not with this value.
  'option',
  // On a network behind a relay agent, an option of the own network stays in force.
  'inheritedOption',
  // One router per network.
  'severalRouters',
  // The boot file and where it is are chosen by the machine's firmware.
  'bootChoice',
  // Outside of what Amorce allows, and put to the nearest it does.
  'leaseTimes',
  // A pool for known machines beside one for all, or unknown machines served in some subnets alone.
  'clientGroups',
  'bootpRefused',
  'authoritativeBySubnet',
  // A subnet without a pool.
  'noPool',
  // Amorce has one range with holes; these were too far from the first.
  'poolsTooFarApart',
  // Known by something else than a MAC address or a UUID.
  'identity',
  // What is said for one machine alone.
  'machineSettings',
] as const
export type ConfigLossReason = (typeof configLossReasons)[number]

export interface ConfigLoss {
  reason: ConfigLossReason
  /** The subnet, the reservation or the option. */
  subject: string
}

export interface PlanAsConfig {
  /** None when no subnet is the server's own. It is still to be read (`readNetworks`), which may refuse it. */
  config?: DhcpConfig
  reservations: NamedReservation[]
  losses: ConfigLoss[]
}

/**
 * What of a plan Amorce does.
 *
 * @param serverAddress of the chosen NIC; it says which of the subnets is the server's own
 */
export function toConfig(plan: ServerPlan, serverAddress: Ipv4): PlanAsConfig {
  const losses: ConfigLoss[] = []
  const lose: Lose = (reason, subject) => {
    losses.push({ reason, subject })
  }
  const { reservations, allow, deny } = machinesOf(plan.reservations, lose)
  const unknownMachines = unknownMachinesOf(plan)
  const ownPlan = plan.subnets.find(({ network, prefix }) =>
    contains(numberOf(network), prefix, numberOf(serverAddress)),
  )
  const own = ownPlan && networkFrom(ownPlan, plan, unknownMachines, lose)
  if (!own) {
    if (!ownPlan) lose('noOwnSubnet', serverAddress)
    return { reservations, losses }
  }
  const subnets = plan.subnets
    .filter((each) => each !== ownPlan)
    .flatMap((each): SubnetConfig[] => {
      const network = networkFrom(each, plan, unknownMachines, lose)
      if (!network) return []
      for (const { code } of own.options ?? [])
        if (!network.options?.some((option) => option.code === code))
          lose('inheritedOption', `${each.network}/${each.prefix} option ${code}`)
      return [{ network: each.network, ...(own.dnsServers && { dnsServers: [] }), ...network }]
    })
  const config: DhcpConfig = {
    serverAddress,
    ...own,
    authoritative: ownPlan.authoritative ?? plan.authoritative ?? false,
    ...(plan.subnets.some(({ pools }) => pools.some(({ bootp }) => bootp)) && { bootp: 'pool' as const }),
    ...(unknownMachines !== 'serve' && { unknownMachines }),
    ...(allow.length > 0 && { allow }),
    ...(deny.length > 0 && { deny }),
    ...(subnets.length > 0 && { subnets }),
  }
  return { config, reservations, losses }
}

/** Amorce has one rule for machines that nobody knows, everywhere. */
function unknownMachinesOf({ subnets, unknownClients }: ServerPlan): UnknownMachines {
  const says = subnets.map((each) => each.unknownClients ?? unknownClients ?? true)
  if (says.length > 0 && says.every((each) => !each)) return 'ignore'
  const groups = new Set(subnets.flatMap(({ pools }) => pools.map(({ clients }) => clients)))
  return groups.has('known') && !groups.has('all') ? 'quarantine' : 'serve'
}

type Lose = (reason: ConfigLossReason, subject: string) => void

function networkFrom(
  subnet: SubnetPlan,
  plan: ServerPlan,
  unknownMachines: UnknownMachines,
  lose: Lose,
): (NetworkConfig & { leaseSeconds: number }) | undefined {
  const subject = `${subnet.network}/${subnet.prefix}`
  const merged = mergeSettings<NetworkSettings>(plan, subnet)
  const served = servedGroups[unknownMachines]
  const pools = subnet.pools.filter(({ clients }) => served.includes(clients))
  const apart = unknownMachines === 'quarantine' ? subnet.pools.filter(({ clients }) => clients === 'unknown') : []
  for (const pool of subnet.pools)
    if (!pools.includes(pool) && pool !== apart[0]) lose('clientGroups', `${pool.start} - ${pool.end}`)
  if (merged.unknownClients === false && unknownMachines !== 'ignore') lose('clientGroups', subject)
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
  const [quarantine] = apart
  return {
    prefix: subnet.prefix,
    ...range,
    ...leasesFrom(merged.leaseTimes, subject, lose),
    ...optionsFrom(merged, subject, lose),
    ...(quarantine && { quarantine: { start: quarantine.start, end: quarantine.end } }),
  }
}

/** Whose pools become the one range. */
const servedGroups: Record<UnknownMachines, readonly ClientGroup[]> = {
  serve: ['all'],
  ignore: ['all', 'known'],
  quarantine: ['known'],
}

type HandedOut = Pick<NetworkConfig, 'router' | 'dnsServers' | 'domainName' | 'options'>

function optionsFrom({ options }: NetworkSettings, subject: string, lose: Lose): HandedOut {
  const network: HandedOut = {}
  const custom: CustomOption[] = []
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
    } else if (code === optionCode.subnetMask || code === optionCode.broadcastAddress) {
      // Amorce sends these from what it knows of the network.
    } else if (faultOf({ code, value })) {
      lose('option', `option ${code}`)
    } else {
      custom.push({ code, value })
    }
  }
  if (custom.length > 0) network.options = custom
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

function machinesOf(
  plans: readonly ReservationPlan[],
  lose: Lose,
): { reservations: NamedReservation[]; allow: Mac[]; deny: Mac[] } {
  const reservations: NamedReservation[] = []
  const allow: Mac[] = []
  const deny: Mac[] = []
  for (const plan of plans) {
    const { identity, name, addresses, denied } = plan
    if (identity.kind === 'clientId' || (identity.kind === 'uuid' && (denied || addresses.length === 0))) {
      lose('identity', name)
      continue
    }
    if (identity.kind === 'mac' && denied) deny.push(identity.mac)
    else if (identity.kind === 'mac' && addresses.length === 0) allow.push(identity.mac)
    const told = identity.kind === 'mac' ? { mac: identity.mac } : { uuid: identity.uuid }
    if (!denied) reservations.push(...addresses.map((address) => ({ address, ...told, name })))
    const says = [plan.leaseTimes, plan.nextServer, plan.bootFile, plan.serverName]
    // The name a machine is told is the one Amorce knows it by.
    const options = plan.options.filter(({ code }) => code !== optionCode.hostName)
    if (options.length > 0 || says.some((each) => each !== undefined)) lose('machineSettings', name)
  }
  return { reservations, allow, deny }
}

/** Of an address that has been read before. */
const numberOf = (address: Ipv4): number => parseIpv4(address) ?? 0
