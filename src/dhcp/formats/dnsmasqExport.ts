import { contains, formatIpv4, parseIpv4, prefixToMask } from '../../network/index.ts'
import { optionCode } from '../options/codes.ts'
import { encodeOption, hexOf, type OptionValue } from './optionValue.ts'
import {
  mergeSettings,
  type Exported,
  type ExportNote,
  type LeaseTimes,
  type NetworkSettings,
  type PlanSettings,
  type PoolPlan,
  type ReservationPlan,
  type ServerPlan,
  type SubnetPlan,
} from './plan.ts'

/** dnsmasq(8) as a DHCP server alone, its DNS off. */
export function exportDnsmasq(plan: ServerPlan): Exported {
  const notes: ExportNote[] = []
  const lines = ['# dnsmasq.conf', 'port=0']
  if (plan.authoritative) lines.push('dhcp-authoritative')
  if (plan.unknownClients === false && plan.subnets.every(({ unknownClients }) => unknownClients !== true))
    lines.push('dhcp-ignore=tag:!known')
  if (plan.bootp === false && plan.subnets.every(({ bootp }) => bootp !== true)) lines.push('dhcp-ignore=tag:bootp')
  // Where nothing is said, dnsmasq names itself as the router: a room without a way out would seem to have one.
  if (!plan.options.some(({ code }) => code === optionCode.router)) lines.push(`dhcp-option=${optionCode.router}`)
  lines.push(...settingLines(plan, [], notes))
  plan.subnets.forEach((subnet, index) => lines.push('', ...subnetLines(subnet, `subnet${index + 1}`, plan, notes)))
  // Of two options with the same tag, dnsmasq takes the later one: what is said for a machine wins.
  plan.reservations.forEach((reservation, index) =>
    lines.push('', ...reservationLines(reservation, `machine${index + 1}`, plan, notes)),
  )
  return { text: `${lines.join('\n')}\n`, notes }
}

function subnetLines(subnet: SubnetPlan, tag: string, plan: ServerPlan, notes: ExportNote[]): string[] {
  const subject = `${subnet.network}/${subnet.prefix}`
  const mask = formatIpv4(prefixToMask(subnet.prefix))
  const merged = mergeSettings<NetworkSettings>(plan, subnet)
  const lease = leaseSeconds(merged.leaseTimes, subject, notes)
  const range = ({ start, end, clients }: PoolPlan): string => {
    const who = { all: '', known: 'tag:known,', unknown: 'tag:!known,' }[clients]
    return `dhcp-range=${who}set:${tag},${start},${end},${mask},${lease}`
  }
  const lines = [`# ${subject}`]
  // Without a pool, the network is named all the same: reservations need it.
  if (subnet.pools.length === 0) lines.push(`dhcp-range=set:${tag},${subnet.network},static,${mask},${lease}`)
  lines.push(...subnet.pools.map(range))
  if (subnet.pools.some(({ bootp }) => bootp)) lines.push(`bootp-dynamic=${tag}`)
  if (subnet.authoritative !== undefined && subnet.authoritative !== (plan.authoritative ?? false))
    notes.push({ reason: 'authoritativeOnlyGlobal', subject })
  const ignores = (says: boolean | undefined, others: (each: SubnetPlan) => boolean | undefined): boolean =>
    says === false && plan.subnets.some((each) => others(each) === true)
  if (subnet.unknownClients === false || ignores(merged.unknownClients, (each) => each.unknownClients))
    lines.push(`dhcp-ignore=tag:${tag},tag:!known`)
  if (subnet.bootp === false || ignores(merged.bootp, (each) => each.bootp))
    lines.push(`dhcp-ignore=tag:${tag},tag:bootp`)
  return [...lines, ...settingLines(withBootOf(subnet, plan), [tag], notes)]
}

function reservationLines(reservation: ReservationPlan, tag: string, plan: ServerPlan, notes: ExportNote[]): string[] {
  const { identity, name, addresses, denied } = reservation
  const lines = [`# ${asComment(name)}`]
  if (identity.kind === 'uuid') {
    notes.push({ reason: 'noSuchIdentity', subject: name })
    return lines
  }
  const who = identity.kind === 'mac' ? identity.mac : `id:${withColons(identity.hex)}`
  if (denied) return [...lines, `dhcp-host=${who},ignore`]

  const outside = addresses.filter((address) => !subnetOf(address, plan))
  for (const address of outside) notes.push({ reason: 'addressOutsideSubnets', subject: `${name} ${address}` })
  const lease = reservation.leaseTimes && `,${leaseSeconds(reservation.leaseTimes, name, notes)}`
  const inside = addresses.filter((address) => !outside.includes(address))
  const places = inside.length > 0 ? inside.map((address) => `,${address}`) : ['']
  lines.push(...places.map((place) => `dhcp-host=${who},set:${tag}${place}${lease ?? ''}`))
  const around = addresses[0] === undefined ? undefined : subnetOf(addresses[0], plan)
  const wider = around ? mergeSettings<PlanSettings>(plan, around) : plan
  return [...lines, ...settingLines(withBootOf(reservation, wider), [tag], notes)]
}

const subnetOf = (address: string, { subnets }: ServerPlan): SubnetPlan | undefined =>
  subnets.find(({ network, prefix }) => contains(parseIpv4(network) ?? 0, prefix, parseIpv4(address) ?? 0))

/** dnsmasq takes file, name and server from one `dhcp-boot` line: a narrower one has to repeat what it does not change. */
function withBootOf(settings: PlanSettings, wider: PlanSettings): PlanSettings {
  const { nextServer, serverName, bootFile } = settings
  if (nextServer === undefined && serverName === undefined && bootFile === undefined) return settings
  return {
    ...settings,
    nextServer: nextServer ?? wider.nextServer,
    serverName: serverName ?? wider.serverName,
    bootFile: bootFile ?? wider.bootFile,
  }
}

/** `tags`: none for everybody. */
function settingLines(settings: PlanSettings, tags: readonly string[], notes: ExportNote[]): string[] {
  const scope = tags.map((tag) => `tag:${tag},`).join('')
  const lines: string[] = []
  const { bootFile, serverName, nextServer } = settings
  if (bootFile !== undefined || serverName !== undefined || nextServer !== undefined) {
    const file = bootFile === undefined ? '' : quote(bootFile)
    const name = serverName === undefined ? '' : quote(serverName)
    if (file === undefined || name === undefined)
      notes.push({ reason: 'unwritableText', subject: scope || 'dhcp-boot' })
    else lines.push(`dhcp-boot=${scope}${[file, name, nextServer ?? ''].join(',').replace(/,+$/, '')}`)
  }
  for (const { code, value } of settings.options) {
    const spelled = spell(code, value)
    if (spelled === undefined) notes.push({ reason: 'unwritableText', subject: `option ${code}` })
    else lines.push(`dhcp-option=${scope}${code},${spelled}`)
  }
  return lines
}

/** What dnsmasq gives when nothing is said, and the least it gives. */
const usualSeconds = 3600
const leastSeconds = 120

function leaseSeconds(times: LeaseTimes | undefined, subject: string, notes: ExportNote[]): number {
  if (times?.min !== undefined || times?.max !== undefined) notes.push({ reason: 'leaseTimesOnlyDefault', subject })
  const wanted = times?.default ?? Math.min(times?.max ?? usualSeconds, usualSeconds)
  if (wanted < leastSeconds) notes.push({ reason: 'leaseTimesRounded', subject })
  return Math.max(wanted, leastSeconds)
}

const suffix = { 1: 'b', 2: 's', 4: 'i' }

/**
 * dnsmasq guesses what a value is: quotes make it text whatever is in it, dots an address, colons bytes, and a number
 * says its own size.
 */
function spell(code: number, value: OptionValue): string | undefined {
  if (value.type === 'text') return value.text === '' ? undefined : quote(value.text)
  if (value.type === 'addresses') return value.addresses.join(',')
  if (value.type === 'domains' && code === optionDomainSearch) return value.domains.join(',')
  if (value.type === 'numbers' && value.numbers.length === 1 && Number(value.numbers[0]) >= 0)
    return `${value.numbers[0]}${suffix[value.size]}`
  const bytes = encodeOption(value)
  return bytes.length === 1 ? `${bytes[0]}b` : withColons(hexOf(bytes))
}

/** RFC 3397: the one list of names that dnsmasq encodes itself. */
const optionDomainSearch = 119

const withColons = (hex: string): string => hex.replace(/..(?!$)/g, '$&:')

/** In quotes, a comma separates nothing; a control character cannot be written at all. */
const quote = (text: string): string | undefined =>
  /\p{Cc}/u.test(text) ? undefined : `"${text.replace(/["\\]/g, '\\$&')}"`

const asComment = (text: string): string => text.replace(/\p{Cc}/gu, ' ')
