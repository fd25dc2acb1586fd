import { clientMessages } from '../../src/dhcp/testdata/clientMessages.ts'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'

/** A small, fast generator of numbers (mulberry32): the same seed, the same flood. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Bytes that are noise, or a well-formed message with a few of its bytes changed, cut short or drawn out. */
export function nextBytes(random: () => number, wellFormed: readonly Buffer[]): Buffer {
  const below = (limit: number) => Math.floor(random() * limit)
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)))
  const seed = wellFormed[below(wellFormed.length)]
  if (!seed || random() < 0.2) return noise(below(600))
  const changed = Buffer.from(seed)
  for (let n = below(8); n > 0; n--) changed[below(changed.length)] = below(256)
  const cut = random()
  if (cut < 0.2) return changed.subarray(0, below(changed.length))
  if (cut < 0.3) return Buffer.concat([changed, noise(below(900))])
  return changed
}

/** What real clients sent, and DISCOVER, REQUEST, DECLINE, RELEASE and INFORM as a PXE ROM would send them (RFC 2131, RFC 4578). */
const dhcpOfEveryType = [1, 3, 4, 7, 8].map((type) => {
  const header = Buffer.alloc(236)
  header.set([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef, 0, 4, 0x80, 0])
  header.set([0x52, 0x54, 0, 0xf1, 0x00, type], 28)
  const options = [
    [53, 1, type],
    [50, 4, 192, 168, 60, 120],
    [54, 4, 192, 168, 60, 1],
    [55, 8, 1, 3, 43, 60, 66, 67, 97, 150],
    [57, 2, 5, 192],
    [60, 32, ...Buffer.from('PXEClient:Arch:00007:UNDI:003016')],
    [77, 4, ...Buffer.from('iPXE')],
    [82, 6, 1, 4, 112, 111, 114, 116],
    [93, 2, 0, 7],
    [94, 3, 1, 3, 16],
    [97, 17, 0, ...Array.from({ length: 16 }, (_, index) => index)],
    [175, 6, 19, 1, 1, 235, 1, 1],
  ]
  return Buffer.concat([header, Buffer.from([0x63, 0x82, 0x53, 0x63, ...options.flat(), 255])])
})

export const dhcpMessages: readonly Buffer[] = [...dhcpOfEveryType, ...Object.values(clientMessages)]

/** RRQ with every option, WRQ, DATA, ACK, ERROR and OACK (RFC 1350, 2347 to 2349, 7440). */
export const tftpMessages = (file: string): readonly Buffer[] => [
  Buffer.from(`\0\x01${file}\0octet\0blksize\x001468\0tsize\x000\0timeout\x002\0windowsize\x004\0`, 'latin1'),
  Buffer.from(`\0\x01${file}\0octet\0`, 'latin1'),
  Buffer.from(`\0\x01../../${file}\0netascii\0blksize\x0065464\0windowsize\x0065535\0`, 'latin1'),
  Buffer.from(`\0\x02${file}\0octet\0`, 'latin1'),
  Buffer.from('\0\x03\0\x01data', 'latin1'),
  Buffer.from([0, 4, 0, 1]),
  Buffer.from('\0\x05\0\x08no thanks\0', 'latin1'),
  Buffer.from('\0\x06blksize\x001468\0', 'latin1'),
]

export const httpMessages = (host: string, file: string): readonly Buffer[] =>
  [
    `GET ${file} HTTP/1.1\r\nHost: ${host}\r\nRange: bytes=0-99,200-\r\n\r\n`,
    `HEAD ${file} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET /boot/52:54:00:00:00:01.ipxe HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET /files/..%2f..%2famorce.sqlite HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `POST /api/heartbeat HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 41\r\n\r\n{"mac":"52:54:00:00:00:01","stage":"ready"}`,
    `POST /api/heartbeat HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nmac=`,
  ].map((text) => Buffer.from(text))

/** Fewer than the smallest receive buffer of a Linux socket holds. */
const batch = 100

/**
 * Sends `count` datagrams from sixteen ports, in batches that the receiver is given the time to read: what its system
 * drops for want of room tests nothing.
 */
export async function floodUdp(
  target: { address: string; port: number },
  count: number,
  next: () => Buffer,
  whenRead: () => Promise<void>,
): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 16 }, openSocket))
  for (let sent = 0; sent < count; sent += batch) {
    const size = Math.min(batch, count - sent)
    await Promise.all(
      Array.from({ length: size }, (_, n) => sendOne(sockets[n % sockets.length] as Socket, target, next())),
    )
    await whenRead()
  }
  for (const socket of sockets) socket.close()
}

const sendOne = (socket: Socket, { address, port }: { address: string; port: number }, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => socket.send(bytes, port, address, (error) => (error ? reject(error) : resolve())))

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, '0.0.0.0')
  await once(socket, 'listening')
  socket.setBroadcast(true)
  return socket
}

/** Opens `count` connections, at most 64 at a time, sends each its bytes and hangs up, politely or not. */
export async function floodTcp(
  target: { address: string; port: number },
  count: number,
  next: (n: number) => Buffer,
): Promise<void> {
  let begun = 0
  const worker = async () => {
    while (begun < count) await oneConnection(target, next(begun++), begun % 3 === 0)
  }
  await Promise.all(Array.from({ length: 64 }, worker))
}

function oneConnection(
  { address, port }: { address: string; port: number },
  bytes: Buffer,
  rude: boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port }, () => {
      socket.write(bytes)
      if (rude) socket.resetAndDestroy()
      else socket.end()
    })
    socket.setTimeout(1000, () => socket.destroy())
    socket.resume()
    // The server may well hang up first.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
  })
}
