import type { PacketSocket, Peer } from './packetSocket.ts'
import type { OpenUdpSocket } from './udpSocket.ts'

/** A datagram that one of our sockets was handed, or sent. */
export interface TappedDatagram {
  direction: 'in' | 'out'
  local: { address: string; port: number }
  remote: { address: string; port: number }
  /** Valid only while the listener runs: the memory is the socket's. */
  data: Uint8Array
}

export interface UdpTap {
  onDatagram(datagram: TappedDatagram): void
  onOpen(port: number): void
  onClose(port: number): void
}

/** Opens sockets as `open` does and tells of everything that they hear and say. */
export function tapped(open: OpenUdpSocket, tap: UdpTap): OpenUdpSocket {
  return async (options) => {
    const socket = await open(options)
    const { address, port } = socket
    const local = { address, port }
    tap.onOpen(port)
    socket.onMessage((data, remote) => tap.onDatagram({ direction: 'in', local, remote, data }))
    let closing: Promise<void> | undefined
    return {
      address,
      port,
      onMessage: (fn) => socket.onMessage(fn),
      onError: (fn) => socket.onError(fn),
      send: (data, remotePort, remoteAddress, done) => {
        tap.onDatagram({ direction: 'out', local, remote: { address: remoteAddress, port: remotePort }, data })
        socket.send(data, remotePort, remoteAddress, done)
      },
      close: () => {
        closing ??= socket.close().finally(() => tap.onClose(port))
        return closing
      },
    }
  }
}

/** The same for a socket of many small packets. @param isTold by the first four bytes of a packet, in network order */
export function tappedPackets(
  socket: PacketSocket,
  onDatagram: UdpTap['onDatagram'],
  isTold: (head: number) => boolean,
): PacketSocket {
  const { address, port } = socket
  const local = { address, port }
  const tell = (direction: 'in' | 'out', remote: Peer, data: Buffer): void => {
    if (data.length >= 4 && isTold(data.readUInt32BE(0)))
      onDatagram({ direction, local, remote: { address: remote.address, port: remote.port }, data })
  }
  return {
    address,
    port,
    onPacket: (fn) =>
      socket.onPacket((data, from) => {
        tell('in', from, data)
        fn(data, from)
      }),
    onError: (fn) => socket.onError(fn),
    send(to, data) {
      tell('out', to, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
      socket.send(to, data)
    },
    sendWithHead(to, head, data) {
      if (isTold(head)) {
        const packet = Buffer.allocUnsafe(4 + data.length)
        packet.writeUInt32BE(head, 0)
        packet.set(data, 4)
        tell('out', to, packet)
      }
      socket.sendWithHead(to, head, data)
    },
    close: () => socket.close(),
  }
}
