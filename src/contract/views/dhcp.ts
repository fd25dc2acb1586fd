import type { Ipv4, Mac } from '../events.ts'

/** `full`: Amorce gives the addresses; `proxy`: another server does, and Amorce only says what to boot (proxyDHCP). */
export const dhcpModes = ['full', 'proxy'] as const
export type DhcpMode = (typeof dhcpModes)[number]

/** Machines that nobody knows: served like any other, given an address apart and no boot file, or not answered. */
export const unknownMachinePolicies = ['serve', 'quarantine', 'ignore'] as const
export type UnknownMachines = (typeof unknownMachinePolicies)[number]

/** Another DHCP server on the segment: the exam is not started, or started once its warning was read. */
export const otherServerPolicies = ['warn', 'refuse'] as const
export type OtherServerPolicy = (typeof otherServerPolicies)[number]

/** Who gets an address by BOOTP: what is reserved, or any machine, for ever. */
export const bootpPolicies = ['reservations', 'pool'] as const
export type BootpPolicy = (typeof bootpPolicies)[number]

/** The value of an option and what it is: what a form shows and a configuration file spells. */
export type OptionValue =
  /** At least one. */
  | { type: 'addresses'; addresses: Ipv4[] }
  | { type: 'text'; text: string }
  /** RFC 1035 §3.1 names one after the other: the search list of RFC 3397. */
  | { type: 'domains'; domains: string[] }
  /** At least one, each of `size` bytes. */
  | { type: 'numbers'; size: 1 | 2 | 4; signed: boolean; numbers: number[] }
  | { type: 'flag'; flag: boolean }
  /** Lower-case hexadecimal, two digits a byte, at least one. */
  | { type: 'bytes'; hex: string }

/** An option handed out beside those that the server knows of itself. */
export interface OptionChoice {
  code: number
  value: OptionValue
  /** To every client, whether it asks for it or not. */
  always?: boolean
}

/** A network behind a relay agent. What is empty is as on the NIC's own network, but for the router: none. */
export interface SubnetChoice {
  /** Its first address. */
  network: Ipv4
  prefix: number
  poolStart: Ipv4
  poolEnd: Ipv4
  router: Ipv4 | ''
  /** Addresses and ranges (`10.0.20.10-10.0.20.19`). */
  excluded: string[]
  /** Seconds. */
  leaseSeconds?: number
  minLeaseSeconds?: number
  maxLeaseSeconds?: number
  dnsServers?: Ipv4[]
  domainName?: string
  options?: OptionChoice[]
  quarantine?: { start: Ipv4; end: Ipv4 }
}

/** What the technician may say about DHCP beside the pool and the lease time. */
export interface DhcpChoices {
  dhcpMode: DhcpMode
  /** Empty in an exam room: it has no way out. */
  router: Ipv4 | ''
  dnsServers: Ipv4[]
  domainName: string
  /** Seconds; 0 is as `leaseSeconds`, whatever a client asks for. */
  minLeaseSeconds: number
  maxLeaseSeconds: number
  /** Addresses and ranges (`192.168.60.10-192.168.60.19`) of the pool that are never given. */
  excluded: string[]
  unknownMachines: UnknownMachines
  /** Apart from the pool. */
  quarantineStart: Ipv4 | ''
  quarantineEnd: Ipv4 | ''
  /** MACs that count as known, beside stock, reservations and earlier leases. */
  allow: Mac[]
  /** MACs that are never answered. */
  deny: Mac[]
  /** Percent of the pool that strangers never get, as far as there are known machines to need it. */
  knownShare: number
  /** Messages a second that are looked at, from one machine and from all strangers together; 0 for no limit. */
  limitPerClient: number
  limitStrangers: number
  /** Another server's clients are told that their address is not good here (NAK). */
  authoritative: boolean
  rapidCommit: boolean
  bootp: BootpPolicy
  /** An address is tried before it is offered to a machine that did not have it. */
  probeAddresses: boolean
  otherServers: OtherServerPolicy
  options: OptionChoice[]
  subnets: SubnetChoice[]
}

/** They need no thought: an exam room is an island, its only server may say no, and a flood is held off. */
export const defaultDhcpChoices: DhcpChoices = {
  dhcpMode: 'full',
  router: '',
  dnsServers: [],
  domainName: '',
  minLeaseSeconds: 0,
  maxLeaseSeconds: 0,
  excluded: [],
  unknownMachines: 'serve',
  quarantineStart: '',
  quarantineEnd: '',
  allow: [],
  deny: [],
  knownShare: 25,
  limitPerClient: 20,
  limitStrangers: 500,
  authoritative: true,
  rapidCommit: false,
  bootp: 'reservations',
  probeAddresses: true,
  otherServers: 'warn',
  options: [],
  subnets: [],
}

/** What is wrong with a choice, in `dhcpFault.<reason>`. `field` as in `SettingsView`, deeper with dots: `subnets.0.network`. */
export interface DhcpFault {
  field: string
  reason: string
  value: string
}

/** The option that a code stands for, for the form. */
export interface KnownOptionView {
  code: number
  /** As dhcp-options(5) calls it. */
  name: string
  type: OptionValue['type']
  size?: 1 | 2 | 4
  signed?: boolean
  /** Exactly one value. */
  single?: boolean
}

export const exportFormats = ['isc', 'kea', 'dnsmasq'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Each reason has its words under `dhcpExport.note.<reason>`. */
export interface DhcpExportView {
  path: string
  notes: { reason: string; subject: string }[]
}

/** A line of a file that is imported; its words under `dhcpImport.<list>.<reason>`. */
export interface ImportLine {
  reason: string
  subject: string
  /** From 1. */
  line: number
  column: number
}

/** What importing a file would bring, before anything is kept. */
export interface DhcpImportView {
  file: string
  errors: ImportLine[]
  taken: ImportLine[]
  ownWay: ImportLine[]
  notTaken: ImportLine[]
  /** What the file says and Amorce has no place for; words under `dhcpImport.loss.<reason>`. */
  losses: { reason: string; subject: string }[]
  /** Absent when it has errors or nothing could be served. */
  result?: {
    poolStart: Ipv4
    poolEnd: Ipv4
    leaseSeconds: number
    choices: DhcpChoices
    reservations: { address: Ipv4; mac?: Mac; uuid?: string; name?: string }[]
  }
  /** What keeps the result from being used. */
  fault?: DhcpFault
}

/** Another server that hands out addresses on the segment. */
export interface OtherServerView {
  address: Ipv4
  mac?: Mac
  /** Who made its network card. */
  vendor?: string
  /** The address it would have given. */
  offered?: Ipv4
  router?: Ipv4
  dnsServers?: Ipv4[]
  domainName?: string
  bootFile?: string
  /** Seconds. */
  leaseSeconds?: number
  /** It answered our question, or a machine named it. */
  seenIn: 'probe' | 'request'
  firstSeenAt: number
  lastSeenAt: number
}

/** What the DHCP service bears, while an exam runs. */
export interface DhcpHealthView {
  otherServers: OtherServerView[]
  /** Messages that were not looked at in the last seconds: too many at once. 0 when all is calm. */
  limited: number
  /** Addresses set aside of late, because a machine refused them or somebody answered at them. */
  setAside: { address: Ipv4; why: 'declined' | 'conflict'; at: number }[]
}
