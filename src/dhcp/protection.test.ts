import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import type { DhcpEvent } from '../contract/index.ts'
import type { InUse } from './addressProber.ts'
import type { DhcpConfig } from './config.ts'
import { machineUuid } from './options/machineUuid.ts'
import { encode } from './packet.ts'
import { createDhcpServer, realLink, type DhcpServer } from './server.ts'
import { FakeNetwork, MemoryLeaseStore } from './testdata/fakes.ts'
import { addressOf, message, packetOf, Room, roomConfig, type MessageFields } from './testdata/room.ts'
import { formatIpv4 } from '../network/index.ts'

const us = '192.168.60.1'
const macOf = (n: number) =>
  `52:54:${[n >> 24, n >> 16, n >> 8, n].map((byte) => (byte & 255).toString(16).padStart(2, '0')).join(':')}`
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

let clock: ManualClock
let network: FakeNetwork
let store: MemoryLeaseStore
let events: DhcpEvent[]
let server: DhcpServer
const start = async (config: Partial<DhcpConfig>, more: { isKnown?: (mac: string) => boolean; inUse?: InUse } = {}) => {
  server = createDhcpServer({
    openSocket: network.openSocket,
    device: 'eth0',
    bindAddress: '0.0.0.0',
    link: realLink,
    config: { ...roomConfig, poolEnd: '192.168.60.250', ...config },
    bootDecider: () => undefined,
    leaseStore: store,
    clock,
    emit: (event) => events.push(event as DhcpEvent),
    logger: silentLogger,
    ...more,
  })
  await server.start()
}
beforeEach(() => {
  clock = new ManualClock()
  network = new FakeNetwork()
  store = new MemoryLeaseStore()
  events = []
})
afterEach(() => server.stop())
const arrive = (type: Parameters<typeof message>[0], fields: MessageFields) =>
  network.socket.arrive(encode(message(type, fields), 1472).datagram)
const offered = () => network.socket.sent.map(({ datagram }) => formatIpv4(packetOf(datagram).yiaddr))
const types = () => events.map(({ type }) => type)

describe('a starvation attack', () => {
  it('of 100,000 made-up machines leaves known, reserved and leased ones served, memory bounded and the screen told', async () => {
    const known = macOf(1)
    const reserved = macOf(2)
    const earlier = macOf(3)
    store.reserved = [{ mac: reserved, address: addressOf('192.168.60.9') }]
    await start({ knownShare: 0.1, limits: { perClient: 5, strangers: 200 } }, { isKnown: (mac) => mac === known })
    arrive('request', { mac: earlier, requested: '192.168.60.77', serverId: us })
    await settled()
    for (let n = 1000; n < 101_000; n++) {
      const fields = { mac: macOf(n) }
      const took = network.socket.sent.length
      arrive('discover', fields)
      const offer = network.socket.sent.length > took ? offered().at(-1) : undefined
      if (offer) arrive('request', { ...fields, requested: offer, serverId: us })
      network.socket.sent.length = 0
      events.length = 0
      if (n % 10 === 0) clock.advance(1)
      if (n % 1000 === 0) await settled()
    }
    await settled()
    const leased = server.leases().filter(({ state }) => state === 'leased').length
    // A tenth of 201 addresses is kept.
    expect(leased).toBeLessThanOrEqual(180)
    expect(leased).toBeGreaterThan(100)

    clock.advance(1000)
    expect(events).toContainEqual({ at: clock.now(), type: 'dhcp.limited', count: expect.any(Number) as number })
    network.socket.sent.length = 0
    arrive('discover', { mac: known })
    arrive('discover', { mac: reserved })
    arrive('request', { mac: earlier, ciaddr: '192.168.60.77' })
    await settled()
    const [first, ...others] = offered()
    expect(first).toMatch(/^192\.168\.60\./)
    expect(others).toEqual(['192.168.60.9', '192.168.60.77'])
  })
})

describe('the share of known machines', () => {
  const config = { knownShare: 0.5 }
  const isKnown = (mac: string) => mac === macOf(9) || mac === macOf(8)

  it('is left free by strangers, whatever they ask for', () => {
    const room = new Room({ config, isKnown })
    expect([1, 2, 3].map((n) => room.boot({ mac: macOf(n) }))).toEqual(['192.168.60.50', '192.168.60.51', undefined])
    expect(room.boot({ mac: macOf(3), requested: '192.168.60.53' })).toBeUndefined()
    const grab = message('request', { mac: macOf(4), requested: '192.168.60.53', serverId: us })
    expect(room.hear(grab).reply?.type).toBe('nak')
    expect([9, 8].map((n) => room.boot({ mac: macOf(n) }))).toEqual(['192.168.60.52', '192.168.60.53'])
  })

  it('takes nothing from a stranger that has a lease', () => {
    const room = new Room({ config, isKnown })
    room.boot({ mac: macOf(1) })
    room.boot({ mac: macOf(9) })
    room.boot({ mac: macOf(8) })
    expect(room.boot({ mac: macOf(2) })).toBeUndefined()
    expect(room.boot({ mac: macOf(1) })).toBe('192.168.60.50')
    expect(room.hear(message('request', { mac: macOf(1), ciaddr: '192.168.60.50' })).reply?.type).toBe('ack')
  })
})

describe('an address that somebody uses already', () => {
  const used =
    (...addresses: string[]): InUse =>
    (address) =>
      Promise.resolve(addresses.includes(address))

  it('is not offered but marked, kept out of the pool through a restart, and the next one offered', async () => {
    await start({}, { inUse: used('192.168.60.50', '192.168.60.51') })
    arrive('discover', { mac: macOf(1) })
    expect(network.socket.sent).toEqual([])
    await settled()
    expect(offered()).toEqual(['192.168.60.52'])
    expect(types()).toEqual(['dhcp.discover', 'dhcp.conflict', 'dhcp.conflict', 'dhcp.offer'])
    expect(events[1]).toMatchObject({ address: '192.168.60.50', mac: macOf(1) })
    await server.stop()
    await start({})
    arrive('discover', { mac: macOf(2) })
    expect(offered()).toEqual(['192.168.60.52'])
    expect(server.leases().map(({ address, state }) => `${address} ${state}`)).toEqual([
      '192.168.60.50 conflict',
      '192.168.60.51 conflict',
    ])
    clock.advance(3_600_000)
    arrive('discover', { mac: macOf(3), requested: '192.168.60.50' })
    expect(offered().at(-1)).toBe('192.168.60.50')
  })

  it('is not leased in two messages (RFC 4039) nor to a BOOTP client either', async () => {
    await start({ rapidCommit: true, bootp: 'pool' }, { inUse: used('192.168.60.50', '192.168.60.52') })
    arrive('discover', { mac: macOf(1), options: { 80: new Uint8Array(0) } })
    expect(network.socket.sent).toEqual([])
    await settled()
    const bootp = message('discover', { mac: macOf(2) })
    bootp.options.delete(53)
    network.socket.arrive(encode(bootp, 1472).datagram)
    await settled()
    expect(offered()).toEqual(['192.168.60.51', '192.168.60.53'])
    expect(server.leases().map(({ address, state }) => `${address} ${state}`)).toEqual([
      '192.168.60.50 conflict',
      '192.168.60.51 leased',
      '192.168.60.52 conflict',
      '192.168.60.53 leased',
    ])
  })

  it('is given once to a client that asks again while it is tried', async () => {
    await start({ rapidCommit: true }, { inUse: used() })
    const fields = { mac: macOf(1), options: { 80: new Uint8Array(0) } }
    arrive('discover', fields)
    arrive('discover', fields)
    await settled()
    expect(offered()).toEqual(['192.168.60.50'])
    expect(server.leases().map(({ state }) => state)).toEqual(['leased'])
  })

  it('is not asked about once it was offered, nor of a client that comes back (RFC 2131 §3.1 (4), §3.2 (2))', async () => {
    const asked: string[] = []
    await start({}, { inUse: (address) => (asked.push(address), Promise.resolve(false)) })
    arrive('discover', { mac: macOf(1) })
    await settled()
    arrive('request', { mac: macOf(1), requested: '192.168.60.50', serverId: us })
    await settled()
    arrive('request', { mac: macOf(1), requested: '192.168.60.50' })
    arrive('request', { mac: macOf(1), ciaddr: '192.168.60.50' })
    await settled()
    expect([offered().length, asked]).toEqual([4, ['192.168.60.50']])
  })

  it('is looked for four times for one message at most', async () => {
    await start({}, { inUse: () => Promise.resolve(true) })
    arrive('discover', { mac: macOf(1) })
    await settled()
    await settled()
    expect(types().filter((type) => type === 'dhcp.conflict').length).toBe(4)
    expect(network.socket.sent).toEqual([])
  })

  it('is not looked for on behalf of a machine that had it, or has it reserved', async () => {
    const asked: string[] = []
    const uuid = '12345678-9abc-def0-1122-334455667788'
    store.reserved = [
      { mac: macOf(2), address: addressOf('192.168.60.9') },
      { uuid, address: addressOf('192.168.60.10') },
    ]
    await start({}, { inUse: (address) => (asked.push(address), Promise.resolve(false)) })
    arrive('request', { mac: macOf(1), requested: '192.168.60.77', serverId: us })
    await settled()
    arrive('discover', { mac: macOf(1) })
    arrive('discover', { mac: macOf(2) })
    arrive('discover', { mac: macOf(3), options: { 97: machineUuid.encode(uuid) } })
    expect(offered()).toEqual(['192.168.60.77', '192.168.60.77', '192.168.60.9', '192.168.60.10'])
    expect(asked).toEqual([])
  })

  it('is not waited for longer than half a second, nor by more than 16 clients, and is trusted for a while', async () => {
    const asked: string[] = []
    const never = new Promise<boolean>(() => {})
    await start({}, { inUse: (address) => (asked.push(address), never) })
    for (let n = 1; n <= 20; n++) arrive('discover', { mac: macOf(n) })
    expect([asked.length, network.socket.sent.length]).toEqual([16, 4])
    clock.advance(499)
    await settled()
    expect(network.socket.sent.length).toBe(4)
    clock.advance(1)
    await settled()
    expect(network.socket.sent.length).toBe(20)
    arrive('discover', { mac: macOf(1) })
    expect([asked.length, network.socket.sent.length]).toEqual([16, 21])
  })

  it('is offered when it cannot be tried', async () => {
    await start({}, { inUse: () => Promise.reject(new Error('no ping here')) })
    arrive('discover', { mac: macOf(1) })
    await settled()
    expect(offered()).toEqual(['192.168.60.50'])
  })

  it('is nobody’s business any more once the server has stopped', async () => {
    await start({}, { inUse: used('192.168.60.50') })
    arrive('discover', { mac: macOf(1) })
    await server.stop()
    await settled()
    expect([network.socket.sent.length, types()]).toEqual([0, ['dhcp.discover']])
  })
})
