import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import { CodedError, type DhcpEvent } from '../contract/index.ts'
import { createBootDecider } from '../boot/index.ts'
import { encode, type DhcpPacket } from './packet.ts'
import { bootServerPort, proxyDecide, type ProxyContext } from './proxyDecide.ts'
import { createProxyDhcpServer, realProxyLink, type ProxyDhcpServer } from './proxyServer.ts'
import { clientMessages } from './testdata/clientMessages.ts'
import { FakeNetwork } from './testdata/fakes.ts'
import { addressOf, message, packetOf } from './testdata/room.ts'
import { wire } from './testdata/wire.ts'

const serverAddress = '192.168.60.1'

/** EDK2 (x64), once it has an address and found our offer: PxeBcRetryBinlOffer. */
const bootServerRequest = wire(`
  01 01 06 00                                  # op, htype, hlen, hops
  f4ac7caa                                     # xid
  0000 0000                                    # secs, flags
  c0a83c64 00000000 00000000 00000000          # ciaddr: its new address; yiaddr, siaddr, giaddr
  525400aa0002 00*10                           # chaddr
  00*64                                        # sname
  00*128                                       # file
  63825363                                     # cookie
  35 01 03                                     # REQUEST
  39 02 05c0                                   # maximum message size
  61 11 0078563412bc9af0de1122334455667788     # client UUID
  5e 03 010300                                 # client NDI
  5d 02 0007                                   # client architecture
  3c 20 "PXEClient:Arch:00007:UNDI:003000"     # vendor class
  ff                                           # end
`)
/** An Intel boot agent that asks for the boot server of type 0, layer 0. */
const bootItemRequest = wire(`
  01 01 06 00  5426a1b9  0004 0000
  c0a83c64 00000000 00000000 00000000
  00155426a1b9 00*10 00*64 00*128 63825363
  35 01 03                                     # REQUEST
  2b 07 47 04 0000 0000 ff                     # PXE boot item: type 0, layer 0
  5d 02 0000                                   # BIOS
  3c 20 "PXEClient:Arch:00000:UNDI:002001"
  ff
`)

const context = (changes: Partial<ProxyContext> = {}): ProxyContext => ({
  serverAddress: addressOf(serverAddress),
  bootDecider: createBootDecider({ serverAddress, httpPort: 8080 }),
  mayBoot: () => true,
  ...changes,
})
const hear = (packet: DhcpPacket, port: 'server' | 'bootServer' = 'server', changes: Partial<ProxyContext> = {}) =>
  proxyDecide(packet, port, context(changes), 1000)
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex')

describe('a proxyDHCP offer (PXE 2.1 §2.2)', () => {
  const pxe = { vendorClass: 'PXEClient', vendorOptions: '060108ff' }
  it.each([
    ['a BIOS ROM', clientMessages.pxeRomDiscover, { ...pxe, bootFile: 'undionly.kpxe' }],
    ['UEFI', clientMessages.edk2PxeDiscover, { ...pxe, bootFile: 'ipxe.efi' }],
    [
      'UEFI HTTP boot',
      clientMessages.edk2HttpDiscover,
      { vendorClass: 'HTTPClient', vendorOptions: undefined, bootFile: 'http://192.168.60.1:8080/files/ipxe.efi' },
    ],
    ['iPXE', clientMessages.ipxeDiscover, { ...pxe, bootFile: 'http://192.168.60.1:8080/boot/52:54:00:aa:00:01.ipxe' }],
    ['VirtualBox’s partial iPXE', clientMessages.virtualBoxDiscover, { ...pxe, bootFile: 'undionly.kpxe' }],
  ])('tells %s what to boot and gives no address', (_who, datagram, expected) => {
    const request = packetOf(datagram)
    const { reply } = hear(request)
    const { packet } = reply!
    const { options } = packet
    expect({
      vendorClass: text(options.get(60)),
      vendorOptions: hex(options.get(43)),
      bootFile: text(options.get(67)),
    }).toEqual(expected)
    expect(text(packet.file)).toBe(expected.bootFile)
    expect(packet).toMatchObject({ op: 2, yiaddr: 0, ciaddr: 0, siaddr: addressOf(serverAddress), xid: request.xid })
    expect([hex(options.get(53)), hex(options.get(54))]).toEqual(['02', 'c0a83c01'])
    expect(options.get(97)).toEqual(request.options.get(97))
    expect(reply?.to).toBe('everyone')
    for (const code of [1, 3, 6, 50, 51, 58, 59]) expect(options.has(code)).toBe(false)
  })

  it('goes to the relay agent that the request came through', () => {
    const request = packetOf(clientMessages.edk2PxeDiscover)
    request.giaddr = addressOf('10.0.20.1')
    expect(hear(request).reply).toMatchObject({ to: { relay: request.giaddr }, packet: { giaddr: request.giaddr } })
  })

  it('is told to the screen with the row of the firmware table', () => {
    const { events, reply } = hear(packetOf(clientMessages.edk2PxeDiscover))
    expect([...events, reply?.event]).toMatchObject([
      { type: 'dhcp.discover', mac: '52:54:00:aa:00:02' },
      { type: 'dhcp.proxy', step: 'offer', bootFile: 'ipxe.efi', firmwareRow: 'uefi-x64' },
    ])
  })

  it('is not made to a machine that may not boot', () => {
    const { events, reply } = hear(packetOf(clientMessages.edk2PxeDiscover), 'server', { mayBoot: () => false })
    expect(reply).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.silent', reason: 'policy', policy: 'unknown' })
  })

  it.each([
    ['a client that is not booting', packetOf(clientMessages.udhcpcDiscover)],
    ['an operating system', packetOf(clientMessages.dhclientDiscover)],
    ['a RELEASE', message('release', { ciaddr: '192.168.60.9' })],
    ['an INFORM', message('inform', { ciaddr: '192.168.60.9' })],
    ['a renewal', packetOf(clientMessages.dhclientRenewing)],
  ])('is not made to %s: not a word', (_who, packet) => {
    expect(hear(packet)).toEqual({ events: [] })
  })

  it('is not made to a firmware that there is no loader for', () => {
    const request = packetOf(clientMessages.edk2PxeDiscover)
    request.options.set(93, Uint8Array.of(0, 11))
    expect(hear(request).reply).toBeUndefined()
  })
})

describe('the address that a machine takes from the other server', () => {
  it('is read from its REQUEST, which is not answered', () => {
    const request = packetOf(clientMessages.edk2PxeRequest)
    expect(hear(request)).toMatchObject({
      events: [{ type: 'dhcp.proxy', step: 'address', address: '192.168.61.51', mac: '52:54:00:aa:00:02' }],
    })
    expect(hear(request).reply).toBeUndefined()
  })
})

describe('port 4011 (PXE 2.1 §2.2.4)', () => {
  it('answers a REQUEST where it came from', () => {
    const { reply } = hear(packetOf(bootServerRequest), 'bootServer')
    const { packet } = reply!
    expect(reply).toMatchObject({
      to: 'sender',
      event: { type: 'dhcp.proxy', step: 'ack', address: '192.168.60.100', bootFile: 'ipxe.efi' },
    })
    expect(packet).toMatchObject({ yiaddr: 0, ciaddr: addressOf('192.168.60.100') })
    expect([hex(packet.options.get(53)), hex(packet.options.get(43))]).toEqual(['05', '060108ff'])
    expect(text(packet.options.get(67))).toBe('ipxe.efi')
  })

  it('names the boot item that was asked for', () => {
    const { packet } = hear(packetOf(bootItemRequest), 'bootServer').reply!
    expect(hex(packet.options.get(43))).toBe('060108470400000000ff')
  })

  it('answers nothing else', () => {
    expect(hear(packetOf(clientMessages.edk2PxeDiscover), 'bootServer')).toEqual({ events: [] })
    expect(hear(packetOf(clientMessages.dhclientRenewing), 'bootServer')).toEqual({ events: [] })
  })
})

describe('the proxyDHCP server', () => {
  let clock: ManualClock
  let network: FakeNetwork
  let events: DhcpEvent[]
  let server: ProxyDhcpServer

  beforeEach(() => {
    clock = new ManualClock()
    network = new FakeNetwork()
    events = []
    server = createProxyDhcpServer({
      openSocket: network.openSocket,
      device: 'eth0',
      bindAddress: '0.0.0.0',
      link: realProxyLink,
      serverAddress,
      bootDecider: createBootDecider({ serverAddress, httpPort: 8080 }),
      clock,
      emit: (event) => events.push(event as DhcpEvent),
      logger: silentLogger,
    })
  })
  const socket = (port: number) => network.opened.find(({ options }) => options.port === port)!.socket

  it('listens at both ports, answers each from its own, and lets go of them', async () => {
    await server.start()
    await server.start()
    expect(network.opened.map(({ options }) => [options.device, options.port])).toEqual([
      ['eth0', 67],
      ['eth0', bootServerPort],
    ])
    socket(67).arrive(clientMessages.edk2PxeDiscover)
    socket(4011).arrive(bootServerRequest, '192.168.60.100', 4011)
    expect(socket(67).sent.map(({ to }) => to)).toEqual(['255.255.255.255:68'])
    expect(socket(4011).sent.map(({ to }) => to)).toEqual(['192.168.60.100:4011'])
    expect(server.exchanges).toBe(2)
    expect(server.endpoint).toBe('192.168.60.1:67')
    await server.stop()
    expect(network.opened.every((each) => !each.socket.isOpen)).toBe(true)
    expect(server.endpoint).toBeUndefined()
  })

  it('holds nothing when the second port is taken', async () => {
    const { openSocket } = network
    const failing = createProxyDhcpServer({
      openSocket: (options) =>
        options.port === 67 ? openSocket(options) : Promise.reject(new CodedError('socket.portInUse', 'held')),
      bindAddress: '0.0.0.0',
      link: realProxyLink,
      serverAddress,
      bootDecider: () => undefined,
      clock,
      emit: () => {},
      logger: silentLogger,
    })
    await expect(failing.start()).rejects.toMatchObject({ code: 'socket.portInUse' })
    expect(socket(67).isOpen).toBe(false)
  })

  it('takes no offence at the other server’s replies, and tells of what cannot be read', async () => {
    await server.start()
    const reply: DhcpPacket = { ...message('offer'), op: 2 }
    socket(67).arrive(encode(reply, 1472).datagram)
    expect(events).toEqual([])
    for (let n = 0; n < 9; n++) socket(67).arrive(Buffer.alloc(20), '192.168.60.9')
    expect(events.map(({ type }) => type)).toEqual(Array.from({ length: 5 }, () => 'dhcp.malformed'))
  })
})
