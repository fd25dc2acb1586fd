import type { FirmwareKind } from '../contract/index.ts'

/** The loaders that `npm run boot-files` fetches, and that machines are handed. */
export const loaderNames = ['undionly.kpxe', 'ipxe.efi', 'snponly.efi', 'ipxe.lkrn'] as const
export type LoaderName = (typeof loaderNames)[number]

/** Two drivers for the same x64 UEFI machine: iPXE's own, or the firmware's where iPXE's hangs on a NIC. */
export type UefiLoader = Extract<LoaderName, 'ipxe.efi' | 'snponly.efi'>

/** A disk made of the signed chain, which a firmware that boots by HTTP starts from its memory (UEFI 2.10 section 24.7.3.2). */
export const signedDiskName = 'signed.img'

/**
 * What begins the signed chain, by the firmware that asks: shim, which firmware trusts, and which fetches the GRUB that it
 * trusts itself (`grubx64.efi`, from beside it). They work with Secure Boot on and off. A GRUB that came by HTTP would look for
 * its configuration there, and Debian's signs none that speaks HTTP: both are on a disk then, with what leads GRUB to TFTP.
 */
export const signedTable: Partial<Record<FirmwareKind, string>> = {
  'uefi-x64': 'shimx64.efi',
  'http-x64': signedDiskName,
}

/** All that the signed chain is made of. */
export const signedLoaders: ReadonlySet<string> = new Set(['shimx64.efi', 'grubx64.efi'])

export type Handout =
  /** An iPXE by TFTP, which is all that a PXE ROM speaks. */
  | { by: 'tftp'; loader: LoaderName; alternative?: LoaderName }
  /** An iPXE by HTTP; such a firmware ignores an offer without vendor class HTTPClient (EDK2 HttpBootDhcp4.c). */
  | { by: 'http'; loader: LoaderName; alternative?: LoaderName }
  /** The machine's own script: it already runs an iPXE that speaks HTTP. */
  | { by: 'script' }
  /** A whole iPXE by TFTP, chosen by architecture: the one it runs cannot fetch the script. */
  | { by: 'wholeIpxe' }
  /** It asked for no boot file. */
  | { by: 'nothing' }
  /** It asked for one, and there is none for it. */
  | { by: 'unavailable'; why: string }

const unavailable = (why: string): Handout => ({ by: 'unavailable', why })

/** What each firmware is handed. */
export const firmwareTable: Readonly<Record<FirmwareKind, Handout>> = {
  bios: { by: 'tftp', loader: 'undionly.kpxe' },
  'uefi-x64': { by: 'tftp', loader: 'ipxe.efi', alternative: 'snponly.efi' },
  'uefi-ia32': unavailable('no 32-bit UEFI loader is shipped'),
  'uefi-arm32': unavailable('no ARM loader is shipped'),
  'uefi-arm64': unavailable('no ARM loader is shipped'),
  'http-x64': { by: 'http', loader: 'ipxe.efi', alternative: 'snponly.efi' },
  'http-ia32': unavailable('no 32-bit UEFI loader is shipped'),
  'http-arm32': unavailable('no ARM loader is shipped'),
  'http-arm64': unavailable('no ARM loader is shipped'),
  'http-bios': unavailable('no loader that a BIOS can take by HTTP is shipped'),
  ipxe: { by: 'script' },
  'ipxe-partial': { by: 'wholeIpxe' },
  other: unavailable('no loader for this architecture is shipped'),
  none: { by: 'nothing' },
}

/**
 * The loader that replaces a cut-down iPXE, by option 93 (RFC 4578 section 2.1 and its erratum; RFC 5970 for HTTP).
 * BIOS is 0, and what a client that names no architecture is taken for.
 */
export function wholeIpxeFor(arch: number | undefined): LoaderName | undefined {
  switch (arch) {
    case undefined:
    case 0:
    case 20:
      return 'undionly.kpxe'
    case 7:
    case 9:
    case 16:
    case 17:
      return 'ipxe.efi'
    default:
      return undefined
  }
}
