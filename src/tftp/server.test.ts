import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import tftp from 'tftp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger, systemClock, type Clock } from '../base/index.ts'
import { createContent, createDropFolder, type Content, type DropFolderOptions } from '../content/index.ts'
import type { AmorceEvent, TransferEvent } from '../contract/index.ts'
import { openUdpSocket, packetSockets, type OpenPacketSocket, type UdpSocket } from '../network/index.ts'
import { decode, encode, type Packet } from './packet.ts'
import { createTftpServer, type TftpServerDeps, type TftpServerInThread } from './server.ts'
import { batchedSockets } from './testing/batchedSockets.ts'

// The server on loopback with real packets: a client made of bare packets, and an independent one from the registry.

const address = '127.0.0.1'

/** How packets come and go; the same is asked of all. */
interface Engine {
  open: OpenPacketSocket
  sharedPorts: number
  stop(): void
}
const engines: [string, () => Promise<Engine>][] = [
  ['a packet at a time, a port for each', () => Promise.resolve({ ...plain, sharedPorts: 0 })],
  ['a packet at a time, shared ports', () => Promise.resolve({ ...plain, sharedPorts: 4 })],
]
const plain = { open: packetSockets(openUdpSocket), stop() {} }
if (process.platform === 'linux')
  engines.push(['in batches, shared ports', async () => ({ ...(await batchedSockets()), sharedPorts: 4 })])

let engine: Engine
let root: string
let events: AmorceEvent[]
let server: TftpServerInThread
let clients: Client[]

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'amorce-tftp-'))
  events = []
  clients = []
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await server.stop()
  engine.stop()
  await rm(root, { recursive: true, force: true })
})

const patterned = (size: number) =>
  Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 9)) & 0xff))
const fileOf = async (name: string, bytes: Buffer | string) => {
  await writeFile(join(root, name), bytes)
  return Buffer.from(bytes)
}

async function serve(deps: Partial<TftpServerDeps> & { clock?: Clock } = {}): Promise<void> {
  server = createTftpServer({
    openSocket: engine.open,
    sharedPorts: engine.sharedPorts,
    address,
    port: 0,
    content: createContent({ roots: [root] }),
    clock: systemClock,
    emit: (event) => events.push(event),
    logger: silentLogger,
    ...deps,
  })
  await server.start()
}

const listeningPort = () => Number(server.endpoint?.split(':')[1])

interface Received {
  packet: Packet
  port: number
}

/** Sends and receives single packets. */
class Client {
  readonly #socket: UdpSocket
  readonly #inbox: Received[] = []
  #wake = (): void => {}

  private constructor(socket: UdpSocket) {
    this.#socket = socket
    socket.onMessage((data, from) => {
      const decoded = decode(data)
      if (!decoded.ok) throw new Error(`the server sent what cannot be read: ${decoded.reason}`)
      // The socket's memory is used again.
      const { packet } = decoded
      this.#inbox.push({
        packet: packet.op === 'data' ? { ...packet, data: Buffer.from(packet.data) } : packet,
        port: from.port,
      })
      this.#wake()
    })
  }

  static async open(): Promise<Client> {
    const client = new Client(await openUdpSocket({ address, port: 0 }))
    clients.push(client)
    return client
  }

  send(packet: Packet | Buffer, port = listeningPort()): void {
    this.#socket.send(Buffer.isBuffer(packet) ? packet : encode(packet), port, address)
  }

  ask(file: string, options: Record<string, string> = {}, mode = 'octet'): void {
    this.send({ op: 'rrq', file, mode, options: new Map(Object.entries(options)) })
  }

  async next(): Promise<Received> {
    for (;;) {
      const received = this.#inbox.shift()
      if (received) return received
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** What has come by the time that a packet has gone to the server and back. */
  async nothingMore(): Promise<void> {
    const probe = await Client.open()
    probe.ask('no such file')
    await probe.next()
    expect(this.#inbox).toEqual([])
  }

  /** Fetches the file as a simple client does: one block, one acknowledgement. */
  async fetch(file: string, options: Record<string, string> = {}, mode = 'octet'): Promise<Buffer> {
    this.ask(file, options, mode)
    const parts: Buffer[] = []
    let blockSize = 512
    for (let expected = 1; ;) {
      const { packet, port } = await this.next()
      if (packet.op === 'error') throw new Error(`ERROR ${packet.code}: ${packet.message}`)
      if (packet.op === 'oack') {
        blockSize = Number(packet.options.get('blksize') ?? 512)
        this.send({ op: 'ack', block: 0 }, port)
      }
      if (packet.op !== 'data' || packet.block !== (expected & 0xffff)) continue
      expected++
      parts.push(Buffer.from(packet.data))
      this.send({ op: 'ack', block: packet.block }, port)
      if (packet.data.length < blockSize) return Buffer.concat(parts)
    }
  }

  close(): Promise<void> {
    return this.#socket.close()
  }
}

const ofType = <Type extends TransferEvent['type']>(type: Type) =>
  events.filter((event): event is Extract<AmorceEvent, { type: Type }> => event.type === type)

async function untilEnded(count = 1): Promise<Extract<AmorceEvent, { type: 'transfer.end' }>[]> {
  for (;;) {
    const ended = ofType('transfer.end')
    if (ended.length >= count && server.activeTransfers === 0 && server.occupation === 'idle') return ended
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Returns once the port can be bound. */
async function untilFree(port: number): Promise<void> {
  for (;;) {
    const socket = await openUdpSocket({ address, port }).catch(() => undefined)
    if (socket) return socket.close()
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

describe.each(engines)('%s:', (_, makeEngine) => {
  beforeEach(async () => {
    engine = await makeEngine()
  })

  describe('a transfer', () => {
    it.each([0, 1, 511, 512, 513, 1024, 100_000])('gives %i bytes', async (size) => {
      const bytes = await fileOf('x', patterned(size))
      // Nothing is sent again when no time passes, however busy the machine is.
      await serve({ clock: new ManualClock() })
      expect((await (await Client.open()).fetch('x')).equals(bytes)).toBe(true)
      const [end] = await untilEnded()
      expect(end).toMatchObject({
        protocol: 'tftp',
        client: address,
        file: 'x',
        kind: 'file',
        bytes: size,
        size,
        retransmissions: 0,
        outcome: 'complete',
      })
    })

    it('tells its beginning with what was agreed', async () => {
      await fileOf('ipxe.efi', patterned(3000))
      await serve()
      await (await Client.open()).fetch('/IPXE.EFI', { blksize: '1432', tsize: '0' })
      const [end] = await untilEnded()
      expect(ofType('transfer.start')).toEqual([
        expect.objectContaining({
          id: end!.id,
          client: address,
          file: 'ipxe.efi',
          kind: 'loader',
          size: 3000,
          options: { blksize: 1432, windowsize: 1 },
        }),
      ])
      expect(server.transfers).toBe(1)
    })

    it('acknowledges what was asked and nothing else', async () => {
      await fileOf('x', patterned(3000))
      await serve()
      const client = await Client.open()
      client.ask('x', { TSIZE: '0', blksize: '65464', windowsize: '200', timeout: '3', multicast: '', colour: 'red' })
      const { packet, port } = await client.next()
      expect(port).not.toBe(listeningPort())
      expect(packet).toEqual({
        op: 'oack',
        options: new Map([
          ['tsize', '3000'],
          ['blksize', '1468'],
          ['windowsize', '64'],
          ['timeout', '3'],
        ]),
      })
    })

    it('gives windows, and goes back where the client says', async () => {
      const bytes = await fileOf('x', patterned(512 * 6))
      await serve({ clock: new ManualClock() })
      const client = await Client.open()
      client.ask('x', { windowsize: '4' })
      const { port } = await client.next()
      client.send({ op: 'ack', block: 0 }, port)
      const blocks = async (count: number) => {
        const numbers: number[] = []
        for (let n = 0; n < count; n++) {
          const { packet } = await client.next()
          if (packet.op !== 'data') throw new Error(packet.op)
          numbers.push(packet.block)
          const start = (packet.block - 1) * 512
          expect(Buffer.from(packet.data).equals(bytes.subarray(start, start + 512))).toBe(true)
        }
        return numbers
      }
      expect(await blocks(4)).toEqual([1, 2, 3, 4])
      client.send({ op: 'ack', block: 2 }, port)
      expect(await blocks(4)).toEqual([3, 4, 5, 6])
      client.send({ op: 'ack', block: 6 }, port)
      expect(await blocks(1)).toEqual([7])
      client.send({ op: 'ack', block: 7 }, port)
      expect(await untilEnded()).toMatchObject([{ outcome: 'complete', retransmissions: 2 }])
    })

    it('block wraps around 65535 on the wire', async () => {
      const bytes = await fileOf('x', patterned(8 * 65_600))
      await serve()
      expect((await (await Client.open()).fetch('x', { blksize: '8' })).equals(bytes)).toBe(true)
    })

    it('gives text as netascii', async () => {
      await fileOf('x', 'one\ntwo\r')
      await serve()
      expect((await (await Client.open()).fetch('x', {}, 'NetASCII')).toString()).toBe('one\r\ntwo\r\0')
    })

    it('gives what is made for this client', async () => {
      const virtual = (path: string, client: string) => Buffer.from(`#!ipxe\n# ${path} for ${client}\n`)
      await serve({ content: createContent({ roots: [], virtual }) })
      expect((await (await Client.open()).fetch('boot.ipxe')).toString()).toBe(`#!ipxe\n# boot.ipxe for ${address}\n`)
    })

    it('serves many at once', async () => {
      const bytes = await fileOf('x', patterned(50_000))
      await serve()
      const fetched = await Promise.all(
        Array.from({ length: 40 }, async () => (await Client.open()).fetch('x', { blksize: '1468', windowsize: '1' })),
      )
      expect(fetched.every((each) => each.equals(bytes))).toBe(true)
      const ended = await untilEnded(40)
      expect(new Set(ended.map((end) => end.id)).size).toBe(40)
    })
  })

  describe('refusals', () => {
    const refusalOf = async (packet: Packet | Buffer) => {
      const client = await Client.open()
      client.send(packet)
      return (await client.next()).packet
    }
    const read = (file: string, mode = 'octet'): Packet => ({ op: 'rrq', file, mode, options: new Map() })

    it('a missing file: ERROR 1, and the nearest name is told', async () => {
      await fileOf('ipxe.efi', 'x')
      await serve()
      expect(await refusalOf(read('ipxe.elf'))).toMatchObject({ op: 'error', code: 1 })
      expect(ofType('transfer.refused')).toEqual([
        expect.objectContaining({ file: 'ipxe.elf', code: 'content.notFound', nearest: 'ipxe.efi', client: address }),
      ])
    })

    it.each([
      '../secret',
      '..\\secret',
      '/../../../../../../etc/passwd',
      'sub/../../secret',
      'tftp://127.0.0.1/../secret',
      'leak',
      'sub',
      'NUL',
      'x:stream',
      'bad\nname',
    ])('%j: ERROR 2', async (file) => {
      await mkdir(join(root, 'served', 'sub'), { recursive: true })
      await fileOf('secret', 'not for the network')
      await symlink('../secret', join(root, 'served', 'leak'))
      await serve({ content: createContent({ roots: [join(root, 'served')] }) })
      expect(await refusalOf(read(file))).toMatchObject({ op: 'error', code: 2 })
      expect(ofType('transfer.refused')).toHaveLength(1)
      expect(server.transfers).toBe(0)
    })

    it('a write: ERROR 2', async () => {
      await serve()
      expect(await refusalOf({ op: 'wrq', file: 'x', mode: 'octet', options: new Map() })).toMatchObject({ code: 2 })
      expect(ofType('transfer.refused')).toMatchObject([{ code: 'upload.notAllowed', direction: 'received' }])
    })

    it.each([
      ['mail', read('x', 'mail')],
      ['a mode of its own', read('x', 'compressed')],
    ])('%s: an error', async (_, packet) => {
      await fileOf('x', 'x')
      await serve()
      expect(await refusalOf(packet)).toMatchObject({ op: 'error', code: 0 })
    })

    it('a malformed request: ERROR 4', async () => {
      await serve()
      expect(await refusalOf(Buffer.from('\0\x01x\0octet', 'latin1'))).toMatchObject({ op: 'error', code: 4 })
    })

    it('DATA or ACK on the listening port: ERROR 5', async () => {
      await serve()
      expect(await refusalOf({ op: 'ack', block: 1 })).toMatchObject({ op: 'error', code: 5 })
    })

    it('errors and noise are not answered', async () => {
      await serve()
      const client = await Client.open()
      client.send({ op: 'error', code: 5, message: 'go away' })
      for (const noise of [[], [0], [0, 9, 0, 0], [255, 255, 255, 255]]) client.send(Buffer.from(noise))
      await client.nothingMore()
    })

    it('more transfers than there is room for: no answer, so that the client asks again', async () => {
      await fileOf('x', patterned(5000))
      await serve({ maxTransfers: 1 })
      const first = await Client.open()
      first.ask('x')
      const { port } = await first.next()
      const second = await Client.open()
      second.ask('x')
      await new Promise<void>((resolve) => {
        const look = () => (ofType('transfer.refused').length ? resolve() : setTimeout(look, 2))
        look()
      })
      first.send({ op: 'error', code: 0, message: 'enough' }, port)
      await untilEnded()
      expect(await second.fetch('x')).toHaveLength(5000)
    })

    it('does not flood the journal', async () => {
      const clock = new ManualClock()
      await serve({ clock })
      const client = await Client.open()
      for (let n = 0; n < 300; n++) {
        client.ask(`missing-${n}`)
        await client.next()
      }
      expect(ofType('transfer.refused')).toHaveLength(100)
      clock.advance(1000)
      client.ask('missing')
      await client.next()
      expect(ofType('transfer.refused')).toHaveLength(101)
    })
  })

  describe('hazards', () => {
    it('size probe: not a fault', async () => {
      await fileOf('x', patterned(5000))
      await serve()
      const client = await Client.open()
      client.ask('x', { tsize: '0' })
      const { packet, port } = await client.next()
      expect(packet).toEqual({ op: 'oack', options: new Map([['tsize', '5000']]) })
      client.send({ op: 'error', code: 8, message: 'User aborted the transfer' }, port)
      const [end] = await untilEnded()
      expect(end).toMatchObject({ outcome: 'probe', bytes: 0, size: 5000 })
      expect(end).not.toHaveProperty('reason')
      expect(await client.fetch('x', { blksize: '1468' })).toHaveLength(5000)
    })

    it('client aborts: its own words are told', async () => {
      await fileOf('x', patterned(5000))
      await serve()
      const client = await Client.open()
      client.ask('x')
      const { port } = await client.next()
      client.send({ op: 'error', code: 3, message: 'disk full' }, port)
      expect(await untilEnded()).toMatchObject([{ outcome: 'aborted', reason: 'disk full' }])
    })

    it('duplicate ACK: DATA is not sent again', async () => {
      await fileOf('x', patterned(5000))
      await serve({ clock: new ManualClock() })
      const client = await Client.open()
      client.ask('x')
      const { port } = await client.next()
      for (let n = 0; n < 5; n++) client.send({ op: 'ack', block: 1 }, port)
      expect((await client.next()).packet).toMatchObject({ op: 'data', block: 2 })
      await client.nothingMore()
    })

    it('duplicate RRQ: no second transfer', async () => {
      await fileOf('x', patterned(5000))
      await serve({ clock: new ManualClock() })
      const client = await Client.open()
      client.ask('x')
      client.ask('x')
      const { port } = await client.next()
      client.ask('x')
      await client.nothingMore()
      client.send({ op: 'ack', block: 1 }, port)
      await client.next()
      client.ask('x')
      await client.nothingMore()
      expect(server.transfers).toBe(1)
    })

    it('a machine that starts again on the same port: a new transfer', async () => {
      await fileOf('x', patterned(5000))
      await fileOf('y', patterned(100))
      const clock = new ManualClock()
      await serve({ clock })
      const client = await Client.open()
      client.ask('x')
      const first = await client.next()
      client.send({ op: 'ack', block: 1 }, first.port)
      await client.next()
      clock.advance(2500)
      client.ask('x')
      const again = new Set<number>()
      for (let packet: Received | undefined; ;) {
        packet = await client.next()
        if (packet.port !== first.port && packet.packet.op === 'data') break
        again.add(packet.port)
      }
      expect(again).toEqual(new Set([first.port]))
      expect(ofType('transfer.end')).toMatchObject([{ outcome: 'aborted', reason: 'the client began again' }])
      expect(server.transfers).toBe(2)
      client.ask('y')
      // The end of the one before is not told to the client, who would take it for the answer to what it asks now.
      for (let packet: Received | undefined; packet?.packet.op !== 'data' || packet.packet.data.length !== 100;) {
        packet = await client.next()
        expect(packet.packet.op).toBe('data')
      }
      expect(ofType('transfer.end')).toHaveLength(2)
    })

    it('foreign packets in mid-transfer: ERROR 5 for them, no harm for the client', async () => {
      const bytes = await fileOf('x', patterned(2000))
      await serve()
      const client = await Client.open()
      client.ask('x')
      let received = await client.next()
      const stranger = await Client.open()
      const parts: Buffer[] = []
      for (let block = 1; ; block++) {
        if (received.packet.op !== 'data') throw new Error(received.packet.op)
        parts.push(Buffer.from(received.packet.data))
        stranger.send({ op: 'error', code: 0, message: 'stop' }, received.port)
        stranger.send({ op: 'ack', block }, received.port)
        expect((await stranger.next()).packet).toMatchObject({ op: 'error', code: 5 })
        client.send({ op: 'ack', block }, received.port)
        if (received.packet.data.length < 512) break
        received = await client.next()
      }
      await stranger.nothingMore()
      expect(Buffer.concat(parts).equals(bytes)).toBe(true)
      expect(await untilEnded()).toMatchObject([{ outcome: 'complete', retransmissions: 0 }])
    })

    it('lost packets: sent again when time is up', async () => {
      await fileOf('x', patterned(600))
      const clock = new ManualClock()
      await serve({ clock })
      const client = await Client.open()
      client.ask('x', { blksize: '512' })
      const { port } = await client.next()
      clock.advance(1000)
      expect((await client.next()).packet).toMatchObject({ op: 'oack' })
      client.send({ op: 'ack', block: 0 }, port)
      expect((await client.next()).packet).toMatchObject({ op: 'data', block: 1 })
      clock.advance(5000)
      expect((await client.next()).packet).toMatchObject({ op: 'data', block: 1 })
    })

    it('client vanishes: given up, its port released, the outcome told', async () => {
      await fileOf('x', patterned(5000))
      const clock = new ManualClock()
      await serve({ clock })
      const client = await Client.open()
      client.ask('x')
      const { port } = await client.next()
      await client.close()
      for (let second = 0; second < 60; second++) clock.advance(1000)
      const [end] = await untilEnded()
      expect(end).toMatchObject({ outcome: 'timeout', bytes: 0, reason: 'no acknowledgement' })
      expect(end!.retransmissions).toBeGreaterThan(3)
      expect(end!.durationMs).toBeLessThan(60_000)
      // A shared port is another one's still.
      if (engine.sharedPorts === 0) await untilFree(port)
    })

    it('clients vanish at every block there is: each is given up, and nothing stays open', async () => {
      await fileOf('x', patterned(512 * 8))
      const clock = new ManualClock()
      await serve({ clock })
      const lastBlock = 9
      for (let gone = 1; gone <= lastBlock; gone++) {
        const client = await Client.open()
        client.ask('x')
        for (let block = 1; block < gone; block++) {
          const { port } = await client.next()
          client.send({ op: 'ack', block }, port)
        }
        await client.next()
        await client.close()
      }
      for (let second = 0; second < 60; second++) clock.advance(1000)
      const ends = await untilEnded(lastBlock)
      // Who had all but the last, empty block has the file.
      expect(ends.map(({ outcome }) => outcome).sort()).toEqual(['complete', ...Array<string>(8).fill('timeout')])
      expect(ends.map(({ bytes }) => bytes / 512).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    })

    it('lost last ACK: complete all the same', async () => {
      await fileOf('x', patterned(600))
      const clock = new ManualClock()
      await serve({ clock })
      const client = await Client.open()
      client.ask('x')
      const { port } = await client.next()
      client.send({ op: 'ack', block: 1 }, port)
      await client.next()
      await client.close()
      for (let second = 0; second < 30; second++) clock.advance(1000)
      expect(await untilEnded()).toMatchObject([{ outcome: 'complete', bytes: 600 }])
    })

    it('shutdown during transfer: the client is told, every port is released', async () => {
      await fileOf('x', patterned(5000))
      await serve()
      const port = listeningPort()
      const client = await Client.open()
      client.ask('x')
      const transferPort = (await client.next()).port
      await server.stop()
      expect((await client.next()).packet).toMatchObject({ op: 'error' })
      expect(server.activeTransfers).toBe(0)
      expect(server.endpoint).toBeUndefined()
      expect(ofType('transfer.end')).toMatchObject([{ outcome: 'aborted', reason: 'the server was stopped' }])
      for (const free of [port, transferPort]) await (await openUdpSocket({ address, port: free })).close()
    })

    it('shutdown while files are being opened: nothing stays open', async () => {
      await fileOf('x', patterned(5000))
      const inner = createContent({ roots: [root] })
      let opening = 0
      let closed = 0
      let goOn = (): void => {}
      const gate = new Promise<void>((resolve) => (goOn = resolve))
      const slow: Content = {
        ...inner,
        async open(path, client) {
          opening++
          await gate
          const file = await inner.open(path, client)
          const close = async (): Promise<void> => {
            closed++
            await file.close()
          }
          return { ...file, close }
        },
      }
      await serve({ content: slow })
      const client = await Client.open()
      client.ask('x')
      while (opening === 0) await new Promise((resolve) => setTimeout(resolve, 2))
      const stopped = server.stop()
      goOn()
      await stopped
      expect(closed).toBe(1)
      expect(events).toEqual([])
    })

    it('starts again after a stop, and stops twice', async () => {
      await fileOf('x', 'again')
      await serve()
      await server.stop()
      await server.stop()
      await server.start()
      expect((await (await Client.open()).fetch('x')).toString()).toBe('again')
    })

    it('says which port is in use', async () => {
      await serve()
      const other = createTftpServer({
        openSocket: engine.open,
        address,
        port: listeningPort(),
        content: createContent({ roots: [] }),
        clock: systemClock,
        emit: () => {},
        logger: silentLogger,
      })
      await expect(other.start()).rejects.toMatchObject({ code: 'socket.portInUse' })
      expect(other.endpoint).toBeUndefined()
    })

    it.each([
      ['overwritten', () => fileOf('x', Buffer.alloc(600_000, 'n'))],
      ['truncated', () => fileOf('x', Buffer.alloc(5000, 'n'))],
    ])('a file %s while it is served: failed, never a mix of two', async (_what, change) => {
      const size = 600_000
      await fileOf('x', Buffer.alloc(size, 'o'))
      await serve()
      const client = await Client.open()
      client.ask('x', { blksize: '1024' })
      const { port } = await client.next()
      client.send({ op: 'ack', block: 0 }, port)
      await client.next()
      await new Promise((resolve) => setTimeout(resolve, 20))
      await change()
      for (let block = 1; ; block++) {
        client.send({ op: 'ack', block }, port)
        const { packet } = await client.next()
        if (packet.op === 'error') break
        if (packet.op !== 'data') throw new Error(packet.op)
        expect(packet.data.every((byte) => byte === 'o'.charCodeAt(0))).toBe(true)
      }
      expect(await untilEnded()).toMatchObject([{ outcome: 'failed' }])
    })

    it('a file replaced while it is served: the old one to its end', async () => {
      const old = await fileOf('x', Buffer.alloc(300_000, 'o'))
      await serve()
      const client = await Client.open()
      const fetching = client.fetch('x', { blksize: '1024' })
      while (ofType('transfer.start').length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      await fileOf('x.new', Buffer.alloc(300_000, 'n'))
      await rename(join(root, 'x.new'), join(root, 'x'))
      expect((await fetching).equals(old)).toBe(true)
    })

    it('answers after any packets, to the listening port and in mid-transfer', async () => {
      await fileOf('x', patterned(3000))
      await serve()
      const client = await Client.open()
      client.ask('x')
      const { port } = await client.next()
      const nearly = fc
        .tuple(fc.nat(7), fc.uint8Array({ maxLength: 80 }))
        .map(([op, rest]) => Uint8Array.from([0, op, ...rest]))
      const samples = fc.sample(fc.oneof(nearly, fc.uint8Array({ maxLength: 80 })), 3000)
      const stranger = await Client.open()
      for (const [index, sample] of samples.entries()) {
        stranger.send(Buffer.from(sample))
        stranger.send(Buffer.from(sample), port)
        // An ERROR from the client itself is a proper end.
        if (sample[1] !== 5) client.send(Buffer.from(sample), port)
        if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      expect(await (await Client.open()).fetch('x')).toHaveLength(3000)
    })
  })

  describe('a single port', () => {
    it('whole transfers from the listening port', async () => {
      const bytes = await fileOf('x', patterned(5000))
      await serve({ singlePort: true })
      const client = await Client.open()
      client.ask('x', { blksize: '1024' })
      const { packet, port } = await client.next()
      expect(packet.op).toBe('oack')
      expect(port).toBe(listeningPort())
      client.send({ op: 'error', code: 0, message: 'enough' }, port)
      await untilEnded()
      const fetched = await Promise.all(
        Array.from({ length: 20 }, async () => (await Client.open()).fetch('x', { blksize: '1024' })),
      )
      expect(fetched.every((each) => each.equals(bytes))).toBe(true)
      await untilEnded(21)
    })

    it('a client that repeats its request, or begins again, in mid-transfer', async () => {
      await fileOf('x', patterned(5000))
      await fileOf('y', patterned(100))
      const clock = new ManualClock()
      await serve({ singlePort: true, clock })
      const client = await Client.open()
      client.ask('x')
      await client.next()
      client.ask('x')
      await client.nothingMore()
      client.ask('y')
      expect((await client.next()).packet).toMatchObject({ op: 'data', block: 1, data: patterned(100) })
      expect(ofType('transfer.end')).toMatchObject([{ file: 'x', outcome: 'aborted' }])
    })

    it('foreign packets: ERROR 5 for them', async () => {
      await fileOf('x', patterned(5000))
      await serve({ singlePort: true, clock: new ManualClock() })
      const client = await Client.open()
      client.ask('x')
      await client.next()
      const stranger = await Client.open()
      stranger.send({ op: 'ack', block: 1 })
      expect((await stranger.next()).packet).toMatchObject({ op: 'error', code: 5 })
      client.send({ op: 'ack', block: 1 })
      expect((await client.next()).packet).toMatchObject({ op: 'data', block: 2 })
    })
  })

  describe('uploads', () => {
    const dropping = (limits: Partial<DropFolderOptions> = {}) =>
      serve({ dropFolder: createDropFolder({ folder: join(root, 'drop'), maxBytes: 10_000, maxFiles: 2, ...limits }) })
    const dropped = (name: string) => readFile(join(root, 'drop', address, name))
    const names = () => readdir(join(root, 'drop', address)).catch(() => [])

    /** Sends a file as a simple client does. @returns the error it was given, if any */
    const put = async (name: string, bytes: Buffer, options: Record<string, string> = {}, mode = 'octet') => {
      const client = await Client.open()
      client.send({ op: 'wrq', file: name, mode, options: new Map(Object.entries(options)) })
      let blockSize = 512
      for (let block = 0; ;) {
        const { packet, port } = await client.next()
        if (packet.op === 'error') return packet
        if (packet.op === 'oack') blockSize = Number(packet.options.get('blksize') ?? 512)
        else if (packet.op !== 'ack' || packet.block !== (block & 0xffff)) continue
        if (block > 0 && (block - 1) * blockSize + blockSize > bytes.length) return undefined
        const data = bytes.subarray(block * blockSize, (block + 1) * blockSize)
        block++
        client.send({ op: 'data', block: block & 0xffff, data }, port)
      }
    }

    it.each([0, 1, 511, 512, 513, 1024, 9999])('takes %i bytes', async (size) => {
      const bytes = patterned(size)
      await dropping()
      expect(await put('report', bytes)).toBeUndefined()
      expect((await dropped('report')).equals(bytes)).toBe(true)
      const [end] = await untilEnded()
      expect(end).toMatchObject({
        direction: 'received',
        outcome: 'complete',
        bytes: size,
        savedAs: `${address}/report`,
      })
      expect(ofType('transfer.start')).toMatchObject([{ direction: 'received', file: 'report', client: address }])
    })

    it('with options, and the size echoed', async () => {
      const bytes = patterned(5000)
      await dropping()
      expect(await put('report', bytes, { blksize: '1024', tsize: '5000' })).toBeUndefined()
      expect((await dropped('report')).equals(bytes)).toBe(true)
      expect(ofType('transfer.start')).toMatchObject([{ size: 5000, options: { blksize: 1024 } }])
    })

    it('text as netascii', async () => {
      await dropping()
      expect(await put('report', Buffer.from('one\r\ntwo\r\0'), {}, 'netascii')).toBeUndefined()
      expect((await dropped('report')).toString()).toBe('one\ntwo\r')
    })

    it('never overwrites: ERROR 6', async () => {
      await dropping()
      await put('report', patterned(10))
      expect(await put('report', patterned(20))).toMatchObject({ code: 6 })
      expect(await dropped('report')).toHaveLength(10)
      expect(ofType('transfer.refused')).toMatchObject([{ code: 'upload.exists', direction: 'received' }])
    })

    it('too large, announced or not, or too many: ERROR 3, and nothing is left', async () => {
      await dropping()
      expect(await put('a', patterned(10), { tsize: '10001' })).toMatchObject({ code: 3 })
      expect(await put('a', patterned(10_001))).toMatchObject({ code: 3 })
      expect(await names()).toEqual([])
      await put('a', patterned(10))
      await put('b', patterned(10))
      expect(await put('c', patterned(10))).toMatchObject({ code: 3 })
      expect(await names()).toEqual(['a', 'b'])
    })

    it.each(['../x', '..\\x', '/', 'NUL', 'x:y', '.hidden', 'bad\nname'])('%j: ERROR 2', async (name) => {
      await dropping()
      expect(await put(name, patterned(10))).toMatchObject({ code: 2 })
      expect(await names()).toEqual([])
    })

    it('a client that stops or is gone at any block leaves nothing', async () => {
      const clock = new ManualClock()
      const dropFolder = createDropFolder({ folder: join(root, 'drop'), maxBytes: 10_000, maxFiles: 20 })
      await serve({ dropFolder, clock })
      for (const blocks of [0, 1, 3]) {
        const client = await Client.open()
        client.send({ op: 'wrq', file: `gone-${blocks}`, mode: 'octet', options: new Map() })
        let { port } = await client.next()
        for (let block = 1; block <= blocks; block++) {
          client.send({ op: 'data', block, data: patterned(512) }, port)
          port = (await client.next()).port
        }
        if (blocks === 3) client.send({ op: 'error', code: 3, message: 'enough' }, port)
      }
      // What was sent has been heard: the last of them has said that it stops.
      while (ofType('transfer.end').length < 1) await new Promise((resolve) => setTimeout(resolve, 2))
      for (let second = 0; second < 80; second++) clock.advance(1000)
      const outcomes = (await untilEnded(3)).map(({ outcome }) => outcome).sort()
      expect(outcomes).toEqual(['aborted', 'timeout', 'timeout'])
      expect(await names()).toEqual([])
    })

    it('shutdown during an upload: nothing is left', async () => {
      await dropping()
      const client = await Client.open()
      client.send({ op: 'wrq', file: 'report', mode: 'octet', options: new Map() })
      const { port } = await client.next()
      client.send({ op: 'data', block: 1, data: patterned(512) }, port)
      await client.next()
      await server.stop()
      expect(await names()).toEqual([])
      expect(ofType('transfer.end')).toMatchObject([{ outcome: 'aborted', direction: 'received' }])
    })
  })

  describe('with the client of the tftp package', () => {
    it.each([
      ['a block at a time', { blockSize: 512, windowSize: 1 }],
      ['full packets', { blockSize: 1468, windowSize: 1 }],
      ['windows', { blockSize: 1468, windowSize: 4 }],
    ])('%s', async (_, options) => {
      const bytes = await fileOf('x', patterned(1468 * 200))
      await serve()
      const client = tftp.createClient({ host: address, port: listeningPort(), ...options })
      const copy = join(root, 'copy')
      await new Promise<void>((resolve, reject) =>
        client.get('x', copy, (error) => (error ? reject(error) : resolve())),
      )
      expect((await readFile(copy)).equals(bytes)).toBe(true)
      expect(await untilEnded()).toMatchObject([{ outcome: 'complete', bytes: bytes.length }])
    })

    it('a missing file', async () => {
      await serve()
      const client = tftp.createClient({ host: address, port: listeningPort() })
      const failing = new Promise<void>((resolve, reject) =>
        client.get('missing', join(root, 'copy'), (error) => (error ? reject(error) : resolve())),
      )
      await expect(failing).rejects.toThrow(/no such file|not found/i)
    })
  })
})
