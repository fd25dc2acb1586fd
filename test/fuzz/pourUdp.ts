import { openUdpSocket } from '../../src/network/index.ts'

/** What one turn of the event loop reads from a socket: libuv stops at 32 datagrams, to be fair to the others. */
const readInATurn = 32

/**
 * Sends `count` datagrams from sixteen ports to a server in this same process, no faster than it reads: what the system
 * drops tests nothing.
 */
export async function pourUdp(
  target: { address: string; port: number },
  count: number,
  next: () => Buffer,
): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 16 }, () => openUdpSocket({ address: '127.0.0.1', port: 0 })))
  for (let n = 0; n < count; n++) {
    // An answer that cannot be delivered and a datagram that cannot be sent are nobody's fault here.
    sockets[n % sockets.length]?.send(next(), target.port, target.address, () => {})
    if (n % (readInATurn / 2) === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  for (const socket of sockets) await socket.close()
}
