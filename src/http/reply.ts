import type { ServerResponse } from 'node:http'

/** A short answer in words, for who looks at it with curl. */
export function replyText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  const body = `${text}\n`
  response
    .writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      ...headers,
    })
    .end(body)
}

/** Settles when the socket takes more, or is closed. */
export const drained = (response: ServerResponse): Promise<void> => settledBy(response, 'drain')

/** Settles when everything was handed to the system, or the socket is closed. */
export function finished(response: ServerResponse): Promise<void> {
  const done = settledBy(response, 'finish')
  response.end()
  return done
}

function settledBy(response: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve) => {
    // It may have been closed while the disk was read, and says so only once.
    if (response.destroyed) return resolve()
    const settle = (): void => {
      response.off(event, settle)
      response.off('close', settle)
      resolve()
    }
    response.on(event, settle)
    response.on('close', settle)
  })
}
