import { openUdpSocket, type UdpSocket } from '../../network/index.ts'

// DHCP clients behind a relay agent (RFC 2131 §4.1): their replies come to the relay's own address and the server's
// port, so that they can be told apart from those to the simulated machines. Written byte by byte, not with our codec.

const discover = 1
const request = 3
const offer = 2
const ack = 5
const serverAddress = '127.60.0.1'
const relayAddress = '127.60.0.3'

const octets = (address: string): number[] => address.split('.').map(Number)

function message(mac: number[], xid: number, type: number, more: number[] = []): Buffer {
  const header = Buffer.alloc(236)
  header.set([1, 1, 6, 1])
  header.writeUInt32BE(xid, 4)
  header.set(octets(relayAddress), 24)
  header.set(mac, 28)
  return Buffer.concat([header, Buffer.from([0x63, 0x82, 0x53, 0x63, 53, 1, type, ...more, 255])])
}

export interface AckedLease {
  mac: string
  address: string
}

/** Many clients that each take one lease, as fast as the server lets them. */
export class RelayedClients {
  /** What was acknowledged, in order: what the clients saw on the wire. */
  readonly acked: AckedLease[] = []
  readonly #socket: UdpSocket
  #onAck = (): void => {}

  private constructor(socket: UdpSocket) {
    this.#socket = socket
    socket.onMessage((datagram) => this.#hear(datagram))
  }

  /** @param serverPort the DHCP server's, which is the relay's too */
  static async open(serverPort: number): Promise<RelayedClients> {
    return new RelayedClients(await openUdpSocket({ address: relayAddress, port: serverPort }))
  }

  /** Client `n` asks for an address; it takes the first one it is offered. */
  begin(n: number): void {
    this.#socket.send(message(macOf(n), n, discover), this.#socket.port, serverAddress)
  }

  /** One DISCOVER that nobody follows up, from a machine that does not exist. */
  shout(mac: number[], xid: number): void {
    this.#socket.send(message(mac, xid, discover), this.#socket.port, serverAddress)
  }

  /** Resolves when that many leases were acknowledged in all. */
  whenAcked(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onAck = () => {
        if (this.acked.length >= count) resolve()
      }
      this.#onAck()
    })
  }

  close(): Promise<void> {
    return this.#socket.close()
  }

  #hear(datagram: Buffer): void {
    const xid = datagram.readUInt32BE(4)
    const address = [...datagram.subarray(16, 20)]
    // The message type comes first in every reply of ours (RFC 2131 table 3 asks for it; the order is free).
    const type = datagram.indexOf(Buffer.of(53, 1), 240)
    switch (datagram[type + 2]) {
      case offer:
        this.#socket.send(
          message(macOf(xid), xid, request, [50, 4, ...address, 54, 4, ...octets(serverAddress)]),
          this.#socket.port,
          serverAddress,
        )
        break
      case ack:
        this.acked.push({
          mac: [...datagram.subarray(28, 34)].map((octet) => octet.toString(16).padStart(2, '0')).join(':'),
          address: address.join('.'),
        })
        this.#onAck()
    }
  }
}

const macOf = (n: number): number[] => [0x02, 0xac, 0, 0, n >> 8, n & 255]
