import { parseIpv4 } from './ipv4.ts'
import type { OpenUdpSocket, UdpOptions } from './udpSocket.ts'

/** Who is at the other end. One object for each, for as long as it talks: nothing is made for every packet. */
export interface Peer {
  readonly address: string
  readonly port: number
  /** Stands for address and port; another peer has another one. */
  readonly key: number
}

/** A UDP socket for many small packets to and from many peers, which may move them in batches. */
export interface PacketSocket {
  readonly address: string
  readonly port: number
  /** The memory of `data` is used again when the listener returns. */
  onPacket(fn: (data: Buffer, from: Peer) => void): void
  /** Told of what the system said; of a packet that did not leave, with the peer it was meant for. */
  onError(fn: (error: Error, to?: Peer) => void): void
  /** Never throws. A batch leaves at the latest when what was heard together has been handled. */
  send(to: Peer, data: Uint8Array): void
  /** A packet of four bytes, `head` in network order, and `data` after them: nobody has to join the two before. */
  sendWithHead(to: Peer, head: number, data: Uint8Array): void
  /** Resolves once the port is free. Calling it twice is harmless. */
  close(): Promise<void>
}

/** @throws CodedError as {@link OpenUdpSocket} does. */
export type OpenPacketSocket = (options: UdpOptions) => Promise<PacketSocket>

/** Peers remembered; beyond, they are made anew. */
const maxPeers = 16_384

/** The peers met so far, by what tells them apart on the wire. */
export class Peers<Key> {
  readonly #known = new Map<Key, Peer>()
  readonly #make: (key: Key) => Peer

  constructor(make: (key: Key) => Peer) {
    this.#make = make
  }

  get(key: Key): Peer {
    let peer = this.#known.get(key)
    if (!peer) {
      if (this.#known.size >= maxPeers) this.#known.clear()
      this.#known.set(key, (peer = this.#make(key)))
    }
    return peer
  }
}

export const makePeer = (address: string, port: number): Peer => ({
  address,
  port,
  key: (parseIpv4(address) ?? 0) * 65_536 + port,
})

/** A packet at a time, on a socket of Node's own: wherever Node runs. */
export const packetSockets =
  (openSocket: OpenUdpSocket): OpenPacketSocket =>
  async (options) => {
    const socket = await openSocket(options)
    const peers = new Peers((place: string) => {
      const colon = place.indexOf(':')
      return makePeer(place.slice(0, colon), Number(place.slice(colon + 1)))
    })
    let onError: (error: Error, to?: Peer) => void = () => {}
    socket.onError((error) => onError(error))
    const send = (to: Peer, data: Uint8Array): void =>
      socket.send(data, to.port, to.address, (error) => {
        if (error) onError(error, to)
      })
    return {
      address: socket.address,
      port: socket.port,
      onPacket: (fn) => socket.onMessage((data, from) => fn(data, peers.get(`${from.address}:${from.port}`))),
      onError: (fn) => (onError = fn),
      send,
      sendWithHead(to, head, data) {
        const packet = Buffer.allocUnsafe(4 + data.length)
        packet.writeUInt32BE(head, 0)
        packet.set(data, 4)
        send(to, packet)
      },
      close: () => socket.close(),
    }
  }
