import type { OpenUdpSocket, UdpOptions, UdpSocket } from '../../network/index.ts'
import type { LeaseRecord } from '../leases.ts'
import type { Reservation } from '../reservations.ts'
import type { LeaseStore } from '../leaseStore.ts'

export interface Sent {
  datagram: Buffer
  to: string
}

/** A socket whose wire is this object: `arrive` puts a datagram in, `sent` holds what came out. */
export class FakeSocket implements UdpSocket {
  readonly address: string
  readonly port: number
  readonly sent: Sent[] = []
  isOpen = true
  #onMessage: (data: Buffer, from: { address: string; port: number }) => void = () => {}

  constructor({ address, port }: UdpOptions) {
    this.address = address
    this.port = port
  }

  onMessage(fn: (data: Buffer, from: { address: string; port: number }) => void): void {
    this.#onMessage = fn
  }

  onError(): void {}

  send(data: Uint8Array, port: number, address: string, done?: (error: Error | null) => void): void {
    this.sent.push({ datagram: Buffer.from(data), to: `${address}:${port}` })
    done?.(this.isOpen ? null : new Error('closed'))
  }

  async close(): Promise<void> {
    this.isOpen = false
  }

  arrive(datagram: Buffer, address = '0.0.0.0', port = 68): void {
    this.#onMessage(datagram, { address, port })
  }
}

/** Opens fake sockets and keeps what was asked for. */
export class FakeNetwork {
  readonly opened: { options: UdpOptions; socket: FakeSocket }[] = []
  failure: Error | undefined

  readonly openSocket: OpenUdpSocket = async (options) => {
    if (this.failure) throw this.failure
    const socket = new FakeSocket(options)
    this.opened.push({ options, socket })
    return socket
  }

  get socket(): FakeSocket {
    const last = this.opened.at(-1)
    if (!last) throw new Error('no socket was opened')
    return last.socket
  }
}

/** A lease store in memory that can be told to fail. */
export class MemoryLeaseStore implements LeaseStore {
  readonly records = new Map<number, LeaseRecord>()
  readonly batches: number[] = []
  readonly #byNetwork = new Map<string, Map<number, LeaseRecord>>()
  reserved: Reservation[] = []
  failure: Error | undefined
  onCommit: () => void = () => {}

  load(network: string): LeaseRecord[] {
    return [...(this.#byNetwork.get(network)?.values() ?? [])]
  }

  reservations(): Reservation[] {
    return this.reserved
  }

  /** Those that something was saved for. */
  get networks(): string[] {
    return [...this.#byNetwork.keys()].sort((a, b) => b.localeCompare(a))
  }

  commit(network: string, records: readonly LeaseRecord[]): void {
    this.onCommit()
    if (this.failure) throw this.failure
    this.batches.push(records.length)
    const own = this.#byNetwork.get(network) ?? new Map<number, LeaseRecord>()
    this.#byNetwork.set(network, own)
    for (const record of records) for (const map of [own, this.records]) map.set(record.address, record)
  }

  tidy(): boolean {
    return false
  }
}
