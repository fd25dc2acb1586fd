import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Clock } from '../base/index.ts'
import type { Ipv4 } from '../contract/index.ts'
import { pause, PowerCut } from './power.ts'

export interface HttpCaller {
  clock: Clock
  /** The address that the machine was leased: the server must see the request come from it. */
  from: Ipv4
  userAgent: string
  power: AbortSignal
}

export interface Download {
  bytes: number
  /** The server's Content-Length. */
  size?: number
}

export class HttpFailed extends Error {
  override readonly name = 'HttpFailed'
}

const silenceLimit = 15_000
const largestText = 256 * 1024

/**
 * Reads a whole resource and throws it away, no faster than the machine's network would.
 * @param rate bytes per second.
 * @param stopAt share of the resource, 0 to 1, at which the machine drops the connection.
 * @throws HttpFailed when the answer is not a success, or ends before its announced size.
 */
export async function download(caller: HttpCaller, url: string, rate: number, stopAt = 1): Promise<Download> {
  const response = await open(caller, url)
  const length = response.headers['content-length']
  const size = length === undefined ? undefined : Number(length)
  const startedAt = caller.clock.monotonic()
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (size !== undefined && bytes >= size * stopAt && stopAt < 1) return { bytes, size }
      const ahead = (bytes / rate) * 1000 - (caller.clock.monotonic() - startedAt)
      // A timer cannot wait for less than a few milliseconds: let that much run ahead.
      if (ahead > 15) await pause(caller.clock, ahead, caller.power)
    }
  } catch (error) {
    throw failure(error, caller.power, url)
  } finally {
    response.destroy()
  }
  if (size !== undefined && bytes !== size) throw new HttpFailed(`${url}: ${bytes} bytes of ${size} came`)
  return { bytes, size }
}

/** What is posted: its media type and its text. */
export interface Content {
  type: string
  body: string
  /** POST when absent. */
  method?: 'POST' | 'PUT'
}

/**
 * Reads a small text, such as a boot script: by GET, or by POST when there is something to say.
 * @throws HttpFailed when the answer is not a success, or is larger than 256 KiB.
 */
export async function readText(caller: HttpCaller, url: string, content?: Content): Promise<string> {
  const response = await open(caller, url, content)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > largestText) throw new HttpFailed(`${url}: larger than ${largestText} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw failure(error, caller.power, url)
  } finally {
    response.destroy()
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function open({ from, userAgent, power }: HttpCaller, url: string, content?: Content): Promise<IncomingMessage> {
  if (power.aborted) throw new PowerCut()
  if (!isHttpUrl(url)) throw new HttpFailed(`${url}: not an http:// address`)
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request: ClientRequest = httpRequest(
        url,
        {
          method: content ? (content.method ?? 'POST') : 'GET',
          localAddress: from,
          agent: false,
          signal: power,
          headers: {
            'User-Agent': userAgent,
            Connection: 'close',
            ...(content ? { 'Content-Type': content.type, 'Content-Length': Buffer.byteLength(content.body) } : {}),
          },
        },
        resolve,
      )
      request.setTimeout(silenceLimit, () => request.destroy(new Error(`silent for ${silenceLimit} ms`)))
      request.on('error', reject)
      request.end(content?.body)
    })
    if (response.statusCode === undefined || response.statusCode < 200 || response.statusCode > 299) {
      response.destroy()
      throw new HttpFailed(`${url}: the server answered ${response.statusCode ?? 'nothing'}`)
    }
    return response
  } catch (error) {
    throw failure(error, power, url)
  }
}

function failure(error: unknown, power: AbortSignal, url: string): Error {
  if (power.aborted) return new PowerCut()
  if (error instanceof HttpFailed || error instanceof PowerCut) return error
  return new HttpFailed(`${url}: ${error instanceof Error ? error.message : String(error)}`)
}

/** `URL.canParse` came only with Node 18.17. */
function isHttpUrl(text: string): boolean {
  try {
    return new URL(text).protocol === 'http:'
  } catch {
    return false
  }
}
