import { decode, encode, type DhcpPacket } from '../../src/dhcp/packet.ts'
import { proxyDecide } from '../../src/dhcp/proxyDecide.ts'
import { clientMessages } from '../../src/dhcp/testdata/clientMessages.ts'
import { Room, type RoomOptions } from '../../src/dhcp/testdata/room.ts'
import { randomFrom } from '../support/flood.ts'
import { heapInUse } from './heap.ts'
import { below, mutated, oneOf, type Random } from './mutate.ts'

// Datagrams made of real clients' messages, with the codec and the server's rules behind them: whatever comes in, nothing
// throws, nothing grows, garbage is not answered, and an answer is a sound one. One seed makes one run.

export interface DhcpFuzzReport {
  datagrams: number
  /** Those that the codec takes. */
  decoded: number
  answered: number
  /** How often each kind of answer was given: `plain offer`. */
  answers: Record<string, number>
  /** Bytes, from a tenth of the run to its end. */
  heapGrowth: number
}

export interface FuzzOptions {
  count: number
  seed: number
  onProgress?: (datagrams: number) => void
}

const seeds = Object.values(clientMessages)
const progressEvery = 100_000

/** @throws Error that tells the seed, the datagram and what was wrong. */
export function fuzzDhcp({ count, seed, onProgress = () => {} }: FuzzOptions): DhcpFuzzReport {
  const random = randomFrom(seed)
  const servers = [plainServer(), strictServer(), proxy()]
  const report: DhcpFuzzReport = { datagrams: 0, decoded: 0, answered: 0, answers: {}, heapGrowth: 0 }
  let heapBefore = 0
  for (let n = 0; n < count; n++) {
    if (n === Math.floor(count / 10)) heapBefore = heapInUse()
    if (n > 0 && n % progressEvery === 0) onProgress(n)
    const datagram = aimed(random, mutated(random, seeds))
    // Half of them for a server that serves everybody.
    const server = servers[random() < 0.5 ? 0 : below(random, servers.length)]!
    try {
      const heard = hear(server, datagram, random)
      report.datagrams++
      if (heard.decoded) report.decoded++
      if (!heard.answer) continue
      report.answered++
      const kind = `${server.name} ${heard.answer}`
      report.answers[kind] = (report.answers[kind] ?? 0) + 1
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new Error(`seed ${seed}, datagram ${n}, ${server.name}: ${what}\n${datagram.toString('hex')}`, {
        cause: error,
      })
    }
  }
  report.heapGrowth = heapInUse() - heapBefore
  return report
}

interface Answered {
  packet: DhcpPacket
  maxSize: number
}

interface FuzzedServer {
  name: string
  hear(packet: DhcpPacket, random: Random): Answered | undefined
  /** What must hold of an answer and of what the server keeps. @throws Error */
  check(answer: DhcpPacket | undefined, asked: DhcpPacket): void
}

function hear(server: FuzzedServer, datagram: Buffer, random: Random): { decoded: boolean; answer?: string } {
  const decoded = decode(datagram)
  if (!decoded.ok) return { decoded: false }
  const asked = decoded.packet
  const reply = server.hear(asked, random)
  server.check(reply?.packet, asked)
  if (!reply) return { decoded: true }
  must(mayBeAnswered(datagram), 'garbage is answered')
  const { datagram: answer } = encode(reply.packet, reply.maxSize)
  must(answer.length <= reply.maxSize, `an answer of ${answer.length} bytes where ${reply.maxSize} are taken`)
  const read = decode(answer)
  if (!read.ok) throw new Error(`an answer that is ${read.reason} at ${read.offset}`)
  must(read.packet.op === 2 && read.packet.xid === asked.xid, 'an answer to something else')
  const type = read.packet.options.get(53)?.[0]
  const name = { 2: 'offer', 5: 'ack', 6: 'nak' }[type ?? 0] ?? 'bootp'
  must(type === undefined || name !== 'bootp', `an answer of type ${type}`)
  return { decoded: true, answer: name }
}

/** Wide: the room's own pool. Options that do not all fit, and firmware that is told what to boot. */
function plainServer(): FuzzedServer {
  return roomServer('plain', 50, {
    config: { poolEnd: '192.168.60.99', prefix: 24 },
    bootDecider: ({ firmware }) =>
      firmware === 'none' ? undefined : { firmwareRow: firmware, nextServer: '192.168.60.1', bootFile: 'x'.repeat(90) },
  })
}

/** Every policy and several networks at once. */
function strictServer(): FuzzedServer {
  return roomServer('strict', 20 + 10 + 20, {
    config: {
      poolEnd: '192.168.60.69',
      bootp: 'pool',
      rapidCommit: true,
      authoritative: false,
      minLeaseSeconds: 60,
      maxLeaseSeconds: 86_400,
      knownShare: 0.3,
      unknownMachines: 'quarantine',
      quarantine: { start: '192.168.60.100', end: '192.168.60.109' },
      subnets: [{ network: '10.0.0.0', prefix: 8, poolStart: '10.0.0.1', poolEnd: '10.0.0.20' }],
      options: [{ code: 224, value: { type: 'text', text: 'x'.repeat(200) }, always: true }],
    },
    isKnown: (mac) => mac < '52:54:00:bb',
  })
}

/** A lease at a time is looked at in full: it is slower than all the rest. */
const countedEvery = 64

function roomServer(name: string, addresses: number, options: RoomOptions): FuzzedServer {
  const room = new Room(options)
  let turns = 0
  return {
    name,
    hear(packet, random) {
      // Now and then the room is empty for a day.
      room.clock.advance(random() < 0.0001 ? 86_400_000 : below(random, 20_000))
      const { reply } = room.hear(packet).decision
      if (!reply) return undefined
      const { destination } = reply
      if (destination.to === 'relay') must(destination.address === packet.giaddr, 'an answer to another relay agent')
      if (destination.to === 'client') must(isServed(destination.address), 'an answer to a stranger’s address')
      return reply
    },
    check(answer) {
      if (++turns % countedEvery === 0) {
        must(room.table.offerCount <= addresses, 'more offers than addresses')
        must(room.leaseLines().length <= addresses, 'more leases than addresses')
      }
      if (answer && answer.yiaddr !== 0) must(isServed(answer.yiaddr), 'an address that is not ours to give')
    },
  }
}

const isServed = (address: number): boolean => address >>> 8 === 0xc0a83c || address >>> 24 === 10

function proxy(): FuzzedServer {
  const context = {
    serverAddress: 0xc0a83c01,
    bootDecider: () => ({ firmwareRow: 'bios', nextServer: '192.168.60.1', bootFile: 'x'.repeat(90) }),
    mayBoot: () => true,
  }
  return {
    name: 'proxy',
    hear: (packet, random) => proxyDecide(packet, random() < 0.7 ? 'server' : 'bootServer', context, 0).reply,
    check(answer, asked) {
      if (!answer) return
      must(answer.yiaddr === 0, 'a proxy gives an address')
      must(answer.options.get(53)?.[0] !== 6, 'a proxy says no')
      const vendor = Buffer.from(asked.options.get(60) ?? []).toString('latin1')
      must(/(PXE|HTTP)Client/.test(vendor), 'a proxy answers a machine that does not boot')
    },
  }
}

/**
 * Could a client have sent it? Read again from the bytes, by RFC 2131 §2 and without our codec: a request from one Ethernet
 * interface, of a type that calls for an answer or, without a type, BOOTP's.
 */
function mayBeAnswered(datagram: Buffer): boolean {
  const [op, htype, hlen] = datagram
  const mac = datagram.subarray(28, 34)
  if (op !== 1 || htype !== 1 || hlen !== 6) return false
  if ((mac[0]! & 1) === 1 || mac.every((byte) => byte === 0)) return false
  const cookie = datagram.readUInt32BE(236)
  if (cookie === 0) return true
  if (cookie !== 0x63825363) return false
  const types: number[] = []
  const overload = read(240, datagram.length)
  if (overload & 1) read(108, 236)
  if (overload & 2) read(44, 108)
  return types.length === 0 || (types.length === 1 && [1, 3, 8].includes(types[0]!))

  /** Notes the message types. @returns what option 52 says */
  function read(from: number, to: number): number {
    let overloaded = 0
    for (let at = from; at < to && datagram[at] !== 255;) {
      const code = datagram[at]!
      if (code === 0) {
        at++
        continue
      }
      const length = datagram[at + 1] ?? 0
      if (code === 53) types.push(...datagram.subarray(at + 2, at + 2 + length))
      if (code === 52) overloaded = datagram[at + 2] ?? 0
      at += 2 + length
    }
    return overloaded
  }
}

/** Addresses that matter here: of the pool, the server, other networks. */
const addresses = [
  ...[50, 51, 60, 69, 99, 105, 1, 254, 255, 0].map((host) => [192, 168, 60, host]),
  [10, 0, 0, 5],
  [8, 8, 8, 8],
  [255, 255, 255, 255],
  [0, 0, 0, 0],
].map((octets) => Buffer.from(octets))
const ciaddrAt = 12
const giaddrAt = 24
const lastOfMacAt = 33

/** Has messages meet: few clients, of few addresses, that ask for what is there. */
function aimed(random: Random, datagram: Buffer): Buffer {
  if (datagram.length < 240) return datagram
  if (random() < 0.5) datagram[lastOfMacAt] = below(random, 100)
  if (random() < 0.1) oneOf(random, addresses).copy(datagram, ciaddrAt)
  if (random() < 0.05) oneOf(random, addresses).copy(datagram, giaddrAt)
  if (random() < 0.3) {
    // An address asked for, or a server named, in place of the one that is there.
    const option = random() < 0.6 ? 50 : 54
    const at = datagram.indexOf(Buffer.of(option, 4), 240)
    if (at > 0 && at + 6 <= datagram.length) oneOf(random, addresses).copy(datagram, at + 2)
  }
  return datagram
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
