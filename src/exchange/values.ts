// Cells as people and programs write them. Each reader answers undefined for what it cannot read.

const monthDay = (year: number, month: number, day: number): string | undefined => {
  const date = new Date(Date.UTC(year, month - 1, day))
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900 && year <= 2200
  return isReal ? date.toISOString().slice(0, 10) : undefined
}

/**
 * A day: `2024-03-01`, `01/03/2024` (the day first, as in Europe), `2024/3/1`, `1.3.24`, with a time after it or not.
 * Only where the second number cannot be a month is the first one taken for it: `12/31/2024`.
 */
export function readDay(text: string): string | undefined {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(text)
  if (iso) return monthDay(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const local = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ,].*)?$/.exec(text)
  if (!local) return undefined
  const [first, second] = [Number(local[1]), Number(local[2])]
  const year = Number(local[3]) + (local[3]?.length === 2 ? 2000 : 0)
  return second > 12 ? monthDay(year, first, second) : monthDay(year, second, first)
}

/** Money in cents: `1 234,56 €`, `1,234.56`, `1234.5`, `12`. */
export function readCents(text: string): number | undefined {
  const bare = text.replace(/[\s\u00a0\u202f'€$£]|EUR|USD/gi, '')
  if (!/^\d[\d.,]*$/.test(bare)) return undefined
  const decimal = /[.,](\d{1,2})$/.exec(bare)
  const whole = (decimal ? bare.slice(0, decimal.index) : bare).replace(/[.,]/g, '')
  if (!/^\d{1,11}$/.test(whole)) return undefined
  return Number(whole) * 100 + Number((decimal?.[1] ?? '0').padEnd(2, '0'))
}

/** Memory in MiB: `8192`, `8 Go`, `16 GiB`. */
export function readMemory(text: string): number | undefined {
  const match = /^(\d+(?:[.,]\d+)?)\s*(mio|mib|mo|mb|gio|gib|go|gb|)$/i.exec(text.replace(/\u00a0|\u202f/g, ' ').trim())
  if (!match) return undefined
  const value = Number((match[1] ?? '').replace(',', '.')) * (/^g/i.test(match[2] ?? '') ? 1024 : 1)
  return value >= 1 ? Math.round(value) : undefined
}

/** MACs in any of the ways they are written, between commas, spaces or lines. */
export function readMacs(text: string): string[] | undefined {
  const macs = text
    .split(/[\s,;|]+/)
    .filter(Boolean)
    .map((mac) => {
      const digits = mac.toLowerCase().replace(/[:.-]/g, '')
      return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : undefined
    })
  return macs.every((mac) => mac !== undefined) ? [...new Set(macs)].sort() : undefined
}

export function readUuid(text: string): string | undefined {
  const uuid = text
    .trim()
    .toLowerCase()
    .replace(/^\{|\}$/g, '')
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) ? uuid : undefined
}

/** GLPI's trees, `Site > Bâtiment > Salle`, as paths. */
export const readLocation = (text: string): string =>
  text
    .split(/\s*[>/\\]\s*/)
    .map((name) => name.trim().replace(/\s+/g, ' '))
    .filter((name) => name !== '')
    .join(' / ')
