import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../../src/base/index.ts'
import { createContent } from '../../src/content/index.ts'
import { layServedFolder, refusedRequests, secret, servedRequests } from '../../src/content/testdata/requests.ts'
import { CodedError } from '../../src/contract/index.ts'
import { createHttpServer, type HttpServer } from '../../src/http/index.ts'
import { openUdpSocket } from '../../src/network/index.ts'
import { createTftpServer, decodeTftp, type TftpServer } from '../../src/tftp/index.ts'

// One list of requests, over real sockets: TFTP and HTTP serve the same files and refuse the same names.

const address = '127.0.0.1'
const onWindows = process.platform === 'win32'
const top = mkdtempSync(join(tmpdir(), 'amorce-paths-'))
let tftp: TftpServer
let http: HttpServer
let root: string

beforeAll(async () => {
  if (onWindows) return
  root = layServedFolder(top)
  const common = { address, port: 0, content: createContent({ roots: [root] }), clock: systemClock, emit() {} }
  tftp = createTftpServer({ ...common, openSocket: openUdpSocket, logger: silentLogger })
  http = createHttpServer({ ...common, routes: () => undefined, logger: silentLogger })
  await Promise.all([tftp.start(), http.start()])
})
afterAll(async () => {
  await tftp?.stop()
  await http?.stop()
  rmSync(top, { recursive: true, force: true })
})

const portOf = (endpoint = ''): number => Number(endpoint.split(':')[1])

/** The first block, or the code of the ERROR. */
async function overTftp(request: string): Promise<string | number> {
  const socket = await openUdpSocket({ address, port: 0 })
  try {
    const heard = new Promise<string | number>((resolve, reject) =>
      socket.onMessage((data, from) => {
        const decoded = decodeTftp(data)
        if (!decoded.ok) return reject(new Error(decoded.reason))
        const { packet } = decoded
        if (packet.op === 'data') {
          resolve(Buffer.from(packet.data).toString())
          socket.send(Buffer.from([0, 4, 0, 1]), from.port, address)
        } else resolve(packet.op === 'error' ? packet.code : -1)
      }),
    )
    socket.send(Buffer.from(`\0\x01${request}\0octet\0`), portOf(tftp.endpoint), address)
    return await heard
  } finally {
    await socket.close()
  }
}

/** Puts a few bytes. */
async function putOverTftp(request: string, port: number): Promise<'kept' | number> {
  const socket = await openUdpSocket({ address, port: 0 })
  try {
    const outcome = new Promise<'kept' | number>((resolve, reject) =>
      socket.onMessage((data, from) => {
        const decoded = decodeTftp(data)
        if (!decoded.ok) return reject(new Error(decoded.reason))
        const { packet } = decoded
        if (packet.op === 'error') resolve(packet.code)
        else if (packet.op === 'ack' && packet.block === 1) resolve('kept')
        else if (packet.op === 'ack') socket.send(Buffer.from('\0\x03\0\x01put'), from.port, address)
      }),
    )
    socket.send(Buffer.from(`\0\x02${request}\0octet\0`), port, address)
    return await outcome
  } finally {
    await socket.close()
  }
}

/** Status and body of what a request gets whose target is `/files/` and these characters, which nothing touches. */
function overHttp(target: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(portOf(http.endpoint), address, () =>
      socket.write(Buffer.from(`GET /files/${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1')),
    )
    const parts: Buffer[] = []
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', reject)
    socket.on('close', () => {
      const said = Buffer.concat(parts).toString()
      const [head = '', ...body] = said.split('\r\n\r\n')
      resolve({ status: Number(head.split(' ')[1]), body: body.join('\r\n\r\n') })
    })
  })
}

/** The ways in which one path is written in a request: as browsers do, and with every byte escaped. */
const waysOverHttp = (request: string): string[] => {
  const escaped = [...Buffer.from(request)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const isPlain = !/[^\x21-\x7e]|[%?#]/.test(request)
  return [
    encodeURIComponent(request),
    encodeURI(request).replace(/[?#]/g, encodeURIComponent),
    escaped,
    ...(isPlain ? [request] : []),
  ]
}

const tftpCodes = { 'content.notFound': [1], 'content.outsideRoot': [2], 'content.notAFile': [2] }
const httpStatuses = {
  'content.notFound': [404],
  'content.outsideRoot': [403, 404, 400],
  'content.notAFile': [403, 404, 400],
}

describe.skipIf(onWindows)('what may be asked for', () => {
  it.each(servedRequests)('%j is served, whichever the protocol', async (request, content) => {
    expect(await overTftp(request)).toBe(content)
    for (const way of waysOverHttp(request)) expect(await overHttp(way), way).toEqual({ status: 200, body: content })
  })
})

describe.skipIf(onWindows)('what may not', () => {
  it.each(refusedRequests)('%j: %s, whichever the protocol', async (request, code) => {
    const refusal = await createContent({ roots: [root] })
      .open(request, address)
      .catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(CodedError)
    expect((refusal as CodedError).code).toBe(code)
    expect(tftpCodes[code]).toContain(await overTftp(request))
    for (const way of waysOverHttp(request)) {
      const { status, body } = await overHttp(way)
      expect(httpStatuses[code], way).toContain(status)
      expect(body).not.toContain(secret)
    }
  })

  it.each([
    '%c0%ae%c0%ae/secret',
    '%e0%80%ae%e0%80%ae/secret',
    '%2e%2e%00/secret',
    'vmlinuz-6.1%00',
    '%',
    '%2',
    '%zz',
    '..%2fsecret',
    '..%5csecret',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '..%5c..%5c..%5cetc%5cpasswd',
    '../files/../../secret',
    'vmlinuz-6.1%2f..%2f..%2fsecret',
    '%5c%5cserver%5cshare',
  ])('%s in a request line: nothing', async (target) => {
    const { status, body } = await overHttp(target)
    expect([400, 403, 404]).toContain(status)
    expect(body).not.toContain(secret)
  })

  it('what is put under any of these names stays in the folder of its machine', async () => {
    const drop = join(top, 'drop')
    const server = createTftpServer({
      ...{ address, port: 0, content: createContent({ roots: [] }), clock: systemClock, emit() {} },
      ...{ openSocket: openUdpSocket, logger: silentLogger },
      dropFolder: { folder: drop, maxBytes: 1000, maxFiles: 1000 },
    })
    await server.start()
    const before = readdirSync(top).sort()
    let kept = 0
    for (const [request] of [...servedRequests, ...refusedRequests])
      if ((await putOverTftp(request, portOf(server.endpoint))) === 'kept') kept++
    await server.stop()
    const written = readdirSync(drop, { recursive: true, encoding: 'utf8' })
    expect(written.filter((name) => !name.startsWith(address))).toEqual([])
    // Folders become part of a name.
    const files = readdirSync(join(drop, address), { withFileTypes: true })
    expect(files.every((entry) => entry.isFile())).toBe(true)
    expect(kept).toBeGreaterThan(10)
    expect(files).toHaveLength(kept)
    expect(readdirSync(top).sort()).toEqual([...before, 'drop'].sort())
    expect(readFileSync(join(top, 'secret'), 'utf8')).toBe(secret)
  })

  it.each(['leak\0octet', '../secret\0', '\0'])('%j in a TFTP request: an error', async (request) => {
    expect(await overTftp(request)).toBeTypeOf('number')
  })
})
