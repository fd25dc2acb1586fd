/** What a loader runs on, as far as its name tells. */
export type LoaderKind = 'bios' | 'efi-x64' | 'efi-ia32' | 'efi-arm64' | 'efi-arm32'

/** @returns undefined when the name does not tell, or it is no program but a script. */
export function loaderKindOf(file: string): LoaderKind | undefined {
  const name = file.toLowerCase().replace(/^.*[\\/]/, '')
  if (/\.(kpxe|kkpxe|kkkpxe|pxe|lkrn|0|com)$/.test(name)) return 'bios'
  if (!/\.efi(\.signed)?$/.test(name)) return undefined
  if (/(aa64|arm64)/.test(`${name}${file.toLowerCase()}`)) return 'efi-arm64'
  if (/(bootarm\.|arm32)/.test(file.toLowerCase())) return 'efi-arm32'
  if (/(ia32|i386|32\.efi|x86\.efi)/.test(file.toLowerCase())) return 'efi-ia32'
  return 'efi-x64'
}

/** By option 93 (RFC 4578 section 2.1 and its erratum; RFC 5970 for HTTP). */
export function loaderKindFor(arch: number): LoaderKind | undefined {
  switch (arch) {
    case 0:
    case 20:
      return 'bios'
    case 6:
    case 15:
      return 'efi-ia32'
    case 7:
    case 9:
    case 16:
    case 17:
      return 'efi-x64'
    case 10:
    case 18:
      return 'efi-arm32'
    case 11:
    case 19:
      return 'efi-arm64'
    default:
      return undefined
  }
}
