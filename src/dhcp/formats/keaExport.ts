import { contains, parseIpv4 } from '../../network/index.ts'
import { machineUuid } from '../options/machineUuid.ts'
import { encodeOption, hexOf, type OptionValue } from './optionValue.ts'
import {
  mergeSettings,
  type Exported,
  type ExportNote,
  type LeaseTimes,
  type NetworkSettings,
  type PlanOption,
  type PlanSettings,
  type ReservationPlan,
  type ServerPlan,
  type SubnetPlan,
} from './plan.ts'

type Json = string | number | boolean | Json[] | { [key: string]: Json }
type JsonObject = Record<string, Json>

/** kea-dhcp4.conf as strict JSON. It listens nowhere until interfaces are named. */
export function exportKea(plan: ServerPlan): Exported {
  const notes: ExportNote[] = []
  const denied = plan.reservations.filter((each) => each.denied)
  const served = plan.reservations.filter((each) => !each.denied)
  const placed = placeReservations(served, plan.subnets, notes)
  const subnets = plan.subnets.map((subnet, index) => ({
    sharedNetwork: subnet.sharedNetwork,
    json: subnetJson(subnet, index + 1, plan, placed.inSubnet.get(subnet) ?? [], notes),
  }))
  const sharedNames = [...new Set(subnets.flatMap(({ sharedNetwork }) => sharedNetwork ?? []))]
  noteBootp(plan, '', notes)

  const dhcp4: JsonObject = {
    'interfaces-config': { interfaces: [] },
    'lease-database': { type: 'memfile', persist: true },
    'host-reservation-identifiers': ['hw-address', 'client-id'],
    'reservations-global': true,
    'reservations-in-subnet': true,
    ...networkJson(plan),
    ...leaseTimesJson(plan.leaseTimes),
    ...(denied.length > 0 && { 'client-classes': [denyClass(denied)] }),
    ...(placed.everywhere.length > 0 && { reservations: placed.everywhere }),
    ...(sharedNames.length > 0 && {
      'shared-networks': sharedNames.map((name) => ({
        name,
        authoritative: sharedAuthority(name, plan, notes),
        subnet4: subnets.filter(({ sharedNetwork }) => sharedNetwork === name).map(({ json }) => json),
      })),
    }),
    subnet4: subnets.filter(({ sharedNetwork }) => sharedNetwork === undefined).map(({ json }) => json),
  }
  return { text: `${JSON.stringify({ Dhcp4: dhcp4 }, undefined, 2)}\n`, notes }
}

/** In Kea, the subnets of one wire are authoritative or not as one: what the first of them says. */
function sharedAuthority(name: string, plan: ServerPlan, notes: ExportNote[]): boolean {
  const says = plan.subnets
    .filter(({ sharedNetwork }) => sharedNetwork === name)
    .map(({ authoritative }) => authoritative ?? plan.authoritative ?? false)
  if (new Set(says).size > 1) notes.push({ reason: 'authoritativeBySharedNetwork', subject: name })
  return says[0] ?? false
}

function subnetJson(
  subnet: SubnetPlan,
  id: number,
  plan: ServerPlan,
  reservations: JsonObject[],
  notes: ExportNote[],
): JsonObject {
  const subject = `${subnet.network}/${subnet.prefix}`
  noteBootp(subnet, subject, notes)
  const knownOnly = (subnet.unknownClients ?? plan.unknownClients) === false
  const leaseTimes = subnet.leaseTimes && mergeSettings<NetworkSettings>(plan, subnet).leaseTimes
  return {
    id,
    subnet: subject,
    ...(subnet.sharedNetwork === undefined ? networkJson(subnet) : settingsJson(subnet)),
    ...leaseTimesJson(leaseTimes),
    pools: subnet.pools.map(({ start, end, clients, bootp }) => {
      if (bootp) notes.push({ reason: 'bootpNotServed', subject: `${start} - ${end}` })
      const group = clients === 'all' && knownOnly ? 'known' : clients
      return { pool: `${start} - ${end}`, ...(group !== 'all' && { 'client-class': group.toUpperCase() }) }
    }),
    ...(reservations.length > 0 && { reservations }),
  }
}

const noteBootp = ({ bootp }: NetworkSettings, subject: string, notes: ExportNote[]): void => {
  if (bootp === true) notes.push({ reason: 'bootpNotServed', subject })
}

const networkJson = (settings: NetworkSettings): JsonObject => ({
  ...(settings.authoritative !== undefined && { authoritative: settings.authoritative }),
  ...settingsJson(settings),
})

const settingsJson = ({ nextServer, serverName, bootFile, options }: PlanSettings): JsonObject => ({
  ...(nextServer !== undefined && { 'next-server': nextServer }),
  ...(serverName !== undefined && { 'server-hostname': serverName }),
  ...(bootFile !== undefined && { 'boot-file-name': bootFile }),
  ...(options.length > 0 && { 'option-data': options.map(optionJson) }),
})

/** What dhcpd gives a client that asks for nothing, where nothing is said. */
const iscDefaultSeconds = 43_200

/** Kea wants them in order, and takes a shortest or a longest only beside a default. */
function leaseTimesJson(times: LeaseTimes | undefined): JsonObject {
  if (!times) return {}
  const max = times.max === undefined ? undefined : Math.max(times.max, times.min ?? 0)
  const usual = Math.min(Math.max(times.default ?? iscDefaultSeconds, times.min ?? 0), max ?? Infinity)
  return {
    ...(times.min !== undefined && { 'min-valid-lifetime': times.min }),
    'valid-lifetime': usual,
    ...(max !== undefined && { 'max-valid-lifetime': max }),
  }
}

/** Bytes where Kea's own spelling of a value would depend on what it knows of the option, and words where it is plain. */
const optionJson = ({ code, value }: PlanOption): JsonObject => {
  const text = plainSpelling(code, value)
  return text === undefined
    ? { code, 'csv-format': false, data: hexOf(encodeOption(value)).toUpperCase() }
    : { code, data: text }
}

/** Kea's standard options that hold addresses or text and nothing else. */
const plainCodes: ReadonlySet<number> = new Set([3, 4, 6, 7, 12, 15, 17, 28, 42, 44, 66, 67])

function plainSpelling(code: number, value: OptionValue): string | undefined {
  if (!plainCodes.has(code)) return undefined
  if (value.type === 'addresses') return value.addresses.join(', ')
  // In Kea's lists of values, commas separate and backslashes escape.
  return value.type === 'text' && /^[!-~]+( [!-~]+)*$/.test(value.text) && !/[,\\]/.test(value.text)
    ? value.text
    : undefined
}

function placeReservations(
  reservations: readonly ReservationPlan[],
  subnets: readonly SubnetPlan[],
  notes: ExportNote[],
): { inSubnet: Map<SubnetPlan, JsonObject[]>; everywhere: JsonObject[] } {
  const inSubnet = new Map<SubnetPlan, JsonObject[]>()
  const everywhere: JsonObject[] = []
  for (const reservation of reservations) {
    const json = reservationJson(reservation, notes)
    if (!json) continue
    if (reservation.addresses.length === 0) everywhere.push(json)
    for (const address of reservation.addresses) {
      const subnet = subnets.find((each) =>
        contains(parseIpv4(each.network) ?? 0, each.prefix, parseIpv4(address) ?? 0),
      )
      if (!subnet) notes.push({ reason: 'addressOutsideSubnets', subject: `${reservation.name} ${address}` })
      else inSubnet.set(subnet, [...(inSubnet.get(subnet) ?? []), { ...json, 'ip-address': address }])
    }
  }
  return { inSubnet, everywhere }
}

function reservationJson(reservation: ReservationPlan, notes: ExportNote[]): JsonObject | undefined {
  const { identity, name, leaseTimes } = reservation
  if (identity.kind === 'uuid') {
    notes.push({ reason: 'noSuchIdentity', subject: name })
    return undefined
  }
  if (leaseTimes) notes.push({ reason: 'leaseTimesPerMachine', subject: name })
  // Kea refuses a reservation that reserves nothing.
  const hostName = reservation.addresses.length === 0 && reservation.options.length === 0
  if (hostName) notes.push({ reason: 'hostNameGiven', subject: name })
  return {
    ...(hostName && { hostname: name }),
    ...(identity.kind === 'mac' ? { 'hw-address': identity.mac } : { 'client-id': identity.hex }),
    'user-context': { name },
    ...settingsJson(reservation),
  }
}

/** Kea answers nobody of the class DROP. */
function denyClass(denied: readonly ReservationPlan[]): JsonObject {
  const tests = denied.map(({ identity }) => {
    switch (identity.kind) {
      case 'mac':
        return `pkt4.mac == 0x${identity.mac.replaceAll(':', '')}`
      case 'clientId':
        return `option[61].hex == 0x${identity.hex}`
      case 'uuid':
        return `option[97].hex == 0x${hexOf(machineUuid.encode(identity.uuid))}`
    }
  })
  return { name: 'DROP', test: tests.join(' or ') }
}
