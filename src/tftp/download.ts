import { errorCode, type Options, type Packet } from './packet.ts'

// The receiving end of a transfer that we asked for: RFC 1350, 2347, 2348, 2349, 7440.

/** What the transfer wants done, in this order. Block numbers here count from 1 and never roll over. */
export type DownloadAction =
  | { do: 'sendRequest' }
  | { do: 'sendAck'; block: number }
  | { do: 'sendError'; code: number; message: string }
  | { do: 'write'; data: Uint8Array }
  /** Call `timeUp` after so long, unless another `wait` comes first. */
  | { do: 'wait'; ms: number }
  /** The file is whole. Stay for a while: the last acknowledgement may be lost (RFC 1350 section 6). */
  | { do: 'complete' }
  | { do: 'fail'; failure: DownloadFailure }
  | { do: 'leave' }

export type DownloadFailure =
  | { kind: 'noAnswer' }
  | { kind: 'stalled'; block: number }
  | { kind: 'serverError'; code: number; message: string }
  | { kind: 'badOptions'; option: string; value: string }

export interface DownloadTerms {
  /** As in the request; empty when none is asked for. */
  asked: Options
  /** Milliseconds until something is sent again. */
  intervalMs: number
  /** How often in a row something is sent again before the server is given up. */
  tries: number
}

export class Download {
  readonly #terms: DownloadTerms
  #phase: 'asking' | 'receiving' | 'lingering' | 'finished' = 'asking'
  #blockSize = 512
  #windowSize = 1
  /** Everything up to this block has come. */
  #received = 0
  #acknowledged = 0
  #gapTold = false
  #silences = 0
  #bytes = 0
  #size: number | undefined
  #retransmissions = 0
  #agreed: Options = new Map()
  #sentAt = 0
  #measured = true
  #roundTrips = { sum: 0, count: 0 }

  constructor(terms: DownloadTerms) {
    this.#terms = terms
  }

  get bytes(): number {
    return this.#bytes
  }
  get blocks(): number {
    return this.#received
  }
  get size(): number | undefined {
    return this.#size
  }
  get blockSize(): number {
    return this.#blockSize
  }
  get windowSize(): number {
    return this.#windowSize
  }
  /** Requests and acknowledgements sent again. */
  get retransmissions(): number {
    return this.#retransmissions
  }
  /** What the server agreed to; empty when it took no notice of the options. */
  get agreed(): Options {
    return this.#agreed
  }
  /** Milliseconds, on the average; undefined before any was measured. */
  get roundTripMs(): number | undefined {
    const { sum, count } = this.#roundTrips
    return count === 0 ? undefined : sum / count
  }

  start(now: number): DownloadAction[] {
    return [{ do: 'sendRequest' }, this.#sent(now)]
  }

  receive(packet: Packet, now: number): DownloadAction[] {
    if (this.#phase === 'finished') return []
    switch (packet.op) {
      case 'data':
        return this.#data(packet.block, packet.data, now)
      case 'oack':
        return this.#oack(packet.options, now)
      case 'error':
        if (this.#phase === 'lingering') return this.#leave()
        return this.#fail({ kind: 'serverError', code: packet.code, message: packet.message })
      default:
        return []
    }
  }

  timeUp(now: number): DownloadAction[] {
    if (this.#phase === 'finished') return []
    if (this.#phase === 'lingering') return this.#leave()
    if (this.#silences >= this.#terms.tries)
      return this.#fail(this.#phase === 'asking' ? { kind: 'noAnswer' } : { kind: 'stalled', block: this.#received })
    this.#silences += 1
    this.#retransmissions += 1
    this.#gapTold = false
    // What was sent twice measures nothing (Karn).
    const again: DownloadAction = this.#phase === 'asking' ? { do: 'sendRequest' } : this.#ackReceived()
    const wait = this.#sent(now)
    this.#measured = true
    return [again, wait]
  }

  #oack(options: Options, now: number): DownloadAction[] {
    if (this.#phase !== 'asking') {
      // The answer to the OACK was lost.
      return this.#phase === 'receiving' && this.#received === 0 ? [{ do: 'sendAck', block: 0 }, this.#sent(now)] : []
    }
    for (const [name, value] of options) {
      const problem = this.#agree(name, value)
      if (problem) return this.#refuse(name, value)
    }
    this.#agreed = options
    this.#phase = 'receiving'
    this.#heard(now)
    return [{ do: 'sendAck', block: 0 }, this.#sent(now)]
  }

  /** Answers whether it cannot be agreed to: not asked for, or more than was asked (RFC 2347, 2348, 7440). */
  #agree(name: string, text: string): boolean {
    const asked = this.#terms.asked.get(name)
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
    if (asked === undefined || Number.isNaN(value)) return true
    switch (name) {
      case 'blksize':
        this.#blockSize = value
        return value < 8 || value > Number(asked)
      case 'windowsize':
        this.#windowSize = value
        return value < 1 || value > Number(asked)
      case 'timeout':
        return value !== Number(asked)
      case 'tsize':
        this.#size = value
        return false
      default:
        return true
    }
  }

  #refuse(option: string, value: string): DownloadAction[] {
    const message = `option ${option}=${value} was not asked for like this`
    return [
      { do: 'sendError', code: errorCode.optionsRefused, message },
      ...this.#fail({ kind: 'badOptions', option, value }),
    ]
  }

  #data(wireBlock: number, data: Uint8Array, now: number): DownloadAction[] {
    if (this.#phase === 'lingering') return [{ do: 'sendAck', block: this.#received }]
    // A server without options answers the request with the first block (RFC 2347).
    if (this.#phase === 'asking') {
      if (wireBlock !== 1) return []
      this.#phase = 'receiving'
    }
    const ahead = (wireBlock - this.#received) & 0xffff
    if (ahead !== 1) return this.#outOfOrder(ahead, now)
    if (data.length > this.#blockSize) return []
    this.#heard(now)
    this.#received += 1
    this.#bytes += data.length
    const write: DownloadAction = { do: 'write', data }
    if (data.length < this.#blockSize) {
      this.#phase = 'lingering'
      return [write, this.#ackReceived(), { do: 'complete' }, { do: 'wait', ms: this.#terms.intervalMs * 2 }]
    }
    if (this.#received - this.#acknowledged < this.#windowSize) return [write, this.#waitOn()]
    return [write, this.#ackReceived(), this.#sent(now)]
  }

  /**
   * A block is missing: what came before it is acknowledged, once, and the server goes back (RFC 7440 section 4). A block
   * that came twice is not answered within a window, or each copy would bring another (Sorcerer's Apprentice); without
   * windows its acknowledgement was lost.
   */
  #outOfOrder(ahead: number, now: number): DownloadAction[] {
    const isOld = ahead === 0 || ahead > 0x8000
    if (isOld) {
      if (this.#windowSize > 1 && this.#received !== this.#acknowledged) return []
      if (ahead !== 0) return []
      this.#retransmissions += 1
      return [this.#ackReceived(), this.#waitOn()]
    }
    if (this.#gapTold) return []
    this.#gapTold = true
    this.#retransmissions += 1
    return [this.#ackReceived(), this.#sent(now)]
  }

  #heard(now: number): void {
    this.#silences = 0
    this.#gapTold = false
    if (this.#measured) return
    this.#measured = true
    this.#roundTrips.sum += now - this.#sentAt
    this.#roundTrips.count += 1
  }

  #ackReceived(): DownloadAction {
    this.#acknowledged = this.#received
    return { do: 'sendAck', block: this.#received }
  }

  #sent(now: number): DownloadAction {
    this.#sentAt = now
    this.#measured = false
    return this.#waitOn()
  }

  #waitOn(): DownloadAction {
    return { do: 'wait', ms: this.#terms.intervalMs }
  }

  #fail(failure: DownloadFailure): DownloadAction[] {
    this.#phase = 'finished'
    return [{ do: 'fail', failure }, { do: 'leave' }]
  }

  #leave(): DownloadAction[] {
    this.#phase = 'finished'
    return [{ do: 'leave' }]
  }
}
