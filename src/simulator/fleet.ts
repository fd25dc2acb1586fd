import type { Mac, MachineFacts } from '../contract/index.ts'
import { characters, integerBelow, pick, type Random } from './random.ts'

/** What the ROM of a simulated machine is: a BIOS with an Intel-style PXE ROM, or UEFI on x64. */
export type SimulatedFirmware = 'bios' | 'uefi-x64'

/** Who a simulated machine is, as its labels, its SMBIOS table and its NIC would tell. */
export interface Identity {
  mac: Mac
  /** SMBIOS order, lower case. */
  uuid: string
  hostName: string
  firmware: SimulatedFirmware
  facts: Required<Omit<MachineFacts, 'assetTag'>>
}

interface Model {
  manufacturer: string
  product: string
  /** First three octets of the MAC, as registered to the maker or to the maker of its boards. */
  macPrefixes: readonly string[]
  cpu: string
  memoryMiB: number
  disks: string
  biosVersion: string
  biosDate: string
  firmware: SimulatedFirmware
  serial(random: Random): string
  uuid(random: Random, serial: string): string
}

const digits = '0123456789'
const hexDigits = '0123456789abcdef'
const consonantsAndDigits = 'BCDFGHJKLMNPQRSTVWXYZ0123456789'

const randomUuid = (random: Random): string => {
  const hex = (length: number): string => characters(random, hexDigits, length)
  return `${hex(8)}-${hex(4)}-11ec-8${hex(3)}-${hex(12)}`
}

/** Dell writes "DELL" and the seven characters of the service tag into the UUID. */
const dellUuid = (_random: Random, serviceTag: string): string => {
  const octet = (index: number, flag = 0): string => (serviceTag.charCodeAt(index) | flag).toString(16).padStart(2, '0')
  return `4c4c4544-00${octet(0)}-${octet(1)}10-80${octet(2)}-${octet(3, 0x80)}c04f${octet(4)}${octet(5)}${octet(6)}`
}

const dellServiceTag = (random: Random): string => `${characters(random, consonantsAndDigits, 6)}3`
const hpSerial = (random: Random): string => `CZC${characters(random, digits, 4)}${characters(random, 'BCDFGHJK', 3)}`
const lenovoSerial = (random: Random): string => `MJ0${characters(random, consonantsAndDigits, 5)}`

const models: readonly Model[] = [
  {
    manufacturer: 'Dell Inc.',
    product: 'OptiPlex 7090',
    macPrefixes: ['d8:9e:f3', 'b0:7b:25', '00:be:43'],
    cpu: 'Intel(R) Core(TM) i5-10505 CPU @ 3.20GHz',
    memoryMiB: 16_384,
    disks: '512 GB NVMe',
    biosVersion: '1.18.0',
    biosDate: '2022-09-07',
    firmware: 'uefi-x64',
    serial: dellServiceTag,
    uuid: dellUuid,
  },
  {
    manufacturer: 'HP',
    product: 'HP ProDesk 600 G6 Small Form Factor PC',
    macPrefixes: ['80:e8:2c', '48:9e:bd'],
    cpu: 'Intel(R) Core(TM) i5-10500 CPU @ 3.10GHz',
    memoryMiB: 8_192,
    disks: '256 GB NVMe',
    biosVersion: 'S14 Ver. 02.11.01',
    biosDate: '2022-08-16',
    firmware: 'uefi-x64',
    serial: hpSerial,
    uuid: randomUuid,
  },
  {
    manufacturer: 'LENOVO',
    product: 'ThinkCentre M70q',
    macPrefixes: ['98:fa:9b', '88:a4:c2'],
    cpu: 'Intel(R) Core(TM) i5-10400T CPU @ 2.00GHz',
    memoryMiB: 8_192,
    disks: '256 GB SSD',
    biosVersion: 'M2WKT5AA',
    biosDate: '2021-03-22',
    firmware: 'uefi-x64',
    serial: lenovoSerial,
    uuid: randomUuid,
  },
  {
    manufacturer: 'Dell Inc.',
    product: 'OptiPlex 3020',
    macPrefixes: ['b8:ca:3a', 'f8:b1:56'],
    cpu: 'Intel(R) Core(TM) i3-4150 CPU @ 3.50GHz',
    memoryMiB: 4_096,
    disks: '500 GB HDD',
    biosVersion: 'A23',
    biosDate: '2018-08-14',
    firmware: 'bios',
    serial: dellServiceTag,
    uuid: dellUuid,
  },
  {
    manufacturer: 'Hewlett-Packard',
    product: 'HP Compaq Elite 8300 SFF',
    macPrefixes: ['a0:d3:c1', 'b4:b5:2f'],
    cpu: 'Intel(R) Core(TM) i5-3470 CPU @ 3.20GHz',
    memoryMiB: 4_096,
    disks: '500 GB HDD',
    biosVersion: 'K01 v03.15',
    biosDate: '2017-11-09',
    firmware: 'bios',
    serial: hpSerial,
    uuid: randomUuid,
  },
]

/** A mixed room, mostly recent UEFI machines, standing as they do in schools: in runs of the same model. */
export function makeFleet(size: number, random: Random): Identity[] {
  return Array.from({ length: size }, (_, index) => {
    const run = Math.floor((index * (models.length + 2)) / size)
    const model = models[run % models.length] as Model
    const { manufacturer, product, cpu, memoryMiB, disks, biosVersion, biosDate } = model
    const serial = model.serial(random)
    const uuid = model.uuid(random, serial)
    return {
      mac: `${pick(random, model.macPrefixes)}:${hexOctet(integerBelow(random, 256))}:${uniqueTail(index)}`,
      uuid,
      hostName: `poste-${String(index + 1).padStart(2, '0')}`,
      firmware: model.firmware,
      facts: { manufacturer, product, serial, uuid, memoryMiB, cpu, disks, biosVersion, biosDate },
    }
  })
}

const hexOctet = (value: number): string => value.toString(16).padStart(2, '0')

/** Two octets that no other machine of the room has, and that do not look counted. */
function uniqueTail(index: number): string {
  const spread = (index * 40_503) & 0xffff
  return `${hexOctet(spread >> 8)}:${hexOctet(spread & 0xff)}`
}

/** The 16 bytes of a UUID as SMBIOS and DHCP option 97 carry it: the first three fields are little-endian. */
export function smbiosUuidBytes(uuid: string): number[] {
  const bytes = [...Buffer.from(uuid.replaceAll('-', ''), 'hex')]
  return [
    ...bytes.slice(0, 4).reverse(),
    ...bytes.slice(4, 6).reverse(),
    ...bytes.slice(6, 8).reverse(),
    ...bytes.slice(8),
  ]
}
