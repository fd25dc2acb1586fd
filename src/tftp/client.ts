import type { Cancel, Clock } from '../base/index.ts'
import type { Ipv4, TftpClientAction, TftpClientMode, TftpFailure, TftpNote } from '../contract/index.ts'
import type { OpenUdpSocket, PortAnswer, UdpSocket } from '../network/index.ts'
import { Download, type DownloadAction } from './download.ts'
import { asNetascii, NetasciiDecoder, type ByteSource } from './netascii.ts'
import { decode, encode, errorCode, type Options, type Packet } from './packet.ts'
import { Transfer, type TransferAction } from './transfer.ts'

export interface ClientRequest {
  action: TftpClientAction
  address: Ipv4
  port: number
  file: string
  mode: TftpClientMode
  blockSize: number
  windowSize: number
  /** 0: nothing is asked for, and a packet is sent again after a second. */
  timeoutSeconds: number
  askSize: boolean
  /** The NIC it leaves by; the one the system chooses when absent. */
  device?: string
}

/** Where a file is written to. Nothing of it is seen under its name before `finish`. */
export interface ByteSink {
  write(data: Uint8Array): Promise<void>
}

export interface ClientDeps {
  openSocket: OpenUdpSocket
  /** Whether anybody listens there, as far as ICMP tells. */
  probe(address: Ipv4, port: number, datagram: Uint8Array): Promise<PortAnswer>
  clock: Clock
  /** What is fetched goes there. */
  sink?: ByteSink
  /** What is put comes from there. */
  source?: ByteSource
  /** At most about ten times a second, and once when it ended. */
  onProgress(progress: ClientProgress): void
  signal: AbortSignal
}

export interface ClientProgress {
  bytes: number
  size?: number
  blocks: number
  retransmissions: number
  roundTripMs?: number
  options: Record<string, string | number>
}

export type ClientResult = { ok: true; notes: TftpNote[] } | { ok: false; failure: TftpFailure; notes: TftpNote[] }

const defaultIntervalMs = 1000
const tries = 5
const progressEveryMs = 100
/** Bytes that wait for the disk; what comes on top is let go, as if it had been lost, and is sent again. */
const maxBacklog = 16 * 1024 * 1024
/** Blocks that do not fit an Ethernet frame are cut in pieces on their way: all are lost when one is. */
const largestUnfragmented = 1468

/** Runs one transfer with another server, to its end. Never rejects for what the server or the network does. */
export async function runTftpClient(request: ClientRequest, deps: ClientDeps): Promise<ClientResult> {
  let socket: UdpSocket
  try {
    socket = await deps.openSocket({ address: '0.0.0.0', port: 0, ...(request.device && { device: request.device }) })
  } catch (error) {
    return { ok: false, failure: { kind: 'socket', facts: { reason: messageOf(error) } }, notes: [] }
  }
  try {
    const source = request.action === 'put' ? deps.source : undefined
    const run = source
      ? new PutRun(request, deps, socket, request.mode === 'netascii' ? await asNetascii(source) : source)
      : new GetRun(request, deps, socket)
    return await run.result()
  } catch (error) {
    return { ok: false, failure: { kind: 'localFile', facts: { reason: messageOf(error) } }, notes: [] }
  } finally {
    await socket.close()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What both ways have in common: one socket, one timer, one server whose port is known once it has answered. */
abstract class Run {
  protected readonly request: ClientRequest
  protected readonly deps: ClientDeps
  protected readonly asked: Options
  readonly #socket: UdpSocket
  /** The port the server chose for this transfer; answers from another are told so (RFC 1350 section 4). */
  #peerPort: number | undefined
  #cancelTimer: Cancel = () => {}
  #toldAt = -Infinity
  #settle: (result: ClientResult) => void = () => {}
  #isSettled = false
  #leave: () => void = () => {}
  readonly #left: Promise<void>

  constructor(request: ClientRequest, deps: ClientDeps, socket: UdpSocket, size?: number) {
    this.request = request
    this.deps = deps
    this.#socket = socket
    this.asked = optionsOf(request, size)
    this.#left = new Promise((resolve) => (this.#leave = resolve))
  }

  /** Resolves with the result once nothing more is to be sent. */
  async result(): Promise<ClientResult> {
    const { signal, clock } = this.deps
    const settled = new Promise<ClientResult>((resolve) => (this.#settle = resolve))
    this.#socket.onMessage((data, from) => this.#onMessage(data, from))
    this.#socket.onError(() => {
      // A datagram that could not leave is sent again like one that was lost; silence then says why it ends.
    })
    const onAbort = (): void => {
      if (this.#peerPort !== undefined) this.sendError(errorCode.undefined, 'cancelled')
      this.fail({ kind: 'cancelled', facts: {} })
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    else this.begin(clock.monotonic())
    const result = await settled
    this.tell(true)
    await this.#left
    this.#cancelTimer()
    signal.removeEventListener('abort', onAbort)
    return result
  }

  protected abstract begin(now: number): void
  protected abstract take(packet: Packet, now: number): void
  protected abstract timeUp(now: number): void
  protected abstract progress(): ClientProgress
  protected abstract notes(): TftpNote[]

  protected sendRequest(): void {
    const { action, file, mode, address, port } = this.request
    this.#socket.send(encode({ op: action === 'get' ? 'rrq' : 'wrq', file, mode, options: this.asked }), port, address)
  }

  protected send(packet: Uint8Array): void {
    if (this.#peerPort !== undefined) this.#socket.send(packet, this.#peerPort, this.request.address)
  }

  protected sendError(code: number, message: string): void {
    this.send(encode({ op: 'error', code, message }))
  }

  protected wait(ms: number): void {
    this.#cancelTimer()
    this.#cancelTimer = this.deps.clock.after(ms, () => this.timeUp(this.deps.clock.monotonic()))
  }

  protected succeed(): void {
    this.#end({ ok: true, notes: this.notes() })
  }

  protected fail(failure: TftpFailure): void {
    this.#end({ ok: false, failure, notes: this.notes() })
    this.leave()
  }

  /** Nobody answered: ask ICMP why, once, before it is called silence. */
  protected async failUnanswered(): Promise<void> {
    const { address, port, timeoutSeconds } = this.request
    const answer = await this.deps.probe(address, port, encode({ op: 'error', code: 0, message: 'is anybody there?' }))
    const seconds = ((timeoutSeconds || defaultIntervalMs / 1000) * (tries + 1)).toString()
    if (answer === 'refused') this.fail({ kind: 'refused', facts: { address, port } })
    else if (answer === 'unreachable') this.fail({ kind: 'unreachable', facts: { address } })
    else this.fail({ kind: 'noAnswer', facts: { address, port, seconds } })
  }

  protected failByServer(code: number, message: string): void {
    this.fail(serverFailure(code, message, this.request.file))
  }

  protected leave(): void {
    this.#cancelTimer()
    this.#leave()
  }

  protected get isSettled(): boolean {
    return this.#isSettled
  }

  protected tell(isLast = false): void {
    const now = this.deps.clock.monotonic()
    if (!isLast && now - this.#toldAt < progressEveryMs) return
    this.#toldAt = now
    this.deps.onProgress(this.progress())
  }

  #end(result: ClientResult): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#settle(result)
  }

  #onMessage(data: Buffer, from: { address: string; port: number }): void {
    if (from.address !== this.request.address) return
    const decoded = decode(data)
    if (!decoded.ok) return
    const { packet } = decoded
    if (this.#peerPort === undefined) {
      if (packet.op === 'rrq' || packet.op === 'wrq') return
      this.#peerPort = from.port
    } else if (from.port !== this.#peerPort) {
      const foreign = encode({ op: 'error', code: errorCode.unknownTransferId, message: 'unknown transfer ID' })
      if (packet.op !== 'error') this.#socket.send(foreign, from.port, from.address)
      return
    }
    this.take(packet, this.deps.clock.monotonic())
    this.tell()
  }
}

class GetRun extends Run {
  readonly #download: Download
  readonly #decoder: NetasciiDecoder | undefined
  #writing: Promise<void> = Promise.resolve()
  #backlog = 0

  constructor(request: ClientRequest, deps: ClientDeps, socket: UdpSocket) {
    super(request, deps, socket)
    const intervalMs = request.timeoutSeconds * 1000 || defaultIntervalMs
    this.#download = new Download({ asked: this.asked, intervalMs, tries })
    this.#decoder = request.mode === 'netascii' ? new NetasciiDecoder() : undefined
  }

  protected begin(now: number): void {
    this.#apply(this.#download.start(now))
  }

  protected take(packet: Packet, now: number): void {
    if (packet.op === 'data' && this.#backlog > maxBacklog) return
    this.#apply(this.#download.receive(packet, now))
  }

  protected timeUp(now: number): void {
    this.#apply(this.#download.timeUp(now))
  }

  protected progress(): ClientProgress {
    const { bytes, size, blocks, retransmissions, roundTripMs, agreed } = this.#download
    return {
      ...{ bytes, blocks, retransmissions, options: Object.fromEntries(agreed) },
      ...(size !== undefined && { size }),
      ...(roundTripMs !== undefined && { roundTripMs }),
    }
  }

  protected notes(): TftpNote[] {
    const { blocks, retransmissions, roundTripMs, agreed, bytes, windowSize, blockSize } = this.#download
    return [
      ...optionNotes(this.asked, agreed, blocks > 0),
      ...paceNotes({ blocks, bytes, retransmissions, roundTripMs, windowSize, blockSize }),
    ]
  }

  #apply(actions: DownloadAction[]): void {
    for (const action of actions) {
      switch (action.do) {
        case 'sendRequest':
          this.sendRequest()
          break
        case 'sendAck':
          this.send(encode({ op: 'ack', block: action.block & 0xffff }))
          break
        case 'sendError':
          this.sendError(action.code, action.message)
          break
        case 'write':
          this.#write(this.#decoder ? this.#decoder.decode(action.data) : action.data)
          break
        case 'wait':
          this.wait(action.ms)
          break
        case 'complete':
          this.#write(this.#decoder?.end() ?? new Uint8Array())
          void this.#writing.then(() => this.succeed())
          break
        case 'fail':
          this.#failed(action.failure)
          break
        case 'leave':
          // Only a transfer that came to an end of its own: a failure leaves once it is understood.
          if (this.#download.bytes >= 0 && !this.#isFailing) this.leave()
          break
      }
    }
  }

  #isFailing = false

  #failed(failure: Extract<DownloadAction, { do: 'fail' }>['failure']): void {
    this.#isFailing = true
    if (failure.kind === 'noAnswer') void this.failUnanswered()
    else if (failure.kind === 'serverError') this.failByServer(failure.code, failure.message)
    else if (failure.kind === 'stalled') this.fail({ kind: 'stalled', facts: { block: failure.block } })
    else this.fail({ kind: 'badOptions', facts: { option: failure.option, value: failure.value } })
  }

  #write(data: Uint8Array): void {
    if (data.length === 0) return
    const { sink } = this.deps
    this.#backlog += data.length
    this.#writing = this.#writing.then(async () => {
      if (this.isSettled) return
      try {
        await sink?.write(data)
        this.#backlog -= data.length
      } catch (error) {
        this.sendError(errorCode.diskFull, 'cannot write')
        this.#isFailing = true
        this.fail({ kind: 'localFile', facts: { reason: messageOf(error) } })
      }
    })
  }
}

class PutRun extends Run {
  readonly #source: ByteSource
  #transfer: Transfer | undefined
  #agreed: Options = new Map()
  #blockSize = 512
  #windowSize = 1
  #asks = 0
  #sending: Promise<void> = Promise.resolve()
  #generation = 0
  #lastAsked = 0
  #sentAt = 0
  #firstRoundTrip: number | undefined

  constructor(request: ClientRequest, deps: ClientDeps, socket: UdpSocket, source: ByteSource) {
    super(request, deps, socket, source.size)
    this.#source = source
  }

  protected begin(now: number): void {
    this.#sentAt = now
    this.sendRequest()
    this.wait(this.#intervalMs)
  }

  protected take(packet: Packet, now: number): void {
    if (packet.op === 'error') return this.failByServer(packet.code, packet.message)
    if (this.#transfer) {
      if (packet.op === 'ack') this.#apply(this.#transfer.ack(packet.block, now))
      return
    }
    if (packet.op === 'oack') {
      const bad = this.#agree(packet.options)
      if (bad) {
        this.sendError(errorCode.optionsRefused, `option ${bad.option}=${bad.value} was not asked for like this`)
        return this.fail({ kind: 'badOptions', facts: bad })
      }
    } else if (packet.op !== 'ack' || packet.block !== 0) return
    if (this.#asks === 0) this.#firstRoundTrip = now - this.#sentAt
    const { timeoutSeconds } = this.request
    this.#transfer = new Transfer({
      size: this.#source.size,
      blockSize: this.#blockSize,
      windowSize: this.#windowSize,
      ...{ oack: false, sizeAsked: false },
      ...(timeoutSeconds > 0 && { timeoutMs: timeoutSeconds * 1000 }),
    })
    this.#apply(this.#transfer.start(now))
  }

  protected timeUp(now: number): void {
    if (this.#transfer) return this.#apply(this.#transfer.timeUp(now), true)
    if (this.#asks >= tries) return void this.failUnanswered()
    this.#asks += 1
    this.sendRequest()
    this.wait(this.#intervalMs)
  }

  protected progress(): ClientProgress {
    const bytes = this.#transfer?.bytes ?? 0
    return {
      ...{ bytes, size: this.#source.size, options: Object.fromEntries(this.#agreed) },
      blocks: Math.ceil(bytes / this.#blockSize),
      retransmissions: this.#asks + (this.#transfer?.retransmissions ?? 0),
      ...(this.#firstRoundTrip !== undefined && { roundTripMs: this.#firstRoundTrip }),
    }
  }

  protected notes(): TftpNote[] {
    const { blocks, bytes, retransmissions, roundTripMs } = this.progress()
    const [windowSize, blockSize] = [this.#windowSize, this.#blockSize]
    return [
      ...optionNotes(this.asked, this.#agreed, this.#transfer !== undefined),
      ...paceNotes({ blocks, bytes, retransmissions, roundTripMs, windowSize, blockSize }),
    ]
  }

  get #intervalMs(): number {
    return this.request.timeoutSeconds * 1000 || defaultIntervalMs
  }

  #agree(options: Options): { option: string; value: string } | undefined {
    for (const [option, value] of options) {
      const asked = this.asked.get(option)
      const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN
      const isMore = (option === 'blksize' || option === 'windowsize') && number > Number(asked)
      const least = option === 'blksize' ? 8 : option === 'windowsize' ? 1 : 0
      if (asked === undefined || Number.isNaN(number) || isMore || number < least) return { option, value }
      if (option === 'blksize') this.#blockSize = number
      if (option === 'windowsize') this.#windowSize = number
    }
    this.#agreed = options
    return undefined
  }

  #apply(actions: TransferAction[], afterSilence = false): void {
    for (const action of actions) {
      if (action.do === 'sendBlocks') this.#sendBlocks(action.first, action.last)
      else if (action.do === 'wait') this.wait(action.ms)
      else if (action.do === 'finish') this.#finish(action.outcome, afterSilence)
    }
  }

  #finish(outcome: string, afterSilence: boolean): void {
    const blocks = Math.floor((this.#transfer?.bytes ?? 0) / this.#blockSize)
    // The sender of a served file may take silence for consent; here the server has to say that it has the file.
    if (outcome === 'complete' && !afterSilence) {
      this.succeed()
      this.leave()
    } else if (outcome === 'complete') this.fail({ kind: 'unconfirmed', facts: {} })
    else this.fail({ kind: 'stalled', facts: { block: blocks } })
  }

  /** In order; blocks asked for again take the place of those that have not left yet. */
  #sendBlocks(first: number, last: number): void {
    if (first !== this.#lastAsked + 1) this.#generation += 1
    this.#lastAsked = last
    const generation = this.#generation
    this.#sending = this.#sending.then(async () => {
      if (generation !== this.#generation || this.isSettled) return
      try {
        const size = this.#blockSize
        const data = await this.#source.read((first - 1) * size, (last - first + 1) * size)
        for (let block = first; block <= last; block += 1) {
          const from = (block - first) * size
          this.send(encode({ op: 'data', block: block & 0xffff, data: data.subarray(from, from + size) }))
        }
      } catch (error) {
        this.sendError(errorCode.undefined, 'cannot read')
        this.fail({ kind: 'localFile', facts: { reason: messageOf(error) } })
      }
    })
  }
}

function optionsOf(request: ClientRequest, size?: number): Options {
  const options = new Map<string, string>()
  if (request.blockSize !== 512) options.set('blksize', String(request.blockSize))
  if (request.windowSize !== 1) options.set('windowsize', String(request.windowSize))
  if (request.timeoutSeconds > 0) options.set('timeout', String(request.timeoutSeconds))
  if (request.askSize) options.set('tsize', String(size ?? 0))
  return options
}

function serverFailure(code: number, message: string, file: string): TftpFailure {
  const facts = { code, file, ...(message !== '' && { message }) }
  switch (code) {
    case errorCode.fileNotFound:
      return { kind: 'fileNotFound', facts }
    case errorCode.accessViolation:
    case errorCode.noSuchUser:
      return { kind: 'accessDenied', facts }
    case errorCode.diskFull:
      return { kind: 'diskFull', facts }
    case errorCode.fileExists:
      return { kind: 'fileExists', facts }
    case errorCode.optionsRefused:
      return { kind: 'optionsRefused', facts }
    default:
      // dnsmasq and others say "file not found" under code 0.
      return { kind: /not found|no such file/i.test(message) ? 'fileNotFound' : 'serverError', facts }
  }
}

function optionNotes(asked: Options, agreed: Options, isAnswered: boolean): TftpNote[] {
  if (!isAnswered) return []
  const ignored = [...asked.keys()].filter((name) => !agreed.has(name))
  const lowered = ['blksize', 'windowsize'].flatMap((option) => {
    const [wanted, given] = [asked.get(option), agreed.get(option)]
    return wanted !== undefined && given !== undefined && Number(given) < Number(wanted)
      ? [{ kind: 'optionLowered' as const, facts: { option, wanted, given } }]
      : []
  })
  return [
    ...(ignored.length > 0 ? [{ kind: 'optionsIgnored' as const, facts: { options: ignored.join(', ') } }] : []),
    ...lowered,
  ]
}

/** What makes a transfer slow, as far as its packets tell. */
function paceNotes(pace: {
  blocks: number
  bytes: number
  retransmissions: number
  roundTripMs: number | undefined
  windowSize: number
  blockSize: number
}): TftpNote[] {
  const { blocks, retransmissions, roundTripMs = 0, windowSize, blockSize } = pace
  const notes: TftpNote[] = []
  // Nothing came at all: that is another story than packets that get lost.
  if (blocks === 0) return notes
  if (roundTripMs > 20 && blocks > 50) {
    const most = Math.round((blockSize * windowSize * 1000) / roundTripMs)
    notes.push({ kind: 'slowAnswers', facts: { milliseconds: Math.round(roundTripMs), rate: most } })
  }
  if (retransmissions > Math.max(2, blocks / 200)) notes.push({ kind: 'losses', facts: { count: retransmissions } })
  if (retransmissions > 0 && blockSize > largestUnfragmented)
    notes.push({ kind: 'fragments', facts: { size: blockSize, most: largestUnfragmented } })
  return notes
}
