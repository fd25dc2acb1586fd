import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Clock } from '../base/index.ts'
import { blockSize, type ContentFile, type LoggedTransfer, type TransferLog } from '../content/index.ts'
import { CodedError, type Ipv4 } from '../contract/index.ts'
import type { FileMover } from '../network/index.ts'
import { contentTypeOf } from './contentType.ts'
import type { HttpLimits } from './limits.ts'
import { watchPace, type PaceLimits, type PaceWatch } from './pace.ts'
import { isNotModified, parseRange, rangeStillFits, type ByteRange } from './range.ts'
import { drained, finished, replyText } from './reply.ts'

export interface FileSenderDeps {
  log: TransferLog
  clock: Clock
  limits: PaceLimits & Pick<HttpLimits, 'idleMs'>
  /** Where the kernel can send files by itself. */
  mover(): FileMover | undefined
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
export function createFileSender({ log, clock, limits, mover, isRunning }: FileSenderDeps): SendFile {
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
    const onProgress = (bytes: number): void => {
      pace.moved(bytes - sent)
      sent = bytes
      transfer.progress(sent, 0)
    }
    try {
      if (!(await moveAll(response, file, first, length, onProgress)))
        await writeAll(response, file, first, length, onProgress, pace)
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

  /** Through memory: works everywhere, and blocks that others fetch too are read from the disk once. */
  async function writeAll(
    response: ServerResponse,
    file: ContentFile,
    first: number,
    length: number,
    onProgress: (bytes: number) => void,
    pace: PaceWatch,
  ): Promise<void> {
    for (let sent = 0; sent < length && !response.destroyed;) {
      const offset = first + sent
      // Up to the end of the cached block, so that nothing is copied.
      const part = file.read(offset, Math.min(blockSize - (offset % blockSize), length - sent))
      pace.waitsFor('us')
      const bytes = part instanceof Promise ? await part : part
      pace.waitsFor('client')
      if (response.destroyed) break
      if (!response.write(bytes)) await drained(response)
      sent += bytes.length
      onProgress(sent)
    }
  }

  /** By the kernel. False when that cannot be, and nothing was sent. */
  async function moveAll(
    response: ServerResponse,
    { descriptor }: ContentFile,
    first: number,
    length: number,
    onProgress: (bytes: number) => void,
  ): Promise<boolean> {
    const { socket } = response
    const current = mover()
    // A response that waits behind an earlier one of its connection has no socket yet.
    if (!current || !descriptor || !socket || length < leastMovedBytes) return false
    // The kernel cannot encrypt what it sends.
    if (socket instanceof TLSSocket) return false
    response.flushHeaders()
    if (socket.writableLength > 0) await new Promise<void>((resolve) => socket.write('', () => resolve()))
    if (response.destroyed) return true
    const moved = current.send(socket, descriptor, first, length, (bytes) => {
      // Node sees none of these bytes, and would take the connection for idle.
      socket.setTimeout(limits.idleMs)
      onProgress(bytes)
    })
    if (!moved) return false
    const { end, bytes, reason } = await moved
    onProgress(bytes)
    if (end === 'changed') throw new CodedError('content.changed', 'the file was changed while it was being served')
    if (end === 'failed') throw new Error(reason ?? 'the file could not be sent')
    if (end === 'closed') response.destroy()
    return true
  }
}

/** Below, handing a file over costs more than it gains. */
const leastMovedBytes = 1024 * 1024

const singleValue = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? undefined : value
