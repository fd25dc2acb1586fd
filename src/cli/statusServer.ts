import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CodedError } from '../contract/index.ts'

const loopback = '127.0.0.1'
const path = '/status'
const headersPatienceMs = 2000
const mostConnections = 16

export interface StatusServer {
  url: string
  close(): Promise<void>
}

export const statusUrl = (port: number): string => `http://${loopback}:${port}${path}`

/**
 * Says the state as JSON to programs on this computer, and to nobody else. There is nothing to change by it: it has one path,
 * and reads no body.
 * @param port 0 for any free one
 * @throws CodedError `socket.portInUse`, `socket.failed`
 */
export async function openStatusServer(port: number, state: () => object): Promise<StatusServer> {
  const server = createServer((request, response) => answer(request, response, state))
  server.headersTimeout = headersPatienceMs
  server.requestTimeout = headersPatienceMs
  server.maxConnections = mostConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const details = { protocol: 'tcp', address: loopback, port }
      const code = error.code === 'EADDRINUSE' ? 'socket.portInUse' : 'socket.failed'
      reject(new CodedError(code, error.message, details))
    })
    server.listen({ host: loopback, port, exclusive: true }, resolve)
  })
  return {
    url: statusUrl((server.address() as AddressInfo).port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(request: IncomingMessage, response: ServerResponse, state: () => object): void {
  const refuse = (status: number, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { ...headers, connection: 'close', 'content-length': 0 }).end()
  }
  // A web page can have its own name lead here (DNS rebinding): what is asked for must be this computer.
  if (!isThisComputer(request.headers.host)) return refuse(403)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, { allow: 'GET, HEAD' })
  if (request.url !== path) return refuse(404)
  const body = Buffer.from(JSON.stringify(state()))
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

const isThisComputer = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/.test(host ?? '')
