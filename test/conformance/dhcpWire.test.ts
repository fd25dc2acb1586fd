import dhcp from 'dhcp'
import protocol, { type DhcpMessage, type OptionValue } from 'dhcp/lib/protocol.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../../src/base/index.ts'
import type { AmorceEvent, Ipv4 } from '../../src/contract/index.ts'
import { createDhcpServer, type DhcpConfig, type DhcpServer } from '../../src/dhcp/index.ts'
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
