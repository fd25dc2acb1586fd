import type { TransferOutcome } from '../contract/index.ts'
import { errorCode } from './packet.ts'

/** What the transfer wants done, in this order. Block numbers here count from 1 and never roll over. */
export type TransferAction =
  | { do: 'sendOack' }
  /** When it goes on where an earlier one ends, after that one; else in place of what that one has not yet sent. */
  | { do: 'sendBlocks'; first: number; last: number }
  /** Call `timeUp` after so long, unless another `wait` comes first. */
  | { do: 'wait'; ms: number }
  | { do: 'finish'; outcome: TransferOutcome; reason?: string }

export interface TransferTerms {
  /** Bytes of the file as sent. */
  size: number
  blockSize: number
  windowSize: number
  /** Whether options were agreed on, so that the OACK opens the transfer in place of DATA 1. */
  oack: boolean
  /** Whether the client asked for the size: then an abort of the OACK is all it came for. */
  sizeAsked: boolean
  /** RFC 2349: the client's wish for the retransmission interval. */
  timeoutMs?: number
}

/** Milliseconds. The round trip is measured; these bound what is made of it. */
const firstInterval = 1000
const leastInterval = 10
/** Longer than the 5 s after which clients ask again by themselves: some of them listen to nothing else by then. */
const longestInterval = 6000
/** Each interval that brings nothing makes the next so many times longer. */
const backoff = 3
/** So long without progress and the client is given up: longer than a switch port takes to forward again (30 s). */
const patience = 35_000
/** Shorter when only the last acknowledgements are out: many loaders take the last block and are gone. */
const lastPatience = 10_000

/**
 * One read transfer as its sender sees it: RFC 1350 with windows (RFC 7440). It holds no file, socket or clock: events
 * and the time of each come in (milliseconds, monotonic), actions go out.
 */
export class Transfer {
  readonly #terms: TransferTerms
  readonly #lastBlock: number
  #phase: 'agreeing' | 'sending' | 'finished'
  /** Everything up to this block has been received. */
  #acknowledged = 0
  /** The end of the window that is out. */
  #highestSent = 0
  /** No block above was sent more than once. */
  #sentAgainUpTo = 0
  /** When something was last sent, and from which block on that was for the first time. */
  #sentAt = 0
  #firstTimeFrom = 0
  #retransmissions = 0
  #timeouts = 0
  #progressAt = 0
  /** Since its last progress the client was heard to wait for more. */
  #stillAsking = false
  #smoothedRoundTrip: number | undefined
  #roundTripVariation = 0

  constructor(terms: TransferTerms) {
    this.#terms = terms
    // An exact multiple ends with an empty block (RFC 1350 section 6).
    this.#lastBlock = Math.floor(terms.size / terms.blockSize) + 1
    this.#phase = terms.oack ? 'agreeing' : 'sending'
  }

  /** Bytes the client has acknowledged. */
  get bytes(): number {
    return Math.min(this.#acknowledged * this.#terms.blockSize, this.#terms.size)
  }

  /** OACK and DATA packets sent again. */
  get retransmissions(): number {
    return this.#retransmissions
  }

  get finished(): boolean {
    return this.#phase === 'finished'
  }

  start(now: number): TransferAction[] {
    this.#progressAt = now
    if (this.#phase === 'sending') return this.#send(1, now)
    this.#sentAt = now
    return [{ do: 'sendOack' }, this.#wait()]
  }

  /** @param block as on the wire, 0 to 65535. */
  ack(block: number, now: number): TransferAction[] {
    if (this.#phase === 'finished') return []
    if (this.#phase === 'agreeing') {
      if (block !== 0) return []
      this.#phase = 'sending'
      this.#progress(now)
      return this.#send(1, now)
    }
    const advance = (block - this.#acknowledged) & 0xffff
    if (advance === 0) return this.#duplicateAck(now)
    // Older than the window, or never sent.
    if (this.#acknowledged + advance > this.#highestSent) return []
    const nothingSentAgain = this.#acknowledged >= this.#sentAgainUpTo
    this.#acknowledged += advance
    this.#progress(now)
    if (this.#acknowledged === this.#lastBlock) return this.#finish('complete')
    // Short of the window's end: the block after it was lost, and the client lets go what follows (RFC 7440 section 4).
    // Unless packets of the window were sent twice: then it may be the answer to a copy, and sending all again for each
    // of those would never end. What was really lost then waits for the time to be up.
    const lost = this.#acknowledged < this.#highestSent && nothingSentAgain
    return this.#send(lost ? this.#acknowledged + 1 : this.#highestSent + 1, now)
  }

  /** The client sent an ERROR packet. */
  error(code: number, message: string): TransferAction[] {
    if (this.#phase === 'finished') return []
    const aborted = code === errorCode.optionsRefused || code === errorCode.undefined
    // RFC 2349 gives the size in the OACK; firmware that wanted no more than that aborts here (EDK2, UNDI, pxelinux).
    if (this.#phase === 'agreeing' && this.#terms.sizeAsked && aborted) return this.#finish('probe')
    return this.#finish('aborted', message === '' ? `ERROR ${code}` : message)
  }

  timeUp(now: number): TransferAction[] {
    if (this.#phase === 'finished') return []
    const silence = now - this.#progressAt
    if (this.#onlyLastAckMissing() && silence >= lastPatience) {
      // What it acknowledged so far shows that blocks of this size arrive: it has the file and did not wait.
      this.#acknowledged = this.#lastBlock
      return this.#finish('complete')
    }
    if (silence >= patience)
      return this.#finish('timeout', this.#phase === 'agreeing' ? 'OACK not acknowledged' : 'no acknowledgement')
    this.#timeouts++
    if (this.#phase === 'sending') return this.#send(this.#acknowledged + 1, now)
    this.#retransmissions++
    this.#firstTimeFrom = 1
    return [{ do: 'sendOack' }, this.#wait()]
  }

  /**
   * A repeated acknowledgement is not answered with DATA: with a copy of each packet in flight every one would be
   * answered twice to the end of the file (the Sorcerer's Apprentice, RFC 1123 section 4.2.3.1). With windows it may
   * also say that the window's first block was lost: that is heeded once, and only when nothing in this window or the
   * one before was sent twice.
   */
  #duplicateAck(now: number): TransferAction[] {
    this.#stillAsking = true
    const { windowSize } = this.#terms
    const lost = windowSize > 1 && this.#acknowledged - windowSize >= this.#sentAgainUpTo
    return lost ? this.#send(this.#acknowledged + 1, now) : []
  }

  /** Sends from `first` to the end of the window that begins after what is acknowledged. */
  #send(first: number, now: number): TransferAction[] {
    const last = Math.min(this.#acknowledged + this.#terms.windowSize, this.#lastBlock)
    if (first <= this.#highestSent) {
      this.#retransmissions += this.#highestSent - first + 1
      this.#sentAgainUpTo = this.#highestSent
    }
    this.#sentAt = now
    this.#firstTimeFrom = this.#highestSent + 1
    this.#highestSent = last
    return first > last ? [this.#wait()] : [{ do: 'sendBlocks', first, last }, this.#wait()]
  }

  /**
   * What was sent more than once measures nothing (Karn): the longer interval stays until something does (RFC 6298
   * section 5). Not when the client misses a part of it: then the line loses packets, and is not slower than thought.
   */
  #progress(now: number): void {
    this.#progressAt = now
    this.#stillAsking = false
    if (this.#acknowledged >= this.#firstTimeFrom) {
      this.#measure(now - this.#sentAt)
      this.#timeouts = 0
    } else if (this.#acknowledged < this.#highestSent) {
      this.#timeouts = 0
    }
  }

  /** RFC 6298 section 2. */
  #measure(roundTrip: number): void {
    if (this.#smoothedRoundTrip === undefined) {
      this.#smoothedRoundTrip = roundTrip
      this.#roundTripVariation = roundTrip / 2
      return
    }
    const deviation = Math.abs(this.#smoothedRoundTrip - roundTrip)
    this.#roundTripVariation += (deviation - this.#roundTripVariation) / 4
    this.#smoothedRoundTrip += (roundTrip - this.#smoothedRoundTrip) / 8
  }

  /** Longer after each time that brought nothing. A client that asked for an interval never waits longer. */
  #wait(): TransferAction {
    const asked = this.#terms.timeoutMs
    const measured =
      this.#smoothedRoundTrip === undefined
        ? (asked ?? firstInterval)
        : Math.max(leastInterval, this.#smoothedRoundTrip + 4 * this.#roundTripVariation)
    // Towards the end more tries in less time: whether the client is gone or has not got it is about to be decided.
    const longest = asked ?? (this.#onlyLastAckMissing() ? firstInterval : longestInterval)
    return { do: 'wait', ms: Math.min(measured * backoff ** Math.min(this.#timeouts, 10), longest) }
  }

  #onlyLastAckMissing(): boolean {
    return this.#acknowledged > 0 && this.#highestSent === this.#lastBlock && !this.#stillAsking
  }

  #finish(outcome: TransferOutcome, reason?: string): TransferAction[] {
    this.#phase = 'finished'
    return [reason === undefined ? { do: 'finish', outcome } : { do: 'finish', outcome, reason }]
  }
}
