// The HTTP server of the room. Others take part in it through three kinds of routes, asked in this order:
//
// 1. `headRoutes` (one handler, given as HttpServerDeps.headRoutes) sees the request's head only and answers one of
//    - `BodyRoute { maxBytes, answer(body) }`: takes PUT, POST or PATCH bodies of any size. `for await (const part of body)`
//      reads at the route's own pace (backpressure reaches the client), `body.length` is the said length or undefined.
//      `BodyError` tells `tooLarge`, `tooSlow` (below HttpLimits.minBytesPerSecond) or `clientLeft`; let it through.
//    - `FileReply { content, headers? }`: sends a ContentFile with ranges, validators, progress; the server closes it.
//    - `RouteReply`: answers at once; a body is then refused unread.
// 2. `routes` sees the whole request, its body in memory (64 KiB at most), and answers a `RouteReply`.
// 3. The boot files.

export { BodyError, type RequestBody } from './body.ts'
export type { HttpLimits } from './limits.ts'
export type {
  BodyRoute,
  FileReply,
  HeadRouteAnswer,
  HeadRouteHandler,
  RequestHead,
  RouteHandler,
  RouteReply,
  RouteRequest,
} from './routes.ts'
export { certificateFor, fingerprintOf, publicFileOf, type Certificate, type Sealer } from './certificate.ts'
export { createHttpServer, type HttpServer, type HttpServerDeps } from './server.ts'
