import type { Mac } from '../contract/index.ts'
import { isPlaceholderUuid } from '../boot/index.ts'

/**
 * A UUID in the two ways in which firmware and tools write the same 16 bytes: SMBIOS (since 2.6) stores the first three
 * fields with their low byte first, and some read them as if they were not. Empty for one that tells nothing.
 */
export function uuidSpellings(uuid: string): string[] {
  const [low, middle, high, ...rest] = uuid.toLowerCase().split('-')
  if (low === undefined || middle === undefined || high === undefined || isPlaceholderUuid(uuid)) return []
  return [[low, middle, high, ...rest].join('-'), [...[low, middle, high].map(swapBytes), ...rest].join('-')]
}

const swapBytes = (hex: string): string => (hex.match(/../g) ?? []).reverse().join('')

/** Whether a MAC is one NIC's own: not all zeros, and not a group address (IEEE 802, the lowest bit of the first byte). */
export function isUsableMac(mac: Mac): boolean {
  return mac !== '00:00:00:00:00:00' && Number.parseInt(mac.slice(0, 2), 16) % 2 === 0
}
