import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../base/index.ts'
import { CodedError, type ErrorCode, type Language } from '../contract/index.ts'
import type { HeadRouteAnswer, HeadRouteHandler, RequestHead, RouteReply } from '../http/index.ts'
import type { Papers, SeatAtWork } from './papers.ts'
import { isShownByBrowsers } from './shownByBrowsers.ts'
import { uploadLimits } from './uploads.ts'

export interface PapersRoutesDeps {
  papers: Papers
  /** `resources/exam-page/`. */
  pageFolder: string
  language(): Language
  logger: Logger
}

const pages: Record<string, { file: string; type: string }> = {
  '/exam': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/exam/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/exam/exam.js': { file: 'exam.js', type: 'text/javascript; charset=utf-8' },
  '/exam/exam.css': { file: 'exam.css', type: 'text/css; charset=utf-8' },
}
const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}
const maxWishBytes = 16 * 1024

const statusOf: Partial<Record<ErrorCode, number>> = {
  'upload.tooLarge': 413,
  'upload.tooMany': 429,
  'upload.diskFull': 507,
  'content.notFound': 404,
  'ticket.unknown': 422,
  'ticket.otherSeat': 409,
  'ticket.tooMany': 429,
}

/**
 * The page of the exam machine and what it calls. A machine is known by the MAC of the lease its address has; what it
 * changes or fetches also takes the token of its present boot and of who sits there, so that no other page, no earlier boot and
 * nobody else speaks for them. Who is moved away has their last work taken, and is handed nothing any more.
 */
export function createPapersRoutes({ papers, pageFolder, language, logger }: PapersRoutesDeps): HeadRouteHandler {
  const read = new Map<string, Promise<Buffer>>()
  const pageFile = (file: string): Promise<Buffer> => {
    let content = read.get(file)
    if (!content) {
      content = readFile(join(pageFolder, file))
      // One that could not be read is tried again.
      content.catch(() => read.delete(file))
      read.set(file, content)
    }
    return content
  }

  return async (head) => {
    const { method, path } = head
    if (path !== '/exam' && !path.startsWith('/exam/')) return undefined
    const page = pages[path]
    if (page) {
      if (method !== 'GET' && method !== 'HEAD') return failure(405, 'input.invalid')
      return { status: 200, contentType: page.type, body: await pageFile(page.file), headers: pageHeaders }
    }
    const seat = papers.seatAt(head.client)
    if (!seat) return failure(403, 'stock.machineUnknown')
    try {
      return await answer(head, seat)
    } catch (error) {
      return refusal(error)
    }
  }

  async function answer(head: RequestHead, seat: SeatAtWork): Promise<HeadRouteAnswer | undefined> {
    const { method, path, query } = head
    if (path === '/exam/api/state' && method === 'GET') return json(200, papers.stateOf(seat, language()))
    const holder = papers.holderOf(seat, head.headers['x-exam-token'] ?? query.get('token'))
    const isUpload = path.startsWith('/exam/api/uploads')
    if (!holder || (holder !== seat && !isUpload)) return failure(401, 'input.invalid')

    const file = /^\/exam\/api\/(subjects|works)\/(\d{1,9})\//.exec(path)
    if (file && (method === 'GET' || method === 'HEAD')) {
      const open = file[1] === 'works' ? papers.openWork : papers.openSubject
      const { content, name } = await open.call(papers, seat, Number(file[2]), head.client)
      const isShown = query.has('view') && isShownByBrowsers(name)
      const disposition = `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`
      return {
        content,
        headers: {
          'Content-Disposition': disposition,
          'Cache-Control': 'no-store',
          'X-Frame-Options': 'SAMEORIGIN',
        },
      }
    }
    if (path === '/exam/api/uploads' && method === 'POST')
      return {
        maxBytes: maxWishBytes,
        answer: async (body) => {
          const parts: Buffer[] = []
          for await (const part of body) parts.push(part)
          return guarded(async () => json(200, await papers.beginUpload(holder, parsed(Buffer.concat(parts)))))
        },
      }
    if (path === '/exam/api/sign-in' && method === 'POST')
      return {
        maxBytes: maxWishBytes,
        answer: async (body) => {
          const parts: Buffer[] = []
          for await (const part of body) parts.push(part)
          return guarded(() => {
            papers.signIn(seat, parsed(Buffer.concat(parts)))
            return Promise.resolve(json(200, {}))
          })
        },
      }
    const upload = /^\/exam\/api\/uploads\/([0-9a-f]{32})$/.exec(path)
    const offset = Number(query.get('offset') ?? NaN)
    if (upload?.[1] && method === 'PUT' && Number.isSafeInteger(offset) && offset >= 0) {
      const id = upload[1]
      if (!papers.isUploadOf(holder, id)) return failure(404, 'content.notFound')
      return {
        maxBytes: uploadLimits.partBytes,
        answer: (body) =>
          guarded(async () => {
            const state = await papers.takePart(holder, id, offset, body, head.client)
            if (state === 'busy') return json(409, { code: 'busy' })
            if (state === 'hashMismatch') return json(422, { code: 'hashMismatch' })
            return 'conflict' in state ? json(409, { code: 'offset', offset: state.conflict }) : json(200, state)
          }),
      }
    }
    return failure(404, 'content.notFound')
  }

  async function guarded(work: () => Promise<RouteReply>): Promise<RouteReply> {
    try {
      return await work()
    } catch (error) {
      return refusal(error)
    }
  }

  /** What the machine may be told of; the rest is the server's to answer. */
  function refusal(error: unknown): RouteReply {
    if (!(error instanceof CodedError)) throw error
    logger.warn('an exam file was refused', { code: error.code, message: error.message })
    return json(statusOf[error.code] ?? 400, {
      code: error.code,
      ...(error.code === 'ticket.otherSeat' && { seat: error.details['seat'] }),
    })
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new CodedError('input.invalid', 'not JSON')
  }
}

const json = (status: number, value: unknown): RouteReply => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
  headers: { 'X-Content-Type-Options': 'nosniff' },
})

const failure = (status: number, code: ErrorCode): RouteReply => json(status, { code })
