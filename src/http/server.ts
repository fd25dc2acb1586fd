import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock, Emit, Logger } from '../base/index.ts'
import { blockSize, TransferLog, type Content, type ContentFile, type LoggedTransfer } from '../content/index.ts'
import { CodedError, type ContentKind, type Ipv4 } from '../contract/index.ts'
import { asSocketError } from '../network/index.ts'
import { contentTypeOf } from './contentType.ts'
import { isNotModified, parseRange, rangeStillFits, type ByteRange } from './range.ts'
import { parseTarget, readBody } from './request.ts'

export interface RouteRequest {
  method: string
  /** Percent-decoded, with its leading slash. */
  path: string
  query: URLSearchParams
  client: Ipv4
  headers: IncomingHttpHeaders
  /** At most 64 KiB: beyond, the client is answered 413 and no route is asked. */
  body: Buffer
}

export interface RouteReply {
  status: number
  contentType: string
  body: string | Buffer
  headers?: Record<string, string>
  /** Set for what is a step of a machine's boot: it is then told as a transfer, under `file` or the path. */
  kind?: ContentKind
  file?: string
}

/** Asked before the files; undefined means "not mine". */
export type RouteHandler = (request: RouteRequest) => RouteReply | undefined | Promise<RouteReply | undefined>

export interface HttpServerDeps {
  address: Ipv4
  /** 0 takes any free one. */
  port: number
  content: Content
  routes: RouteHandler
  clock: Clock
  emit: Emit
  logger: Logger
  /** 1024 by default. */
  maxConnections?: number
  /** A connection on which nothing moves for so long is closed. Milliseconds, 60 s by default. */
  idleMs?: number
}

export interface HttpServer {
  /** @throws CodedError `socket.permission`, `socket.portInUse`, `socket.addressNotAvailable`, `socket.failed`. */
  start(): Promise<void>
  /** Closes every connection and releases the port at once. */
  stop(): Promise<void>
  readonly activeTransfers: number
  /** Begun so far. */
  readonly transfers: number
  /** `192.168.60.1:8080` while running. */
  readonly endpoint?: string
}

const maxBodyBytes = 64 * 1024
const maxHeaderBytes = 16 * 1024
const headersWithinMs = 10_000
const requestWithinMs = 30_000
const keepAliveMs = 15_000

/** Boot files, boot scripts and whatever the routes answer, over HTTP/1.1 with a length on every reply: iPXE needs it. */
export function createHttpServer(deps: HttpServerDeps): HttpServer {
  const { address, port, content, routes, clock, emit, logger, maxConnections = 1024, idleMs = 60_000 } = deps
  const log = new TransferLog({ protocol: 'http', emit, clock })
  const handling = new Set<Promise<void>>()
  let running: Server | undefined

  async function start(): Promise<void> {
    if (running) return
    const server = createServer({
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersWithinMs,
      requestTimeout: requestWithinMs,
      connectionsCheckingInterval: 5000,
      keepAliveTimeout: keepAliveMs,
      noDelay: true,
    })
    server.maxConnections = maxConnections
    server.timeout = idleMs
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const handled = handle(request, response).finally(() => handling.delete(handled))
      handling.add(handled)
    }
    server.on('request', answer)
    // The client asks before it sends a body: `readBody` lets it go on, or it is told 413 instead.
    server.on('checkContinue', answer)
    server.on('clientError', answerMalformed)
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(asSocketError(error, { protocol: 'tcp', address, port })))
      server.listen({ host: address, port, exclusive: true }, resolve)
    })
    server.on('error', (error) => logger.error('the HTTP server failed', { error: String(error) }))
    running = server
  }

  async function stop(): Promise<void> {
    const server = running
    running = undefined
    if (!server) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
    // What they still told on the bus comes before "stopped".
    await Promise.all(handling)
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await answerRequest(request, response)
    } catch (error) {
      // A client that goes away is its own affair; anything else is ours.
      if (request.socket.destroyed) return
      logger.error('an HTTP request failed', { url: request.url, error: String(error) })
      if (response.headersSent) response.destroy()
      else replyText(response, 500, 'internal error')
    }
  }

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request
    const client = clientOf(request.socket)
    const target = parseTarget(request.url ?? '')
    if (!target) return replyText(response, 400, 'bad request target')
    if (/100-continue/i.test(headers.expect ?? '') && !(Number(headers['content-length']) > maxBodyBytes))
      response.writeContinue()
    const body = await readBody(request, maxBodyBytes)
    if (body === 'tooLarge') return replyText(response, 413, 'body too large', { Connection: 'close' })

    const reply = await routes({ method, ...target, client, headers, body })
    if (reply) return sendReply(response, reply, client, target.path)
    if (method !== 'GET' && method !== 'HEAD')
      return replyText(response, 405, 'method not allowed', { Allow: 'GET, HEAD' })
    await sendFile(request, response, target.path.replace(/^\/files(?=\/)/, ''), client)
  }

  function sendReply(response: ServerResponse, reply: RouteReply, client: Ipv4, path: string): void {
    const body = Buffer.from(reply.body)
    response.writeHead(reply.status, {
      // A 204 has neither (RFC 9110 section 8.6).
      ...(reply.status === 204 ? {} : { 'Content-Type': reply.contentType, 'Content-Length': body.length }),
      'Cache-Control': 'no-store',
      ...reply.headers,
    })
    // A client that left while the route was thinking fetched nothing.
    if (reply.kind && response.req.method !== 'HEAD' && !response.destroyed) {
      const file = reply.file ?? path
      const transfer = log.begin({ client, file, kind: reply.kind, size: body.length, options: {} })
      response.on('close', () => {
        if (response.writableFinished) transfer.end('complete', body.length, 0)
        else transfer.end('aborted', 0, 0, 'the connection was closed')
      })
    }
    response.end(body)
  }

  async function sendFile(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    client: Ipv4,
  ): Promise<void> {
    let file: ContentFile
    try {
      file = await content.open(path, client)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      log.refuse(client, path, error)
      return replyText(response, statusFor(error), error.message)
    }
    try {
      await sendOpenFile(request, response, file, client)
    } finally {
      await file.close()
    }
  }

  async function sendOpenFile(
    request: IncomingMessage,
    response: ServerResponse,
    file: ContentFile,
    client: Ipv4,
  ): Promise<void> {
    const { headers } = request
    const isHead = request.method === 'HEAD'
    const common = {
      ETag: file.etag,
      'Last-Modified': new Date(file.modifiedAt).toUTCString(),
      'Cache-Control': file.kind === 'script' ? 'no-store' : 'public, max-age=86400',
      'Accept-Ranges': 'bytes',
    }
    if (isNotModified(headers, file)) {
      response.writeHead(304, common).end()
      return
    }
    // Only GET knows ranges (RFC 9110 section 14.2).
    const asked = isHead || !rangeStillFits(singleValue(headers['if-range']), file) ? undefined : headers.range
    const range = parseRange(asked, file.size)
    if (range === 'unsatisfiable')
      return replyText(response, 416, 'range not satisfiable', { 'Content-Range': `bytes */${file.size}` })
    const { first, last }: ByteRange = range === 'whole' ? { first: 0, last: file.size - 1 } : range
    const length = last - first + 1
    response.writeHead(range === 'whole' ? 200 : 206, {
      ...common,
      'Content-Type': contentTypeOf(file.path),
      'Content-Length': length,
      'X-Content-Type-Options': 'nosniff',
      ...(range === 'whole' ? {} : { 'Content-Range': `bytes ${first}-${last}/${file.size}` }),
    })
    const transfer = log.begin({
      client,
      file: file.path,
      kind: file.kind,
      size: length,
      options: range === 'whole' ? {} : { range: `bytes=${first}-${last}` },
    })
    if (isHead) {
      response.end()
      return transfer.end('probe', 0, 0)
    }
    await pour(response, file, first, length, transfer)
  }

  /** Sends `length` bytes from `first`, as fast as the client takes them and never further ahead than its socket. */
  async function pour(
    response: ServerResponse,
    file: ContentFile,
    first: number,
    length: number,
    transfer: LoggedTransfer,
  ): Promise<void> {
    let sent = 0
    try {
      while (sent < length && !response.destroyed) {
        const offset = first + sent
        // Up to the end of the cached block, so that nothing is copied.
        const part = file.read(offset, Math.min(blockSize - (offset % blockSize), length - sent))
        const bytes = part instanceof Promise ? await part : part
        if (response.destroyed) break
        if (!response.write(bytes)) await drained(response)
        sent += bytes.length
        transfer.progress(sent, 0)
      }
    } catch (error) {
      // The length was promised: closing early is the only way left to say that it will not come.
      response.destroy()
      transfer.end('failed', sent, 0, error instanceof Error ? error.message : String(error))
      return
    }
    if (!response.destroyed) await finished(response)
    if (response.writableFinished) transfer.end('complete', length, 0)
    else transfer.end('aborted', sent, 0, running ? 'the connection was closed' : 'the server was stopped')
  }

  return {
    start,
    stop,
    get activeTransfers() {
      return log.active
    },
    get transfers() {
      return log.begun
    },
    get endpoint() {
      const bound = running?.address() as AddressInfo | null | undefined
      return bound ? `${bound.address}:${bound.port}` : undefined
    },
  }
}

function replyText(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  const body = `${text}\n`
  response
    .writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      ...headers,
    })
    .end(body)
}

/** What Node's parser could not read never becomes a request. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}

function statusFor({ code }: CodedError): number {
  switch (code) {
    case 'content.outsideRoot':
      return 403
    case 'content.unreadable':
      return 500
    default:
      return 404
  }
}

const clientOf = (socket: Socket): Ipv4 => (socket.remoteAddress ?? '').replace(/^::ffff:/, '')

const singleValue = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? undefined : value

/** Settles when the socket takes more, or is closed. */
const drained = (response: ServerResponse): Promise<void> => settledBy(response, 'drain')

/** Settles when everything was handed to the system, or the socket is closed. */
function finished(response: ServerResponse): Promise<void> {
  const done = settledBy(response, 'finish')
  response.end()
  return done
}

function settledBy(response: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve) => {
    // It may have been closed while the disk was read, and says so only once.
    if (response.destroyed) return resolve()
    const settle = (): void => {
      response.off(event, settle)
      response.off('close', settle)
      resolve()
    }
    response.on(event, settle)
    response.on('close', settle)
  })
}
