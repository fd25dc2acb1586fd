import { describe, expect, it } from 'vitest'
import type { BootDecider } from './bootDecider.ts'
import { clientFactsOf } from './clientFacts.ts'
import { identityOf } from './identity.ts'
import { optionName } from './options/codes.ts'
import { encode, type DhcpPacket } from './packet.ts'
import { clientMessages, type ClientMessage } from './testdata/clientMessages.ts'
import { packetOf, Room } from './testdata/room.ts'

const bootDecider: BootDecider = ({ firmware }) => {
  const nextServer = '192.168.60.1'
  if (firmware === 'none') return undefined
  if (firmware === 'http-x64')
    return { firmwareRow: firmware, nextServer, bootFile: `http://${nextServer}/ipxe.efi`, vendorClass: 'HTTPClient' }
  return { firmwareRow: firmware, nextServer, bootFile: `${firmware}.file` }
}
const room = () => new Room({ bootDecider, config: { router: '192.168.60.254', dnsServers: ['192.168.60.1'] } })
const readable = ({ options, file }: DhcpPacket): string[] => [
  `file: ${Buffer.from(file).toString()}`,
  ...[...options].map(([code, value]) => {
    const isText = value.length > 4 && value.every((byte) => byte > 31 && byte < 127)
    return `${optionName(code)}: ${isText ? Buffer.from(value).toString() : Buffer.from(value).toString('hex')}`
  }),
]

describe('messages of real clients', () => {
  const names = Object.keys(clientMessages) as ClientMessage[]

  it.each(names)('%s decodes, and encodes to what decodes the same', (name) => {
    const packet = packetOf(clientMessages[name])
    expect(packetOf(encode(packet, 1472).datagram)).toEqual(packet)
  })

  const uuid = '12345678-9abc-def0-1122-334455667788'
  it.each<[ClientMessage, ReturnType<typeof clientFactsOf>, string]>([
    [
      'ipxeDiscover',
      {
        arch: 0,
        ndi: 'UNDI 2.1',
        firmware: 'ipxe',
        uuid,
        vendorClass: 'PXEClient:Arch:00000:UNDI:002001',
        userClass: 'iPXE',
        ipxeFeatures: new Set([177, 235, 16, 17, 18, 19, 21, 23, 24, 25, 33, 34, 39, 41]),
        secs: 4,
        xid: 0x0682bc26,
      },
      'mac:52:54:00:aa:00:01',
    ],
    [
      'edk2PxeDiscover',
      {
        arch: 7,
        ndi: 'UNDI 3.0',
        firmware: 'uefi-x64',
        uuid,
        vendorClass: 'PXEClient:Arch:00007:UNDI:003000',
        secs: 0,
        xid: 0xf4ac7ca9,
      },
      'mac:52:54:00:aa:00:02',
    ],
    [
      'edk2HttpDiscover',
      {
        arch: 16,
        ndi: 'UNDI 3.0',
        firmware: 'http-x64',
        uuid,
        vendorClass: 'HTTPClient:Arch:00016:UNDI:003000',
        secs: 0,
        xid: 0x0ecdf609,
      },
      'mac:52:54:00:aa:00:03',
    ],
    [
      'pxeRomDiscover',
      {
        arch: 0,
        ndi: 'UNDI 2.1',
        firmware: 'bios',
        uuid: '44454c4c-5300-1035-8054-b7c04f4e5931',
        vendorClass: 'PXEClient:Arch:00000:UNDI:002001',
        secs: 4,
        xid: 0x5426a1b9,
      },
      'mac:00:15:54:26:a1:b9',
    ],
    [
      'virtualBoxDiscover',
      {
        arch: 0,
        ndi: 'UNDI 2.1',
        firmware: 'ipxe-partial',
        uuid: '33221100-5544-7766-8899-aabbccddeeff',
        vendorClass: 'PXEClient:Arch:00000:UNDI:002001',
        userClass: 'iPXE',
        ipxeFeatures: new Set([177, 235, 33, 21, 16]),
        secs: 4,
        xid: 0x6b8b4567,
      },
      'mac:08:00:27:f3:a1:b2',
    ],
    [
      'udhcpcDiscover',
      { firmware: 'none', vendorClass: 'udhcp 1.35.0', hostName: 'poste1', secs: 0, xid: 0x52b0de00 },
      'mac:52:54:00:bb:00:01',
    ],
    ['dhclientDiscover', { firmware: 'none', hostName: 'vm', secs: 0, xid: 0xd48c6b0c }, 'mac:52:54:00:bb:00:01'],
    [
      'windowsDiscover',
      { firmware: 'none', vendorClass: 'MSFT 5.0', hostName: 'DESKTOP-4F2K9QX', secs: 0, xid: 0x8d1f5e03 },
      'mac:b4:2e:99:10:20:30',
    ],
    [
      'dhcpcdDiscover',
      {
        firmware: 'none',
        vendorClass: 'dhcpcd-9.4.1:Linux-6.1.0-18-amd64:x86_64:GenuineIntel',
        secs: 0,
        xid: 0xc47464d6,
      },
      'mac:52:54:00:bb:00:01',
    ],
    ['networkdRequest', { firmware: 'none', hostName: 'vm', secs: 1, xid: 0x00c01e33 }, 'mac:52:54:00:bb:00:01'],
    ['nmapDiscover', { firmware: 'none', secs: 0, xid: 0x58dbd2d4 }, 'mac:de:ad:c0:de:ca:fe'],
    ['networkdDiscover', { firmware: 'none', hostName: 'poste-12', secs: 1, xid: 0x71d10c5a }, 'mac:52:54:00:0a:0b:0c'],
  ])('%s says who it is', (name, facts, key) => {
    const packet = packetOf(clientMessages[name])
    expect(clientFactsOf(packet)).toEqual(facts)
    expect(identityOf(packet)?.key).toBe(key)
  })

  it('a PXE ROM is offered an address and a boot file, without options 60 and 43', () => {
    const { reply } = room().hear(packetOf(clientMessages.pxeRomDiscover))
    expect(reply).toMatchObject({ type: 'offer', to: 'everyone', yiaddr: '192.168.60.50' })
    expect(readable(reply!.packet)).toEqual([
      'file: bios.file',
      'messageType (53): 02',
      'serverIdentifier (54): c0a83c01',
      'leaseTime (51): 00000e10',
      'subnetMask (1): ffffff00',
      'router (3): c0a83cfe',
      'domainNameServer (6): c0a83c01',
      'bootFileName (67): bios.file',
      'renewalTime (58): 00000708',
      'rebindingTime (59): 00000c4e',
      'tftpServerName (66): 192.168.60.1',
      'clientUuid (97): 004c4c4544005335108054b7c04f4e5931',
      'clientIdentifier (61): 004c4c4544005335108054b7c04f4e5931',
    ])
  })

  it('UEFI HTTP boot is offered a URL and told that it is for it (option 60)', () => {
    const { reply } = room().hear(packetOf(clientMessages.edk2HttpDiscover))
    const options = readable(reply!.packet)
    expect(options).toContain('bootFileName (67): http://192.168.60.1/ipxe.efi')
    expect(options).toContain('vendorClassIdentifier (60): HTTPClient')
    expect(options).toContain('file: http://192.168.60.1/ipxe.efi')
  })

  it('a relayed machine is answered through its relay, options in the order it asked, option 82 last', () => {
    const { reply } = room().hear(packetOf(clientMessages.relayedDiscover))
    expect(reply?.to).toBe('relay 192.168.60.2')
    expect([...reply!.packet.options.keys()]).toEqual([53, 54, 51, 67, 66, 1, 3, 58, 59, 97, 82])
  })

  it('udhcpc goes from nothing to a lease and gives it back', () => {
    const network = room()
    expect(network.hear(packetOf(clientMessages.udhcpcDiscover)).reply?.yiaddr).toBe('192.168.60.50')
    const { reply } = network.hear(packetOf(clientMessages.udhcpcRequest))
    expect(reply).toMatchObject({ type: 'ack', yiaddr: '192.168.60.50' })
    expect(readable(reply!.packet)).toContain('clientIdentifier (61): 01525400bb0001')
    expect(readable(reply!.packet)[0]).toBe('file: ')
    network.hear(packetOf(clientMessages.udhcpcRelease))
    expect(network.leaseLines()).toEqual(['192.168.60.50 released mac:52:54:00:bb:00:01'])
  })

  it('dhclient on the same machine goes on with udhcpc’s address, remembers it and renews it', () => {
    const network = room()
    network.hear(packetOf(clientMessages.udhcpcDiscover))
    network.hear(packetOf(clientMessages.udhcpcRequest))
    expect(network.hear(packetOf(clientMessages.dhclientDiscover)).reply?.yiaddr).toBe('192.168.60.50')
    expect(network.hear(packetOf(clientMessages.dhclientInitReboot)).reply).toMatchObject({
      type: 'ack',
      to: 'everyone',
    })
    expect(network.hear(packetOf(clientMessages.dhclientRenewing)).reply).toMatchObject({
      type: 'ack',
      to: 'client 192.168.60.50',
    })
  })

  it('networkd’s lease is given back, though its RELEASE names no server', () => {
    const network = room()
    expect(network.hear(packetOf(clientMessages.networkdRequest)).reply).toMatchObject({ type: 'ack' })
    network.hear(packetOf(clientMessages.networkdRelease))
    expect(network.leaseLines()).toEqual(['192.168.60.53 released mac:52:54:00:bb:00:01'])
  })

  it('nmap, which asks for everything, is sent what there is within the size that every client takes', () => {
    const { reply } = room().hear(packetOf(clientMessages.nmapDiscover))
    const { datagram, omitted } = encode(reply!.packet, 548)
    expect([datagram.length <= 548, omitted]).toEqual([true, []])
    expect([...reply!.packet.options.keys()]).toEqual([53, 54, 51, 1, 3, 6, 28, 58, 59])
  })

  it('Windows is offered an address of ours in place of the one it had elsewhere, and its INFORM is answered', () => {
    const network = room()
    expect(network.hear(packetOf(clientMessages.windowsDiscover)).reply).toMatchObject({ yiaddr: '192.168.60.50' })
    const { reply } = network.hear(packetOf(clientMessages.windowsInform))
    expect(reply).toMatchObject({ type: 'ack', yiaddr: '0.0.0.0', to: 'client 192.168.60.200' })
    expect([...reply!.packet.options.keys()]).toEqual([53, 54, 1, 3, 6, 61])
  })
})
