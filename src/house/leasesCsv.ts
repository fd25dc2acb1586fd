import type { Language, LeaseView } from '../contract/index.ts'

const columns = [
  'address',
  'mac',
  'uuid',
  'hostName',
  'assetTag',
  'location',
  'seat',
  'state',
  'reserved',
  'startsAt',
  'expiresAt',
  'clientKey',
] as const

/** What a spreadsheet of that language opens as columns. */
const separators: Record<Language, string> = { fr: ';', en: ',' }

/** RFC 4180 but for the separator, with a byte order mark for spreadsheets; times in ISO 8601, UTC. */
export function leasesAsCsv(leases: readonly LeaseView[], language: Language): string {
  const separator = separators[language]
  const lines = leases.map((lease) => {
    const values: Record<(typeof columns)[number], string | undefined> = {
      ...{ address: lease.address, mac: lease.mac, uuid: lease.uuid, hostName: lease.hostName },
      ...{ assetTag: lease.item?.assetTag, location: lease.item?.location, seat: lease.seat?.label },
      ...{ state: lease.state, reserved: lease.isReserved ? 'yes' : 'no' },
      ...{ startsAt: isoTime(lease.startsAt), expiresAt: isoTime(lease.expiresAt), clientKey: lease.clientKey },
    }
    return columns.map((column) => cell(values[column] ?? '')).join(separator)
  })
  return `\ufeff${[columns.join(separator), ...lines].map((line) => `${line}\r\n`).join('')}`
}

const isoTime = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString()

/** Host names come from the network: one that a spreadsheet would take for a formula is made a text. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[;,"\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
