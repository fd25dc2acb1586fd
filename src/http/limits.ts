import type { PaceLimits } from './pace.ts'

/** How much one client, and all together, may ask of the server. Times in milliseconds. */
export interface HttpLimits extends PaceLimits {
  /** Beyond, a connection is closed as soon as it is made. */
  maxConnections: number
  /** From one address; beyond, a connection is answered 503. */
  maxConnectionsPerClient: number
  /** A request's line and headers are there by then (408). */
  headersMs: number
  /** A body that is read into memory is there by then. */
  bodyMs: number
  /** A connection that waits for its next request is closed after this. */
  keepAliveMs: number
  /** A connection on which nothing moves at all is closed after this. */
  idleMs: number
}

export const defaultLimits: HttpLimits = {
  maxConnections: 1024,
  maxConnectionsPerClient: 64,
  headersMs: 10_000,
  bodyMs: 30_000,
  keepAliveMs: 15_000,
  idleMs: 60_000,
  minBytesPerSecond: 1024,
  paceWindowMs: 60_000,
}
