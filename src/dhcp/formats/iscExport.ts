import { formatIpv4, prefixToMask } from '../../network/index.ts'
import { machineUuid } from '../options/machineUuid.ts'
import { knownOptionOf, type KnownOption } from './optionTable.ts'
import { hexOf, sameShape, shapeOf, type OptionShapeName, type OptionValue } from './optionValue.ts'
import type {
  Exported,
  NetworkSettings,
  PlanOption,
  PlanSettings,
  PoolPlan,
  ReservationPlan,
  ServerPlan,
  SubnetPlan,
} from './plan.ts'

/** dhcpd.conf(5). It says everything a plan can say, and `importIsc` reads the same plan back. */
export function exportIsc(plan: ServerPlan): Exported {
  const definitions = new Map<string, string>()
  const body = [
    ...networkLines(plan, definitions),
    ...subnetBlocks(plan.subnets, definitions),
    ...reservationBlocks(plan.reservations, definitions),
  ]
  const lines = ['# dhcpd.conf(5)', ...[...definitions.values()].sort(), ...body]
  return { text: `${lines.join('\n')}\n`, notes: [] }
}

const block = (head: string, lines: readonly string[]): string[] => [
  `${head} {`,
  ...lines.map((line) => (line === '' ? '' : `  ${line}`)),
  '}',
]

function networkLines(settings: NetworkSettings, definitions: Map<string, string>): string[] {
  const lines: string[] = []
  if (settings.authoritative !== undefined) lines.push(settings.authoritative ? 'authoritative;' : 'not authoritative;')
  if (settings.unknownClients !== undefined) lines.push(`${verb(settings.unknownClients)} unknown-clients;`)
  if (settings.bootp !== undefined) lines.push(`${verb(settings.bootp)} bootp;`)
  return [...lines, ...settingLines(settings, definitions)]
}

const verb = (allows: boolean): string => (allows ? 'allow' : 'deny')

function settingLines(settings: PlanSettings, definitions: Map<string, string>): string[] {
  const lines: string[] = []
  for (const which of ['default', 'min', 'max'] as const) {
    const seconds = settings.leaseTimes?.[which]
    if (seconds !== undefined) lines.push(`${which}-lease-time ${seconds};`)
  }
  if (settings.nextServer !== undefined) lines.push(`next-server ${settings.nextServer};`)
  if (settings.serverName !== undefined) lines.push(`server-name ${quote(settings.serverName)};`)
  if (settings.bootFile !== undefined) lines.push(`filename ${quote(settings.bootFile)};`)
  for (const option of settings.options) lines.push(optionLine(option, definitions))
  return lines
}

function subnetBlocks(subnets: readonly SubnetPlan[], definitions: Map<string, string>): string[] {
  const lines: string[] = []
  const written = new Set<string>()
  for (const subnet of subnets) {
    const { sharedNetwork } = subnet
    if (sharedNetwork === undefined) {
      lines.push('', ...subnetBlock(subnet, definitions))
    } else if (!written.has(sharedNetwork)) {
      written.add(sharedNetwork)
      const members = subnets.filter((each) => each.sharedNetwork === sharedNetwork)
      const inside = members.flatMap((each) => subnetBlock(each, definitions))
      lines.push('', ...block(`shared-network ${quote(sharedNetwork)}`, inside))
    }
  }
  return lines
}

function subnetBlock(subnet: SubnetPlan, definitions: Map<string, string>): string[] {
  const mask = formatIpv4(prefixToMask(subnet.prefix))
  return block(`subnet ${subnet.network} netmask ${mask}`, [
    ...networkLines(subnet, definitions),
    ...subnet.pools.flatMap(poolLines),
  ])
}

function poolLines({ start, end, clients, bootp }: PoolPlan): string[] {
  const range = `range ${bootp ? 'dynamic-bootp ' : ''}${start} ${end};`
  if (clients === 'all') return [range]
  return block('pool', [`deny ${clients === 'known' ? 'unknown' : 'known'}-clients;`, range])
}

function reservationBlocks(reservations: readonly ReservationPlan[], definitions: Map<string, string>): string[] {
  return reservations.flatMap((reservation) => [
    '',
    ...block(`host ${reservation.name}`, [
      ...identityLines(reservation),
      ...(reservation.addresses.length > 0 ? [`fixed-address ${reservation.addresses.join(', ')};`] : []),
      ...(reservation.denied ? ['deny booting;'] : []),
      ...settingLines(reservation, definitions),
    ]),
  ])
}

function identityLines({ identity }: ReservationPlan): string[] {
  switch (identity.kind) {
    case 'mac':
      return [`hardware ethernet ${identity.mac};`]
    case 'clientId':
      return [`option dhcp-client-identifier ${withColons(identity.hex)};`]
    case 'uuid':
      return [
        `host-identifier option pxe-client-id 0 ${withColons(hexOf(machineUuid.encode(identity.uuid).slice(1)))};`,
      ]
  }
}

function optionLine({ code, value }: PlanOption, definitions: Map<string, string>): string {
  const known = knownOptionOf(code)
  if (known && fits(known, value)) return `option ${known.name} ${spell(value, known.pairs)};`
  const shape = shapeOf(value)
  const name = `amorce-${code}-${shapeLabel(shape)}`
  definitions.set(name, `option ${name} code ${code} = ${typeName(shape)};`)
  return `option ${name} ${spell(value, false)};`
}

/** Can the name that dhcpd has for this code be given this value? */
function fits(known: KnownOption, value: OptionValue): boolean {
  if (!sameShape(known.shape, shapeOf(value))) return false
  const count =
    value.type === 'addresses' ? value.addresses.length : value.type === 'numbers' ? value.numbers.length : 1
  return known.pairs ? count % 2 === 0 : !known.single || count === 1
}

const shapeLabel = (shape: OptionShapeName): string =>
  shape.type === 'numbers' ? `${shape.signed ? 'signed' : 'unsigned'}-${shape.size * 8}` : shape.type

function typeName(shape: OptionShapeName): string {
  switch (shape.type) {
    case 'addresses':
      return 'array of ip-address'
    case 'text':
      return 'text'
    case 'domains':
      return 'domain-list'
    case 'flag':
      return 'boolean'
    case 'bytes':
      return 'string'
    case 'numbers':
      return `array of ${shape.signed ? 'signed' : 'unsigned'} integer ${shape.size * 8}`
  }
}

function spell(value: OptionValue, pairs: boolean | undefined): string {
  switch (value.type) {
    case 'addresses':
      if (!pairs) return value.addresses.join(', ')
      return value.addresses.map((each, i) => (i === 0 ? each : i % 2 === 0 ? `, ${each}` : ` ${each}`)).join('')
    case 'text':
      return quote(value.text)
    case 'domains':
      return value.domains.map(quote).join(', ')
    case 'numbers':
      return value.numbers.join(', ')
    case 'flag':
      return value.flag ? 'true' : 'false'
    case 'bytes':
      return withColons(value.hex)
  }
}

const withColons = (hex: string): string => hex.replace(/..(?!$)/g, '$&:')

/** Everything but printable ASCII goes by its bytes, in octal: a file of one encoding on every system. */
const quote = (text: string): string => {
  const inside = [...Buffer.from(text, 'utf8')].map((byte) => {
    const character = String.fromCharCode(byte)
    if (character === '"' || character === '\\') return `\\${character}`
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`
  })
  return `"${inside.join('')}"`
}
