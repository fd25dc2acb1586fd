import {
  settingsInputSchema,
  type BootpPolicy,
  type DhcpMode,
  type OptionChoice,
  type OptionValue,
  type OtherServerPolicy,
  type SettingsInput,
  type SettingsView,
  type SubnetChoice,
  type UnknownMachines,
} from '../../../src/contract/index.ts'
import { Form, linesOf, usualMessage } from '../../components/form.svelte.ts'
import { t } from '../../messages/words.svelte.ts'
import { between, numberOf } from './settingsForms.ts'

export const optionKinds = [
  'addresses',
  'text',
  'domains',
  'uint8',
  'uint16',
  'uint32',
  'int32',
  'flag',
  'bytes',
] as const
export type OptionKind = (typeof optionKinds)[number]

/** An option as typed. */
export interface OptionDraft {
  code: string
  kind: OptionKind
  /** Several values are separated by spaces or commas; a flag is `1` or `0`. */
  text: string
  always: boolean
}

export interface SubnetDraft {
  /** `10.0.20.0/24` */
  network: string
  poolStart: string
  poolEnd: string
  router: string
  /** What the form does not show of it, kept as it is. */
  rest: Partial<SubnetChoice>
}

/** Lists are typed one a line, times in minutes. */
export interface NetworkDraft {
  dhcpMode: DhcpMode
  poolStart: string
  poolEnd: string
  leaseSeconds: string
  unknownMachines: UnknownMachines
  otherServers: OtherServerPolicy
  httpPort: string
  /** 0 for not at all. */
  httpsPort: string
  quarantineStart: string
  quarantineEnd: string
  router: string
  dnsServers: string
  domainName: string
  excluded: string
  allow: string
  deny: string
  knownShare: string
  limitPerClient: string
  limitStrangers: string
  minLeaseSeconds: string
  maxLeaseSeconds: string
  bootp: BootpPolicy
  authoritative: boolean
  rapidCommit: boolean
  probeAddresses: boolean
  tftpUploads: boolean
  tftpSinglePort: boolean
  /** MiB */
  tftpUploadMaxMb: string
  tftpUploadMaxFiles: string
  tftpMaxBlockSize: string
  options: readonly OptionDraft[]
  subnets: readonly SubnetDraft[]
}

/** In sight before "plus" is pressed. */
const firstFields: readonly (keyof NetworkDraft)[] = [
  'dhcpMode',
  'poolStart',
  'poolEnd',
  'leaseSeconds',
  'unknownMachines',
  'otherServers',
  'httpPort',
  'quarantineStart',
  'quarantineEnd',
]
export const isUnderMore = (field: string): boolean => !firstFields.some((first) => first === field)

export const makeNetworkForm = (settings: SettingsView): Form<NetworkDraft, SettingsInput> =>
  new Form(draftFrom(settings), settingsInputSchema, inputFrom, (field, issue) => messageOf(field, issue))

const minutes = (seconds: number): string => String(Math.round(seconds / 60))

function draftFrom(settings: SettingsView): NetworkDraft {
  const { dhcpMode, unknownMachines, otherServers, bootp, authoritative, rapidCommit, probeAddresses } = settings
  const { poolStart, poolEnd, quarantineStart, quarantineEnd, router, domainName } = settings
  return {
    ...{ dhcpMode, unknownMachines, otherServers, bootp, authoritative, rapidCommit, probeAddresses },
    ...{ poolStart, poolEnd, quarantineStart, quarantineEnd, router, domainName },
    tftpUploads: settings.tftpUploads,
    tftpSinglePort: settings.tftpSinglePort,
    tftpUploadMaxMb: String(settings.tftpUploadMaxMb),
    tftpUploadMaxFiles: String(settings.tftpUploadMaxFiles),
    tftpMaxBlockSize: String(settings.tftpMaxBlockSize),
    leaseSeconds: minutes(settings.leaseSeconds),
    httpPort: String(settings.httpPort),
    httpsPort: settings.httpsPort > 0 ? String(settings.httpsPort) : '',
    dnsServers: settings.dnsServers.join(' '),
    excluded: settings.excluded.join('\n'),
    allow: settings.allow.join('\n'),
    deny: settings.deny.join('\n'),
    knownShare: String(settings.knownShare),
    limitPerClient: String(settings.limitPerClient),
    limitStrangers: String(settings.limitStrangers),
    minLeaseSeconds: settings.minLeaseSeconds > 0 ? minutes(settings.minLeaseSeconds) : '',
    maxLeaseSeconds: settings.maxLeaseSeconds > 0 ? minutes(settings.maxLeaseSeconds) : '',
    options: settings.options.map(optionDraft),
    subnets: settings.subnets.map(({ network, prefix, poolStart: start, poolEnd: end, router: way, ...rest }) => ({
      ...{ network: `${network}/${prefix}`, poolStart: start, poolEnd: end, router: way, rest },
    })),
  }
}

/** What the schema then says yes or no to. */
function inputFrom(draft: NetworkDraft): Record<keyof NetworkDraft, unknown> {
  const optionalMinutes = (typed: string): number => (typed.trim() === '' ? 0 : numberOf(typed) * 60)
  const trimmed = (...fields: ('poolStart' | 'poolEnd' | 'quarantineStart' | 'quarantineEnd' | 'router')[]) =>
    Object.fromEntries(fields.map((field) => [field, draft[field].trim()]))
  return {
    ...draft,
    ...trimmed('poolStart', 'poolEnd', 'quarantineStart', 'quarantineEnd', 'router'),
    domainName: draft.domainName.trim(),
    leaseSeconds: numberOf(draft.leaseSeconds) * 60,
    httpPort: numberOf(draft.httpPort),
    httpsPort: draft.httpsPort.trim() === '' ? 0 : numberOf(draft.httpsPort),
    dnsServers: wordsOf(draft.dnsServers),
    excluded: linesOf(draft.excluded),
    allow: linesOf(draft.allow),
    deny: linesOf(draft.deny),
    tftpUploadMaxMb: numberOf(draft.tftpUploadMaxMb),
    tftpUploadMaxFiles: numberOf(draft.tftpUploadMaxFiles),
    tftpMaxBlockSize: numberOf(draft.tftpMaxBlockSize),
    knownShare: numberOf(draft.knownShare),
    limitPerClient: numberOf(draft.limitPerClient),
    limitStrangers: numberOf(draft.limitStrangers),
    minLeaseSeconds: optionalMinutes(draft.minLeaseSeconds),
    maxLeaseSeconds: optionalMinutes(draft.maxLeaseSeconds),
    options: draft.options.map(({ code, kind, text, always }) => ({
      code: numberOf(code),
      value: optionValue(kind, text),
      ...(always && { always }),
    })),
    subnets: draft.subnets.map(({ network, poolStart, poolEnd, router, rest }) => {
      const [first = '', length = ''] = network.trim().split('/')
      const range = { poolStart: poolStart.trim(), poolEnd: poolEnd.trim() }
      return { excluded: [], ...rest, network: first, prefix: numberOf(length), ...range, router: router.trim() }
    }),
  }
}

const messageOf = (field: keyof NetworkDraft, issue: Parameters<typeof usualMessage>[0]): string => {
  switch (field) {
    case 'leaseSeconds':
    case 'minLeaseSeconds':
    case 'maxLeaseSeconds':
      return between(1, 43_200)
    case 'httpPort':
    case 'httpsPort':
      return between(1, 65_535)
    case 'tftpUploadMaxMb':
      return between(1, 4096)
    case 'tftpUploadMaxFiles':
      return between(1, 10_000)
    case 'tftpMaxBlockSize':
      return between(512, 65_464)
    case 'knownShare':
      return between(0, 90)
    case 'limitPerClient':
      return between(0, 100_000)
    case 'limitStrangers':
      return between(0, 1_000_000)
    case 'allow':
    case 'deny':
      return t('field.mac')
    case 'excluded':
      return t('dhcp.excluded.hint')
    case 'domainName':
      return usualMessage(issue)
    case 'options':
      return t('dhcp.options.fault', { row: rowOf(issue) })
    case 'subnets':
      return t('dhcp.subnets.fault', { row: rowOf(issue) })
    default:
      return t('field.ipv4')
  }
}

const rowOf = ({ path }: Parameters<typeof usualMessage>[0]): number => Number(path[1] ?? 0) + 1

const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean)

const sizes = { uint8: 1, uint16: 2, uint32: 4, int32: 4 } as const

function optionValue(kind: OptionKind, text: string): unknown {
  switch (kind) {
    case 'addresses':
      return { type: kind, addresses: wordsOf(text) }
    case 'text':
      return { type: kind, text }
    case 'domains':
      return { type: kind, domains: wordsOf(text) }
    case 'flag':
      return { type: kind, flag: text === '1' }
    case 'bytes':
      return { type: kind, hex: text.replace(/[\s:]/g, '').toLowerCase() }
    default: {
      const read = (word: string): number => (/^-?\d+$/.test(word) ? Number(word) : Number.NaN)
      return { type: 'numbers', size: sizes[kind], signed: kind === 'int32', numbers: wordsOf(text).map(read) }
    }
  }
}

/** As which kind of the form a type is shown. */
export function optionKind({
  type,
  size,
  signed,
}: {
  type: OptionValue['type']
  size?: number
  signed?: boolean
}): OptionKind {
  if (type !== 'numbers') return type
  if (signed) return 'int32'
  return size === 1 ? 'uint8' : size === 2 ? 'uint16' : 'uint32'
}

function optionDraft({ code, value, always = false }: OptionChoice): OptionDraft {
  return { code: String(code), kind: optionKind(value), text: textOf(value), always }
}

function textOf(value: OptionValue): string {
  switch (value.type) {
    case 'addresses':
      return value.addresses.join(' ')
    case 'text':
      return value.text
    case 'domains':
      return value.domains.join(' ')
    case 'numbers':
      return value.numbers.join(' ')
    case 'flag':
      return value.flag ? '1' : '0'
    case 'bytes':
      return value.hex
  }
}
