import dhcp from 'dhcp'
import protocol, { type DhcpMessage, type OptionValue } from 'dhcp/lib/protocol.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../../src/base/index.ts'
import type { AmorceEvent, Ipv4 } from '../../src/contract/index.ts'
import { createDhcpServer, type DhcpConfig, type DhcpServer } from '../../src/dhcp/index.ts'
import { uint32 } from '../../src/dhcp/options/integer.ts'
import { decode, encode, type DhcpPacket } from '../../src/dhcp/packet.ts'
import { MemoryLeaseStore } from '../../src/dhcp/testdata/fakes.ts'
import { addressOf, message, packetOf, type MessageFields } from '../../src/dhcp/testdata/room.ts'
import { formatIpv4, openUdpSocket, type UdpSocket } from '../../src/network/index.ts'

// The rules of RFC 2131 over real sockets: a client without an address, a client at its own, and a relay agent. Every
// message is sent twice, as our codec writes it and as the npm package `dhcp` does; every answer is read by both.

const us = '127.61.7.1'
const relay = '127.61.7.9'
const pool = { start: '127.61.7.50', end: '127.61.7.59' }
const types = { offer: 2, ack: 5, nak: 6 } as const

/** How the package is to write and read the options used here; it fails on one that it does not know. */
for (const [code, name] of [
  [61, 'Client Identifier'],
  [80, 'Rapid Commit'],
  [82, 'Relay Agent Information'],
  [97, 'Client Machine Identifier'],
  [118, 'Subnet Selection'],
  [224, 'Site 224'],
  [225, 'Site 225'],
] as const)
  dhcp.addOption(code, { name, type: 'UInt8s', attr: `option${code}` })

const numberOf = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0)
const packageValue: Record<number, (bytes: Uint8Array) => OptionValue> = {
  12: (bytes) => Buffer.from(bytes).toString(),
  50: (bytes) => formatIpv4(numberOf(bytes)),
  51: numberOf,
  53: numberOf,
  54: (bytes) => formatIpv4(numberOf(bytes)),
  57: numberOf,
}

const codecs: Record<string, (packet: DhcpPacket) => Buffer> = {
  'our codec': (packet) => encode(packet, 1472).datagram,
  'the dhcp package': (packet) => {
    const options = [...packet.options].map(([code, bytes]): [number, OptionValue] => [
      code,
      packageValue[code]?.(bytes) ?? [...bytes],
    ])
    const written: DhcpMessage = {
      ...packet,
      ciaddr: formatIpv4(packet.ciaddr),
      yiaddr: '0.0.0.0',
      siaddr: '0.0.0.0',
      giaddr: formatIpv4(packet.giaddr),
      chaddr: Buffer.from(packet.chaddr.subarray(0, 6))
        .toString('hex')
        .replace(/..(?=.)/g, '$&-'),
      sname: '',
      file: '',
      options: Object.fromEntries(options),
    }
    const { _data, _w } = protocol.format(written)
    return _data.subarray(0, _w)
  },
}

describe.each(Object.entries(codecs))('over real sockets, written by %s', (_, write) => {
  let server: DhcpServer
  let client: UdpSocket
  let agent: UdpSocket
  let events: AmorceEvent[]
  const heard: { at: 'client' | 'agent' | 'leased'; datagram: Buffer }[] = []
  let wake: () => void = () => {}
  const others: UdpSocket[] = []

  const listen = (at: (typeof heard)[number]['at'], socket: UdpSocket): void =>
    socket.onMessage((datagram) => {
      heard.push({ at, datagram: Buffer.from(datagram) })
      wake()
    })

  async function serve(config: Partial<DhcpConfig> = {}): Promise<void> {
    server = createDhcpServer({
      openSocket: openUdpSocket,
      bindAddress: us,
      link: { serverPort: agent.port, clientPort: client.port, broadcastAddress: client.address },
      config: {
        serverAddress: us,
        prefix: 24,
        poolStart: pool.start,
        poolEnd: pool.end,
        leaseSeconds: 600,
        authoritative: true,
        ...config,
      },
      bootDecider: () => undefined,
      leaseStore: new MemoryLeaseStore(),
      clock: systemClock,
      emit: (event) => events.push(event),
      logger: silentLogger,
    })
    await server.start()
  }

  beforeEach(async () => {
    events = []
    heard.length = 0
    client = await openUdpSocket({ address: '127.61.7.2', port: 0 })
    // The server's own port, at another address.
    agent = await openUdpSocket({ address: relay, port: 0 })
    listen('client', client)
    listen('agent', agent)
  })
  afterEach(async () => {
    await server.stop()
    await Promise.all([client, agent, ...others.splice(0)].map((socket) => socket.close()))
  })

  interface Answer {
    at: 'client' | 'agent' | 'leased'
    type: number | undefined
    yiaddr: Ipv4
    packet: DhcpPacket
    /** As the package reads it. */
    read: DhcpMessage
  }

  const send = (packet: DhcpPacket): void => (packet.giaddr === 0 ? client : agent).send(write(packet), agent.port, us)

  async function nextAnswer(): Promise<Answer> {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const { at, datagram } = heard.shift()!
    const packet = packetOf(datagram)
    const read = protocol.parse(datagram)
    // Two codecs, one reading.
    expect([read.xid, read.yiaddr, read.options[53]]).toEqual([
      packet.xid,
      formatIpv4(packet.yiaddr),
      packet.options.get(53)?.[0],
    ])
    return { at, type: packet.options.get(53)?.[0], yiaddr: formatIpv4(packet.yiaddr), packet, read }
  }

  async function ask(type: Parameters<typeof message>[0], fields: MessageFields = {}): Promise<Answer> {
    send(message(type, fields))
    return nextAnswer()
  }

  /** Nothing comes back: the answer to a DISCOVER that follows is the next thing heard. */
  async function expectSilence(type: Parameters<typeof message>[0], fields: MessageFields = {}): Promise<void> {
    send(message(type, { xid: 1, ...fields }))
    const { packet } = await ask('discover', { mac: '52:54:00:ff:ff:ff', xid: 2 })
    expect(packet.xid).toBe(2)
    expect(heard).toEqual([])
  }

  async function lease(fields: MessageFields = {}): Promise<Ipv4> {
    const { yiaddr } = await ask('discover', fields)
    const ack = await ask('request', { ...fields, requested: yiaddr, serverId: us })
    expect([ack.type, ack.yiaddr]).toEqual([types.ack, yiaddr])
    return yiaddr
  }

  async function openAt(address: Ipv4): Promise<void> {
    const socket = await openUdpSocket({ address, port: client.port })
    others.push(socket)
    listen('leased', socket)
  }

  it('INIT to BOUND: offer and acknowledgement, by broadcast', async () => {
    await serve()
    const offer = await ask('discover')
    expect([offer.at, offer.type, offer.yiaddr]).toEqual(['client', types.offer, pool.start])
    const ack = await ask('request', { requested: offer.yiaddr, serverId: us })
    expect([ack.at, ack.type, ack.yiaddr]).toEqual(['client', types.ack, pool.start])
    expect(ack.read.options).toMatchObject({ 1: '255.255.255.0', 51: 600, 54: us, 58: 300, 59: 525 })
  })

  it('SELECTING another server: silence, and the address is free again', async () => {
    await serve({ poolEnd: pool.start })
    await ask('discover')
    send(message('request', { requested: pool.start, serverId: '127.61.7.77' }))
    const other = await ask('discover', { mac: '52:54:00:00:00:02' })
    expect(other.yiaddr).toBe(pool.start)
    expect(events).toContainEqual(expect.objectContaining({ type: 'dhcp.otherServer', address: '127.61.7.77' }))
  })

  it('INIT-REBOOT: its own address is acknowledged, another one and another network refused', async () => {
    await serve()
    const own = await lease()
    expect(await ask('request', { requested: own })).toMatchObject({ type: types.ack, yiaddr: own })
    expect(await ask('request', { requested: '127.61.7.58' })).toMatchObject({ type: types.nak, yiaddr: '0.0.0.0' })
    expect(await ask('request', { requested: '10.1.2.3' })).toMatchObject({ type: types.nak, at: 'client' })
  })

  it('INIT-REBOOT of an unknown client: silence where others may serve it', async () => {
    await serve({ authoritative: false })
    await expectSilence('request', { requested: '127.61.7.55' })
  })

  it('RENEWING: acknowledged at the address that it has', async () => {
    await serve()
    const ciaddr = await lease()
    await openAt(ciaddr)
    const ack = await ask('request', { ciaddr })
    expect([ack.at, ack.type, ack.yiaddr, ack.read.ciaddr]).toEqual(['leased', types.ack, ciaddr, ciaddr])
  })

  it('RENEWING with the broadcast flag: at the address that it has all the same', async () => {
    await serve()
    const ciaddr = await lease()
    await openAt(ciaddr)
    expect(await ask('request', { ciaddr, flags: 0x8000 })).toMatchObject({ at: 'leased', type: types.ack })
    expect(await ask('inform', { ciaddr, flags: 0x8000 })).toMatchObject({ at: 'leased', type: types.ack })
  })

  it('REBINDING through a relay agent: acknowledged through it', async () => {
    await serve()
    const ciaddr = await lease()
    expect(await ask('request', { ciaddr, giaddr: relay })).toMatchObject({
      at: 'agent',
      type: types.ack,
      yiaddr: ciaddr,
    })
    expect(await ask('request', { ciaddr: '10.1.2.3', giaddr: relay })).toMatchObject({ at: 'agent', type: types.nak })
  })

  it('SELECTING what somebody else has: refused', async () => {
    await serve()
    const requested = await lease()
    const nak = await ask('request', { requested, serverId: us, mac: '52:54:00:00:00:02' })
    expect([nak.at, nak.type]).toEqual(['client', types.nak])
  })

  it('the acknowledgement says what the offer said', async () => {
    await serve({ router: '127.61.7.254', dnsServers: ['127.61.7.253'], domainName: 'exam.local' })
    const offer = await ask('discover')
    const ack = await ask('request', { requested: offer.yiaddr, serverId: us })
    const said = ({ packet }: Answer): [number, string][] =>
      [...packet.options].map(([code, value]) => [code, Buffer.from(value).toString('hex')])
    expect(said(ack)).toEqual(said(offer).map(([code, value]) => [code, code === 53 ? '05' : value]))
    expect([ack.packet.siaddr, ack.packet.file]).toEqual([offer.packet.siaddr, offer.packet.file])
  })

  it('every reply has the fields and options that table 3 says', async () => {
    await serve({ router: '127.61.7.254' })
    const asked = { xid: 0xdeadbeef, secs: 7, flags: 0x8000, clientId: '00 66 6f 6f' }
    const wanted = { options: { 55: Uint8Array.of(3, 50, 52, 55, 57, 60), 57: Uint8Array.of(5, 220) } }
    const offer = await ask('discover', { ...asked, ...wanted })
    const ack = await ask('request', { ...asked, ...wanted, requested: offer.yiaddr, serverId: us })
    const nak = await ask('request', { ...asked, ...wanted, requested: '10.1.2.3' })
    for (const { packet } of [offer, ack, nak]) {
      expect(packet).toMatchObject({
        op: 2,
        htype: 1,
        hlen: 6,
        hops: 0,
        xid: 0xdeadbeef,
        secs: 0,
        flags: 0x8000,
        ciaddr: 0,
      })
      expect(packet.options.get(54)).toEqual(Buffer.from([127, 61, 7, 1]))
      expect([50, 52, 55, 57].filter((code) => packet.options.has(code))).toEqual([])
    }
    for (const { packet } of [offer, ack]) expect([51, 3].every((code) => packet.options.has(code))).toBe(true)
    expect([...nak.packet.options.keys()]).toEqual([53, 54, 56, 61])
    expect([nak.packet.yiaddr, nak.packet.siaddr]).toEqual([0, 0])
  })

  it('a lease time is given as asked, within limits, and T1 and T2 follow it', async () => {
    await serve({ minLeaseSeconds: 80, maxLeaseSeconds: 1200 })
    for (const [asked, given] of [
      [120, 120],
      [1, 80],
      [0xffffffff, 1200],
    ] as const) {
      const { read } = await ask('discover', { options: { 51: uint32.encode(asked) } })
      expect(read.options).toMatchObject({ 51: given, 58: given / 2, 59: (given * 7) / 8 })
    }
  })

  it('an empty pool: silence', async () => {
    await serve({ poolEnd: pool.start })
    await lease()
    send(message('discover', { mac: '52:54:00:00:00:02', xid: 1 }))
    const { packet } = await ask('discover', { xid: 2 })
    expect([packet.xid, heard]).toEqual([2, []])
  })

  it.each<[string, Partial<DhcpPacket>]>([
    ['a reply', { op: 2 }],
    ['hardware that is no Ethernet', { htype: 32 }],
    ['an address of eight bytes', { hlen: 8 }],
    ['a message type that there is not', { options: new Map([[53, Uint8Array.of(99)]]) }],
    ['an OFFER', { options: new Map([[53, Uint8Array.of(2)]]) }],
  ])('%s: silence', async (_what, fields) => {
    await serve()
    client.send(encode({ ...message('discover', { xid: 1 }), ...fields }, 1472).datagram, agent.port, us)
    const { packet } = await ask('discover', { xid: 2 })
    expect([packet.xid, heard]).toEqual([2, []])
  })

  it('RENEWING somebody else’s address: refused by broadcast', async () => {
    await serve()
    const ciaddr = await lease()
    const nak = await ask('request', { ciaddr, mac: '52:54:00:00:00:02' })
    expect([nak.at, nak.type]).toEqual(['client', types.nak])
    expect(nak.packet.options.has(51)).toBe(false)
  })

  it('DECLINE: no answer, and the address is nobody’s for now', async () => {
    await serve({ poolEnd: '127.61.7.52' })
    const address = await lease()
    await expectSilence('decline', { requested: address, serverId: us })
    expect((await ask('discover')).yiaddr).not.toBe(address)
    // Three in the pool: one was declined, two are on offer.
    await expect.poll(() => server.offers().map((offer) => offer.address)).not.toContain(address)
    expect(server.leases()).toMatchObject([{ address, state: 'declined' }])
  })

  it('RELEASE: no answer, and the address comes back to who had it', async () => {
    await serve()
    const ciaddr = await lease()
    await expectSilence('release', { ciaddr, serverId: us })
    expect((await ask('discover')).yiaddr).toBe(ciaddr)
  })

  it('INFORM: parameters without an address or a lease', async () => {
    await serve({ domainName: 'exam.local' })
    await openAt('127.61.7.200')
    const ack = await ask('inform', { ciaddr: '127.61.7.200' })
    expect([ack.at, ack.type, ack.yiaddr]).toEqual(['leased', types.ack, '0.0.0.0'])
    expect(ack.read.options[15]).toBe('exam.local')
    expect([51, 58, 59].filter((code) => ack.packet.options.has(code))).toEqual([])
  })

  it('a relay agent is answered at its own address, with its option 82 last and whole', async () => {
    await serve()
    const circuit = Uint8Array.of(1, 4, 112, 111, 114, 116)
    const offer = await ask('discover', { giaddr: relay, options: { 82: circuit } })
    expect([offer.at, offer.type]).toEqual(['agent', types.offer])
    expect([...offer.packet.options].at(-1)).toEqual([82, Buffer.from(circuit)])
  })

  it('what a relay agent said stays in the options field when others overflow (RFC 3046)', async () => {
    const bytes = (code: number, count: number) =>
      ({ code, value: { type: 'bytes', hex: 'ab'.repeat(count) }, always: true }) as const
    await serve({ options: [bytes(224, 200), bytes(225, 100)] })
    const circuit = Uint8Array.of(1, 4, 112, 111, 114, 116)
    send(message('discover', { giaddr: relay, options: { 82: circuit } }))
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const { datagram } = heard.shift()!
    expect(packetOf(datagram).options.get(225)?.length).toBe(100)
    const at = datagram.indexOf(Buffer.of(82, circuit.length, ...circuit))
    expect(at).toBeGreaterThan(240)
    expect(datagram[at + 2 + circuit.length]).toBe(255)
  })

  it('a relay agent of a network that is not served: silence', async () => {
    await serve({ subnets: [{ network: '10.9.0.0', prefix: 16, poolStart: '10.9.0.10', poolEnd: '10.9.0.20' }] })
    // Not our own network's, for want of a better one.
    send(message('discover', { giaddr: relay, xid: 1, options: { 118: Uint8Array.of(10, 8, 0, 0) } }))
    const { packet } = await ask('discover', { xid: 2 })
    expect([packet.xid, heard]).toEqual([2, []])
  })

  it('a subnet is selected by the client, through its relay agent, and only there (RFC 3011)', async () => {
    await serve({ subnets: [{ network: '10.9.0.0', prefix: 16, poolStart: '10.9.0.10', poolEnd: '10.9.0.20' }] })
    const options = { 118: Uint8Array.of(10, 9, 0, 0) }
    const far = await ask('discover', { giaddr: relay, options })
    expect([far.at, far.yiaddr, far.packet.options.get(118)]).toEqual(['agent', '10.9.0.10', Buffer.from(options[118])])
    const near = await ask('discover', { mac: '52:54:00:00:00:02', options })
    expect([near.at, near.yiaddr, near.packet.options.has(118)]).toEqual(['client', pool.start, false])
  })

  it('options are read from overloaded fields, and pieces joined (RFC 2132 §9.3, RFC 3396)', async () => {
    await serve()
    const { datagram } = encode(message('discover'), 1472)
    // `file`: the address asked for; `sname`: the second piece of the client identifier.
    datagram.set([50, 4, 127, 61, 7, 55, 255], 108)
    datagram.set([61, 2, 0x6f, 0x6f, 255], 44)
    datagram.set([53, 1, 1, 52, 1, 3, 61, 2, 0, 0x66, 255], 240)
    client.send(datagram, agent.port, us)
    const offer = await nextAnswer()
    expect(offer.yiaddr).toBe('127.61.7.55')
    expect(Buffer.from(offer.packet.options.get(61)!).toString('hex')).toBe('00666f6f')
  })

  it('a client that takes more is sent more at once (option 57)', async () => {
    const large = { code: 224, value: { type: 'bytes', hex: 'ab'.repeat(250) }, always: true } as const
    const another = { ...large, code: 225 }
    await serve({ options: [large, another] })
    send(message('discover', { options: { 57: Uint8Array.of(5, 220) } }))
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const { datagram } = heard.shift()!
    expect(datagram.length).toBeGreaterThan(548)
    expect(datagram.indexOf(Buffer.from([52, 1, 1]), 240)).toBe(-1)
    expect([224, 225].map((code) => packetOf(datagram).options.get(code)?.length)).toEqual([250, 250])
  })

  it('the machine’s UUID comes back, and nothing of it where it was not said (RFC 4578)', async () => {
    await serve()
    const uuid = Uint8Array.from({ length: 17 }, (_each, n) => n)
    const said = await ask('discover', { options: { 97: uuid } })
    expect(said.packet.options.get(97)).toEqual(Buffer.from(uuid))
    const unsaid = await ask('discover')
    expect([61, 97].filter((code) => unsaid.packet.options.has(code))).toEqual([])
  })

  it('a relay agent’s client that is refused is refused with the broadcast flag', async () => {
    await serve()
    const nak = await ask('request', { giaddr: relay, requested: '10.1.2.3' })
    expect([nak.at, nak.type, nak.packet.flags]).toEqual(['agent', types.nak, 0x8000])
  })

  it('the client identifier comes back in every reply (RFC 6842)', async () => {
    await serve()
    const clientId = '00 66 6f 6f'
    const offer = await ask('discover', { clientId })
    const nak = await ask('request', { clientId, requested: '10.1.2.3' })
    for (const { packet } of [offer, nak]) expect(Buffer.from(packet.options.get(61)!).toString('hex')).toBe('00666f6f')
  })

  it('what is asked for comes in the order asked for', async () => {
    await serve({ router: '127.61.7.254', dnsServers: ['127.61.7.253'], domainName: 'exam.local' })
    const wanted = { 55: Uint8Array.of(15, 6, 28, 3, 1) }
    const { packet } = await ask('discover', { options: wanted })
    expect([...packet.options.keys()].filter((code) => [1, 3, 6, 15, 28].includes(code))).toEqual([15, 6, 28, 1, 3])
  })

  it('rapid commit, where it is allowed: two messages for a lease (RFC 4039)', async () => {
    await serve({ rapidCommit: true })
    // The package cannot write an option without a value.
    client.send(encode(message('discover', { options: { 80: new Uint8Array(0) } }), 1472).datagram, agent.port, us)
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const { packet } = decode(heard.shift()!.datagram) as { packet: DhcpPacket }
    expect([packet.options.get(53)?.[0], packet.options.has(80)]).toEqual([types.ack, true])
    expect(server.leases()).toMatchObject([{ address: pool.start, state: 'leased' }])
  })

  it('what the options field cannot hold overflows into file and sname (option 52)', async () => {
    const long = (code: number, length: number) =>
      ({ code, value: { type: 'text', text: 'x'.repeat(length) }, always: true }) as const
    await serve({ options: [long(224, 200), long(225, 100)] })
    send(message('discover'))
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const { datagram } = heard.shift()!
    expect(datagram.length).toBeLessThanOrEqual(548)
    expect(datagram.indexOf(Buffer.from([52, 1, 1]), 240)).toBeGreaterThan(0)
    const { options } = packetOf(datagram)
    expect([options.get(224)?.length, options.get(225)?.length]).toEqual([200, 100])
  })

  it('a BOOTP client is answered without options of DHCP (RFC 951)', async () => {
    await serve({ bootp: 'pool' })
    const packet = message('discover')
    packet.options.clear()
    send(packet)
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const { datagram } = heard.shift()!
    expect(datagram.length).toBeGreaterThanOrEqual(300)
    const reply = packetOf(datagram)
    expect([formatIpv4(reply.yiaddr), reply.options.has(53), reply.options.has(54)]).toEqual([pool.start, false, false])
  })

  it('two rooms: each client has its own network’s address and mask', async () => {
    await serve({ subnets: [{ network: '10.9.0.0', prefix: 16, poolStart: '10.9.0.10', poolEnd: '10.9.0.20' }] })
    // Link selection: the agent is asked to be answered at an address that is not on the client's network.
    const link = Uint8Array.of(5, 4, ...[24, 16, 8, 0].map((shift) => (addressOf('10.9.0.0') >>> shift) & 255))
    const far = await ask('discover', { giaddr: relay, options: { 82: link } })
    expect([far.at, far.yiaddr, far.read.options[1]]).toEqual(['agent', '10.9.0.10', '255.255.0.0'])
    const near = await ask('discover', { mac: '52:54:00:00:00:02' })
    expect([near.at, near.yiaddr, near.read.options[1]]).toEqual(['client', pool.start, '255.255.255.0'])
  })
})
