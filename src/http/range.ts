/** Bytes of a file, both ends included. */
export interface ByteRange {
  first: number
  last: number
}

/**
 * What a `Range` header asks of a file of `size` bytes, RFC 9110 section 14. `whole` for what a server may pass over: no
 * header, another unit, several ranges, anything malformed.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '')
  const [, firstText = '', lastText = ''] = match ?? []
  if (firstText === '' && lastText === '') return 'whole'
  if (firstText === '') {
    const suffix = Number(lastText)
    if (suffix === 0 || size === 0) return 'unsatisfiable'
    return { first: Math.max(0, size - suffix), last: size - 1 }
  }
  const first = Number(firstText)
  const last = lastText === '' ? Infinity : Number(lastText)
  if (last < first) return 'whole'
  if (first >= size) return 'unsatisfiable'
  return { first, last: Math.min(last, size - 1) }
}

/** A file's version, as HTTP compares it. */
export interface Validators {
  etag: string
  /** Milliseconds since the Unix epoch. */
  modifiedAt: number
}

/** Whether what the client holds is still right, by `If-None-Match`, else `If-Modified-Since` (RFC 9110 section 13). */
export function isNotModified(
  headers: { 'if-none-match'?: string; 'if-modified-since'?: string },
  { etag, modifiedAt }: Validators,
): boolean {
  const tags = headers['if-none-match']
  if (tags !== undefined)
    return tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return inSeconds(modifiedAt) <= inSeconds(since)
}

/** Whether a range may be given to who holds `If-Range` (RFC 9110 section 13.1.5): only of the very same version. */
export function rangeStillFits(ifRange: string | undefined, { etag, modifiedAt }: Validators): boolean {
  if (ifRange === undefined) return true
  if (ifRange.includes('"')) return ifRange.trim() === etag
  return inSeconds(Date.parse(ifRange)) === inSeconds(modifiedAt)
}

/** HTTP dates count whole seconds. */
const inSeconds = (ms: number): number => Math.floor(ms / 1000)
