import type { Cancel, Clock } from '../base/index.ts'
import type { IncomingFile, LoggedTransfer } from '../content/index.ts'
import { CodedError, type TransferOutcome } from '../contract/index.ts'
import { NetasciiDecoder } from './netascii.ts'
import { ackHead, decode } from './packet.ts'
import type { PortUser, TransferPort } from './ports.ts'
import type { Reception, ReceptionAction } from './reception.ts'

export interface ReceivingSessionDeps {
  reception: Reception
  file: IncomingFile
  netascii: boolean
  /** Ready to send; absent when no option was agreed on. */
  oack?: Buffer
  /** To the one client of this transfer. */
  port: TransferPort
  clock: Clock
  log: LoggedTransfer
  /** Called once, when nothing of it is open any more. `error`: what the client is to be told. */
  onEnd: (outcome: TransferOutcome, error?: CodedError) => void
}

const nothing = new Uint8Array(0)

/** One upload at work: does what the state machine says, with the file, the timer and a way to the client. */
export class ReceivingSession implements PortUser {
  readonly #deps: ReceivingSessionDeps
  readonly #decoder: NetasciiDecoder | undefined
  #data: Uint8Array = nothing
  #heardAt: number | undefined
  #ended = false
  #complete = false
  #keeping = false
  #cancelTimer: Cancel = () => {}

  constructor(deps: ReceivingSessionDeps) {
    this.#deps = deps
    this.#decoder = deps.netascii ? new NetasciiDecoder() : undefined
  }

  get heardAt(): number | undefined {
    return this.#heardAt
  }

  get ended(): boolean {
    return this.#ended
  }

  start(): void {
    this.#apply(this.#deps.reception.start(this.#deps.clock.monotonic()))
  }

  /** A datagram from the client. What makes no sense here is passed over. */
  receive(datagram: Buffer): void {
    if (this.#ended) return
    const decoded = decode(datagram)
    if (!decoded.ok) return
    const { reception, clock, log } = this.#deps
    const { packet } = decoded
    const now = (this.#heardAt = clock.monotonic())
    if (packet.op === 'data') {
      this.#data = packet.data
      this.#apply(reception.data(packet.block, packet.data.length, now))
      this.#data = nothing
      log.progress(reception.bytes, reception.retransmissions)
    } else if (packet.op === 'error') {
      this.#apply(reception.error(packet.code, packet.message))
    }
  }

  /** A lost acknowledgement is asked for again. */
  sendFailed(): void {}

  /** Ends it from this side: what is not kept by now leaves nothing. */
  end(outcome: TransferOutcome, reason?: string, error?: CodedError): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelTimer()
    const { file, onEnd } = this.#deps
    // A keeping that is under way comes to its own end, and `discard` waits for it.
    file.discard().then(
      () => {
        if (!this.#complete) this.#log(outcome, reason)
        onEnd(outcome, error)
      },
      (cause: unknown) => {
        if (!this.#complete) this.#log(outcome, `${reason ?? outcome}; ${String(cause)}`)
        onEnd(outcome, error)
      },
    )
  }

  #log(outcome: TransferOutcome, reason?: string): void {
    const { log, reception, file } = this.#deps
    const saved = outcome === 'complete' ? file.path : undefined
    log.end(outcome, reception.bytes, reception.retransmissions, reason, saved)
  }

  #apply(actions: ReceptionAction[]): void {
    for (const action of actions) {
      if (this.#ended) return
      switch (action.do) {
        case 'sendOack':
          if (this.#deps.oack) this.#deps.port.send(this.#deps.oack)
          break
        case 'sendAck':
          this.#deps.port.sendWithHead(ackHead(action.block), nothing)
          break
        case 'store':
          this.#store(this.#decoder ? this.#decoder.decode(this.#data) : this.#data)
          break
        case 'keep':
          this.#keep()
          break
        case 'wait':
          this.#cancelTimer()
          this.#cancelTimer = this.#deps.clock.after(action.ms, () =>
            this.#apply(this.#deps.reception.timeUp(this.#deps.clock.monotonic())),
          )
          break
        case 'complete':
          this.#complete = true
          this.#log('complete')
          break
        case 'finish':
          this.end(action.outcome, action.reason)
          break
      }
    }
  }

  #store(bytes: Uint8Array): void {
    try {
      this.#deps.file.write(bytes)
    } catch (error) {
      this.#failed(error)
    }
  }

  #keep(): void {
    if (this.#keeping) return
    this.#keeping = true
    this.#cancelTimer()
    const rest = this.#decoder?.end()
    if (rest && rest.length > 0) this.#store(rest)
    if (this.#ended) return
    const { file, reception, clock } = this.#deps
    file.keep().then(
      () => {
        // Stopped meanwhile: it is whole and kept all the same, which the next look into the folder shows.
        if (this.#ended) this.#log('complete')
        else this.#apply(reception.kept(clock.monotonic()))
      },
      (error: unknown) => this.#failed(error),
    )
  }

  #failed(error: unknown): void {
    const coded = error instanceof CodedError ? error : new CodedError('tftp.failed', String(error))
    this.end('failed', coded.message, coded)
  }
}
