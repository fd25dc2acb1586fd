import { CodedError, type DhcpChoices, type DhcpFault, type NicAddress, type SettingsView } from '../contract/index.ts'
import { proposePool, readNetworks, type DhcpConfig, type SubnetConfig } from '../dhcp/index.ts'
import { formatIpv4, parseIpv4 } from '../network/index.ts'

type Said = Pick<SettingsView, 'poolStart' | 'poolEnd' | 'leaseSeconds'> & DhcpChoices

/** A range longer than this is not one that somebody meant to leave out. */
const longestExclusion = 65_536

/**
 * What the technician said, as the service takes it; what they left empty is made from the NIC's own address.
 *
 * @param knownMachines how many machines are ours: no more of the pool is kept for them than they could use
 * @throws CodedError `dhcp.poolInvalid` where it cannot even be read; `readNetworks` has the rest
 */
export function dhcpConfigFrom(said: Said, nic: NicAddress, knownMachines = 0): DhcpConfig {
  const proposed = proposePool(nic)
  const own = {
    poolStart: said.poolStart || proposed.poolStart,
    poolEnd: said.poolEnd || proposed.poolEnd,
    excluded: readRanges('excluded', said.excluded),
  }
  const size = Math.max(1, numberOf(own.poolEnd) - numberOf(own.poolStart) + 1 - own.excluded.length)
  const { minLeaseSeconds, maxLeaseSeconds, domainName, quarantineStart, quarantineEnd } = said
  const limits = { perClient: said.limitPerClient || noLimit, strangers: said.limitStrangers || noLimit }
  return {
    serverAddress: nic.address,
    prefix: nic.prefix,
    ...own,
    leaseSeconds: said.leaseSeconds,
    ...(minLeaseSeconds > 0 && { minLeaseSeconds }),
    ...(maxLeaseSeconds > 0 && { maxLeaseSeconds }),
    ...(said.router && { router: said.router }),
    dnsServers: said.dnsServers,
    ...(domainName && { domainName }),
    options: said.options,
    authoritative: said.authoritative,
    rapidCommit: said.rapidCommit,
    bootp: said.bootp,
    unknownMachines: said.unknownMachines,
    ...(quarantineStart && { quarantine: { start: quarantineStart, end: quarantineEnd || quarantineStart } }),
    allow: said.allow,
    deny: said.deny,
    knownShare: Math.min(said.knownShare / 100, knownMachines / size),
    ...((said.limitPerClient > 0 || said.limitStrangers > 0) && { limits }),
    subnets: said.subnets.map((subnet, i): SubnetConfig => {
      const { router, excluded, ...rest } = subnet
      return { ...rest, ...(router && { router }), excluded: readRanges(`subnets.${i}.excluded`, excluded) }
    }),
  }
}

const noLimit = 1_000_000

/** What keeps the settings from being served at this address, said as a form can show it. */
export function dhcpFaultOf(said: Said, nic: NicAddress): DhcpFault | undefined {
  try {
    readNetworks(dhcpConfigFrom(said, nic))
    return undefined
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'dhcp.poolInvalid') throw error
    const { field, reason, value } = error.details
    return { field: formFieldOf(String(field)), reason: String(reason), value: String(value) }
  }
}

/** The configuration has two parts where the form has fields of their own. */
const formFieldOf = (field: string): string =>
  ({
    'quarantine.start': 'quarantineStart',
    'quarantine.end': 'quarantineEnd',
    quarantine: 'quarantineStart',
    'limits.perClient': 'limitPerClient',
    'limits.strangers': 'limitStrangers',
  })[field] ?? field

function readRanges(field: string, ranges: readonly string[]): string[] {
  return ranges.flatMap((range) => {
    const [first, last = first] = range.split('-').map((end) => parseIpv4(end))
    if (first === undefined || last === undefined) throw invalid(field, 'notAnAddress', range)
    if (last < first) throw invalid(field, 'endBeforeStart', range)
    if (last - first >= longestExclusion) throw invalid(field, 'tooLarge', range)
    return Array.from({ length: last - first + 1 }, (_, i) => formatIpv4(first + i))
  })
}

/** Neighbours together: `10.0.0.1-10.0.0.3`. */
export function asRanges(addresses: readonly string[]): string[] {
  const numbers = [...new Set(addresses.map(numberOf))].sort((a, b) => a - b)
  const ranges: { first: number; last: number }[] = []
  for (const number of numbers) {
    const range = ranges.at(-1)
    if (range?.last === number - 1) range.last = number
    else ranges.push({ first: number, last: number })
  }
  return ranges.map(({ first, last }) =>
    first === last ? formatIpv4(first) : `${formatIpv4(first)}-${formatIpv4(last)}`,
  )
}

const invalid = (field: string, reason: string, value: string): CodedError =>
  new CodedError('dhcp.poolInvalid', `DHCP settings: ${field} ${value}: ${reason}`, { field, reason, value })

/** Of what the schema has let through. */
const numberOf = (address: string): number => parseIpv4(address) ?? 0

/** What another configuration says, as choices: the other way round. */
export function choicesFrom(config: DhcpConfig, before: DhcpChoices): DhcpChoices {
  const { router = '', dnsServers = [], domainName = '', quarantine } = config
  return {
    ...before,
    router,
    dnsServers,
    domainName,
    minLeaseSeconds: config.minLeaseSeconds ?? 0,
    maxLeaseSeconds: config.maxLeaseSeconds ?? 0,
    excluded: asRanges(config.excluded ?? []),
    unknownMachines: config.unknownMachines ?? 'serve',
    quarantineStart: quarantine?.start ?? '',
    quarantineEnd: quarantine?.end ?? '',
    allow: config.allow ?? [],
    deny: config.deny ?? [],
    authoritative: config.authoritative,
    bootp: config.bootp ?? 'reservations',
    options: config.options ?? [],
    subnets: (config.subnets ?? []).map(({ router: way = '', excluded: holes = [], ...subnet }) => ({
      ...subnet,
      router: way,
      excluded: asRanges(holes),
    })),
  }
}
