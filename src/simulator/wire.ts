import type { Ipv4, Mac } from '../contract/index.ts'
import { openUdpSocket, type UdpSocket } from '../network/index.ts'
import type { SimulatedLink } from './link.ts'

/** How a machine's DHCP client reaches the server and hears from it. */
export interface DhcpTransport {
  send(bytes: Buffer): void
  /** Hears the replies to `mac`. Returns its unsubscribe. */
  listen(mac: Mac, listener: (bytes: Buffer) => void): () => void
}

const bootReply = 2
const chaddrOffset = 28
const smallestMessage = 240
/** A few hundred machines answered at once. */
const receiveBufferBytes = 1024 * 1024

/**
 * The broadcast domain of the simulated room: one socket that all machines without an address share, as they share a
 * cable, and that hands each reply to the machine whose hardware address (`chaddr`) it carries.
 */
export class Wire implements DhcpTransport {
  readonly #link: SimulatedLink
  readonly #onError: (error: Error) => void
  readonly #listeners = new Map<Mac, Set<(bytes: Buffer) => void>>()
  #socket: UdpSocket | undefined

  constructor(link: SimulatedLink, onError: (error: Error) => void) {
    this.#link = link
    this.#onError = onError
  }

  /** @throws CodedError `socket.*` when the wire's address or port cannot be had. */
  async open(): Promise<void> {
    const socket = await this.#bind(this.#link.wireAddress)
    socket.onMessage((bytes) => this.#dispatch(bytes))
    this.#socket = socket
  }

  send(bytes: Buffer): void {
    this.#socket?.send(bytes, this.#link.dhcpPort, this.#link.address)
  }

  listen(mac: Mac, listener: (bytes: Buffer) => void): () => void {
    const listeners = this.#listeners.get(mac) ?? new Set()
    this.#listeners.set(mac, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(mac)
    }
  }

  /**
   * The same for a machine that has an address: it renews its lease from there (RFC 2131 section 4.3.2), and may be
   * answered there or on the wire.
   */
  async openUnicast(address: Ipv4): Promise<DhcpTransport & { close(): Promise<void> }> {
    const socket = await this.#bind(address)
    socket.onMessage((bytes) => this.#dispatch(bytes))
    return {
      send: (bytes) => socket.send(bytes, this.#link.dhcpPort, this.#link.address),
      listen: (mac, listener) => this.listen(mac, listener),
      close: () => socket.close(),
    }
  }

  async close(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    await socket?.close()
  }

  async #bind(address: Ipv4): Promise<UdpSocket> {
    const socket = await openUdpSocket({ address, port: this.#link.clientPort, receiveBufferBytes })
    socket.onError(this.#onError)
    return socket
  }

  #dispatch(bytes: Buffer): void {
    if (bytes.length < smallestMessage || bytes[0] !== bootReply) return
    const mac = bytes.toString('hex', chaddrOffset, chaddrOffset + 6).replace(/(..)(?=.)/g, '$1:')
    for (const listener of this.#listeners.get(mac) ?? []) listener(bytes)
  }
}
