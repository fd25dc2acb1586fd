import { randomInt } from 'node:crypto'
import protocol, { type DhcpMessage } from 'dhcp/lib/protocol.js'
import type { Clock } from '../base/index.ts'
import type { Ipv4, Mac } from '../contract/index.ts'
import type { DhcpLink } from '../dhcp/index.ts'
import type { OpenUdpSocket } from '../network/index.ts'

export interface DhcpProbeOptions {
  openSocket: OpenUdpSocket
  /** The NIC whose segment is asked; absent in a simulated room. */
  device?: string
  /** The NIC's own address: what it says as a client must be told apart from other machines. */
  mac: Mac
  link: DhcpLink
  /**
   * How long answers are waited for. Some servers make sure that an address is unused before they offer it, dnsmasq
   * for 3 s: give it 3500 or more to hear them.
   */
  timeoutMs: number
  clock: Clock
  /** Ours: an offer from here is no other server's. */
  ownAddress: Ipv4
}

export interface OtherServer {
  address: Ipv4
  /** The address it would have given us. */
  offered?: Ipv4
  router?: Ipv4
  dnsServers?: Ipv4[]
  domainName?: string
  bootFile?: string
  leaseSeconds?: number
  /** Of its network card, and who made it; found out by whoever can. */
  mac?: Mac
  vendor?: string
}

const bootRequest = 1
const bootReply = 2
const ethernet = 1
const broadcastFlag = 0x8000
const discover = 1
const offer = 2
const xidOffset = 4
/** RFC 2131 figure 1: the fixed part and the cookie. */
const shortestMessage = 240
/** RFC 1542 §2.1: some servers and relays drop what is shorter. The package's buffer is zeros behind its message. */
const smallestDatagram = 300

/**
 * Asks the segment for an address and names every DHCP server that offers one. Nothing is ever accepted: an offer that
 * is not taken up frees itself (RFC 2131 §4.3.1).
 *
 * The question is put by the `dhcp` package, not by our own codec, which would share its own mistakes with itself.
 * @throws CodedError what opening the client port throws, when something else holds it
 */
export async function probeOtherServers(options: DhcpProbeOptions): Promise<OtherServer[]> {
  const { openSocket, device, mac, link, timeoutMs, clock, ownAddress } = options
  const xid = randomInt(1, 0xffff_ffff)
  const found = new Map<Ipv4, OtherServer>()
  let failure: Error | undefined
  const socket = await openSocket({ device, address: '0.0.0.0', port: link.clientPort, broadcast: true, reuse: true })
  try {
    socket.onError((error) => (failure ??= error))
    socket.onMessage((datagram, from) => {
      const server = serverIn(datagram, xid, from.address)
      if (server && server.address !== ownAddress) found.set(server.address, server)
    })
    const question = protocol.format(discoverMessage(mac, xid))
    const datagram = question._data.subarray(0, Math.max(question._w, smallestDatagram))
    const ask = (): Promise<void> =>
      new Promise((resolve, reject) =>
        socket.send(datagram, link.serverPort, link.broadcastAddress, (error) => (error ? reject(error) : resolve())),
      )
    const halfTime = (): Promise<void> => new Promise((resolve) => clock.after(timeoutMs / 2, resolve))
    // Asked twice: one datagram can be lost, and some servers let the first one pass to leave room to others.
    for (let times = 0; times < 2; times++) {
      await ask()
      await halfTime()
    }
    if (failure && found.size === 0) throw failure
  } finally {
    await socket.close()
  }
  return [...found.values()]
}

const discoverMessage = (mac: Mac, xid: number): DhcpMessage => ({
  op: bootRequest,
  htype: ethernet,
  hlen: 6,
  hops: 0,
  xid,
  secs: 0,
  // The offer must come by broadcast: this socket has no address to be reached at.
  flags: broadcastFlag,
  ciaddr: '0.0.0.0',
  yiaddr: '0.0.0.0',
  siaddr: '0.0.0.0',
  giaddr: '0.0.0.0',
  chaddr: mac,
  sname: '',
  file: '',
  options: { 53: discover, 55: [1, 3, 6, 15, 51, 54, 67] },
})

/** The server that answered our question, if this is an answer to it. */
function serverIn(datagram: Buffer, xid: number, from: Ipv4): OtherServer | undefined {
  const isAnswer =
    datagram.length >= shortestMessage && datagram[0] === bootReply && datagram.readUInt32BE(xidOffset) === xid
  if (!isAnswer) return undefined
  try {
    const { yiaddr, file, options } = protocol.parse(datagram)
    if (options[53] !== offer) return undefined
    const named = options[54]
    const offered = yiaddr === '0.0.0.0' ? undefined : yiaddr
    const router = list(options[3])[0]
    const dnsServers = list(options[6])
    const domainName = text(options[15])
    const bootFile = text(options[67]) ?? text(file)
    const leaseSeconds = options[51]
    return {
      address: typeof named === 'string' ? named : from,
      offered,
      ...(router && { router }),
      ...(dnsServers.length > 0 && { dnsServers }),
      ...(domainName && { domainName }),
      ...(bootFile && { bootFile }),
      ...(typeof leaseSeconds === 'number' && { leaseSeconds }),
    }
  } catch {
    // Whoever answers in a way that cannot be read is a DHCP server all the same.
    return { address: from }
  }
}

const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string').slice(0, 8) : []

/** It comes from the network, and goes on the screen. */
const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.replace(/\p{Cc}/gu, '').slice(0, 255) || undefined : undefined
