import type { Clock, Emit } from '../base/index.ts'
import type {
  CodedError,
  Ipv4,
  TransferDirection,
  TransferEvent,
  TransferOutcome,
  TransferProtocol,
} from '../contract/index.ts'

/** What is known when a transfer begins. */
export type TransferBeginning = Omit<
  Extract<TransferEvent, { type: 'transfer.start' }>,
  'at' | 'type' | 'id' | 'protocol'
>

/** One transfer, as it is told on the bus. */
export interface LoggedTransfer {
  readonly id: string
  /** Tells the bus at most ten times a second. */
  progress(bytes: number, retransmissions: number): void
  /** Only the first call counts. */
  end(outcome: TransferOutcome, bytes: number, retransmissions: number, reason?: string, savedAs?: string): void
}

const progressEveryMs = 100
/** Refusals told per second and in one burst: a scanner must not flood the journal. */
const refusalsPerSecond = 20
const refusalBurst = 100

/** Tells transfers on the bus, in the same words for both protocols, and counts them. */
export class TransferLog {
  readonly #protocol: TransferProtocol
  readonly #emit: Emit
  readonly #clock: Clock
  readonly #run: string
  #begun = 0
  #active = 0
  #refusalsLeft = refusalBurst
  #refilledAt: number

  constructor({ protocol, emit, clock }: { protocol: TransferProtocol; emit: Emit; clock: Clock }) {
    this.#protocol = protocol
    this.#emit = emit
    this.#clock = clock
    this.#refilledAt = clock.monotonic()
    // Ids are stored in journals: they stay unique across restarts.
    this.#run = clock.now().toString(36)
  }

  /** Transfers begun so far. */
  get begun(): number {
    return this.#begun
  }

  get active(): number {
    return this.#active
  }

  begin(beginning: TransferBeginning): LoggedTransfer {
    const { client, file, direction, kind, size } = beginning
    const protocol = this.#protocol
    const id = `${protocol}-${this.#run}-${++this.#begun}`
    const startedAt = this.#clock.monotonic()
    let toldAt = startedAt
    let toldBytes = 0
    let toldRetransmissions = 0
    let ended = false
    this.#active++
    this.#emit({ at: this.#clock.now(), type: 'transfer.start', id, protocol, ...beginning })
    return {
      id,
      progress: (bytes, retransmissions) => {
        const now = this.#clock.monotonic()
        const isNews = bytes !== toldBytes || retransmissions !== toldRetransmissions
        if (ended || !isNews || now - toldAt < progressEveryMs) return
        toldAt = now
        toldBytes = bytes
        toldRetransmissions = retransmissions
        this.#emit({ at: this.#clock.now(), type: 'transfer.progress', id, client, bytes, retransmissions })
      },
      end: (outcome, bytes, retransmissions, reason, savedAs) => {
        if (ended) return
        ended = true
        this.#active--
        this.#emit({
          at: this.#clock.now(),
          type: 'transfer.end',
          id,
          protocol,
          client,
          file,
          ...(direction === undefined ? {} : { direction }),
          ...(savedAs === undefined ? {} : { savedAs }),
          kind,
          bytes,
          ...(size === undefined ? {} : { size }),
          durationMs: Math.round(this.#clock.monotonic() - startedAt),
          retransmissions,
          outcome,
          ...(reason === undefined ? {} : { reason }),
        })
      },
    }
  }

  refuse(client: Ipv4, file: string, error: CodedError, direction?: TransferDirection): void {
    const now = this.#clock.monotonic()
    this.#refusalsLeft = Math.min(
      refusalBurst,
      this.#refusalsLeft + ((now - this.#refilledAt) / 1000) * refusalsPerSecond,
    )
    this.#refilledAt = now
    if (this.#refusalsLeft < 1) return
    this.#refusalsLeft--
    const { nearest } = error.details
    this.#emit({
      at: this.#clock.now(),
      type: 'transfer.refused',
      protocol: this.#protocol,
      client,
      // eslint-disable-next-line no-control-regex -- what a hostile name may hold must not reach a terminal
      file: file.slice(0, 300).replace(/[\u0000-\u001f\u007f]/g, '\ufffd'),
      ...(direction === undefined ? {} : { direction }),
      code: error.code,
      ...(typeof nearest === 'string' ? { nearest } : {}),
    })
  }
}
