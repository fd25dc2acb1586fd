import { optionCode } from '../options/codes.ts'
import type { OptionShapeName } from './optionValue.ts'

export interface KnownOption {
  code: number
  /** As dhcpd's own table and dhcp-options(5) call it. */
  name: string
  shape: OptionShapeName
  /** Exactly one value, where the shape is a list. */
  single?: boolean
  /** The list goes two by two: destination and router, address and mask. */
  pairs?: boolean
}

const addresses = { type: 'addresses' } as const
const text = { type: 'text' } as const
const bytes = { type: 'bytes' } as const
const flag = { type: 'flag' } as const
const unsigned = (size: 1 | 2 | 4) => ({ type: 'numbers', size, signed: false }) as const

const list = (code: number, name: string): KnownOption => ({ code, name, shape: addresses })
const address = (code: number, name: string): KnownOption => ({ code, name, shape: addresses, single: true })
const pairs = (code: number, name: string): KnownOption => ({ code, name, shape: addresses, pairs: true })
const string = (code: number, name: string): KnownOption => ({ code, name, shape: text })
const onOff = (code: number, name: string): KnownOption => ({ code, name, shape: flag })
const raw = (code: number, name: string): KnownOption => ({ code, name, shape: bytes })
const number = (code: number, name: string, size: 1 | 2 | 4): KnownOption => ({
  code,
  name,
  shape: unsigned(size),
  single: true,
})

/** What a server may hand out, by the names ISC dhcpd 4.4 knows: RFC 2132 and its companions. */
export const knownOptions: readonly KnownOption[] = [
  address(1, 'subnet-mask'),
  { code: 2, name: 'time-offset', shape: { type: 'numbers', size: 4, signed: true }, single: true },
  list(3, 'routers'),
  list(4, 'time-servers'),
  list(5, 'ien116-name-servers'),
  list(6, 'domain-name-servers'),
  list(7, 'log-servers'),
  list(8, 'cookie-servers'),
  list(9, 'lpr-servers'),
  list(10, 'impress-servers'),
  list(11, 'resource-location-servers'),
  string(12, 'host-name'),
  number(13, 'boot-size', 2),
  string(14, 'merit-dump'),
  string(15, 'domain-name'),
  address(16, 'swap-server'),
  string(17, 'root-path'),
  string(18, 'extensions-path'),
  onOff(19, 'ip-forwarding'),
  onOff(20, 'non-local-source-routing'),
  pairs(21, 'policy-filter'),
  number(22, 'max-dgram-reassembly', 2),
  number(23, 'default-ip-ttl', 1),
  number(24, 'path-mtu-aging-timeout', 4),
  { code: 25, name: 'path-mtu-plateau-table', shape: unsigned(2) },
  number(26, 'interface-mtu', 2),
  onOff(27, 'all-subnets-local'),
  address(28, 'broadcast-address'),
  onOff(29, 'perform-mask-discovery'),
  onOff(30, 'mask-supplier'),
  onOff(31, 'router-discovery'),
  address(32, 'router-solicitation-address'),
  pairs(33, 'static-routes'),
  onOff(34, 'trailer-encapsulation'),
  number(35, 'arp-cache-timeout', 4),
  onOff(36, 'ieee802-3-encapsulation'),
  number(37, 'default-tcp-ttl', 1),
  number(38, 'tcp-keepalive-interval', 4),
  onOff(39, 'tcp-keepalive-garbage'),
  string(40, 'nis-domain'),
  list(41, 'nis-servers'),
  list(42, 'ntp-servers'),
  raw(43, 'vendor-encapsulated-options'),
  list(44, 'netbios-name-servers'),
  list(45, 'netbios-dd-server'),
  number(46, 'netbios-node-type', 1),
  string(47, 'netbios-scope'),
  list(48, 'font-servers'),
  list(49, 'x-display-manager'),
  raw(60, 'vendor-class-identifier'),
  string(64, 'nisplus-domain'),
  list(65, 'nisplus-servers'),
  string(66, 'tftp-server-name'),
  string(67, 'bootfile-name'),
  list(68, 'mobile-ip-home-agent'),
  list(69, 'smtp-server'),
  list(70, 'pop-server'),
  list(71, 'nntp-server'),
  list(72, 'www-server'),
  list(73, 'finger-server'),
  list(74, 'irc-server'),
  list(75, 'streettalk-server'),
  list(76, 'streettalk-directory-assistance-server'),
  list(85, 'nds-servers'),
  string(86, 'nds-tree-name'),
  string(87, 'nds-context'),
  list(89, 'bcms-controller-address'),
  string(98, 'uap-servers'),
  string(100, 'pcode'),
  string(101, 'tcode'),
  number(108, 'v6-only-preferred', 4),
  list(112, 'netinfo-server-address'),
  string(113, 'netinfo-server-tag'),
  string(114, 'default-url'),
  { code: 119, name: 'domain-search', shape: { type: 'domains' } },
  list(138, 'capwap-ac-v4'),
  list(150, 'tftp-server-address'),
  string(209, 'loader-configfile'),
  string(210, 'loader-pathprefix'),
  number(211, 'loader-reboottime', 4),
]

const byName = new Map(knownOptions.map((option) => [option.name, option]))
const byCode = new Map(knownOptions.map((option) => [option.code, option]))

export const knownOptionNamed = (name: string): KnownOption | undefined => byName.get(name.toLowerCase())
export const knownOptionOf = (code: number): KnownOption | undefined => byCode.get(code)

/** By the names configuration files use: what a client says of itself. No server hands these out. */
export const clientOptionNames: ReadonlyMap<string, number> = new Map([
  ['user-class', optionCode.userClass],
  ['dhcp-client-identifier', optionCode.clientIdentifier],
  ['pxe-system-type', optionCode.clientArchitecture],
  ['pxe-interface-id', optionCode.clientNdi],
  ['pxe-client-id', optionCode.clientUuid],
  ['relay-agent-information', optionCode.relayAgentInformation],
  ['agent.circuit-id', optionCode.relayAgentInformation],
  ['agent.remote-id', optionCode.relayAgentInformation],
  ['dhcp-parameter-request-list', optionCode.parameterRequestList],
  ['dhcp-message-type', optionCode.messageType],
  ['dhcp-requested-address', optionCode.requestedAddress],
  ['dhcp-lease-time', optionCode.leaseTime],
  ['dhcp-option-overload', optionCode.overload],
  ['dhcp-server-identifier', optionCode.serverIdentifier],
  ['dhcp-message', optionCode.message],
  ['dhcp-max-message-size', optionCode.maximumMessageSize],
  ['dhcp-renewal-time', optionCode.renewalTime],
  ['dhcp-rebinding-time', optionCode.rebindingTime],
  ['vendor-class-identifier', optionCode.vendorClassIdentifier],
])

const protocolCodes: ReadonlySet<number> = new Set([
  optionCode.pad,
  optionCode.requestedAddress,
  optionCode.leaseTime,
  optionCode.overload,
  optionCode.messageType,
  optionCode.serverIdentifier,
  optionCode.parameterRequestList,
  optionCode.message,
  optionCode.maximumMessageSize,
  optionCode.renewalTime,
  optionCode.rebindingTime,
  optionCode.clientIdentifier,
  optionCode.userClass,
  optionCode.relayAgentInformation,
  optionCode.clientArchitecture,
  optionCode.clientNdi,
  optionCode.clientUuid,
  optionCode.end,
])

/** Does the protocol itself decide on this option, so that no configuration may? */
export const isProtocolOption = (code: number): boolean => protocolCodes.has(code)
