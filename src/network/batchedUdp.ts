import { readSync } from 'node:fs'
import { formatIpv4 } from './ipv4.ts'
import { SystemCallError, type BatchCalls } from './libc.ts'
import { Peers, type PacketSocket, type Peer } from './packetSocket.ts'

// Many packets in one call of the system, for 64-bit Linux: recvmmsg, sendmmsg, and UDP_SEGMENT, by which packets of one
// size for one peer go through the kernel as one (docs/decisions/0012). Whoever owns the thread calls `turn`: what was
// heard is told, what that leads to is queued, and leaves before `turn` returns.

/** Messages moved by one call. */
const batchSize = 64
const MSG_DONTWAIT = 0x40
const POLLIN = 1
const POLLOUT = 4
const AF_INET = 2
const SOL_UDP = 17
const UDP_SEGMENT = 103
const EINTR = 4
const EAGAIN = 11
const ENOBUFS = 105
/** What UDP_SEGMENT is refused with: EIO, EINVAL, EMSGSIZE, EOPNOTSUPP. */
const notSegmented = [5, 22, 90, 95]

/** struct mmsghdr, msghdr within it, iovec and sockaddr_in on 64-bit Linux: sizes and offsets in 32-bit words. */
const header = { words: 16, name: 0, nameLength: 2, vector: 4, vectors: 6, control: 8, controlLength: 10, length: 14 }
const vector = { words: 4, base: 0, length: 2 }
const socketName = { words: 4, bytes: 16 }
/** struct cmsghdr and the 16-bit size of a segment after it, padded. */
const control = { words: 6, bytes: 24 }

/** What one UDP_SEGMENT message may hold: the kernel's bound on segments, and on an IPv4 packet with room to spare. */
const maxSegments = 64
const maxSegmented = 61_440
/** Bytes of packets that wait to leave one socket. */
const arenaSize = 256 * 1024
/** How long a full send buffer is waited for, in milliseconds: a slow link is not a reason to lose packets. */
const patience = 50

/** Memory that the system reads and writes by its address. */
class Memory {
  readonly bytes: Buffer
  readonly words: Uint32Array
  readonly address: number

  constructor(size: number, calls: BatchCalls) {
    this.bytes = Buffer.from(new ArrayBuffer(size))
    this.words = new Uint32Array(this.bytes.buffer)
    this.address = calls.addressOf(this.bytes)
  }

  setPointer(word: number, address: number): void {
    this.words[word] = address >>> 0
    this.words[word + 1] = Math.floor(address / 2 ** 32)
  }
}

/** Headers for a batch, each with one piece of data and a place for the peer's address. */
class Messages {
  readonly headers: Memory
  readonly vectors: Memory
  readonly names: Memory

  constructor(calls: BatchCalls) {
    this.headers = new Memory(batchSize * header.words * 4, calls)
    this.vectors = new Memory(batchSize * vector.words * 4, calls)
    this.names = new Memory(batchSize * socketName.bytes, calls)
    for (let i = 0; i < batchSize; i++) {
      const at = i * header.words
      this.headers.setPointer(at + header.name, this.names.address + i * socketName.bytes)
      this.headers.words[at + header.nameLength] = socketName.bytes
      this.headers.setPointer(at + header.vector, this.vectors.address + i * vector.words * 4)
      this.headers.words[at + header.vectors] = 1
    }
  }
}

/** An open descriptor, bound by whoever owns it. */
export interface OpenDescriptor {
  readonly fd: number
  readonly address: string
  readonly port: number
}

/** The sockets of one thread, waited for together. */
export class PacketLoop {
  readonly #calls: BatchCalls
  readonly #wakeFd: number
  readonly #messages: Messages
  readonly #received: Memory
  readonly #slots: Buffer[]
  /** Most packets are acknowledgements. */
  readonly #shortSlots: Buffer[]
  readonly #peers = new Peers(peerOf)
  #sockets: BatchedSocket[] = []
  #polled: Memory

  /**
   * @param calls from `loadBatchCalls`.
   * @param wakeFd of a {@link WakeUp}, which ends the waiting of `turn`; -1 for none.
   * @param largestPacket bytes of the largest packet that is to be received whole.
   */
  constructor(calls: BatchCalls, wakeFd = -1, largestPacket = 2048) {
    this.#calls = calls
    this.#wakeFd = wakeFd
    this.#messages = new Messages(calls)
    // Not a power of two, or all packets would meet in the same lines of the processor's cache.
    const slotSize = (Math.ceil(largestPacket / 64) + 1) * 64
    this.#received = new Memory(batchSize * slotSize, calls)
    const slots = Array.from({ length: batchSize }, (_, i) => i * slotSize)
    this.#slots = slots.map((at) => this.#received.bytes.subarray(at, at + slotSize))
    this.#shortSlots = slots.map((at) => this.#received.bytes.subarray(at, at + 4))
    slots.forEach((at, i) => {
      this.#messages.vectors.setPointer(i * vector.words + vector.base, this.#received.address + at)
      this.#messages.vectors.words[i * vector.words + vector.length] = slotSize
    })
    this.#polled = this.#pollTable()
  }

  add(descriptor: OpenDescriptor, release: () => void): PacketSocket {
    const socket = new BatchedSocket(this.#calls, descriptor, () => {
      this.#sockets = this.#sockets.filter((each) => each !== socket)
      this.#polled = this.#pollTable()
      release()
    })
    this.#sockets.push(socket)
    this.#polled = this.#pollTable()
    return socket
  }

  /**
   * Waits at most `waitMs` for packets, hands them on, and sends what waits to be sent.
   * @returns how many packets were heard.
   */
  turn(waitMs: number): number {
    for (const socket of this.#sockets) socket.flush()
    const sockets = this.#sockets
    const polled = this.#polled
    if (this.#calls.poll(polled.bytes, sockets.length + 1, waitMs) <= 0) return 0
    if (polled.words[1]! >>> 16) drain(this.#wakeFd)
    let heard = 0
    for (let i = 0; i < sockets.length; i++)
      if ((polled.words[2 * i + 3]! >>> 16) & POLLIN) heard += this.#receive(sockets[i]!)
    for (const socket of this.#sockets) socket.flush()
    return heard
  }

  #receive(socket: BatchedSocket): number {
    const { headers, names } = this.#messages
    const count = this.#calls.recvmmsg(socket.fd, headers.bytes, batchSize, MSG_DONTWAIT, null)
    for (let i = 0; i < count; i++) {
      const length = headers.words[i * header.words + header.length]!
      headers.words[i * header.words + header.nameLength] = socketName.bytes
      const key = names.words[i * socketName.words + 1]! * 65_536 + (names.words[i * socketName.words]! >>> 16)
      const data = length === 4 ? this.#shortSlots[i]! : this.#slots[i]!.subarray(0, length)
      socket.heard(data, this.#peers.get(key))
    }
    if (count < 0) {
      const errno = this.#calls.errno()
      if (errno !== EAGAIN && errno !== EINTR) socket.failed(new SystemCallError('recvmmsg', errno))
      return 0
    }
    return count
  }

  /** struct pollfd: the descriptor, then what is waited for and what came, 16 bits each. */
  #pollTable(): Memory {
    const table = new Memory((this.#sockets.length + 1) * 8, this.#calls)
    const set = (index: number, fd: number): void => {
      table.words[index * 2] = fd >>> 0
      table.words[index * 2 + 1] = POLLIN
    }
    set(0, this.#wakeFd)
    this.#sockets.forEach((socket, index) => set(index + 1, socket.fd))
    return table
  }
}

/** As on the wire: address and port in network order, read as if they were in this machine's. */
function peerOf(key: number): Peer {
  const address = Math.floor(key / 65_536)
  const port = key % 65_536
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(address)
  return { key, address: formatIpv4(bytes.readUInt32BE()), port: ((port & 0xff) << 8) | (port >>> 8) }
}

class BatchedSocket implements PacketSocket {
  readonly fd: number
  readonly address: string
  readonly port: number
  readonly #calls: BatchCalls
  readonly #release: () => void
  readonly #messages: Messages
  readonly #controls: Memory
  readonly #arena: Memory
  readonly #recipients: Peer[] = []
  readonly #segments = new Uint16Array(batchSize)
  #segmentation = true
  #used = 0
  #count = 0
  /** Whether the last message takes more: all its packets so far are of one size. */
  #open = false
  #closed = false
  #listener: (data: Buffer, from: Peer) => void = () => {}
  #errorListener: (error: Error, to?: Peer) => void = () => {}

  constructor(calls: BatchCalls, { fd, address, port }: OpenDescriptor, release: () => void) {
    this.#calls = calls
    this.fd = fd
    this.address = address
    this.port = port
    this.#release = release
    this.#messages = new Messages(calls)
    this.#arena = new Memory(arenaSize, calls)
    this.#controls = new Memory(batchSize * control.bytes, calls)
    for (let i = 0; i < batchSize; i++) {
      this.#messages.headers.setPointer(i * header.words + header.control, this.#controls.address + i * control.bytes)
      this.#controls.words[i * control.words] = 18
      this.#controls.words[i * control.words + 2] = SOL_UDP
      this.#controls.words[i * control.words + 3] = UDP_SEGMENT
      this.#messages.names.words[i * socketName.words] = AF_INET
    }
  }

  onPacket(fn: (data: Buffer, from: Peer) => void): void {
    this.#listener = fn
  }

  onError(fn: (error: Error, to?: Peer) => void): void {
    this.#errorListener = fn
  }

  heard(data: Buffer, from: Peer): void {
    if (!this.#closed) this.#listener(data, from)
  }

  failed(error: Error, to?: Peer): void {
    this.#errorListener(error, to)
  }

  send(to: Peer, data: Uint8Array): void {
    const at = this.#place(to, data.length)
    if (at >= 0) this.#arena.bytes.set(data, at)
  }

  sendWithHead(to: Peer, head: number, data: Uint8Array): void {
    const at = this.#place(to, 4 + data.length)
    if (at < 0) return
    const { bytes } = this.#arena
    bytes[at] = head >>> 24
    bytes[at + 1] = head >>> 16
    bytes[at + 2] = head >>> 8
    bytes[at + 3] = head
    bytes.set(data, at + 4)
  }

  /** Makes room for a packet and gives where it is to be written; -1 when it cannot leave. */
  #place(to: Peer, length: number): number {
    if (this.#closed || length > 65_507) {
      this.failed(new Error(this.#closed ? 'the socket is closed' : 'longer than a datagram can be'), to)
      return -1
    }
    if (this.#used + length > arenaSize) this.flush()
    const { headers, vectors, names } = this.#messages
    const last = this.#count - 1
    if (this.#open && this.#recipients[last]!.key === to.key && length <= this.#segments[last]!) {
      const lengthAt = last * vector.words + vector.length
      const total = vectors.words[lengthAt]!
      const segment = this.#segments[last]!
      if (total + length <= maxSegmented && total < segment * (maxSegments - 1)) {
        vectors.words[lengthAt] = total + length
        headers.words[last * header.words + header.controlLength] = control.bytes
        this.#controls.words[last * control.words + 4] = segment
        this.#open = length === segment
        return this.#take(length)
      }
    }
    if (this.#count === batchSize) this.flush()
    const index = this.#count++
    this.#recipients[index] = to
    this.#segments[index] = length
    this.#open = this.#segmentation && length > 0
    names.words[index * socketName.words] = AF_INET | ((to.key % 65_536) << 16)
    names.words[index * socketName.words + 1] = Math.floor(to.key / 65_536)
    headers.words[index * header.words + header.controlLength] = 0
    vectors.setPointer(index * vector.words + vector.base, this.#arena.address + this.#used)
    vectors.words[index * vector.words + vector.length] = length
    return this.#take(length)
  }

  #take(length: number): number {
    const at = this.#used
    this.#used += length
    return at
  }

  /** Sends what waits. */
  flush(): void {
    for (let sent = 0; sent < this.#count;) {
      const { bytes } = this.#messages.headers
      const headers = sent === 0 ? bytes : bytes.subarray(sent * header.words * 4)
      const count = this.#calls.sendmmsg(this.fd, headers, this.#count - sent, MSG_DONTWAIT)
      if (count > 0) {
        sent += count
        continue
      }
      const errno = this.#calls.errno()
      if (errno === EINTR || ((errno === EAGAIN || errno === ENOBUFS) && this.#waitForRoom())) continue
      if (notSegmented.includes(errno) && this.#isSegmented(sent)) {
        this.#sendApart(sent)
        return
      }
      this.failed(new SystemCallError('sendmmsg', errno), this.#recipients[sent])
      sent++
    }
    this.#empty()
  }

  #empty(): void {
    this.#count = 0
    this.#used = 0
    this.#open = false
  }

  #waitForRoom(): boolean {
    const polled = Buffer.alloc(8)
    polled.writeInt32LE(this.fd, 0)
    polled.writeInt16LE(POLLOUT, 4)
    return this.#calls.poll(polled, 1, patience) > 0
  }

  #isSegmented(index: number): boolean {
    return this.#messages.headers.words[index * header.words + header.controlLength] !== 0
  }

  /** This link does not take segmented messages (packets larger than its MTU, no checksums): a packet at a time then. */
  #sendApart(from: number): void {
    const waiting: [Peer, Buffer][] = []
    for (let index = from; index < this.#count; index++) {
      const base = this.#offsetOf(index)
      const total = this.#messages.vectors.words[index * vector.words + vector.length]!
      const step = Math.max(1, this.#segments[index]!)
      for (let at = 0; at < total || at === 0; at += step)
        waiting.push([
          this.#recipients[index]!,
          Buffer.from(this.#arena.bytes.subarray(base + at, base + Math.min(at + step, total))),
        ])
    }
    this.#segmentation = false
    this.#empty()
    for (const [to, data] of waiting) this.send(to, data)
    this.flush()
  }

  #offsetOf(index: number): number {
    const { words } = this.#messages.vectors
    const at = index * vector.words + vector.base
    return words[at + 1]! * 2 ** 32 + words[at]! - this.#arena.address
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.flush()
      this.#closed = true
      this.#release()
    }
    return Promise.resolve()
  }
}

const drained = Buffer.alloc(8)

/** Reads an eventfd back to zero. */
function drain(fd: number): void {
  try {
    readSync(fd, drained, 0, 8, null)
  } catch {
    // Another reader of it was faster.
  }
}
