// The parts of the `tftp` package (0.1.2) that are used here. Names with an underscore are its own: it has no other
// way to choose a source address or the options of a request, and the version is pinned.

declare module 'tftp' {
  import type { RemoteInfo, Socket } from 'node:dgram'
  import type { Readable } from 'node:stream'

  export interface TransferStats {
    blockSize: number
    windowSize: number
    /** Bytes, from `tsize`; null when the server did not say. */
    size: number | null
    localAddress: string
    localPort: number
    remoteAddress: string
    remotePort: number
  }

  /** One request: `_open` makes the socket and sends the RRQ, once the host name has been looked up. */
  export interface ClientRequest {
    _socket: Socket | null
    _open(withOptions?: boolean): void
    _initSocket(socket: Socket | null, onMessage: (message: Buffer, from: RemoteInfo) => void): void
    _sendAck(block: number): void
  }

  /** Emits `stats`, `data`, then `end`; or `error`, or `abort`. `close` comes when its socket has closed. */
  export interface GetStream extends Readable {
    _reader: ClientRequest
    abort(reason?: Error | string): void
    /** Closes the socket without a word to the server. */
    close(): void
  }

  export interface Client {
    _options: { extensionsString: Record<string, string>; extensionsLength: number }
    createGetStream(file: string): GetStream
    get(file: string, localPath: string, callback: (error?: Error) => void): void
    put(localPath: string, file: string, callback: (error?: Error) => void): void
  }

  export interface Server {
    on(event: 'error', listener: (error: Error) => void): this
    on(event: 'request', listener: (request: ServerRequest) => void): this
    on(event: 'listening' | 'close', listener: () => void): this
    listen(): void
    close(): void
  }

  /** One request at the server: a readable and writable stream that emits `stats`, `error` and `abort`. */
  export type ServerRequest = Readable

  const tftp: {
    /** `timeout` in milliseconds, `retries` after the first try. */
    createClient(options: {
      host: string
      port: number
      blockSize?: number
      windowSize?: number
      timeout?: number
      retries?: number
    }): Client
    createServer(options: { host: string; port: number; root: string; denyPUT?: boolean }): Server
    /** Messages the package knows by their RFC 1350 error code: this one is sent as ERROR 8 (RFC 2347). */
    EDENY: string
  }
  export default tftp
}
