import type { Ipv4 } from '../../contract/index.ts'
import type { OptionValue } from './optionValue.ts'

// What a DHCP server is asked to do, in no program's own words: the middle between Amorce, ISC dhcpd, Kea and dnsmasq.

export interface LeaseTimes {
  /** Seconds, all of them. */
  min?: number
  /** For a client that asks for no lease time. */
  default?: number
  max?: number
}

/** One option to hand out. */
export interface PlanOption {
  /** 1 to 254, never one that the protocol itself fills in. */
  code: number
  value: OptionValue
}

/** What may be said for everything, for one subnet, or for one machine; the narrower one wins. */
export interface PlanSettings {
  leaseTimes?: LeaseTimes
  /** By code, each code once. */
  options: PlanOption[]
  /** `siaddr`: where the boot file is. */
  nextServer?: Ipv4
  /** `sname` */
  serverName?: string
  /** `file`, for every firmware alike. */
  bootFile?: string
}

export interface NetworkSettings extends PlanSettings {
  /** Does it tell clients of other servers no (NAK)? */
  authoritative?: boolean
  /** false: only machines with a reservation are served. */
  unknownClients?: boolean
  /** false: clients that speak BOOTP alone are not answered. */
  bootp?: boolean
}

export const clientGroups = ['all', 'known', 'unknown'] as const
/** `known` clients are those with a reservation, with an address or without. */
export type ClientGroup = (typeof clientGroups)[number]

/** One range of addresses. */
export interface PoolPlan {
  start: Ipv4
  /** Included. */
  end: Ipv4
  clients: ClientGroup
  /** BOOTP clients get an address from it for good. */
  bootp: boolean
}

export interface SubnetPlan extends NetworkSettings {
  network: Ipv4
  /** 1 to 30. */
  prefix: number
  /** Subnets of one name are on one wire. */
  sharedNetwork?: string
  /** By address. */
  pools: PoolPlan[]
}

/** How a machine is known again. */
export type MachineIdentity =
  /** Lower case with colons. */
  | { kind: 'mac'; mac: string }
  /** Option 61, its bytes in lower-case hexadecimal. */
  | { kind: 'clientId'; hex: string }
  /** Option 97, lower case. */
  | { kind: 'uuid'; uuid: string }

export interface ReservationPlan extends PlanSettings {
  /** Unique in the plan. */
  name: string
  identity: MachineIdentity
  /** At most one per subnet; none: the machine is known, and takes an address from a pool. */
  addresses: Ipv4[]
  /** Never answered. */
  denied: boolean
}

export interface ServerPlan extends NetworkSettings {
  /** By network address. */
  subnets: SubnetPlan[]
  /** In the order they were written in. */
  reservations: ReservationPlan[]
}

/** What an exporter made, and what its format has no word for. */
export interface Exported {
  text: string
  notes: ExportNote[]
}

export const exportNoteReasons = [
  // dnsmasq gives no lease shorter than two minutes.
  'leaseTimesRounded',
  // dnsmasq has one lease time, not a shortest and a longest.
  'leaseTimesOnlyDefault',
  // Kea keeps lease times by network, not by machine.
  'leaseTimesPerMachine',
  // dnsmasq is authoritative everywhere or nowhere.
  'authoritativeOnlyGlobal',
  // In Kea, the subnets of a shared network are authoritative or not together.
  'authoritativeBySharedNetwork',
  // Kea answers BOOTP only with a library of its own.
  'bootpNotServed',
  // Kea needs something to reserve for a machine that is only known: its name.
  'hostNameGiven',
  // Neither Kea nor dnsmasq gives an address by option 97.
  'noSuchIdentity',
  // Control characters have no spelling there.
  'unwritableText',
  // The reservation has addresses that are in no subnet.
  'addressOutsideSubnets',
] as const
export type ExportNoteReason = (typeof exportNoteReasons)[number]

export interface ExportNote {
  reason: ExportNoteReason
  /** The subnet, the reservation or the option it is about, empty when it is the whole plan. */
  subject: string
}

export const noSettings = (): PlanSettings => ({ options: [] })

/** `wider` with what `narrower` says in its place. */
export function mergeSettings<Settings extends PlanSettings>(wider: Settings, narrower: Settings): Settings {
  const options = new Map([...wider.options, ...narrower.options].map((option) => [option.code, option]))
  const merged = { ...wider, ...narrower, options: sortOptions([...options.values()]) }
  const leaseTimes = { ...wider.leaseTimes, ...narrower.leaseTimes }
  if (Object.keys(leaseTimes).length > 0) merged.leaseTimes = leaseTimes
  return merged
}

export const sortOptions = (options: readonly PlanOption[]): PlanOption[] =>
  [...options].sort((a, b) => a.code - b.code)
