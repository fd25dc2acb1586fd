import dhcp from 'dhcp'
import type { OptionValue } from 'dhcp/lib/protocol.js'
import { smbiosUuidBytes, type Identity, type SimulatedFirmware } from './fleet.ts'

// What each stage of a network boot adds to the bare messages of the `dhcp` package, as seen in captures of the real
// ones. An option set to null takes away what the package would send.

export interface Dressing {
  /** The BOOTP flags: 0x8000 asks for a broadcast reply (RFC 2131 section 4.1). */
  flags: number
  options: Record<number, OptionValue>
}

const broadcast = 0x8000
const ethernet = 1

// The package fails on replies with options it does not know, and cannot send them either.
dhcp.addOption(77, { name: 'User Class', type: 'ASCII', attr: 'userClass' })
dhcp.addOption(93, { name: 'Client System Architecture', type: 'UInt16s', attr: 'clientArchitecture' })
dhcp.addOption(94, { name: 'Client Network Interface', type: 'UInt8s', attr: 'clientInterface' })
dhcp.addOption(97, { name: 'Client Machine Identifier', type: 'UInt8s', attr: 'clientMachineId' })
dhcp.addOption(175, { name: 'iPXE Encapsulated Options', type: 'UInt8s', attr: 'ipxe' })

/** RFC 4578 section 2.1. */
const architectures: Record<SimulatedFirmware, number> = { bios: 0, 'uefi-x64': 7 }
/** UNDI version of the ROM (RFC 4578 section 2.2): type 1, major, minor. */
const undi: Record<SimulatedFirmware, [number, number]> = { bios: [2, 1], 'uefi-x64': [3, 16] }

const vendorClass = (firmware: SimulatedFirmware): string => {
  const [major, minor] = undi[firmware]
  const version = String(major).padStart(3, '0') + String(minor).padStart(3, '0')
  return `PXEClient:Arch:${String(architectures[firmware]).padStart(5, '0')}:UNDI:${version}`
}

const pxeOptions = ({ firmware, uuid }: Identity): Record<number, OptionValue> => ({
  60: vendorClass(firmware),
  93: [architectures[firmware]],
  94: [1, ...undi[firmware]],
  97: [0, ...smbiosUuidBytes(uuid)],
})

/** RFC 2132 section 9.14: hardware type and address. As text, which is how the package writes option 61. */
const hardwareClientId = (mac: string): string =>
  String.fromCharCode(ethernet, ...mac.split(':').map((octet) => parseInt(octet, 16)))

const romParameters: Record<SimulatedFirmware, number[]> = {
  bios: [1, 2, 3, 5, 6, 11, 12, 13, 15, 16, 17, 18, 43, 54, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135],
  'uefi-x64': [1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97],
}

/** A PXE ROM: no client identifier, its UUID in option 97. */
export const romDressing = (identity: Identity): Dressing => ({
  flags: broadcast,
  options: { ...pxeOptions(identity), 55: romParameters[identity.firmware], 61: null },
})

/** iPXE's option 175: the card it runs on (177), its version (235) and what it can do, one sub-option each. */
const ipxeFeatures = [
  [177, 5, 1, 0x10, 0xec, 0x81, 0x68],
  [235, 3, 1, 21, 1],
  ...[
    16, // PXE extensions
    19, // HTTP
    21, // TFTP
    23, // DNS
    39, // menus
  ].map((feature) => [feature, 1, 1]),
].flat()

/** What iPXE can start, beside the rest: bzImage (24) under a BIOS, EFI programs (36) under UEFI. */
const ipxeImages: Record<SimulatedFirmware, number[]> = { bios: [24, 1, 1], 'uefi-x64': [36, 1, 1] }

export const ipxeDressing = (identity: Identity): Dressing => ({
  flags: 0,
  options: {
    ...pxeOptions(identity),
    55: [1, 3, 6, 7, 12, 15, 17, 26, 43, 60, 66, 67, 119, 128, 129, 130, 131, 132, 133, 134, 135, 175, 203],
    61: hardwareClientId(identity.mac),
    77: 'iPXE',
    175: [...ipxeFeatures, ...ipxeImages[identity.firmware]],
  },
})

/** The DHCP clients found in exam systems: busybox's in an initramfs, ISC's in a full system. */
export type SystemClient = 'udhcpc' | 'dhclient'

/** The system on its own disk, which is none of ours. */
export const diskDressing = ({ mac, hostName }: Identity, vendorClass: string): Dressing => ({
  flags: 0,
  options: {
    12: hostName.toUpperCase(),
    55: [1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252],
    60: vendorClass,
    61: hardwareClientId(mac),
  },
})

export const systemDressing = (identity: Identity, client: SystemClient): Dressing => {
  const { mac, hostName } = identity
  return client === 'udhcpc'
    ? {
        flags: 0,
        options: {
          55: [1, 3, 6, 12, 15, 28, 42],
          57: 576,
          60: 'udhcp 1.35.0',
          61: hardwareClientId(mac),
        },
      }
    : {
        flags: 0,
        options: { 12: hostName, 55: [1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42], 57: null, 61: null },
      }
}
