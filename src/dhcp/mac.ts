import type { Mac } from '../contract/index.ts'

/** @returns the MAC as it is kept, in lower case; undefined when it is none. */
export function readMac(text: string): Mac | undefined {
  const mac = text.trim().toLowerCase().replaceAll('-', ':')
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac) ? mac : undefined
}
