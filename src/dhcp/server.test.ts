import dhcp from 'dhcp'
import protocol from 'dhcp/lib/protocol.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger, systemClock, type Logger } from '../base/index.ts'
import { CodedError, type DhcpEvent } from '../contract/index.ts'
import { openUdpSocket } from '../network/index.ts'
import type { BootDecider } from './bootDecider.ts'
import type { DhcpConfig } from './config.ts'
import { encode } from './packet.ts'
import { createDhcpServer, realLink, type DhcpServer } from './server.ts'
import { clientMessages } from './testdata/clientMessages.ts'
import { FakeNetwork, MemoryLeaseStore } from './testdata/fakes.ts'
import { addressOf, message, packetOf, roomConfig, type MessageFields } from './testdata/room.ts'

const us = '192.168.60.1'
const datagramOf = (type: Parameters<typeof message>[0], fields: MessageFields = {}): Buffer =>
  encode(message(type, fields), 1472).datagram
const macOf = (n: number) => `52:54:00:00:01:${n.toString(16).padStart(2, '0')}`
/** Two turns of the event loop, the second for what came during the first: by then a batch is saved. */
const saved = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

describe('the DHCP server', () => {
  let clock: ManualClock
  let network: FakeNetwork
  let store: MemoryLeaseStore
  let events: DhcpEvent[]
  let errors: string[]
  let bootDecider: BootDecider
  let server: DhcpServer
  let config: DhcpConfig
  let isKnown: (mac: string) => boolean

  const make = (): DhcpServer => {
    const logger: Logger = { ...silentLogger, error: (text) => errors.push(text) }
    return createDhcpServer({
      openSocket: network.openSocket,
      device: 'eth0',
      bindAddress: '0.0.0.0',
      link: realLink,
      config,
      isKnown: (mac) => isKnown(mac),
      bootDecider: (client) => bootDecider(client),
      leaseStore: store,
      clock,
      emit: (event) => events.push(event as DhcpEvent),
      logger,
    })
  }
  beforeEach(async () => {
    clock = new ManualClock()
    network = new FakeNetwork()
    store = new MemoryLeaseStore()
    events = []
    errors = []
    bootDecider = () => undefined
    isKnown = () => true
    config = { ...roomConfig, poolEnd: '192.168.60.250' }
    server = make()
    await server.start()
  })
  afterEach(() => server.stop())

  const types = () => events.map((event) => event.type)
  const replies = () =>
    network.socket.sent.map(({ datagram, to }) => `${[...packetOf(datagram).options.get(53)!][0]} ${to}`)
  const request = (n: number): Buffer =>
    datagramOf('request', { mac: macOf(n), requested: `192.168.60.${50 + n}`, serverId: us })

  it('listens on the NIC alone, at port 67, and lets go of it', async () => {
    expect(network.opened[0]?.options).toMatchObject({ device: 'eth0', address: '0.0.0.0', port: 67, broadcast: true })
    expect(server.endpoint).toBe('192.168.60.1:67')
    await server.start()
    expect(network.opened.length).toBe(1)
    await server.stop()
    await server.stop()
    expect(network.socket.isOpen).toBe(false)
    expect(server.endpoint).toBeUndefined()
  })

  it('starts anew after a stop, and after a start that failed', async () => {
    await server.stop()
    network.failure = new CodedError('socket.portInUse', 'held')
    await expect(server.start()).rejects.toMatchObject({ code: 'socket.portInUse' })
    expect(server.endpoint).toBeUndefined()
    network.failure = undefined
    await server.start()
    network.socket.arrive(datagramOf('discover'))
    expect(replies()).toEqual(['2 255.255.255.255:68'])
  })

  it('refuses a configuration that cannot work before it opens anything', async () => {
    const other = new FakeNetwork()
    const wrong = createDhcpServer({
      openSocket: other.openSocket,
      bindAddress: '0.0.0.0',
      link: realLink,
      config: { ...roomConfig, poolStart: '10.0.0.1' },
      bootDecider,
      leaseStore: store,
      clock,
      emit: () => {},
      logger: silentLogger,
    })
    await expect(wrong.start()).rejects.toMatchObject({ code: 'dhcp.poolInvalid' })
    expect(other.opened).toEqual([])
  })

  it('answers everyone, the client or the relay', async () => {
    network.socket.arrive(datagramOf('discover'))
    network.socket.arrive(datagramOf('discover', { mac: macOf(2), giaddr: '192.168.60.2' }))
    network.socket.arrive(datagramOf('inform', { mac: macOf(3), ciaddr: '192.168.60.9' }))
    expect(replies()).toEqual(['2 255.255.255.255:68', '2 192.168.60.2:67', '5 192.168.60.9:68'])
  })

  it('serves networks behind relay agents, each with its leases, and takes all of them up again', async () => {
    await server.stop()
    const subnet = { network: '10.0.20.0', prefix: 24, poolStart: '10.0.20.50', poolEnd: '10.0.20.60' }
    config = { ...config, subnets: [subnet] }
    server = make()
    await server.start()
    network.socket.arrive(
      datagramOf('request', { mac: macOf(7), giaddr: '10.0.20.1', requested: '10.0.20.50', serverId: us }),
    )
    network.socket.arrive(request(0))
    await saved()
    expect(replies().sort()).toEqual(['5 10.0.20.1:67', '5 255.255.255.255:68'])
    expect(store.networks).toEqual(['192.168.60.0/24', '10.0.20.0/24'])
    await server.stop()
    server = make()
    await server.start()
    expect(server.leases().map(({ address, mac }) => [address, mac])).toEqual([
      ['10.0.20.50', macOf(7)],
      ['192.168.60.50', macOf(0)],
    ])
  })

  it('keeps quarantined machines apart, and takes up changed reservations', async () => {
    await server.stop()
    config = {
      ...config,
      unknownMachines: 'quarantine',
      quarantine: { start: '192.168.60.20', end: '192.168.60.29' },
    }
    isKnown = (mac) => mac === macOf(0)
    server = make()
    await server.start()
    for (const [n, requested] of [
      [0, '192.168.60.50'],
      [1, '192.168.60.20'],
    ] as const)
      network.socket.arrive(datagramOf('request', { mac: macOf(n), requested, serverId: us }))
    await saved()
    const addresses = () => server.leases().map(({ address, mac }) => `${address} ${mac}`)
    expect(addresses()).toEqual([`192.168.60.20 ${macOf(1)}`, `192.168.60.50 ${macOf(0)}`])
    await server.stop()
    server = make()
    await server.start()
    expect(addresses()).toEqual([`192.168.60.20 ${macOf(1)}`, `192.168.60.50 ${macOf(0)}`])
    store.reserved = [{ mac: macOf(5), address: addressOf('192.168.60.9') }]
    server.reloadReservations()
    network.socket.arrive(datagramOf('discover', { mac: macOf(5) }))
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.offer', address: '192.168.60.9' })
  })

  it('saves a lease before its ACK leaves', async () => {
    let sentAtCommit: number | undefined
    store.onCommit = () => (sentAtCommit = network.socket.sent.length)
    network.socket.arrive(request(0))
    expect([network.socket.sent.length, types()]).toEqual([0, ['dhcp.request']])
    await saved()
    expect(sentAtCommit).toBe(0)
    expect(replies()).toEqual(['5 255.255.255.255:68'])
    expect(types()).toEqual(['dhcp.request', 'dhcp.ack'])
    expect(server.exchanges).toBe(1)
  })

  it('saves all that came at once in one go', async () => {
    for (let n = 0; n < 50; n++) network.socket.arrive(request(n))
    await saved()
    expect(store.batches).toEqual([50])
    expect(network.socket.sent.length).toBe(50)
    expect(server.exchanges).toBe(50)
  })

  it('stays silent and says so when leases cannot be saved, and grants them once they can', async () => {
    store.failure = new CodedError('dhcp.leaseNotSaved', 'disk full')
    network.socket.arrive(request(0))
    network.socket.arrive(request(1))
    await saved()
    expect(network.socket.sent).toEqual([])
    expect(events.filter((event) => event.type === 'dhcp.silent')).toMatchObject([
      { reason: 'notSaved', mac: macOf(1) },
      { reason: 'notSaved', mac: macOf(0) },
    ])
    expect(errors).toEqual(['dhcp: leases not saved'])
    expect(server.leases()).toEqual([])
    expect(server.exchanges).toBe(0)

    store.failure = undefined
    network.socket.arrive(datagramOf('discover', { mac: macOf(7), requested: '192.168.60.50' }))
    network.socket.arrive(request(0))
    await saved()
    expect(server.leases()).toMatchObject([{ address: '192.168.60.50', mac: macOf(0), state: 'leased' }])
  })

  it('keeps a conflicting address away even when that cannot be saved', async () => {
    network.socket.arrive(request(0))
    await saved()
    store.failure = new CodedError('dhcp.leaseNotSaved', 'disk full')
    network.socket.arrive(datagramOf('decline', { mac: macOf(0), requested: '192.168.60.50', serverId: us }))
    await saved()
    expect(server.leases()).toMatchObject([{ address: '192.168.60.50', state: 'declined' }])
    expect(errors).toEqual(['dhcp: leases not saved'])
  })

  it('saves and answers what waits before it stops', async () => {
    network.socket.arrive(request(0))
    await server.stop()
    expect(store.batches).toEqual([1])
    expect(replies()).toEqual(['5 255.255.255.255:68'])
  })

  it('knows its leases again after a restart', async () => {
    network.socket.arrive(request(5))
    await saved()
    await server.stop()
    server = make()
    await server.start()
    expect(server.leases()).toMatchObject([{ address: '192.168.60.55', mac: macOf(5), state: 'leased' }])
    network.socket.arrive(datagramOf('request', { mac: macOf(5), requested: '192.168.60.55' }))
    await saved()
    expect(replies()).toEqual(['5 255.255.255.255:68'])
  })

  it('gives reserved addresses', async () => {
    await server.stop()
    store.reserved = [{ mac: macOf(1), address: 0xc0a83c09 }]
    server = make()
    await server.start()
    network.socket.arrive(datagramOf('discover', { mac: macOf(1) }))
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.offer', address: '192.168.60.9' })
  })

  it('lets leases run out by the clock', async () => {
    network.socket.arrive(request(0))
    await saved()
    clock.advance(3599_000)
    expect(server.leases()).toMatchObject([{ state: 'leased' }])
    clock.advance(1000)
    expect(server.leases()).toMatchObject([{ state: 'expired' }])
  })

  it('frees an address, saved before it says so, and gives it to another then', async () => {
    await server.stop()
    config = { ...config, poolStart: '192.168.60.51', poolEnd: '192.168.60.51' }
    server = make()
    await server.start()
    network.socket.arrive(request(1))
    await saved()
    network.socket.arrive(datagramOf('discover', { mac: macOf(2) }))
    expect(server.offers()).toEqual([])

    expect(await server.free('192.168.60.51')).toBe(true)
    expect(server.leases()).toMatchObject([{ state: 'released', mac: macOf(1), expiresAt: clock.now() }])
    expect(store.load('192.168.60.0/24')).toMatchObject([{ state: 'released' }])
    network.socket.arrive(datagramOf('discover', { mac: macOf(2) }))
    expect(server.offers()).toMatchObject([
      { address: '192.168.60.51', mac: macOf(2), startsAt: clock.now(), expiresAt: clock.now() + 60_000 },
    ])
    expect(await server.free('192.168.60.51')).toBe(false)
    expect(await server.free('nowhere')).toBe(false)
  })

  it('frees nothing when that cannot be saved', async () => {
    network.socket.arrive(request(1))
    await saved()
    store.failure = new CodedError('dhcp.leaseNotSaved', 'no space left')
    await expect(server.free('192.168.60.51')).rejects.toMatchObject({ code: 'dhcp.leaseNotSaved' })
    expect(server.leases()).toMatchObject([{ address: '192.168.60.51', state: 'leased' }])
  })

  it('does not answer garbage, and tells of a little of it', () => {
    for (let n = 0; n < 100; n++) network.socket.arrive(Buffer.from('not DHCP'), '192.168.60.66')
    expect(network.socket.sent).toEqual([])
    expect(events.length).toBe(5)
    expect(events[0]).toMatchObject({ type: 'dhcp.malformed', from: '192.168.60.66', reason: 'truncated at 8' })
    clock.advance(1000)
    network.socket.arrive(encode({ ...message('discover'), op: 2 }, 1472).datagram, '192.168.60.66')
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.malformed', reason: 'badOperation' })
  })

  it('does not answer what comes from its own NIC', () => {
    network.socket.arrive(datagramOf('discover'), us)
    expect(network.socket.sent).toEqual([])
    expect(events).toEqual([])
  })

  it('goes on serving others when one message meets a fault of ours', () => {
    bootDecider = ({ mac }) => {
      if (mac === macOf(1)) throw new Error('a fault')
      return undefined
    }
    network.socket.arrive(datagramOf('discover', { mac: macOf(1) }))
    network.socket.arrive(datagramOf('discover', { mac: macOf(2) }))
    expect(errors).toEqual(['dhcp: message not handled'])
    expect(replies()).toEqual(['2 255.255.255.255:68'])
  })

  it('says nothing after it stopped', async () => {
    const { socket } = network
    await server.stop()
    socket.arrive(datagramOf('discover'))
    expect([socket.sent, events]).toEqual([[], []])
  })
})

describe('the DHCP server on real sockets, read by the dhcp package', () => {
  const link = { serverPort: 0, clientPort: 0, broadcastAddress: '127.60.7.2' }
  // The package fails on an option that it does not know.
  dhcp.addOption(97, { name: 'Client Machine Identifier', type: 'UInt8s', attr: 'clientMachineId' })

  it('gives a PXE ROM a lease and a boot file', async () => {
    const client = await openUdpSocket({ address: '127.60.7.2', port: 0 })
    const store = new MemoryLeaseStore()
    const server = createDhcpServer({
      openSocket: openUdpSocket,
      bindAddress: '127.60.7.1',
      link: { ...link, clientPort: client.port },
      config: {
        serverAddress: '127.60.7.1',
        prefix: 24,
        poolStart: '127.60.7.50',
        poolEnd: '127.60.7.60',
        leaseSeconds: 600,
        authoritative: true,
      },
      bootDecider: () => ({ firmwareRow: 'bios', nextServer: '127.60.7.1', bootFile: 'undionly.kpxe' }),
      leaseStore: store,
      clock: systemClock,
      emit: () => {},
      logger: silentLogger,
    })
    await server.start()
    const serverPort = Number(server.endpoint?.split(':')[1])
    const ask = (datagram: Buffer): Promise<ReturnType<typeof protocol.parse>> => {
      const answer = new Promise<ReturnType<typeof protocol.parse>>((resolve) =>
        client.onMessage((data) => resolve(protocol.parse(data))),
      )
      client.send(datagram, serverPort, '127.60.7.1')
      return answer
    }
    try {
      const offer = await ask(clientMessages.pxeRomDiscover)
      expect(offer).toMatchObject({
        op: 2,
        xid: 0x5426a1b9,
        yiaddr: '127.60.7.50',
        siaddr: '127.60.7.1',
        chaddr: '00-15-54-26-A1-B9',
        file: 'undionly.kpxe',
      })
      expect(offer.options).toMatchObject({
        1: '255.255.255.0',
        51: 600,
        53: 2,
        54: '127.60.7.1',
        58: 300,
        59: 525,
        66: '127.60.7.1',
        67: 'undionly.kpxe',
      })
      const rom = packetOf(clientMessages.pxeRomDiscover)
      rom.options.set(53, Uint8Array.of(3))
      rom.options.set(50, Uint8Array.of(127, 60, 7, 50))
      rom.options.set(54, Uint8Array.of(127, 60, 7, 1))
      const ack = await ask(encode(rom, 1472).datagram)
      expect(ack).toMatchObject({ yiaddr: '127.60.7.50', file: 'undionly.kpxe', options: { 53: 5 } })
      expect([...store.records.values()]).toMatchObject([{ mac: '00:15:54:26:a1:b9', state: 'leased' }])
    } finally {
      await server.stop()
      await client.close()
    }
  })
})
