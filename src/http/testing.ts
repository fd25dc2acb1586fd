import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Agent } from 'node:http'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, systemClock } from '../base/index.ts'
import { createContent } from '../content/index.ts'
import type { AmorceEvent, TransferEvent } from '../contract/index.ts'
import { createHttpServer, type HttpServer, type HttpServerDeps } from './index.ts'

// A server on a loopback port with a folder of its own, and clients that say exactly what a test wants said.

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Asking {
  method?: string
  headers?: Record<string, string>
  body?: Buffer
  agent?: Agent
}

export class TestServer {
  static readonly address = '127.0.0.1'
  readonly events: AmorceEvent[] = []
  readonly #sockets: Socket[] = []
  #server: HttpServer | undefined

  private constructor(readonly root: string) {}

  static async make(): Promise<TestServer> {
    return new TestServer(await mkdtemp(join(tmpdir(), 'amorce-http-')))
  }

  get server(): HttpServer {
    if (!this.#server) throw new Error('the test has not started its server')
    return this.#server
  }

  async serve(deps: Partial<HttpServerDeps> = {}): Promise<void> {
    this.#server = createHttpServer({
      address: TestServer.address,
      port: 0,
      content: createContent({ roots: [this.root] }),
      routes: () => undefined,
      clock: systemClock,
      emit: (event) => this.events.push(event),
      logger: silentLogger,
      ...deps,
    })
    await this.#server.start()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await this.#server?.stop()
    await rm(this.root, { recursive: true, force: true })
  }

  get port(): number {
    return Number(this.server.endpoint?.split(':')[1])
  }

  async fileOf(name: string, bytes: Buffer | string): Promise<Buffer> {
    await writeFile(join(this.root, name), bytes)
    return Buffer.from(bytes)
  }

  /** `path` goes out as it is: nothing is normalised on the way. */
  ask(path: string, { body, ...options }: Asking = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host: TestServer.address, port: this.port, path, ...options }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
        )
        response.on('error', reject)
      })
      request.on('error', reject)
      request.end(body)
    })
  }

  /** A connection of bare bytes. */
  async wire(bytes: string | Buffer): Promise<Socket> {
    const socket = connect(this.port, TestServer.address)
    this.#sockets.push(socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(bytes)
    return socket
  }

  /** Everything the server says until it closes. */
  async saidTo(bytes: string | Buffer): Promise<string> {
    const socket = await this.wire(bytes)
    const parts: Buffer[] = []
    socket.on('data', (part: Buffer) => parts.push(part))
    await once(socket, 'close')
    return Buffer.concat(parts).toString('latin1')
  }

  ofType<Type extends TransferEvent['type']>(type: Type): Extract<AmorceEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<AmorceEvent, { type: Type }> => event.type === type)
  }

  async untilEnded(count = 1): Promise<Extract<AmorceEvent, { type: 'transfer.end' }>[]> {
    await until(() => this.ofType('transfer.end').length >= count)
    return this.ofType('transfer.end')
  }
}

export const patterned = (size: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 9)) & 0xff))

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
