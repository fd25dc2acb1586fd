import type { DhcpClientFacts, FirmwareKind } from '../contract/index.ts'
import { optionCode } from './options/codes.ts'
import { uint16List } from './options/list.ts'
import { machineUuid } from './options/machineUuid.ts'
import { ndi as ndiShape } from './options/ndi.ts'
import { readOption } from './options/shape.ts'
import { suboptions } from './options/suboptions.ts'
import { text } from './options/text.ts'
import { userClass } from './options/userClass.ts'
import type { DhcpPacket } from './packet.ts'

/** What a client says of itself; `ipxeFeatures` are the codes in option 175 whose value is not zero. */
export type ReadClientFacts = DhcpClientFacts & { ipxeFeatures?: ReadonlySet<number> }

export function clientFactsOf(packet: DhcpPacket): ReadClientFacts {
  const { options } = packet
  const ipxe = readOption(options, optionCode.ipxe, suboptions)
  const facts: ReadClientFacts = { firmware: 'none', secs: packet.secs, xid: packet.xid }
  const archs = readOption(options, optionCode.clientArchitecture, uint16List)
  // A client that is several (RFC 4578 §2.1) is the first one that we have something for.
  const arch = archs?.find((each) => each in pxeKinds) ?? archs?.[0]
  const ndi = readOption(options, optionCode.clientNdi, ndiShape)
  const uuid = uuidOf(options)
  const vendorClass = clipped(readOption(options, optionCode.vendorClassIdentifier, text))
  const classes = readOption(options, optionCode.userClass, userClass)?.join(', ')
  const hostName = clipped(readOption(options, optionCode.hostName, text))
  if (arch !== undefined) facts.arch = arch
  if (ndi !== undefined) facts.ndi = ndi
  if (uuid !== undefined) facts.uuid = uuid
  if (vendorClass !== undefined) facts.vendorClass = vendorClass
  if (classes !== undefined) facts.userClass = classes
  if (hostName !== undefined) facts.hostName = hostName
  if (ipxe)
    facts.ipxeFeatures = new Set(
      [...ipxe].filter(([, value]) => value.some((byte) => byte !== 0)).map(([code]) => code),
    )
  facts.firmware = firmwareKindOf(facts)
  return facts
}

/** Option 97. */
export const uuidOf = (options: ReadonlyMap<number, Uint8Array>): string | undefined =>
  knownUuid(readOption(options, optionCode.clientUuid, machineUuid))

/** All zeros or all ones: the board's maker left it out (SMBIOS 7.2.1), and it is the same on every such board. */
const knownUuid = (uuid: string | undefined): string | undefined =>
  uuid && /^(0|-)+$|^(f|-)+$/.test(uuid) ? undefined : uuid

/** Long options (RFC 3396) can hold 60,000 bytes, and this ends up in the journal and on the screen. */
const clipped = (value: string | undefined): string | undefined => value?.slice(0, 255) || undefined

/** iPXE's feature code for HTTP, as an encapsulated option of 175. */
export const ipxeHttpFeature = 19

/**
 * What asks, by option 77 or 175 (iPXE), then 93, then the text of 60.
 *
 * An iPXE is whole only when it says that it speaks HTTP: the ones built into VirtualBox and some firmware do not,
 * and would stop at an http:// address.
 */
export function firmwareKindOf(
  facts: Pick<ReadClientFacts, 'arch' | 'vendorClass' | 'userClass' | 'ipxeFeatures'>,
): FirmwareKind {
  if (facts.ipxeFeatures || facts.userClass?.split(', ').includes('iPXE'))
    return facts.ipxeFeatures?.has(ipxeHttpFeature) ? 'ipxe' : 'ipxe-partial'
  const vendor = vendorPattern.exec(facts.vendorClass ?? '')
  const arch = facts.arch ?? (vendor?.[2] === undefined ? undefined : Number(vendor[2]))
  if (arch === undefined) return vendor ? (vendor[1] === 'PXEClient' ? 'bios' : 'other') : 'none'
  const kinds = vendor?.[1] === 'HTTPClient' ? httpKinds : pxeKinds
  return kinds[arch] ?? 'other'
}

/** `PXEClient:Arch:00007:UNDI:003016`, RFC 4578 §3.1 and UEFI 2.10 §24.7. */
const vendorPattern = /^(PXEClient|HTTPClient)(?::Arch:(\d{5}))?/

/** Option 93: RFC 4578 §2.1 with its erratum, and IANA's registry. 9 is EFI byte code, which x64 firmware sends. */
const pxeKinds: Record<number, FirmwareKind> = {
  0: 'bios',
  6: 'uefi-ia32',
  7: 'uefi-x64',
  9: 'uefi-x64',
  10: 'uefi-arm32',
  11: 'uefi-arm64',
  15: 'http-ia32',
  16: 'http-x64',
  17: 'http-x64',
  18: 'http-arm32',
  19: 'http-arm64',
  20: 'http-bios',
}

/** Some firmware gives its plain architecture in an HTTP boot. */
const httpKinds: Record<number, FirmwareKind> = {
  ...pxeKinds,
  0: 'http-bios',
  6: 'http-ia32',
  7: 'http-x64',
  9: 'http-x64',
  10: 'http-arm32',
  11: 'http-arm64',
}
