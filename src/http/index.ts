export {
  createHttpServer,
  type HttpServer,
  type HttpServerDeps,
  type RouteHandler,
  type RouteReply,
  type RouteRequest,
} from './server.ts'
