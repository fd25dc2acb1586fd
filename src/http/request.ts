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
