import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import protocol, { type DhcpMessage } from 'dhcp/lib/protocol.js'
import { systemClock } from '../base/index.ts'
import { openUdpSocket, type UdpSocket } from '../network/index.ts'
import { NoLease, obtainLease, type BeginWith, type LeaseRequest } from './dhcpClient.ts'
import { ipxeDressing, romDressing, systemDressing, type Dressing } from './dhcpDressing.ts'
import { smbiosUuidBytes, type Identity } from './fleet.ts'
import { freeSimulatedLink, type SimulatedLink } from './link.ts'
import { PowerCut } from './power.ts'
import { Wire } from './wire.ts'

const identity: Identity = {
  mac: 'd8:9e:f3:01:02:0f',
  uuid: '4c4c4544-0042-3510-8052-b4c04f4d3933',
  hostName: 'poste-01',
  firmware: 'uefi-x64',
  facts: {
    manufacturer: 'Dell Inc.',
    product: 'OptiPlex 7090',
    serial: 'B5R4M93',
    uuid: '4c4c4544-0042-3510-8052-b4c04f4d3933',
    memoryMiB: 16_384,
    cpu: 'Intel(R) Core(TM) i5-10505 CPU @ 3.20GHz',
    disks: '512 GB NVMe',
    biosVersion: '1.18.0',
    biosDate: '2022-09-07',
  },
}
const foreign = { server: '192.168.1.1', address: '192.168.1.57' }
const offered = '127.60.0.10'
const discover = 1
const offer = 2
const request = 3
const ack = 5
const nak = 6

/** A server of a few lines on the package's own codec: what the client sends is judged here, field by field. */
class FakeServer {
  readonly heard: { message: DhcpMessage; bytes: Buffer; from: string }[] = []
  /** The message type with which each type is answered; nothing for silence. */
  answers: Record<number, number> = { [discover]: offer, [request]: ack }
  /** Where replies go; the wire unless said. */
  replyTo: string | undefined
  mangle: (reply: Buffer) => Buffer = (reply) => reply

  private constructor(
    readonly socket: UdpSocket,
    readonly link: SimulatedLink,
  ) {
    socket.onMessage((bytes, { address }) => this.#answer(bytes, address))
  }

  static async open(link: SimulatedLink): Promise<FakeServer> {
    return new FakeServer(await openUdpSocket({ address: link.address, port: link.dhcpPort }), link)
  }

  #answer(bytes: Buffer, from: string): void {
    const message = protocol.parse(bytes)
    this.heard.push({ message, bytes, from })
    const type = this.answers[Number(message.options[53])]
    if (type === undefined) return
    const { _data, _w } = protocol.format({
      ...message,
      op: 2,
      yiaddr: offered,
      siaddr: this.link.address,
      file: 'snponly.efi',
      options: {
        1: '255.255.255.0',
        51: 7200,
        53: type,
        54: this.link.address,
        67: 'ipxe.efi',
        97: message.options[97],
      },
    })
    const reply = this.mangle(_data.subarray(0, _w))
    this.socket.send(reply, this.link.clientPort, this.replyTo ?? this.link.wireAddress)
  }
}

let link: SimulatedLink
let wire: Wire
let server: FakeServer
let power: AbortController

beforeEach(async () => {
  link = await freeSimulatedLink()
  wire = new Wire(link, (error) => expect.unreachable(error.message))
  await wire.open()
  server = await FakeServer.open(link)
  power = new AbortController()
})

afterEach(async () => {
  await wire.close()
  await server.socket.close()
})

const ask = (dressing: Dressing, begin: BeginWith = { state: 'init' }, more: Partial<LeaseRequest> = {}) =>
  obtainLease({
    transport: wire,
    clock: systemClock,
    mac: identity.mac,
    xid: 0x1234_5678,
    dressing,
    begin,
    retryAfter: [40, 60, 80],
    power: power.signal,
    ...more,
  })

describe('a lease', () => {
  it('is asked for by a ROM as RFC 2131 and RFC 4578 want it', async () => {
    const lease = await ask(romDressing(identity))

    expect(lease).toMatchObject({ address: offered, server: link.address, nextServer: link.address, renewAfter: 3600 })
    expect(lease.bootFile).toBe('ipxe.efi')
    expect(server.heard.map(({ message }) => message.options[53])).toEqual([discover, request])
    for (const { message, bytes, from } of server.heard) {
      expect(from).toBe(link.wireAddress)
      expect(bytes.length).toBeGreaterThanOrEqual(300)
      expect(message).toMatchObject({ xid: 0x1234_5678, flags: 0x8000, ciaddr: '0.0.0.0', chaddr: 'D8-9E-F3-01-02-0F' })
      expect(message.options[60]).toBe('PXEClient:Arch:00007:UNDI:003016')
      expect(message.options[93]).toEqual([7])
      expect(message.options[94]).toEqual([1, 3, 16])
      expect(message.options[97]).toEqual([0, ...smbiosUuidBytes(identity.uuid)])
      expect(message.options).not.toHaveProperty('61')
    }
    expect(server.heard[0]?.message.options).not.toHaveProperty('50')
    expect(server.heard[1]?.message.options).toMatchObject({ 50: offered, 54: link.address })
  })

  it('is asked for by iPXE, which says so', async () => {
    await ask(ipxeDressing(identity))
    const options = server.heard[0]?.message.options
    expect(options?.[77]).toBe('iPXE')
    expect(options?.[175]).toEqual(expect.arrayContaining([19, 1, 1]))
    const bytes = server.heard[0]?.bytes
    expect(bytes?.includes(Buffer.from([61, 7, 1, 0xd8, 0x9e, 0xf3, 0x01, 0x02, 0x0f]))).toBe(true)
  })

  it('is asked for again at its known address, without naming a server', async () => {
    await ask(systemDressing(identity, 'dhclient'), { state: 'initReboot', address: offered })
    expect(server.heard).toHaveLength(1)
    const { options } = server.heard[0]?.message ?? {}
    expect(options).toMatchObject({ 12: 'poste-01', 50: offered, 53: request })
    for (const absent of ['54', '57', '60', '61']) expect(options).not.toHaveProperty(absent)
  })

  it.each(['wire', 'address'])('is renewed from its own address, answered on the %s', async (where) => {
    if (where === 'address') server.replyTo = offered
    const transport = await wire.openUnicast(offered)
    const begin = { state: 'renewing', address: offered, server: link.address } as const
    await ask(systemDressing(identity, 'udhcpc'), begin, { transport }).finally(() => transport.close())
    expect(server.heard).toHaveLength(1)
    expect(server.heard[0]?.from).toBe(offered)
    expect(server.heard[0]?.message.ciaddr).toBe(offered)
    for (const absent of ['50', '54']) expect(server.heard[0]?.message.options).not.toHaveProperty(absent)
  })

  it('is asked for with the same number until somebody answers', async () => {
    server.answers = {}
    const asking = ask(romDressing(identity))
    await expect.poll(() => server.heard.length).toBe(2)
    server.answers = { [discover]: offer, [request]: ack }
    await asking
    expect(new Set(server.heard.map(({ message }) => message.xid))).toEqual(new Set([0x1234_5678]))
  })

  it('is not had when nobody answers', async () => {
    server.answers = {}
    await expect(ask(romDressing(identity))).rejects.toThrow(NoLease)
    expect(server.heard).toHaveLength(3)
  })

  it('is not had when the server refuses', async () => {
    server.answers = { [request]: nak }
    const begin = { state: 'initReboot', address: '127.60.0.99' } as const
    await expect(ask(systemDressing(identity, 'dhclient'), begin)).rejects.toThrow(/refused/)
  })

  it('is taken from another server by a machine that heard it first', async () => {
    const lease = await ask(romDressing(identity), { state: 'init' }, { foreignOffer: foreign })
    expect(lease).toMatchObject({ address: foreign.address, bootFile: '' })
    await expect.poll(() => server.heard.length).toBe(2)
    expect(server.heard[1]?.message.options).toMatchObject({ 50: foreign.address, 54: foreign.server })
  })

  it.each([
    ['cut short', (reply: Buffer) => reply.subarray(0, 250)],
    [
      'of another exchange',
      (reply: Buffer) => Buffer.concat([reply.subarray(0, 4), Buffer.alloc(4), reply.subarray(8)]),
    ],
    ['of no known form', () => Buffer.alloc(300, 0xff)],
  ])('is not had from replies %s', async (_what, mangle) => {
    server.mangle = mangle
    await expect(ask(romDressing(identity))).rejects.toThrow(NoLease)
  })

  it('is dropped when the power goes', async () => {
    server.answers = {}
    const asking = ask(romDressing(identity))
    power.abort()
    await expect(asking).rejects.toThrow(PowerCut)
    await expect(ask(romDressing(identity))).rejects.toThrow(PowerCut)
  })
})

it('writes a UUID in SMBIOS order', () => {
  const bytes = Buffer.from(smbiosUuidBytes('4c4c4544-0042-3510-8052-b4c04f4d3933'))
  expect(bytes.toString('hex')).toBe('44454c4c420010358052b4c04f4d3933')
})
