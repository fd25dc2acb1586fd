import { createHash, randomInt } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import protocol, { type DhcpMessage } from 'dhcp/lib/protocol.js'
import tftp from 'tftp'
import type { Clock } from '../base/index.ts'
import { selfTestMac, selfTestSteps, type Ipv4, type SelfTestLine, type SelfTestView } from '../contract/index.ts'
import type { DhcpLink } from '../dhcp/index.ts'
import type { OpenUdpSocket } from '../network/index.ts'

const blockSize = 1468
/** Its name in the folder that is served. */
const subfolder = 'amorce-self-test'
const files = {
  tftpSmall: { name: 'small.bin', size: 700 },
  // The transfer must end with an empty block (RFC 1350 section 6).
  tftpExact: { name: 'exact.bin', size: 100 * blockSize },
  tftpLarge: { name: 'large.bin', size: 40_000_000 },
} as const
const range = { first: 1000, last: 2999 }
const answerMs = 5_000
const transferMs = 60_000

export interface SelfTestOptions {
  openSocket: OpenUdpSocket
  clock: Clock
  /** The NIC of the exam; absent in a simulated room. */
  device?: string
  serverAddress: Ipv4
  dhcp: DhcpLink
  /**
   * In a simulated room, where the broadcast domain is somebody else's: an address of its network to ask from, as a
   * relay agent does.
   */
  relayAddress?: Ipv4
  /** Told of the transaction that is ours, before it is sent: a server lets its own computer's messages pass. */
  expect(xid: number): void
  tftpPort: number
  httpPort: number
  /** A folder that is served; files are laid in it and taken away again. */
  folder: string
  onProgress(view: SelfTestView): void
}

type Outcome = Pick<SelfTestLine, 'address' | 'bytes'>

/**
 * From this computer to itself through the real sockets: what a machine would do, by the independent `dhcp` and `tftp`
 * packages. Every step is tried, whatever came of the others. Never rejects for what it finds.
 */
export async function runSelfTest(options: SelfTestOptions): Promise<SelfTestView> {
  const { clock, onProgress } = options
  const ranAt = clock.now()
  const lines: SelfTestLine[] = selfTestSteps.map((step) => ({ step, verdict: 'pending' }))
  const view = (running: boolean): SelfTestView => ({ ranAt, running, lines: lines.map((line) => ({ ...line })) })
  const folder = join(options.folder, subfolder)
  onProgress(view(true))
  try {
    await mkdir(folder, { recursive: true })
    for (const { name, size } of Object.values(files)) await writeFile(join(folder, name), contentOf(size))
    for (const line of lines) {
      const began = clock.monotonic()
      try {
        Object.assign(line, await tryStep(line.step, options), { verdict: 'ok' })
      } catch (error) {
        line.verdict = 'failed'
        line.reason = error instanceof Error ? error.message : String(error)
      }
      line.took = Math.round(clock.monotonic() - began)
      onProgress(view(true))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return view(false)
}

function tryStep(step: SelfTestLine['step'], options: SelfTestOptions): Promise<Outcome> {
  switch (step) {
    case 'dhcp':
      return takeAddress(options)
    case 'tftpSmall':
    case 'tftpExact':
    case 'tftpLarge':
      return fetchFile(files[step], options)
    case 'httpRange':
      return fetchRange(options)
    case 'script':
      return fetchScript(options)
  }
}

/** Bytes that no part of which looks like another. */
function contentOf(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = size
  for (let offset = 0; offset < size; offset++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff
    bytes[offset] = state >> 16
  }
  return bytes
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

// ---- DHCP: DISCOVER, OFFER, REQUEST, ACK, and the address given back

const messageTypes = { discover: 1, offer: 2, request: 3, ack: 5, release: 7 }

async function takeAddress(options: SelfTestOptions): Promise<Outcome> {
  const { openSocket, device, dhcp, relayAddress, serverAddress, clock, expect } = options
  const xid = randomInt(1, 0xffff_ffff)
  expect(xid)
  const socket = await openSocket(
    relayAddress
      ? { address: relayAddress, port: dhcp.serverPort }
      : { device, address: '0.0.0.0', port: dhcp.clientPort, broadcast: true, reuse: true },
  )
  try {
    const to = relayAddress ? serverAddress : dhcp.broadcastAddress
    const ask = (type: number, wanted: number, more: DhcpMessage['options'] = {}): Promise<DhcpMessage> =>
      new Promise((resolve, reject) => {
        const cancel = clock.after(answerMs, () => reject(new Error(`no answer to ${nameOf(type)}`)))
        socket.onMessage((datagram) => {
          const answer = readAnswer(datagram, xid, wanted)
          if (!answer) return
          cancel()
          resolve(answer)
        })
        socket.send(written(type, xid, relayAddress, more), dhcp.serverPort, to, (error) => {
          if (error) reject(error)
        })
      })
    const offer = await ask(messageTypes.discover, messageTypes.offer)
    const server = String(offer.options[54] ?? '')
    // The package's own REQUEST leaves options 50 and 54 out.
    const ack = await ask(messageTypes.request, messageTypes.ack, { 50: offer.yiaddr, 54: server })
    const release = written(messageTypes.release, xid, relayAddress, { 54: server }, ack.yiaddr)
    await new Promise<void>((resolve) => socket.send(release, dhcp.serverPort, to, () => resolve()))
    if (server !== serverAddress) throw new Error(`another server answered: ${server}`)
    return { address: ack.yiaddr }
  } finally {
    await socket.close()
  }
}

const nameOf = (type: number): string =>
  Object.entries(messageTypes)
    .find(([, code]) => code === type)?.[0]
    .toUpperCase() ?? String(type)

function written(
  type: number,
  xid: number,
  relayAddress: Ipv4 | undefined,
  options: DhcpMessage['options'],
  clientAddress = '0.0.0.0',
): Buffer {
  const { _data, _w } = protocol.format({
    op: 1,
    htype: 1,
    hlen: 6,
    hops: relayAddress ? 1 : 0,
    xid,
    secs: 0,
    flags: 0x8000,
    ciaddr: clientAddress,
    yiaddr: '0.0.0.0',
    siaddr: '0.0.0.0',
    giaddr: relayAddress ?? '0.0.0.0',
    chaddr: selfTestMac,
    sname: '',
    file: '',
    options: { 53: type, 55: [1, 3, 6, 51, 54], ...options },
  })
  return Buffer.from(_data.subarray(0, Math.max(_w, 300)))
}

function readAnswer(datagram: Buffer, xid: number, wanted: number): DhcpMessage | undefined {
  if (datagram.length < 240 || datagram[0] !== 2 || datagram.readUInt32BE(4) !== xid) return undefined
  try {
    const message = protocol.parse(datagram)
    return message.options[53] === wanted ? message : undefined
  } catch {
    // The package fails on options that it does not know: another answer may come.
    return undefined
  }
}

// ---- TFTP

function fetchFile(
  file: { name: string; size: number },
  { serverAddress, tftpPort }: SelfTestOptions,
): Promise<Outcome> {
  const client = tftp.createClient({ host: serverAddress, port: tftpPort, blockSize, windowSize: 4, retries: 3 })
  // The package would send its timeout in milliseconds, where RFC 2349 has seconds.
  const asked = { tsize: '0', blksize: String(blockSize), windowsize: '4' }
  client._options.extensionsString = asked
  client._options.extensionsLength =
    Object.entries(asked).reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0) - 1
  return new Promise((resolve, reject) => {
    const stream = client.createGetStream(`${subfolder}/${file.name}`)
    const hash = createHash('sha256')
    let bytes = 0
    const timer = setTimeout(() => {
      stream.abort()
      reject(new Error(`not whole after ${transferMs / 1000} s`))
    }, transferMs)
    stream.on('data', (block: Buffer) => {
      bytes += block.length
      hash.update(block)
    })
    stream.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    stream.on('end', () => {
      clearTimeout(timer)
      if (bytes !== file.size) reject(new Error(`${bytes} bytes came of ${file.size}`))
      else if (hash.digest('hex') !== digest(contentOf(file.size)))
        reject(new Error('other bytes came than were served'))
      else resolve({ bytes })
    })
  })
}

// ---- HTTP

function get(
  options: SelfTestOptions,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: options.serverAddress, port: options.httpPort, path, headers, agent: false, timeout: answerMs },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
        response.on('error', reject)
      },
    )
    asked.on('timeout', () => asked.destroy(new Error(`no answer from HTTP within ${answerMs / 1000} s`)))
    asked.on('error', reject)
    asked.end()
  })
}

async function fetchRange(options: SelfTestOptions): Promise<Outcome> {
  const { name, size } = files.tftpExact
  const { status, body } = await get(options, `/files/${subfolder}/${name}`, {
    range: `bytes=${range.first}-${range.last}`,
  })
  if (status !== 206) throw new Error(`status ${status} instead of 206`)
  if (!body.equals(contentOf(size).subarray(range.first, range.last + 1)))
    throw new Error('other bytes came than were asked for')
  return { bytes: body.length }
}

async function fetchScript(options: SelfTestOptions): Promise<Outcome> {
  const { status, body } = await get(options, `/boot/${selfTestMac}/script.ipxe`)
  if (status !== 200) throw new Error(`status ${status}`)
  if (!body.toString('utf8').startsWith('#!ipxe')) throw new Error('what came is no iPXE script')
  return { bytes: body.length }
}
