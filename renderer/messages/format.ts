import type { Language } from '../../src/contract/index.ts'
import { words } from './words.svelte.ts'

// Numbers, sizes, durations and dates as a person of the chosen language writes them.

/** English is written as in Europe: the day before the month, and twenty-four hours. */
const locales: Record<Language, string> = { fr: 'fr-FR', en: 'en-GB' }

const cache = new Map<string, unknown>()
const cached = <T>(name: string, make: (locale: string) => T): T => {
  const key = `${words.language} ${name}`
  if (!cache.has(key)) cache.set(key, make(locales[words.language]))
  return cache.get(key) as T
}

export const formatNumber = (value: number): string =>
  cached('number', (locale) => new Intl.NumberFormat(locale)).format(value)

/** With its sign: `+10`, `-5`. */
export const formatSigned = (value: number): string =>
  cached('signed', (locale) => new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })).format(value)

/** Cents of euros: `1 250,50 €`. */
export const formatMoney = (cents: number): string =>
  cached('money', (locale) => new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' })).format(cents / 100)

export const formatPercent = (share: number): string =>
  cached('percent', (locale) => new Intl.NumberFormat(locale, { style: 'percent' })).format(share)

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Bytes in decimal units with three significant digits at most: `12,4 Mo`. */
export const formatBytes = (bytes: number): string => withUnit(bytes, '')
/** Bytes per second: `11,2 Mo/s`. */
export const formatRate = (bytesPerSecond: number): string => withUnit(bytesPerSecond, '-per-second')

function withUnit(bytes: number, suffix: '' | '-per-second'): string {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), byteUnits.length - 1)
  const unit = `${byteUnits[power]}${suffix}`
  const format = cached(unit, (locale) => {
    const shape = { style: 'unit', unit, unitDisplay: 'short', maximumSignificantDigits: 3 } as const
    return new Intl.NumberFormat(locale, shape)
  })
  return format.format(bytes / 1000 ** power)
}

/** Memory is counted in powers of two under decimal names: 16384 MiB is sold as 16 GB. */
export const formatMemory = (mebibytes: number): string => formatBytes((mebibytes / 1024) * 1e9)

/** Megabits per second of a link: `1 Gb/s`. */
export function formatLinkSpeed(mbps: number): string {
  const [value, unit] = mbps >= 1000 ? [mbps / 1000, 'gigabit-per-second'] : [mbps, 'megabit-per-second']
  const shape = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 } as const
  return cached(unit, (locale) => new Intl.NumberFormat(locale, shape)).format(value)
}

/** A running clock: `00:12:41`. */
export function formatClock(ms: number): string {
  const seconds = Math.max(Math.floor(ms / 1000), 0)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** What is left, in as little room as a tile has: `58:12`, from an hour on `2 h 04`. */
export function formatShortClock(ms: number): string {
  const [hours, minutes, seconds] = formatClock(ms).split(':')
  return hours === '00' ? `${minutes}:${seconds}` : `${Number(hours)}\u00a0h\u00a0${minutes}`
}

/** How long something took: `0,4 s`, `12 s`, `2 min 5 s`, `1 h 4 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(ms, 0) / 1000
  if (seconds < 9.95) return unitOf('second', Math.round(seconds * 10) / 10)
  const whole = Math.round(seconds)
  if (whole < 60) return unitOf('second', whole)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return joinUnits(unitOf('minute', minutes), whole % 60, 'second')
  return joinUnits(unitOf('hour', Math.floor(minutes / 60)), minutes % 60, 'minute')
}

/** How long an answer over the cable took: `0,3 ms`. */
export const formatRoundTrip = (ms: number): string =>
  unitOf('millisecond', ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))

const joinUnits = (first: string, rest: number, unit: string): string =>
  rest === 0 ? first : `${first} ${unitOf(unit, rest)}`

const unitOf = (unit: string, value: number): string =>
  cached(`duration ${unit}`, (locale) => {
    // `12 s` in French; in English the short form would be `12 secs`.
    const unitDisplay = words.language === 'fr' ? 'short' : 'narrow'
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay })
  }).format(value)

/** The time of day to the second, as the journal shows it. */
export const formatTime = (at: number): string =>
  cached('time', (locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })).format(at)

/** The day and the time, exactly. */
export const formatDateTime = (at: number): string =>
  cached('dateTime', (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' })).format(at)

/** The day and the time of something that was planned: nobody plans to the second. */
export const formatPlanned = (at: number): string =>
  cached('planned', (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' })).format(at)

/** The day and the time to the second, in as little room as a column has. */
export const formatStamp = (at: number): string =>
  cached('stamp', (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' })).format(at)

const relativeSteps = [
  { unit: 'second', below: 60, size: 1 },
  { unit: 'minute', below: 3600, size: 60 },
  { unit: 'hour', below: 86_400, size: 3600 },
  { unit: 'day', below: 30 * 86_400, size: 86_400 },
  { unit: 'month', below: 365 * 86_400, size: 30 * 86_400 },
  { unit: 'year', below: Infinity, size: 365 * 86_400 },
] as const

/** How long ago, roughly: `il y a 3 minutes`. The exact date belongs beside it, on hover. */
export const formatAgo = (at: number, now: number): string => formatRelative(now - at, -1)

/** How long it is until then, roughly: `dans 59 minutes`. The exact date belongs beside it, on hover. */
export const formatUntil = (at: number, now: number): string => formatRelative(at - now, 1)

function formatRelative(ms: number, direction: -1 | 1): string {
  const seconds = Math.max(Math.round(ms / 1000), 0)
  const step = relativeSteps.find(({ below }) => seconds < below) ?? relativeSteps[5]
  const format = cached('ago', (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
  return format.format(direction * Math.floor(seconds / step.size), step.unit)
}

/** Orders names as a person does: A2 before A10, accents beside their letters. */
export const compareNames = (a: string, b: string): number =>
  cached('collator', (locale) => new Intl.Collator(locale, { numeric: true, sensitivity: 'base' })).compare(a, b)

/** A day written `YYYY-MM-DD`, as people write it: `05/01/2026`. */
export const formatDay = (day: string): string =>
  cached('day', (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' })).format(
    new Date(`${day}T00:00:00Z`),
  )

/** The month of `YYYY-MM`, in a few letters: `janv.` */
/** The least that tells a month among its neighbours, for charts of a year. */
export const monthLetter = (month: string): string =>
  cached('monthLetter', (locale) => new Intl.DateTimeFormat(locale, { month: 'narrow', timeZone: 'UTC' })).format(
    new Date(`${month}-01T00:00:00Z`),
  )

export const formatMonth = (month: string): string =>
  cached('month', (locale) => new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })).format(
    new Date(`${month}-01T00:00:00Z`),
  )
