import { closeSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { openKernel, type Kernel } from './kernel.ts'
import type { FileVersion, MoveEnd, MoverData, MoverOrder, MoverReport } from './messages.ts'

export type { FileVersion } from './messages.ts'

export interface MovedFile {
  /** The descriptor; it must stay open until the move has ended. */
  fd: number
  version: FileVersion
}

export interface MoveResult {
  /** Sent, be it all or not. */
  bytes: number
  /**
   * `complete`; `changed`: the file is no longer that version; `closed`: by either side; `failed`: by the system, or the
   * mover's thread died. After anything but `complete` the connection is of no more use: less came than was promised.
   */
  end: MoveEnd
  reason?: string
}

/** Sends files over sockets by sendfile(2), in a thread of its own. */
export interface FileMover {
  /**
   * Sends `length` bytes from `offset`. Until it ends nobody else may write to the socket, and all that was written before
   * must have left. Closing the socket ends it. Undefined when it cannot be done for this socket or not now: send otherwise.
   * @param onProgress is told all that was sent so far.
   */
  send(
    socket: Socket,
    file: MovedFile,
    offset: number,
    length: number,
    onProgress: (bytes: number) => void,
  ): Promise<MoveResult> | undefined
  /** Ends what is under way and the thread. Calling it twice is harmless. */
  stop(): Promise<void>
}

/** A thread that dies this often in one run of the service is not started again. */
const mostDeaths = 3
const readyWithinMs = 10_000
/** One thread saturates a 10 Gb/s link; a second one is there while the first waits for a disk. */
const mostThreads = 2

/**
 * Undefined where it cannot be: another system than 64-bit Linux.
 * @param workerFile the built `fileMover/worker.ts`.
 * @throws when a thread does not start: the caller decides whether files are then sent otherwise.
 */
export async function openFileMover(workerFile: string): Promise<FileMover | undefined> {
  const kernel = await openKernel()
  if (!kernel) return undefined
  const count = Math.min(mostThreads, availableParallelism())
  const threads = Array.from({ length: count }, () => new MoverThread(kernel, workerFile))
  const stop = async (): Promise<void> => void (await Promise.all(threads.map((thread) => thread.stop())))
  const started = await Promise.allSettled(threads.map((thread) => thread.start()))
  const failed = started.find((outcome) => outcome.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return {
    send(...move) {
      const [first, ...others] = threads.filter((thread) => thread.isReady)
      if (!first) return undefined
      return others.reduce((least, thread) => (thread.moves < least.moves ? thread : least), first).send(...move)
    },
    stop,
  }
}

interface PendingMove {
  /** Ours: a duplicate, so that Node closing its own does not pull it from under the thread. */
  fd: number
  onProgress(bytes: number): void
  settle(result: MoveResult): void
  bytes: number
}

/** One life of the thread. */
interface Thread {
  worker: Worker
  waker: number
  exited: Promise<void>
}

/** One thread, begun again when it dies. */
class MoverThread implements FileMover {
  readonly #kernel: Kernel
  readonly #workerFile: string
  readonly #pending = new Map<number, PendingMove>()
  #thread: Thread | undefined
  #starting: Promise<void> | undefined
  #nextId = 1
  #deaths = 0
  #stopped = false

  constructor(kernel: Kernel, workerFile: string) {
    this.#kernel = kernel
    this.#workerFile = workerFile
  }

  /** How many are under way. */
  get moves(): number {
    return this.#pending.size
  }

  /** Whether it can take a move now. One that died is being started again meanwhile. */
  get isReady(): boolean {
    if (!this.#thread && !this.#stopped && this.#deaths < mostDeaths)
      this.#starting ??= this.start()
        .catch(() => void (this.#deaths = mostDeaths))
        .finally(() => (this.#starting = undefined))
    return this.#thread !== undefined
  }

  /** @throws when the thread ends, fails or says nothing instead of being ready. */
  async start(): Promise<void> {
    const waker = this.#kernel.makeWaker()
    const worker = new Worker(this.#workerFile, { workerData: { waker } satisfies MoverData })
    // It must never be what keeps the process alive.
    worker.unref()
    let failure: Error | undefined
    worker.on('error', (error: Error) => (failure = error))
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const isReady = new Promise<boolean>((resolve) => {
      worker.on('message', (report: MoverReport) => (report.type === 'ready' ? resolve(true) : this.#hear(report)))
      setTimeout(() => resolve(false), readyWithinMs).unref()
    })
    const outcome = await Promise.race([isReady, exited.then(() => false)])
    if (!outcome) {
      await worker.terminate()
      closeSync(waker)
      throw failure ?? new Error('the thread that sends files did not start')
    }
    const thread: Thread = { worker, waker, exited }
    this.#thread = thread
    void exited.then(() => this.#onExit(thread, failure))
  }

  send(
    socket: Socket,
    file: MovedFile,
    offset: number,
    length: number,
    onProgress: (bytes: number) => void,
  ): Promise<MoveResult> | undefined {
    const fd = descriptorOf(socket)
    if (fd === undefined || !this.#thread) return undefined
    const id = this.#nextId++
    let own: number
    try {
      own = this.#kernel.duplicate(fd)
    } catch {
      // Out of descriptors: whoever sends otherwise needs none.
      return undefined
    }
    return new Promise((resolve) => {
      const onClose = (): void => {
        this.#kernel.shutdown(own)
        this.#order({ type: 'cancel', id })
      }
      socket.once('close', onClose)
      this.#pending.set(id, {
        fd: own,
        onProgress,
        bytes: 0,
        settle: (result) => {
          socket.off('close', onClose)
          resolve(result)
        },
      })
      const { version } = file
      this.#order({ type: 'send', id, socket: own, file: file.fd, version, offset, length })
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#starting
    const thread = this.#thread
    if (!thread) return
    this.#order({ type: 'stop' })
    await thread.exited
  }

  #order(order: MoverOrder): void {
    if (!this.#thread) return
    this.#thread.worker.postMessage(order)
    writeSync(this.#thread.waker, wake)
  }

  #hear(report: Exclude<MoverReport, { type: 'ready' }>): void {
    if (report.type === 'progress') {
      for (const [id, bytes] of report.sent) {
        const move = this.#pending.get(id)
        if (!move) continue
        move.bytes = bytes
        move.onProgress(bytes)
      }
    } else {
      this.#end(report.id, { bytes: report.bytes, end: report.end, reason: report.reason })
    }
  }

  #end(id: number, result: MoveResult): void {
    const move = this.#pending.get(id)
    if (!move) return
    this.#pending.delete(id)
    // Both ends' systems must hear of it even while Node still holds its own descriptor.
    if (result.end !== 'complete') this.#kernel.shutdown(move.fd)
    this.#kernel.close(move.fd)
    move.settle(result)
  }

  #onExit(thread: Thread, failure: Error | undefined): void {
    this.#thread = undefined
    closeSync(thread.waker)
    if (!this.#stopped) this.#deaths++
    const reason = this.#stopped ? undefined : (failure?.message ?? 'the thread that sends files ended')
    for (const [id, { bytes }] of [...this.#pending])
      this.#end(id, { bytes, end: this.#stopped ? 'closed' : 'failed', reason })
  }
}

const wake = Buffer.alloc(8)
new BigUint64Array(wake.buffer, wake.byteOffset, 1)[0] = 1n

/** Node does not document it, so it is asked for with care. A TLS socket's is of no use: its bytes must be encrypted. */
function descriptorOf(socket: Socket): number | undefined {
  if ('encrypted' in socket) return undefined
  const fd = (socket as { _handle?: { fd?: unknown } })._handle?.fd
  return typeof fd === 'number' && fd > 2 ? fd : undefined
}
