import protocol from 'dhcp/lib/protocol.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../base/index.ts'
import { openUdpSocket, type UdpSocket } from '../network/index.ts'
import { probeOtherServers } from './dhcpProbe.ts'

// The segment is loopback: the "broadcast" address is where the other server listens.
const wire = '127.60.8.1'
const mac = '52:54:00:12:34:56'

/** An OFFER as a server of no special kind makes it, answering `question`. */
function offerTo(question: Buffer, serverId: string | null): Buffer {
  const { _data, _w } = protocol.format({
    ...protocol.parse(question),
    op: 2,
    yiaddr: '192.168.1.77',
    options: { 53: 2, 54: serverId, 51: 3600, 1: '255.255.255.0' },
  })
  return _data.subarray(0, _w)
}

describe('the probe for other DHCP servers', () => {
  let server: UdpSocket
  let questions: Buffer[]
  let answers: ((question: Buffer) => Buffer)[]

  beforeEach(async () => {
    questions = []
    answers = []
    server = await openUdpSocket({ address: wire, port: 0 })
    server.onMessage((datagram, from) => {
      questions.push(Buffer.from(datagram))
      for (const answer of answers) server.send(answer(datagram), from.port, from.address)
    })
  })
  afterEach(() => server.close())

  const probe = (ownAddress = '192.168.60.1') =>
    probeOtherServers({
      openSocket: openUdpSocket,
      mac,
      link: { serverPort: server.port, clientPort: 0, broadcastAddress: wire },
      timeoutMs: 400,
      clock: systemClock,
      ownAddress,
    })

  it('finds nobody on a segment where nobody answers', async () => {
    expect(await probe()).toEqual([])
  })

  it('asks twice, as a client that wants a broadcast answer and never takes an address', async () => {
    answers = [(question) => offerTo(question, '192.168.1.254')]
    await probe()
    expect(questions.length).toBe(2)
    for (const question of questions) {
      expect(question.length).toBeGreaterThanOrEqual(300)
      expect(protocol.parse(question)).toMatchObject({
        op: 1,
        flags: 0x8000,
        ciaddr: '0.0.0.0',
        chaddr: '52-54-00-12-34-56',
        options: { 53: 1 },
      })
    }
  })

  it('names each server once, with what it would have given', async () => {
    answers = ['192.168.1.254', '10.0.0.1'].map((serverId) => (question) => offerTo(question, serverId))
    expect(await probe()).toEqual([
      { address: '192.168.1.254', offered: '192.168.1.77', leaseSeconds: 3600 },
      { address: '10.0.0.1', offered: '192.168.1.77', leaseSeconds: 3600 },
    ])
  })

  it('does not take us for another server', async () => {
    answers = [(question) => offerTo(question, '192.168.60.1')]
    expect(await probe('192.168.60.1')).toEqual([])
  })

  it('does not take the answer to another question for one to ours', async () => {
    answers = [
      (question) => {
        const other = offerTo(question, '192.168.1.254')
        other.writeUInt32BE((question.readUInt32BE(4) ^ 1) >>> 0, 4)
        return other
      },
      () => Buffer.from('noise'),
      (question) => question,
    ]
    expect(await probe()).toEqual([])
  })

  it('knows a server by its sender when it does not name itself, or cannot be read', async () => {
    answers = [(question) => offerTo(question, null)]
    expect(await probe()).toEqual([{ address: wire, offered: '192.168.1.77', leaseSeconds: 3600 }])
    answers = [
      (question) => {
        const unreadable = offerTo(question, '192.168.1.254')
        unreadable[2] = 16
        return unreadable
      },
    ]
    expect(await probe()).toEqual([{ address: wire }])
  })
})
