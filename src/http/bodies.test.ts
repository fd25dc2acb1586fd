import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createContent } from '../content/index.ts'
import { BodyError, type HeadRouteHandler, type RequestBody, type RouteReply } from './index.ts'
import { patterned, TestServer, until } from './testing.ts'

let test: TestServer

beforeEach(async () => {
  test = await TestServer.make()
})
afterEach(() => test.close())

const text = (status: number, body: string): RouteReply => ({ status, contentType: 'text/plain', body })

async function readAll(body: RequestBody): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}

/** What became of the bodies that `/upload` was given. */
const received: (Buffer | string)[] = []
beforeEach(() => void received.splice(0))

const upload =
  (maxBytes: number): HeadRouteHandler =>
  ({ path }) =>
    path === '/upload'
      ? {
          maxBytes,
          answer: async (body) => {
            try {
              const bytes = await readAll(body)
              received.push(bytes)
              return text(201, `${bytes.length} of ${body.length ?? 'unsaid'}`)
            } catch (error) {
              received.push(error instanceof BodyError ? error.reason : String(error))
              throw error
            }
          },
        }
      : undefined

describe('bodies of any size', () => {
  it.each(['PUT', 'POST', 'PATCH'])('%s arrives whole, with and without a length', async (method) => {
    await test.serve({ headRoutes: upload(10_000_000) })
    const body = patterned(3_000_000)
    const said = await test.ask('/upload', { method, body, headers: { 'Content-Length': String(body.length) } })
    expect(said).toMatchObject({ status: 201, body: Buffer.from('3000000 of 3000000') })
    const chunked = await test.ask('/upload', { method, body, headers: { 'Transfer-Encoding': 'chunked' } })
    expect(chunked).toMatchObject({ status: 201, body: Buffer.from('3000000 of unsaid') })
    expect(received.every((bytes) => body.equals(bytes as Buffer))).toBe(true)
  })

  it('an empty one is a body too, and leaves the connection open for the next', async () => {
    await test.serve({ headRoutes: upload(10) })
    const said = await test.saidTo(
      'PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n' +
        'PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc',
    )
    expect(said.match(/HTTP\/1\.1 201 /g)).toHaveLength(2)
    expect(received.map(String)).toEqual(['', 'abc'])
  })

  it('the client is not read ahead of the route', async () => {
    let go: () => void = () => {}
    const goes = new Promise<void>((resolve) => (go = resolve))
    let body: RequestBody | undefined
    await test.serve({
      headRoutes: () => ({
        maxBytes: Infinity,
        answer: async (given) => {
          body = given
          await goes
          return text(200, String((await readAll(given)).length))
        },
      }),
    })
    const size = 40_000_000
    const socket = await test.wire(`PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`)
    socket.write(Buffer.alloc(size))
    await until(() => body !== undefined)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(socket.writableLength).toBeGreaterThan(size / 2)
    go()
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 200 [^]*\r\n\r\n${size}$`))
  })

  it('longer than the route takes: 413, at once or when it turns out', async () => {
    await test.serve({ headRoutes: upload(100_000) })
    const body = Buffer.alloc(100_001)
    expect((await test.ask('/upload', { method: 'PUT', body })).status).toBe(413)
    expect(received).toEqual([])
    const chunked = { method: 'PUT', body, headers: { 'Transfer-Encoding': 'chunked' } }
    expect((await test.ask('/upload', chunked)).status).toBe(413)
    expect(received).toEqual(['tooLarge'])
  })

  it('an answer before the end reaches a client that still sends', async () => {
    await test.serve({
      headRoutes: () => ({
        maxBytes: Infinity,
        answer: async (body) => {
          for await (const part of body) return text(507, `full after ${Math.sign(part.length)}`)
          return text(200, 'empty')
        },
      }),
    })
    const answer = await test.ask('/x', { method: 'PUT', body: Buffer.alloc(3_000_000) })
    expect(answer).toMatchObject({ status: 507, body: Buffer.from('full after 1') })
    expect(answer.headers.connection).toBe('close')
  })

  it('a refusal does not make a client send its body', async () => {
    await test.serve({ headRoutes: () => text(403, 'no') })
    const said = await test.saidTo('PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\nExpect: 100-continue\r\n\r\n')
    expect(said).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('a client that asks first is told to go on at the first read', async () => {
    await test.serve({ headRoutes: upload(100) })
    const head =
      'PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n'
    const socket = await test.wire(head)
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(first.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('ok')
    const [second] = (await once(socket, 'data')) as [Buffer]
    expect(second.toString()).toMatch(/^HTTP\/1\.1 201 /)
    expect(received.map(String)).toEqual(['ok'])
  })

  it('a client that leaves half-way: the route hears of it, and nothing is acknowledged', async () => {
    await test.serve({ headRoutes: upload(1000) })
    for (const framing of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
      received.splice(0)
      const socket = await test.wire(`PUT /upload HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n5\r\nhello\r\n`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      socket.destroy()
      await until(() => received.length === 1)
      expect(received).toEqual(['clientLeft'])
    }
  })

  it('a client that sends a byte now and then is cut off', async () => {
    await test.serve({ headRoutes: upload(1000), limits: { minBytesPerSecond: 10_000, paceWindowMs: 50 } })
    const socket = await test.wire('PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n')
    const trickle = setInterval(() => socket.write('x'), 10)
    await until(() => socket.destroyed)
    clearInterval(trickle)
    expect(received).toEqual(['tooSlow'])
  })

  it('a route that is slow itself is not held against the client', async () => {
    await test.serve({
      limits: { minBytesPerSecond: 10, paceWindowMs: 20 },
      headRoutes: () => ({
        maxBytes: 100,
        answer: async (body) => {
          let length = 0
          for await (const part of body) {
            await new Promise((resolve) => setTimeout(resolve, 100))
            length += part.length
          }
          return text(200, String(length))
        },
      }),
    })
    expect((await test.ask('/x', { method: 'PUT', body: Buffer.from('slow disk') })).body.toString()).toBe('9')
  })

  it('a small body is not waited for without end', async () => {
    await test.serve({ limits: { bodyMs: 50 } })
    const socket = await test.wire('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhello')
    await once(socket, 'close')
  })

  it('a stop ends an upload under way', async () => {
    await test.serve({ headRoutes: upload(1000) })
    const socket = await test.wire('PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhello')
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.resume()
    await Promise.all([test.server.stop(), once(socket, 'close')])
    expect(received).toEqual(['clientLeft'])
  })

  it('a fault in the route: 500, and the server goes on', async () => {
    await test.serve({
      headRoutes: () => ({ maxBytes: 100, answer: () => Promise.reject(new Error('a fault in a route')) }),
    })
    expect((await test.ask('/x', { method: 'PUT', body: Buffer.from('x') })).status).toBe(500)
    expect((await test.ask('/x', { method: 'PUT', body: Buffer.from('x') })).status).toBe(500)
  })
})

describe('files that a route opens', () => {
  it('come with ranges and validators, under headers of their own, and are closed', async () => {
    const bytes = await test.fileOf('subject.pdf', patterned(1000))
    const content = createContent({ roots: [test.root] })
    let closed = 0
    await test.serve({
      content: createContent({ roots: [] }),
      headRoutes: async ({ path, client }) => {
        if (path !== '/subject') return undefined
        const file = await content.open('subject.pdf', client)
        const close = async () => {
          closed++
          await file.close()
        }
        return { content: { ...file, close }, headers: { 'Cache-Control': 'private, no-cache' } }
      },
    })
    const whole = await test.ask('/subject')
    expect(whole.body.equals(bytes)).toBe(true)
    expect(whole.headers).toMatchObject({ 'cache-control': 'private, no-cache', 'content-type': 'application/pdf' })
    const part = await test.ask('/subject', { headers: { Range: 'bytes=-10' } })
    expect(part).toMatchObject({ status: 206, body: bytes.subarray(990) })
    expect((await test.ask('/subject', { headers: { 'If-None-Match': whole.headers.etag! } })).status).toBe(304)
    expect((await test.ask('/subject', { method: 'DELETE' })).status).toBe(405)
    await until(() => closed === 4)
  })
})

describe('limits', () => {
  it('one client takes no more connections than it may: 503', async () => {
    await test.serve({ limits: { maxConnectionsPerClient: 2 } })
    const first = await test.wire('')
    await test.wire('')
    expect(await test.saidTo('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 503 /)
    first.destroy()
    await once(first, 'close')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await test.saidTo('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /)
  })

  it.each([
    ['nothing at all', ''],
    ['half a request line', 'GET /x'],
    ['headers without end', 'GET /x HTTP/1.1\r\nHost: x\r\n'],
  ])('%s is not waited for without end', async (_, bytes) => {
    await test.serve({ limits: { headersMs: 100 } })
    expect(await test.saidTo(bytes)).toMatch(/^(HTTP\/1\.1 408 Request Timeout\r\n|$)/)
  })

  it('a client that reads a byte now and then is cut off', async () => {
    await test.fileOf('x', Buffer.alloc(60_000_000))
    await test.serve({ limits: { minBytesPerSecond: 100_000_000, paceWindowMs: 50 } })
    const socket = await test.wire('GET /x HTTP/1.1\r\nHost: x\r\n\r\n')
    socket.pause()
    expect(await test.untilEnded()).toMatchObject([{ outcome: 'aborted', reason: 'the client was too slow' }])
  })
})
