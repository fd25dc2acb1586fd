import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ManualClock, type Logger } from '../../src/base/index.ts'
import { createContent, createDropFolder } from '../../src/content/index.ts'
import { openUdpSocket, packetSockets, type OpenPacketSocket, type UdpSocket } from '../../src/network/index.ts'
import { decode, encode, type Packet } from '../../src/tftp/packet.ts'
import { createTftpServer } from '../../src/tftp/server.ts'
import { randomFrom, tftpMessages } from '../support/flood.ts'
import type { FuzzOptions } from './dhcpFuzz.ts'
import { heapInUse } from './heap.ts'
import { below, mutated, oneOf, type Random } from './mutate.ts'

// One machine fetches a file and puts another, over and over, while sixteen strangers send what they like to the port
// that listens and to those of its transfers, in mid-transfer. Its files arrive whole, and nothing else happens.

export interface TftpFuzzReport {
  datagrams: number
  /** Files that arrived whole, both ways. */
  fetched: number
  kept: number
  /** Bytes, from the first transfers to the last. */
  heapGrowth: number
}

export interface TftpFuzzOptions extends FuzzOptions {
  singlePort: boolean
  /** How packets come and go; one at a time unless given. */
  openSocket?: OpenPacketSocket
}

const address = '127.0.0.1'
/** Another address: the strangers' folders and limits are not its own. */
const machineAddress = '127.0.0.2'
const strangers = 16
/** Fewer than one turn of the event loop reads. */
const burst = 24
/** A machine that hears nothing says it again. Real time: the server's own clock stands still. */
const againMs = 250
const mostDropped = 50
const content = Buffer.from(Uint8Array.from({ length: 5000 }, (_, index) => (index * 7 + (index >> 9)) & 0xff))

/** @throws Error that tells the seed and what was wrong. */
export async function fuzzTftp(options: TftpFuzzOptions): Promise<TftpFuzzReport> {
  const { count, seed, singlePort, openSocket = packetSockets(openUdpSocket), onProgress = () => {} } = options
  const random = randomFrom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'amorce-fuzz-'))
  const [root, drop] = [join(folder, 'root'), join(folder, 'drop')]
  writeFileSync(join(folder, 'secret'), 'not for the network')
  mkdirSync(root)
  writeFileSync(join(root, 'image.bin'), content)
  const faults: string[] = []
  const note = (message: string): void => void faults.push(message)
  const logger: Logger = { debug() {}, info() {}, warn() {}, error: note }
  const clock = new ManualClock()
  const server = createTftpServer({
    openSocket,
    sharedPorts: 4,
    singlePort,
    address,
    port: 0,
    content: createContent({ roots: [root] }),
    dropFolder: createDropFolder({ folder: drop, maxBytes: 20_000, maxFiles: mostDropped }),
    clock,
    emit() {},
    logger,
  })
  await server.start()
  const listening = Number(server.endpoint?.split(':')[1])
  const sockets = await Promise.all(Array.from({ length: strangers }, () => openUdpSocket({ address, port: 0 })))
  const report: TftpFuzzReport = { datagrams: 0, fetched: 0, kept: 0, heapGrowth: 0 }
  let heapBefore = 0

  const messages = [...tftpMessages('image.bin'), ...midTransfer, ...tftpMessages('report').slice(3, 4)]
  const attack = async (port: number): Promise<void> => {
    for (let n = 0; n < burst; n++, report.datagrams++) {
      const bytes = mutated(random, messages)
      oneOf(random, sockets).send(bytes, random() < 0.5 ? listening : port, address, () => {})
    }
    // Until it was read: what the system drops tests nothing.
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  try {
    for (let round = 0; report.datagrams < count; round++) {
      const machine = await Machine.open(listening, attack)
      try {
        const windowsize = random() < 0.5 ? { windowsize: String(1 + below(random, 4)) } : undefined
        must((await machine.fetch('image.bin', windowsize)).equals(content), 'a file did not arrive as it is')
        report.fetched++
        const name = `report-${round}.bin`
        await machine.put(name, content)
        must(readFileSync(join(drop, machineAddress, name)).equals(content), 'a file was not kept as it was put')
        report.kept++
        // The folder has a limit, which is not what is tried here.
        rmSync(join(drop, machineAddress, name))
      } finally {
        await machine.close()
      }
      await spoilOwnTransfer(random, listening, messages)
      for (const file of readdirSync(drop, { recursive: true, encoding: 'utf8' }))
        must(!relative(drop, join(drop, file)).startsWith('..'), `${file} is outside the drop folder`)
      must(readdirSync(folder).sort().join() === 'drop,root,secret', 'something was written beside the drop folder')
      must(countFiles(drop) <= mostDropped, 'more files were dropped than are allowed')
      if (round % 20 === 19) {
        // What nobody goes on with is given up; the strangers' files are swept away.
        for (let waited = 0; server.activeTransfers > 0 && waited < 400; waited++) {
          clock.advance(10_000)
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
        must(server.activeTransfers === 0, 'transfers are left that nobody goes on with')
        rmSync(join(drop, address), { recursive: true, force: true })
        onProgress(report.datagrams)
        if (heapBefore === 0) heapBefore = heapInUse()
      }
      must(faults.length === 0, faults[0] ?? '')
    }
    report.heapGrowth = heapBefore === 0 ? 0 : heapInUse() - heapBefore
    return report
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw new Error(`seed ${seed}, after ${report.datagrams} datagrams: ${what}`, { cause: error })
  } finally {
    for (const socket of sockets) await socket.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What would be right in the transfers that go on, from somebody else. */
const midTransfer: Buffer[] = [0, 1, 2, 5, 9, 10].flatMap((block) => [
  encode({ op: 'ack', block }),
  encode({ op: 'data', block, data: Buffer.alloc(512, block) }),
  encode({ op: 'data', block, data: Buffer.alloc(3, block) }),
])

/** A client that goes mad in the middle of its own transfers: they may fail, and nothing else. */
async function spoilOwnTransfer(random: Random, listening: number, messages: readonly Buffer[]): Promise<void> {
  const socket = await openUdpSocket({ address, port: 0 })
  let port = listening
  socket.onMessage((_, from) => (port = from.port))
  const isPut = random() < 0.5
  const request: Packet = {
    op: isPut ? 'wrq' : 'rrq',
    file: isPut ? 'mad' : 'image.bin',
    mode: 'octet',
    options: new Map(),
  }
  socket.send(encode(request), listening, address)
  for (let n = 0; n < burst; n++) {
    if (n % 8 === 0) await new Promise((resolve) => setImmediate(resolve))
    socket.send(mutated(random, messages), port, address, () => {})
  }
  await new Promise((resolve) => setImmediate(resolve))
  await socket.close()
}

const countFiles = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile())
    .length

/** A simple client that repeats itself until it is answered, and lets others speak between any two of its packets. */
class Machine {
  readonly #socket: UdpSocket
  readonly #listening: number
  readonly #attack: (port: number) => Promise<void>
  #inbox: { packet: Packet; port: number }[] = []
  #wake = (): void => {}

  private constructor(socket: UdpSocket, listening: number, attack: (port: number) => Promise<void>) {
    this.#socket = socket
    this.#listening = listening
    this.#attack = attack
    socket.onMessage((data, from) => {
      const decoded = decode(data)
      if (!decoded.ok) return
      const { packet } = decoded
      // The socket's memory is used again.
      this.#inbox.push({
        packet: packet.op === 'data' ? { ...packet, data: Buffer.from(packet.data) } : packet,
        port: from.port,
      })
      this.#wake()
    })
  }

  static async open(listening: number, attack: (port: number) => Promise<void>): Promise<Machine> {
    return new Machine(await openUdpSocket({ address: machineAddress, port: 0 }), listening, attack)
  }

  /** Sends, and waits for the first answer that is wanted. */
  async #say<Wanted>(
    packet: Packet,
    port: number,
    wanted: (packet: Packet, port: number) => Wanted | undefined,
  ): Promise<Wanted> {
    for (let attempt = 0; attempt < 20; attempt++) {
      this.#socket.send(encode(packet), port, address)
      for (const until = Date.now() + againMs; ;) {
        await this.#attack(port)
        let heard = this.#inbox.shift()
        if (!heard) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, Math.max(1, until - Date.now()))
            this.#wake = () => (clearTimeout(timer), resolve())
          })
          heard = this.#inbox.shift()
          if (!heard) break
        }
        if (heard.packet.op === 'error')
          throw new Error(`the machine was told ERROR ${heard.packet.code}: ${heard.packet.message}`)
        const found = wanted(heard.packet, heard.port)
        if (found !== undefined) return found
      }
    }
    throw new Error(`nothing came of ${packet.op}`)
  }

  async fetch(file: string, options: Record<string, string> = {}): Promise<Buffer> {
    this.#inbox = []
    const parts: Buffer[] = []
    let said: Packet = { op: 'rrq', file, mode: 'octet', options: new Map(Object.entries(options)) }
    let port = this.#listening
    for (let block = 0; ;) {
      const { data, from, isOack } = await this.#say(said, port, (packet, from) => {
        if (packet.op === 'oack' && block === 0) return { data: undefined, from, isOack: true }
        return packet.op === 'data' && packet.block === block + 1
          ? { data: packet.data, from, isOack: false }
          : undefined
      })
      port = from
      if (!isOack) {
        block++
        parts.push(data as Buffer)
      }
      said = { op: 'ack', block }
      if (data && data.length < 512) {
        this.#socket.send(encode(said), port, address)
        return Buffer.concat(parts)
      }
    }
  }

  async put(file: string, bytes: Buffer): Promise<void> {
    this.#inbox = []
    let port = this.#listening
    let said: Packet = { op: 'wrq', file, mode: 'octet', options: new Map() }
    for (let block = 0; ; block++) {
      port = await this.#say(said, port, (packet, from) =>
        packet.op === 'ack' && packet.block === block ? from : undefined,
      )
      if (block * 512 > bytes.length) return
      said = { op: 'data', block: block + 1, data: bytes.subarray(block * 512, (block + 1) * 512) }
    }
  }

  close(): Promise<void> {
    return this.#socket.close()
  }
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
