import type { MachineView } from '../../src/contract/index.ts'
import { t } from './words.svelte.ts'

/** As IANA registered them (RFC 4578 §2.1 with its erratum, RFC 5970): names, the same in every language. */
const architectures: Readonly<Record<number, string>> = {
  0: 'x86 BIOS',
  6: 'x86 UEFI',
  7: 'x64 UEFI',
  9: 'EBC',
  10: 'ARM 32 UEFI',
  11: 'ARM 64 UEFI',
  15: 'x86 UEFI HTTP',
  16: 'x64 UEFI HTTP',
  17: 'EBC HTTP',
  18: 'ARM 32 UEFI HTTP',
  19: 'ARM 64 UEFI HTTP',
  20: 'x86 BIOS HTTP',
}

/** Which row of the firmware table a machine was given, and by what it said; undefined when it was given none. */
export function firmwareWhy({ firmwareRow: row, firmwareSaid: said }: MachineView): string | undefined {
  if (!row || !said) return row
  const { arch, vendorClass, userClass } = said
  return t(`firmwareWhy.${reasonOf(row, arch)}`, {
    row,
    arch: arch === undefined ? undefined : String(arch),
    archName: arch === undefined ? undefined : architectures[arch],
    vendorClass,
    userClass,
  })
}

type Reason = 'again' | 'ipxe' | 'partial' | 'arch' | 'vendor'

function reasonOf(row: string, arch: number | undefined): Reason {
  if (row === 'ipxe-partial-again') return 'again'
  if (row === 'ipxe-partial') return 'partial'
  if (row === 'ipxe') return 'ipxe'
  return arch === undefined ? 'vendor' : 'arch'
}
