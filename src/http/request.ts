import type { IncomingMessage } from 'node:http'

/** A request target as a route or a file sees it. */
export interface Target {
  /** Percent-decoded once, with its leading slash. */
  path: string
  query: URLSearchParams
}

/** Undefined for a target that is no path: bad percent-encoding, `*`, the authority of a CONNECT. */
export function parseTarget(target: string): Target | undefined {
  // Some clients send the absolute form that is meant for proxies (RFC 9112 section 3.2.2).
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '')
  const mark = origin.indexOf('?')
  const path = mark === -1 ? origin : origin.slice(0, mark)
  if (path !== '' && !path.startsWith('/')) return undefined
  try {
    return { path: decodeURIComponent(path || '/'), query: new URLSearchParams(mark === -1 ? '' : origin.slice(mark)) }
  } catch {
    return undefined
  }
}

/**
 * The whole body, or `tooLarge` as soon as that is known.
 * Rejects when the client goes away before the end.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | 'tooLarge'> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > limit) return resolve('tooLarge')
    const parts: Buffer[] = []
    let length = 0
    request.on('data', (part: Buffer) => {
      length += part.length
      if (length > limit) {
        request.pause()
        resolve('tooLarge')
      } else {
        parts.push(part)
      }
    })
    request.on('end', () => resolve(Buffer.concat(parts)))
    request.on('error', reject)
    request.on('close', () => reject(new Error('the client went away')))
  })
}
