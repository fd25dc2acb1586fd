import { createHash } from 'node:crypto'
import type { Ipv4, Mac, PacketEvent } from '../../contract/index.ts'
import { tcpFlag, type Frame } from './frame.ts'

/** How long a datagram may take from the NIC to our socket on a laptop that is busy, in milliseconds. */
const patienceMs = 2_000
/** Told of one machine and port. */
const tellEveryMs = 5_000
/** What may wait: a flood must not fill the memory. */
const mostWaiting = 5_000

export interface UnheardOptions {
  /** Addresses that packets to us are sent to, beside broadcasts. */
  ownAddress: Ipv4
  /** Ports that something of ours is meant to listen on: UDP's of the services, 4011, and TCP's of HTTP. */
  isWatched(protocol: 'udp' | 'tcp', port: number): boolean
  isOpen(protocol: 'udp' | 'tcp', port: number): boolean
  macOf(frame: Frame): Mac
  tell(event: PacketEvent, frameId: number): void
}

interface Waiting {
  frame: Frame
  id: number
  at: number
}

/**
 * Compares what arrives at the NIC with what our sockets are handed: what came in and was not handed on within two
 * seconds was held back by a firewall, or there is nothing that it could be handed to.
 */
export class Unheard {
  readonly #options: UnheardOptions
  readonly #waiting = new Map<string, Waiting>()
  /** Handed to a socket before the capture told of it. */
  readonly #heardEarly = new Map<string, number>()
  readonly #toldAt = new Map<string, number>()

  constructor(options: UnheardOptions) {
    this.#options = options
  }

  /** A frame at the NIC, either way. `now` is milliseconds since the Unix epoch. */
  captured(frame: Frame, direction: 'in' | 'out', id: number, now: number): void {
    if (frame.protocol === 'tcp') return this.#capturedTcp(frame, direction, id, now)
    if (direction === 'out') return this.#answered(frame)
    if (!this.#isToUs(frame) || !this.#options.isWatched('udp', frame.to.port)) return
    // What this host sends itself comes by another way.
    if (frame.from.address === this.#options.ownAddress) return
    const key = datagramKey(frame.from, frame.to.port, frame.payload)
    if (this.#heardEarly.delete(key)) return
    this.#wait(key, { frame, id, at: now })
  }

  /** A datagram that one of our sockets was handed. */
  heard(from: { address: Ipv4; port: number }, localPort: number, data: Uint8Array, now: number): void {
    if (!this.#options.isWatched('udp', localPort)) return
    const key = datagramKey(from, localPort, data)
    if (this.#waiting.delete(key)) return
    this.#heardEarly.delete(key)
    if (this.#heardEarly.size < mostWaiting) this.#heardEarly.set(key, now)
  }

  /** Call about once a second. */
  tick(now: number): void {
    for (const [key, { frame, id, at }] of this.#waiting) {
      if (now - at < patienceMs) break
      this.#waiting.delete(key)
      this.#tell(frame, id, at)
    }
    for (const [key, at] of this.#heardEarly) {
      if (now - at < patienceMs) break
      this.#heardEarly.delete(key)
    }
  }

  /** What is answered was heard, whoever heard it: TFTP may live in a thread of its own. */
  #answered({ to }: Frame): void {
    const asked = `${to.address}:${to.port} `
    for (const key of this.#waiting.keys()) if (key.startsWith(asked)) this.#waiting.delete(key)
  }

  /** A SYN that no SYN answers; one that is answered RST had nobody to hear it. */
  #capturedTcp(frame: Frame, direction: 'in' | 'out', id: number, now: number): void {
    const flags = frame.flags ?? 0
    if (direction === 'in') {
      const opens = (flags & tcpFlag.syn) !== 0 && (flags & tcpFlag.ack) === 0
      if (opens && this.#isToUs(frame) && this.#options.isWatched('tcp', frame.to.port))
        this.#wait(`tcp ${frame.from.address}:${frame.from.port}`, { frame, id, at: now })
    } else if ((flags & (tcpFlag.syn | tcpFlag.rst)) !== 0)
      this.#waiting.delete(`tcp ${frame.to.address}:${frame.to.port}`)
  }

  #isToUs({ to }: Frame): boolean {
    return to.address === this.#options.ownAddress || to.address === '255.255.255.255'
  }

  #wait(key: string, waiting: Waiting): void {
    // The first of several copies is the one that has waited longest.
    if (!this.#waiting.has(key) && this.#waiting.size < mostWaiting) this.#waiting.set(key, waiting)
  }

  #tell(frame: Frame, id: number, at: number): void {
    const { protocol, to, from } = frame
    const mac = this.#options.macOf(frame)
    const key = `${mac} ${protocol} ${to.port}`
    if (at - (this.#toldAt.get(key) ?? -Infinity) < tellEveryMs) return
    if (this.#toldAt.size >= mostWaiting) this.#toldAt.clear()
    this.#toldAt.set(key, at)
    const closed = !this.#options.isOpen(protocol, to.port)
    this.#options.tell({ type: 'packet.unheard', at, mac, client: from.address, protocol, port: to.port, closed }, id)
  }
}

const datagramKey = (from: { address: Ipv4; port: number }, port: number, data: Uint8Array): string =>
  `${from.address}:${from.port} ${port} ${createHash('sha1').update(data).digest('base64')}`
