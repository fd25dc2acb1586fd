import { readFile } from 'node:fs/promises'
import type { Mac } from '../contract/index.ts'

/** What virtual machines wear: made up by their makers, and so in no registry, or bought under a name that says little. */
const virtualCards: Readonly<Record<string, string>> = {
  '080027': 'VirtualBox',
  '525400': 'QEMU',
  '000c29': 'VMware',
  '005056': 'VMware',
  '00155d': 'Microsoft Hyper-V',
}

/** The registries that IEEE keeps, by how many hex digits of a MAC they give out, the finest first. */
const prefixLengths = [9, 7, 6]

export interface VendorRegistry {
  /** Who made a network card, as IEEE or its maker says; undefined when nobody can know. */
  of(mac: Mac): string | undefined
  /** The day that the registry is of, as `2026-08-26`; undefined without one. */
  readonly date: string | undefined
  /** How many prefixes are in it. */
  readonly size: number
}

/**
 * @param text what `tools/networkCards.mjs` wrote: a line `# ... YYYY-MM-DD`, then `PREFIX<tab>NAME` a line. It stays one text and is
 *   searched as one: half a millisecond for each question, where a table of it would cost ten megabytes for good.
 */
export function vendorRegistry(text = ''): VendorRegistry {
  const [head = ''] = text.split('\n', 1)
  const nameAt = (prefix: string): string | undefined => {
    const at = text.indexOf(`\n${prefix}\t`)
    if (at < 0) return undefined
    const begin = at + prefix.length + 2
    const end = text.indexOf('\n', begin)
    return text.slice(begin, end < 0 ? undefined : end)
  }
  return {
    of: (mac) => {
      const digits = mac.replaceAll(/[:-]/g, '').toLowerCase()
      const virtual = virtualCards[digits.slice(0, 6)]
      if (virtual) return virtual
      for (const length of prefixLengths) {
        const name = nameAt(digits.slice(0, length).toUpperCase())
        if (name !== undefined) return name
      }
      return undefined
    },
    date: /\d{4}-\d{2}-\d{2}/.exec(head)?.[0],
    size: text === '' ? 0 : text.split('\n').length - 2,
  }
}

/** Without the file, virtual machines alone are told. */
export const readVendorRegistry = async (file: string | undefined): Promise<VendorRegistry> =>
  vendorRegistry(file === undefined ? '' : await readFile(file, 'utf8').catch(() => ''))
