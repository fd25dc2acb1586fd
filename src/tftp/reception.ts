import type { TransferOutcome } from '../contract/index.ts'

/** What the reception wants done, in this order. Block numbers here count from 1 and never roll over. */
export type ReceptionAction =
  | { do: 'sendOack' }
  | { do: 'sendAck'; block: number }
  /** The data of the packet that was just told goes to the end of the file. */
  | { do: 'store' }
  /** It is all there: make it last, then call `kept`. Until then nothing is acknowledged. */
  | { do: 'keep' }
  /** Call `timeUp` after so long, unless another `wait` comes first. */
  | { do: 'wait'; ms: number }
  /** The file is kept and its last block acknowledged; only repetitions are still answered. */
  | { do: 'complete' }
  | { do: 'finish'; outcome: TransferOutcome; reason?: string }

export interface ReceptionTerms {
  blockSize: number
  windowSize: number
  /** Whether options were agreed on, so that the OACK opens the transfer in place of ACK 0. */
  oack: boolean
  /** RFC 2349: the client's wish for the retransmission interval. */
  timeoutMs?: number
  /** Bytes on the wire that the client said it would send. */
  announcedSize?: number
}

/** Milliseconds. */
const firstInterval = 1000
const longestInterval = 6000
/** So long without a new block and the client is given up: longer than a switch port takes to forward again (30 s). */
const patience = 35_000
/** How long the last acknowledgement is repeated to a client that did not hear it (RFC 1350 section 6). */
const dally = 6000

/**
 * One write transfer as its receiver sees it: RFC 1350 with windows (RFC 7440). It holds no file, socket or clock: events
 * and the time of each come in (milliseconds, monotonic), actions go out.
 */
export class Reception {
  readonly #terms: ReceptionTerms
  #phase: 'receiving' | 'keeping' | 'dallying' | 'finished' = 'receiving'
  /** Every block up to this one is there. */
  #received = 0
  #acknowledged = 0
  #bytes = 0
  #retransmissions = 0
  #timeouts = 0
  #progressAt = 0
  /** The gap after this block was told of already: once is enough for a whole window (RFC 7440 section 4). */
  #gapToldAfter = -1

  constructor(terms: ReceptionTerms) {
    this.#terms = terms
  }

  /** Bytes received, as they came over the wire. */
  get bytes(): number {
    return this.#bytes
  }

  /** OACK and ACK packets sent again. */
  get retransmissions(): number {
    return this.#retransmissions
  }

  start(now: number): ReceptionAction[] {
    this.#progressAt = now
    return [this.#invitation(), this.#wait()]
  }

  /** @param block as on the wire, 0 to 65535. @param length bytes of its data. */
  data(block: number, length: number, now: number): ReceptionAction[] {
    const advance = (block - this.#received) & 0xffff
    if (this.#phase === 'dallying') return advance === 0 ? [this.#again(), this.#wait()] : []
    if (this.#phase !== 'receiving') return []
    if (advance !== 1) return this.#outOfOrder(advance)
    const { blockSize, windowSize, announcedSize } = this.#terms
    if (length > blockSize)
      return this.#finish('failed', `a block of ${length} bytes where ${blockSize} were agreed on`)
    this.#received++
    this.#bytes += length
    this.#progressAt = now
    this.#timeouts = 0
    if (length < blockSize) {
      if (announcedSize !== undefined && announcedSize !== this.#bytes)
        return this.#finish('failed', `${this.#bytes} bytes came where ${announcedSize} were announced`)
      this.#phase = 'keeping'
      return [{ do: 'store' }, { do: 'keep' }]
    }
    if (this.#received - this.#acknowledged < windowSize) return [{ do: 'store' }, this.#wait()]
    return [{ do: 'store' }, this.#acknowledge(), this.#wait()]
  }

  /** The whole file is on the disk, under its name. */
  kept(now: number): ReceptionAction[] {
    if (this.#phase !== 'keeping') return []
    this.#phase = 'dallying'
    this.#progressAt = now
    return [this.#acknowledge(), { do: 'complete' }, { do: 'wait', ms: dally }]
  }

  /** The client sent an ERROR packet. */
  error(code: number, message: string): ReceptionAction[] {
    // What is kept is kept.
    if (this.#phase === 'dallying') return this.#finish('complete')
    if (this.#phase === 'keeping' || this.#phase === 'finished') return []
    return this.#finish('aborted', message === '' ? `ERROR ${code}` : message)
  }

  timeUp(now: number): ReceptionAction[] {
    if (this.#phase === 'dallying') return this.#finish('complete')
    if (this.#phase !== 'receiving') return []
    if (now - this.#progressAt >= patience) return this.#finish('timeout', 'no data')
    this.#timeouts++
    this.#gapToldAfter = -1
    if (this.#received > 0) return [this.#again(), this.#wait()]
    this.#retransmissions++
    return [this.#invitation(), this.#wait()]
  }

  /**
   * The last block again: our acknowledgement was lost. Further on within the window: what comes next was lost, and the
   * client goes back when it hears so. Anything else is a late copy.
   */
  #outOfOrder(advance: number): ReceptionAction[] {
    if (advance === 0) return this.#received === 0 ? [] : [this.#again(), this.#wait()]
    if (advance > this.#terms.windowSize || this.#gapToldAfter === this.#received) return []
    this.#gapToldAfter = this.#received
    return this.#received === 0 && this.#terms.oack
      ? [{ do: 'sendAck', block: 0 }, this.#wait()]
      : [this.#again(), this.#wait()]
  }

  #invitation(): ReceptionAction {
    return this.#terms.oack ? { do: 'sendOack' } : { do: 'sendAck', block: 0 }
  }

  #acknowledge(): ReceptionAction {
    this.#acknowledged = this.#received
    return { do: 'sendAck', block: this.#received }
  }

  #again(): ReceptionAction {
    this.#retransmissions++
    return this.#acknowledge()
  }

  #wait(): ReceptionAction {
    if (this.#phase === 'dallying') return { do: 'wait', ms: dally }
    const first = this.#terms.timeoutMs ?? firstInterval
    return {
      do: 'wait',
      ms: Math.min(first * 2 ** Math.min(this.#timeouts, 10), this.#terms.timeoutMs ?? longestInterval),
    }
  }

  #finish(outcome: TransferOutcome, reason?: string): ReceptionAction[] {
    this.#phase = 'finished'
    return [reason === undefined ? { do: 'finish', outcome } : { do: 'finish', outcome, reason }]
  }
}
