import type { IncomingMessage } from 'node:http'
import type { Clock } from '../base/index.ts'
import { watchPace, type PaceLimits } from './pace.ts'

/** Why a body did not come whole. */
export class BodyError extends Error {
  override readonly name = 'BodyError'

  constructor(readonly reason: 'tooLarge' | 'tooSlow' | 'clientLeft') {
    super(`the body of a request: ${reason}`)
  }
}

/** The body of one request, to be iterated once. Reading waits for the client, and the client for the reader. */
export interface RequestBody extends AsyncIterable<Buffer> {
  /** Bytes, as the client said; undefined when it sends chunks. */
  readonly length: number | undefined
  /** Bytes handed over so far. */
  readonly received: number
}

export interface BodyOptions extends PaceLimits {
  maxBytes: number
  clock: Clock
  /** Called before the first read. */
  begin(): void
}

/** @throws BodyError while iterated. */
export function bodyOf(request: IncomingMessage, options: BodyOptions): RequestBody {
  let received = 0
  async function* parts(): AsyncGenerator<Buffer, void, undefined> {
    let tooSlow = false
    const watch = watchPace(options.clock, options, () => {
      tooSlow = true
      // No answer could be relied on to arrive: a client this slow is usually not there any more.
      request.destroy()
    })
    options.begin()
    try {
      for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        received += part.length
        if (received > options.maxBytes) throw new BodyError('tooLarge')
        watch.moved(part.length)
        watch.waitsFor('us')
        yield part
        watch.waitsFor('client')
      }
    } catch (error) {
      if (error instanceof BodyError) throw error
      throw new BodyError(tooSlow ? 'tooSlow' : 'clientLeft')
    } finally {
      watch.end()
    }
    if (!request.complete) throw new BodyError('clientLeft')
  }
  return {
    length: saidLength(request),
    get received() {
      return received
    },
    [Symbol.asyncIterator]: parts,
  }
}

/** The whole body in memory. @throws BodyError also `tooSlow` when it is not there after `withinMs`. */
export async function wholeBody(
  request: IncomingMessage,
  options: BodyOptions & { withinMs: number },
): Promise<Buffer> {
  if (!hasBody(request)) return Buffer.alloc(0)
  if ((saidLength(request) ?? 0) > options.maxBytes) throw new BodyError('tooLarge')
  let late = false
  const cancel = options.clock.after(options.withinMs, () => {
    late = true
    request.destroy()
  })
  const parts: Buffer[] = []
  try {
    for await (const part of bodyOf(request, options)) parts.push(part)
  } catch (error) {
    throw late ? new BodyError('tooSlow') : error
  } finally {
    cancel()
  }
  return Buffer.concat(parts)
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Node's parser has refused anything but digits. */
export function saidLength({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length']
  return length === undefined ? undefined : Number(length)
}

/** A client still sends; closing on it now would make its system throw our answer away unread. */
const letGoBytes = 4 * 1024 * 1024
const letGoMs = 2000

/** Reads on and throws away, within bounds, until the body is over. */
export function letGo(request: IncomingMessage, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve()
    let bytes = 0
    const done = (): void => {
      cancel()
      request.off('data', count).off('end', done).off('close', done)
      resolve()
    }
    const count = (part: Buffer): void => {
      bytes += part.length
      if (bytes > letGoBytes) done()
    }
    const cancel = clock.after(letGoMs, done)
    request.on('data', count).on('end', done).on('close', done).resume()
  })
}
