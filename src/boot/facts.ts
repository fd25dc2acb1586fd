import { z } from 'zod'
import { uuidSchema, type MachineFacts } from '../contract/index.ts'

/** What makers leave in SMBIOS strings that nobody filled, in lower case, without punctuation at the ends. */
const placeholders = new Set([
  'to be filled by o.e.m',
  'to be filled by oem',
  'default string',
  'default',
  'system serial number',
  'system product name',
  'system manufacturer',
  'system name',
  'system version',
  'system uuid',
  'base board serial number',
  'chassis serial number',
  'chassis manufacture',
  'asset tag',
  'asset-tag',
  'no asset tag',
  'no asset information',
  'no asset tag specified',
  'assettagnum0',
  'a1_assettagnum0',
  'asset-1234567890',
  'asset tracking',
  'chassis asset tag',
  'base board asset tag#',
  'atn12345678901234567',
  'bsn12345678901234567',
  'csn12345678901234567',
  'fill by oem',
  'tbd by odm',
  'serial number',
  'serialnumber',
  'sernum0',
  'manufacturer',
  'manufacturer00',
  'oem',
  'o.e.m',
  'oem manufacturer',
  'none',
  'null',
  'n/a',
  'na',
  'not applicable',
  'not available',
  'not specified',
  'not set',
  'not defined',
  'not present',
  'unspecified',
  'undefined',
  'unknown',
  'invalid',
  'empty',
  'blank',
  'type1productconfigid',
  '123456789',
  '1234567890',
  '0123456789',
  '012345678',
])

/** Whether a text of the firmware's says nothing: a maker's filler, one character over and over, or no letter or digit. */
export function isPlaceholder(text: string): boolean {
  const bare = text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s._<>()[\]*-]+|[\s._<>()[\]*-]+$/g, '')
  return placeholders.has(bare) || !/[\p{L}\p{N}]/u.test(bare) || /^(.)\1+$/u.test(bare) || bare === '0'
}

/** UUIDs that whole series of boards share. */
const sharedUuids = new Set([
  '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009',
  '03020100-0504-0706-0809-0a0b0c0d0e0f',
  '00010203-0405-0607-0809-0a0b0c0d0e0f',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '11111111-2222-3333-4444-555555555555',
  // Dell without a service tag: the letters DELL and spaces.
  '4c4c4544-0000-2010-8020-80c04f202020',
])

/** Whether a UUID tells no machine from another: all zeros, all ones, or a maker's default. */
export function isPlaceholderUuid(uuid: string): boolean {
  const bare = uuid.toLowerCase()
  return sharedUuids.has(bare) || /^([0f])\1*$/.test(bare.replaceAll('-', ''))
}

const longestText = 128

/** One text from the network or the firmware as it may be kept: on one line, bounded, absent when it says nothing. */
export function cleanText(raw: string | undefined): string | undefined {
  const text = (raw ?? '')
    .replace(/[\p{Cc}\p{Cf}\uFFFD]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestText)
    .trimEnd()
  return isPlaceholder(text) ? undefined : text
}

export function cleanUuid(raw: string | undefined): string | undefined {
  const { data: uuid } = uuidSchema.safeParse(raw ?? '')
  return uuid && !isPlaceholderUuid(uuid) ? uuid : undefined
}

/** As long as an item keeps it. */
const longestBiosVersion = 64

/** SMBIOS writes `MM/DD/YYYY`, or `MM/DD/YY` before version 2.3 (DSP0134, 7.1); an agent may write `YYYY-MM-DD`. */
export function cleanBiosDate(raw: string | undefined): string | undefined {
  const text = (raw ?? '').trim()
  const [, month = '', day = '', year = ''] = /^(\d\d)\/(\d\d)\/(\d{4}|\d\d)$/.exec(text) ?? []
  const full = year.length === 2 ? (Number(year) < 80 ? `20${year}` : `19${year}`) : year
  const { success, data } = z.iso.date().safeParse(full === '' ? text : `${full}-${month}-${day}`)
  return success ? data : undefined
}

/**
 * The memory that SMBIOS tells slot by slot: bytes of each size word in hex, `.` between, nothing where there is no slot.
 * Undefined when a size is not told in that word, or there may be more slots than were asked for.
 */
export function memoryOfSlots(text: string): number | undefined {
  const slots = text.split('.')
  if (slots.at(-1) !== '' || !slots.every((slot) => /^([0-9a-f]{4})?$/i.test(slot))) return undefined
  let kibibytes = 0
  for (const slot of slots.filter(Boolean)) {
    const size = Buffer.from(slot, 'hex').readUInt16LE()
    // 0xFFFF: unknown; 0x7FFF: told elsewhere, being 32 GiB or more.
    if (size === 0xffff || size === 0x7fff) return undefined
    kibibytes += size & 0x8000 ? size & 0x7fff : size * 1024
  }
  return kibibytes === 0 ? undefined : Math.round(kibibytes / 1024)
}

/** Texts as they came. */
export type RawFacts = { [Name in keyof MachineFacts]?: string | number }

/** What is left of a report once fillers and nonsense are taken out. Its keys are only those that say something. */
export function cleanFacts(raw: RawFacts): MachineFacts {
  const memoryMiB = Math.round(Number(raw.memoryMiB))
  const facts: MachineFacts = {
    manufacturer: cleanText(raw.manufacturer?.toString()),
    product: cleanText(raw.product?.toString()),
    serial: cleanText(raw.serial?.toString()),
    assetTag: cleanText(raw.assetTag?.toString()),
    uuid: cleanUuid(raw.uuid?.toString()),
    memoryMiB: memoryMiB > 0 && memoryMiB <= 64 * 1024 * 1024 ? memoryMiB : undefined,
    cpu: cleanText(raw.cpu?.toString()),
    disks: cleanText(raw.disks?.toString()),
    biosVersion: cleanText(raw.biosVersion?.toString())?.slice(0, longestBiosVersion),
    biosDate: cleanBiosDate(raw.biosDate?.toString()),
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}
