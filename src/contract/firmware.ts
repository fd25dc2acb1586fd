/** What asks for a boot file, told apart by DHCP options 60, 77, 93 and 175 (RFC 4578, RFC 3004, iPXE). */
export const firmwareKinds = [
  'bios',
  'uefi-ia32',
  'uefi-x64',
  'uefi-arm32',
  'uefi-arm64',
  'http-ia32',
  'http-x64',
  'http-arm32',
  'http-arm64',
  'http-bios',
  'ipxe',
  'ipxe-partial',
  'other',
  'none',
] as const
export type FirmwareKind = (typeof firmwareKinds)[number]
