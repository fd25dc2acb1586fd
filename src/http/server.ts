import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock, Emit, Logger } from '../base/index.ts'
import { TransferLog, type Content, type ContentFile } from '../content/index.ts'
import { CodedError, type Ipv4 } from '../contract/index.ts'
import type { Certificate } from './certificate.ts'
import { asSocketError, type FileMover } from '../network/index.ts'
import { BodyError, bodyOf, hasBody, letGo, saidLength, wholeBody, type BodyOptions } from './body.ts'
import { createFileSender } from './fileSender.ts'
import { defaultLimits, type HttpLimits } from './limits.ts'
import { replyText } from './reply.ts'
import { parseTarget } from './request.ts'
import type { BodyRoute, FileReply, HeadRouteHandler, RequestHead, RouteHandler, RouteReply } from './routes.ts'

export interface HttpServerDeps {
  address: Ipv4
  /** 0 takes any free one. */
  port: number
  content: Content
  routes: RouteHandler
  /** Asked before `routes`, when a request's head is there. */
  headRoutes?: HeadRouteHandler
  clock: Clock
  emit: Emit
  logger: Logger
  /**
   * Lets the kernel send the files, where it can. Without it, or when it fails to open, they are sent through memory: the
   * clients see no difference but in speed.
   */
  openMover?: () => Promise<FileMover | undefined>
  /** The same over TLS, on a port of its own, beside. */
  secure?: { port: number; certificate: Certificate }
  /** In place of the defaults. */
  limits?: Partial<HttpLimits>
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
  /** The same over TLS. */
  readonly secureEndpoint?: string
}

const maxBodyBytes = 64 * 1024
const maxHeaderBytes = 16 * 1024

/** One request and its answer. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly head: RequestHead
  /** Whether the client that asked was told to send its body. */
  mayContinue: boolean
}

/** Boot files, boot scripts and whatever the routes answer, over HTTP/1.1 with a length on every reply: iPXE needs it. */
export function createHttpServer(deps: HttpServerDeps): HttpServer {
  const { address, port, content, routes, headRoutes = () => undefined, clock, emit, logger } = deps
  const limits: HttpLimits = { ...defaultLimits, ...deps.limits }
  const log = new TransferLog({ protocol: 'http', emit, clock })
  const sendFile = createFileSender({ log, clock, limits, mover: () => mover, isRunning: () => running !== undefined })
  const connections = new Map<Ipv4, number>()
  const handling = new Set<Promise<void>>()
  let running: Server | undefined
  let secure: Server | undefined
  let mover: FileMover | undefined

  async function start(): Promise<void> {
    if (running) return
    const server = await listen(createServer(options), port)
    try {
      if (deps.secure) {
        const { port: securePort, certificate } = deps.secure
        secure = await listen(createSecureServer({ ...options, ...certificate, minVersion: 'TLSv1.2' }), securePort)
      }
    } catch (error) {
      await close(server)
      throw error
    }
    running = server
    const opened = await deps.openMover?.().catch((error: unknown) => {
      logger.warn('files are sent through memory', { error: String(error) })
      return undefined
    })
    if (opened) logger.info('files are sent by the kernel')
    // It may have been stopped meanwhile.
    if (running === server) mover = opened
    else await opened?.stop()
  }

  const options = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: limits.headersMs,
    // It would also end a long upload that is well under way: bodies have limits of their own.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs),
    keepAliveTimeout: limits.keepAliveMs,
    noDelay: true,
  }

  async function listen(server: Server, onPort: number): Promise<Server> {
    server.maxConnections = limits.maxConnections
    server.timeout = limits.idleMs
    server.on('connection', countConnection)
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const handled = handle(request, response).finally(() => handling.delete(handled))
      handling.add(handled)
    }
    server.on('request', answer)
    // The client asks before it sends a body: reading it lets it go on, or it is told 413 instead.
    server.on('checkContinue', answer)
    server.on('clientError', answerMalformed)
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(asSocketError(error, { protocol: 'tcp', address, port: onPort })))
      server.listen({ host: address, port: onPort, exclusive: true }, resolve)
    })
    server.on('error', (error) => logger.error('the HTTP server failed', { error: String(error) }))
    return server
  }

  async function stop(): Promise<void> {
    const server = running
    running = undefined
    if (!server) return
    const second = secure
    secure = undefined
    await Promise.all([close(server), second && close(second)])
    // What they still told on the bus comes before "stopped".
    await Promise.all(handling)
    const ended = mover
    mover = undefined
    await ended?.stop()
  }

  function close(server: Server): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    return closed
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await answerRequest(request, response)
    } catch (error) {
      // A client that goes away is its own affair; anything else is ours.
      if (request.socket.destroyed) return
      // Without its query: that of an exam's overlay holds its ticket.
      logger.error('an HTTP request failed', { path: request.url?.split('?', 1)[0], error: String(error) })
      if (response.headersSent) response.destroy()
      else replyText(response, 500, 'internal error')
    }
  }

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request
    const target = parseTarget(request.url ?? '')
    if (!target) return replyText(response, 400, 'bad request target')
    const head: RequestHead = { method, ...target, client: clientOf(request.socket), headers }
    const exchange: Exchange = { request, response, head, mayContinue: false }

    const early = await headRoutes(head)
    if (early && 'answer' in early) return takeBody(exchange, early)
    if (early && 'content' in early) return sendContent(exchange, early)
    if (early) return sendReply(exchange, early)

    let body: Buffer
    try {
      body = await wholeBody(request, { ...bodyOptions(exchange, maxBodyBytes), withinMs: limits.bodyMs })
    } catch (error) {
      return answerBadBody(exchange, error)
    }
    const reply = await routes({ ...head, body })
    if (reply) return sendReply(exchange, reply)
    if (!isGetOrHead(method)) return replyNotAllowed(response)
    await sendBootFile(exchange)
  }

  const bodyOptions = (exchange: Exchange, maxBytes: number): BodyOptions => ({
    ...limits,
    maxBytes,
    clock,
    begin() {
      if (!awaitsContinue(exchange.request) || exchange.mayContinue) return
      exchange.mayContinue = true
      exchange.response.writeContinue()
    },
  })

  async function takeBody(exchange: Exchange, route: BodyRoute): Promise<void> {
    const { request } = exchange
    try {
      if ((saidLength(request) ?? 0) > route.maxBytes) throw new BodyError('tooLarge')
      await sendReply(exchange, await route.answer(bodyOf(request, bodyOptions(exchange, route.maxBytes))))
    } catch (error) {
      await answerBadBody(exchange, error)
    }
  }

  async function answerBadBody(exchange: Exchange, error: unknown): Promise<void> {
    if (!(error instanceof BodyError)) throw error
    // Who left, or was cut off for being slow, hears nothing any more.
    if (error.reason === 'tooLarge') await sendReply(exchange, plainReply(413, 'body too large'))
  }

  /** A file that a route opened. */
  async function sendContent(
    { request, response, head }: Exchange,
    { content: file, headers }: FileReply,
  ): Promise<void> {
    try {
      if (isGetOrHead(head.method)) await sendFile(request, response, file, head.client, headers)
      else replyNotAllowed(response)
    } finally {
      await file.close()
    }
  }

  async function sendReply({ request, response, head, mayContinue }: Exchange, reply: RouteReply): Promise<void> {
    const body = Buffer.from(reply.body)
    const isBodyUnread = hasBody(request) && !request.readableEnded
    response.writeHead(reply.status, {
      // A 204 has neither (RFC 9110 section 8.6).
      ...(reply.status === 204 ? {} : { 'Content-Type': reply.contentType, 'Content-Length': body.length }),
      'Cache-Control': 'no-store',
      ...(isBodyUnread ? { Connection: 'close' } : {}),
      ...reply.headers,
    })
    // A client that left while the route was thinking fetched nothing.
    if (reply.kind && head.method !== 'HEAD' && !response.destroyed) {
      const file = reply.file ?? head.path
      const transfer = log.begin({ client: head.client, file, kind: reply.kind, size: body.length, options: {} })
      response.on('close', () => {
        if (response.writableFinished) transfer.end('complete', body.length, 0)
        else transfer.end('aborted', 0, 0, 'the connection was closed')
      })
    }
    if (isBodyUnread) {
      response.write(body)
      if (!awaitsContinue(request) || mayContinue) await letGo(request, clock)
      response.end()
    } else {
      response.end(body)
    }
  }

  async function sendBootFile({ request, response, head: { path, client } }: Exchange): Promise<void> {
    let file: ContentFile
    const name = path.replace(/^\/files(?=\/)/, '')
    try {
      file = await content.open(name, client)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      log.refuse(client, name, error)
      return replyText(response, statusFor(error), error.message)
    }
    try {
      await sendFile(request, response, file, client)
    } finally {
      await file.close()
    }
  }

  function countConnection(socket: Socket): void {
    const client = clientOf(socket)
    const count = (connections.get(client) ?? 0) + 1
    connections.set(client, count)
    socket.once('close', () => {
      const left = (connections.get(client) ?? 1) - 1
      if (left > 0) connections.set(client, left)
      else connections.delete(client)
    })
    if (count <= limits.maxConnectionsPerClient) return
    socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n')
    // It is not asked what it wanted; the parser must not hear it either.
    socket.destroySoon()
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
      return endpointOf(running)
    },
    get secureEndpoint() {
      return endpointOf(secure)
    },
  }
}

function endpointOf(server: Server | undefined): string | undefined {
  const bound = server?.address() as AddressInfo | null | undefined
  return bound ? `${bound.address}:${bound.port}` : undefined
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
    case 'content.refused':
      return 403
    case 'content.unreadable':
      return 500
    default:
      return 404
  }
}

const clientOf = (socket: Socket): Ipv4 => (socket.remoteAddress ?? '').replace(/^::ffff:/, '')

const isGetOrHead = (method: string): boolean => method === 'GET' || method === 'HEAD'

const awaitsContinue = ({ headers }: IncomingMessage): boolean => /100-continue/i.test(headers.expect ?? '')

const replyNotAllowed = (response: ServerResponse): void =>
  replyText(response, 405, 'method not allowed', { Allow: 'GET, HEAD' })

const plainReply = (status: number, text: string): RouteReply => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${text}\n`,
})
