import type { PacketSocket, Peer } from '../network/index.ts'

/** A transfer's way to its one client. */
export interface TransferPort {
  send(packet: Uint8Array): void
  /** Four bytes, `head` in network order, and `data` after them. */
  sendWithHead(head: number, data: Uint8Array): void
}

/** The transfer that a client's packets are for. */
export interface PortUser {
  receive(packet: Buffer): void
  /** A packet to its client did not leave. */
  sendFailed(error: Error): void
}

export interface SharedPortOptions {
  /** Told of packets that are for no transfer here. */
  onOther: (port: SharedPort, packet: Buffer, from: Peer) => void
  onError: (error: Error) => void
  /** Whether requests come in here: they are never for the transfer that is under way. */
  requests: boolean
}

/** Peers whose late packets are known for what they are. */
const maxDeparted = 1024

/**
 * A port that transfers share. Their identifiers (RFC 1350 section 4) are both ports and the client's address, so one of
 * ours does for many clients, as long as each has one transfer here at a time.
 */
export class SharedPort {
  readonly socket: PacketSocket
  readonly #users = new Map<number, PortUser>()
  readonly #departed = new Set<number>()

  constructor(socket: PacketSocket, { onOther, onError, requests }: SharedPortOptions) {
    this.socket = socket
    socket.onError((error, to) => {
      const user = to && this.#users.get(to.key)
      if (user) user.sendFailed(error)
      // Without a peer it is the socket's own trouble, and everybody's.
      else if (to || this.#users.size === 0) onError(error)
      else for (const each of this.#users.values()) each.sendFailed(error)
    })
    socket.onPacket((packet, from) => {
      const user = this.#users.get(from.key)
      if (user && !(requests && isRequest(packet))) user.receive(packet)
      // What a client repeats after its transfer has ended needs no answer; it may have begun another one by then.
      else if (user || isRequest(packet) || !this.#departed.has(from.key)) onOther(this, packet, from)
    })
  }

  /** @returns the way to `peer`, whose packets go to `user` until `leave`. */
  join(peer: Peer, user: PortUser): TransferPort {
    this.#users.set(peer.key, user)
    return {
      send: (packet) => this.socket.send(peer, packet),
      sendWithHead: (head, data) => this.socket.sendWithHead(peer, head, data),
    }
  }

  leave(peer: Peer, user: PortUser): void {
    // The same client may have begun again meanwhile.
    if (this.#users.get(peer.key) !== user) return
    this.#users.delete(peer.key)
    if (this.#departed.size >= maxDeparted) this.#departed.delete(this.#departed.values().next().value!)
    this.#departed.add(peer.key)
  }
}

const isRequest = (packet: Buffer): boolean => packet[0] === 0 && (packet[1] === 1 || packet[1] === 2)
