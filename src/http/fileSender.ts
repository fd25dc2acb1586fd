import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../base/index.ts'
import { blockSize, type ContentFile, type LoggedTransfer, type TransferLog } from '../content/index.ts'
import type { Ipv4 } from '../contract/index.ts'
import { contentTypeOf } from './contentType.ts'
import { watchPace, type PaceLimits } from './pace.ts'
import { isNotModified, parseRange, rangeStillFits, type ByteRange } from './range.ts'
import { drained, finished, replyText } from './reply.ts'

export interface FileSenderDeps {
  log: TransferLog
  clock: Clock
  limits: PaceLimits
  /** False once the server is being stopped: an unfinished transfer is told so. */
  isRunning(): boolean
}

export type SendFile = (
  request: IncomingMessage,
  response: ServerResponse,
  file: ContentFile,
  client: Ipv4,
  headers?: Record<string, string>,
) => Promise<void>

/** Answers GET and HEAD with a file: validators, ranges, and its bytes no faster than the client takes them. */
export function createFileSender({ log, clock, limits, isRunning }: FileSenderDeps): SendFile {
  return async (request, response, file, client, ownHeaders = {}) => {
    const { headers } = request
    const isHead = request.method === 'HEAD'
    const common = {
      ETag: file.etag,
      'Last-Modified': new Date(file.modifiedAt).toUTCString(),
      'Cache-Control': file.kind === 'script' ? 'no-store' : 'public, max-age=86400',
      'Accept-Ranges': 'bytes',
      ...ownHeaders,
    }
    if (isNotModified(headers, file)) {
      response.writeHead(304, common).end()
      return
    }
    // Only GET knows ranges (RFC 9110 section 14.2).
    const asked = isHead || !rangeStillFits(singleValue(headers['if-range']), file) ? undefined : headers.range
    const range = parseRange(asked, file.size)
    if (range === 'unsatisfiable')
      return replyText(response, 416, 'range not satisfiable', { 'Content-Range': `bytes */${file.size}` })
    const { first, last }: ByteRange = range === 'whole' ? { first: 0, last: file.size - 1 } : range
    const length = last - first + 1
    response.writeHead(range === 'whole' ? 200 : 206, {
      'Content-Type': contentTypeOf(file.path),
      'Content-Length': length,
      'X-Content-Type-Options': 'nosniff',
      ...(range === 'whole' ? {} : { 'Content-Range': `bytes ${first}-${last}/${file.size}` }),
      ...common,
    })
    const transfer = log.begin({
      client,
      file: file.path,
      kind: file.kind,
      size: length,
      options: range === 'whole' ? {} : { range: `bytes=${first}-${last}` },
    })
    if (isHead) {
      response.end()
      return transfer.end('probe', 0, 0)
    }
    await pour(response, file, first, length, transfer)
  }

  /** Sends `length` bytes from `first`, as fast as the client takes them and never further ahead than its socket. */
  async function pour(
    response: ServerResponse,
    file: ContentFile,
    first: number,
    length: number,
    transfer: LoggedTransfer,
  ): Promise<void> {
    let sent = 0
    let isTooSlow = false
    const pace = watchPace(clock, limits, () => {
      isTooSlow = true
      response.destroy()
    })
    try {
      while (sent < length && !response.destroyed) {
        const offset = first + sent
        // Up to the end of the cached block, so that nothing is copied.
        const part = file.read(offset, Math.min(blockSize - (offset % blockSize), length - sent))
        const bytes = part instanceof Promise ? await part : part
        if (response.destroyed) break
        if (!response.write(bytes)) await drained(response)
        sent += bytes.length
        pace.moved(bytes.length)
        transfer.progress(sent, 0)
      }
      if (!response.destroyed) await finished(response)
    } catch (error) {
      // The length was promised: closing early is the only way left to say that it will not come.
      response.destroy()
      transfer.end('failed', sent, 0, error instanceof Error ? error.message : String(error))
      return
    } finally {
      pace.end()
    }
    if (response.writableFinished) transfer.end('complete', length, 0)
    else if (isTooSlow) transfer.end('aborted', sent, 0, 'the client was too slow')
    else transfer.end('aborted', sent, 0, isRunning() ? 'the connection was closed' : 'the server was stopped')
  }
}

const singleValue = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? undefined : value
