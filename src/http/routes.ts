import type { IncomingHttpHeaders } from 'node:http'
import type { ContentFile } from '../content/index.ts'
import type { ContentKind, Ipv4 } from '../contract/index.ts'
import type { RequestBody } from './body.ts'

/** What is known of a request before any of its body. */
export interface RequestHead {
  method: string
  /** Percent-decoded, with its leading slash. */
  path: string
  query: URLSearchParams
  client: Ipv4
  headers: IncomingHttpHeaders
}

export interface RouteRequest extends RequestHead {
  /** At most 64 KiB: beyond, the client is answered 413 and no route is asked. */
  body: Buffer
}

/** A whole answer, made in memory. */
export interface RouteReply {
  status: number
  contentType: string
  body: string | Buffer
  headers?: Record<string, string>
  /** Set for what is a step of a machine's boot: it is then told as a transfer, under `file` or the path. */
  kind?: ContentKind
  file?: string
}

/** A file to be sent as boot files are: with ranges, validators and progress. The server closes it, whatever comes. */
export interface FileReply {
  content: ContentFile
  /** Beside those of every file, or in their place. */
  headers?: Record<string, string>
}

/** Asked before the files, with the body in memory; undefined means "not mine". */
export type RouteHandler = (request: RouteRequest) => RouteReply | undefined | Promise<RouteReply | undefined>

/** A route that takes a body of any size, part by part. */
export interface BodyRoute {
  /**
   * The longest body it takes, in bytes. A longer `Content-Length` is answered 413 and `answer` is never called; a body
   * without one makes the iteration throw a `BodyError` when it grows past that.
   */
  maxBytes: number
  /**
   * Reads as much of the body as it likes, at its own pace: the client is not read ahead of it by more than a socket's
   * buffer. Answering before the end is allowed (a conflict, a full disk); the rest is then let go of and the connection
   * closed. A client that waits for `100 Continue` is told to go on at the first read only.
   *
   * What it throws is answered 500; a `BodyError` let through is answered as it deserves (413, 408, or nothing to a client
   * that left). What was received before stays the route's to keep or to throw away.
   */
  answer(body: RequestBody): RouteReply | Promise<RouteReply>
}

/**
 * Asked first of all, before any of the body is read: undefined means "not mine", and the other routes are asked with the
 * body in memory. A `BodyRoute` takes the body part by part, a `FileReply` sends a file; a `RouteReply` answers at once,
 * and refuses the body if there is one.
 */
export type HeadRouteHandler = (head: RequestHead) => HeadRouteAnswer | undefined | Promise<HeadRouteAnswer | undefined>
export type HeadRouteAnswer = BodyRoute | FileReply | RouteReply
