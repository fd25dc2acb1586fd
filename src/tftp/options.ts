import type { Options } from './packet.ts'

/** What both sides agreed on for one transfer. */
export interface Agreement {
  /** Bytes of data in a full block, RFC 2348. */
  blockSize: number
  /** Blocks sent before an acknowledgement is due, RFC 7440. */
  windowSize: number
  /** The client's wish for the retransmission interval, RFC 2349. */
  timeoutMs?: number
  /** Bytes that the client of a write request says it will send. */
  announcedSize?: number
  /** What the OACK says; empty when there is nothing to say and DATA 1 comes at once. */
  acknowledged: Options
}

export interface Limits {
  /** Bytes of the file as sent; absent when it is the client who sends, and knows. */
  size?: number
  /** 8 to 65464. */
  maxBlockSize: number
  /** 1 to 65535. */
  maxWindowSize: number
}

/**
 * Agrees to what was asked and can be held: never an option that was not asked for, never a larger value than asked
 * (RFC 2347, 2348, 7440). An option with a value that its RFC does not allow is passed over, as if unknown.
 */
export function agree(asked: Options, limits: Limits): Agreement {
  const acknowledged = new Map<string, string>()
  const agreement: Agreement = { blockSize: 512, windowSize: 1, acknowledged }
  for (const [name, text] of asked) {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : -1
    switch (name) {
      case 'blksize':
        if (value < 8 || value > 65_464) break
        agreement.blockSize = Math.min(value, limits.maxBlockSize)
        acknowledged.set(name, String(agreement.blockSize))
        break
      case 'windowsize':
        if (value < 1 || value > 65_535) break
        agreement.windowSize = Math.min(value, limits.maxWindowSize)
        acknowledged.set(name, String(agreement.windowSize))
        break
      case 'timeout':
        // RFC 2349 goes up to 255 s and wants the same value back or none; a transfer is not held open for that long.
        if (value < 1 || value > 30) break
        agreement.timeoutMs = value * 1000
        acknowledged.set(name, String(value))
        break
      case 'tsize':
        // The client sends 0 (RFC 2349), or anything: what it gets is the size. Not 0, though, which curl takes for a
        // malformed answer: an empty file says its size by its one empty block.
        if (value < 0 || limits.size === 0) break
        // In a write request the size is the client's, and is echoed (RFC 2349).
        if (limits.size === undefined) agreement.announcedSize = value
        acknowledged.set(name, String(limits.size ?? value))
        break
    }
  }
  return agreement
}
