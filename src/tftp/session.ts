import type { Cancel, Clock } from '../base/index.ts'
import type { LoggedTransfer } from '../content/index.ts'
import type { TransferOutcome } from '../contract/index.ts'
import type { ByteSource } from './netascii.ts'
import { ackedBlock, dataHead, decode } from './packet.ts'
import type { PortUser, TransferPort } from './ports.ts'
import type { Transfer, TransferAction } from './transfer.ts'

export interface SessionDeps {
  transfer: Transfer
  source: ByteSource
  blockSize: number
  /** Ready to send; absent when no option was agreed on. */
  oack?: Buffer
  /** To the one client of this transfer. */
  port: TransferPort
  clock: Clock
  log: LoggedTransfer
  /** Called once, after the end was told on the bus. */
  onEnd: (outcome: TransferOutcome) => void
}

/** Later than this, a timer says more about this process than about the client. Milliseconds. */
const lateTimer = 10

/** One transfer at work: does what the state machine says, with the file, the timer and a way to the client. */
export class Session implements PortUser {
  readonly #deps: SessionDeps
  #nextBlock = 1
  #lastBlock = 0
  #reading = false
  #ended = false
  #heardAt: number | undefined
  #deadline = 0
  #timer: { at: number; cancel: Cancel } | undefined
  #lookedAgain = false
  #sendError: Error | undefined

  constructor(deps: SessionDeps) {
    this.#deps = deps
  }

  /** When the client last sent something to this transfer, on the monotonic clock. */
  get heardAt(): number | undefined {
    return this.#heardAt
  }

  get ended(): boolean {
    return this.#ended
  }

  start(): void {
    this.#apply(this.#deps.transfer.start(this.#deps.clock.monotonic()))
  }

  /** A datagram from the client. What makes no sense here is passed over. */
  receive(datagram: Buffer): void {
    if (this.#ended) return
    const { transfer, clock, log } = this.#deps
    const acked = ackedBlock(datagram)
    if (acked >= 0) {
      const now = this.#heard(clock)
      this.#apply(transfer.ack(acked, now))
      log.progress(transfer.bytes, transfer.retransmissions)
      return
    }
    const decoded = decode(datagram)
    if (!decoded.ok) return
    this.#heard(clock)
    if (decoded.packet.op === 'error') this.#apply(transfer.error(decoded.packet.code, decoded.packet.message))
  }

  #heard(clock: Clock): number {
    this.#sendError = undefined
    return (this.#heardAt = clock.monotonic())
  }

  /** A packet did not leave. It is sent again like a lost one; if nothing ever gets through, this is why. */
  sendFailed(error: Error): void {
    this.#sendError = error
  }

  /** Ends it from this side. */
  end(outcome: TransferOutcome, reason?: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#timer?.cancel()
    const { transfer, log, onEnd } = this.#deps
    log.end(outcome, transfer.bytes, transfer.retransmissions, reason)
    onEnd(outcome)
  }

  #apply(actions: TransferAction[]): void {
    for (const action of actions) {
      switch (action.do) {
        case 'sendOack':
          if (this.#deps.oack) this.#deps.port.send(this.#deps.oack)
          break
        case 'sendBlocks':
          if (action.first !== this.#lastBlock + 1) this.#nextBlock = action.first
          this.#lastBlock = action.last
          this.#sendBlocks()
          break
        case 'wait':
          this.#wait(action.ms)
          break
        case 'finish':
          if (action.outcome === 'timeout' && this.#sendError) this.end('failed', this.#sendError.message)
          else this.end(action.outcome, action.reason)
          break
      }
    }
  }

  /** Sends what is in memory at once and goes on when the disk has answered, unless other blocks are wanted by then. */
  #sendBlocks(): void {
    if (this.#reading) return
    const { source, blockSize } = this.#deps
    while (!this.#ended && this.#nextBlock <= this.#lastBlock) {
      const block = this.#nextBlock
      let data: Buffer | Promise<Buffer>
      try {
        data = source.read((block - 1) * blockSize, blockSize)
      } catch (error) {
        this.#unreadable(error)
        return
      }
      if (data instanceof Promise) {
        this.#reading = true
        data.then(
          (bytes) => {
            this.#reading = false
            if (this.#nextBlock === block) this.#sendBlock(block, bytes)
            this.#sendBlocks()
          },
          (error: unknown) => this.#unreadable(error),
        )
        return
      }
      this.#sendBlock(block, data)
    }
  }

  #unreadable(error: unknown): void {
    this.end('failed', error instanceof Error ? error.message : String(error))
  }

  #sendBlock(block: number, data: Buffer): void {
    if (this.#ended) return
    this.#nextBlock = block + 1
    this.#deps.port.sendWithHead(dataHead(block), data)
  }

  /** One timer that is moved on only when it fires: acknowledgements come far more often than silence. */
  #wait(ms: number): void {
    if (this.#ended) return
    this.#deadline = this.#deps.clock.monotonic() + ms
    this.#lookedAgain = false
    if (this.#timer && this.#timer.at <= this.#deadline) return
    this.#timer?.cancel()
    this.#arm(this.#deadline)
  }

  #arm(at: number): void {
    const { clock } = this.#deps
    const ms = Math.max(1, Math.ceil(at - clock.monotonic()))
    this.#timer = { at, cancel: clock.after(ms, () => this.#timerFired()) }
  }

  #timerFired(): void {
    this.#timer = undefined
    const now = this.#deps.clock.monotonic()
    if (now < this.#deadline) return this.#arm(this.#deadline)
    if (now - this.#deadline > lateTimer && !this.#lookedAgain) {
      // This process was busy: acknowledgements may be waiting in the socket, and they are read before the next timer.
      this.#lookedAgain = true
      return this.#arm(now + 1)
    }
    const { transfer, log } = this.#deps
    this.#apply(transfer.timeUp(now))
    // What is sent again in vain is news too.
    log.progress(transfer.bytes, transfer.retransmissions)
  }
}
