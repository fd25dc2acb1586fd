import { Worker } from 'node:worker_threads'
import { CodedError, toWireError, type AmorceEvent } from '../contract/index.ts'
import type { ContentFile, DropFolderOptions } from '../content/index.ts'
import {
  loadBatchCalls,
  openDescriptor,
  openWakeUp,
  type Descriptor,
  type TappedDatagram,
  type WakeUp,
} from '../network/index.ts'
import type { TftpServer, TftpServerDeps } from './server.ts'
import type { FromWorker, ToWorker, WorkerInput } from './workerMessages.ts'

export interface WorkerTftpServerDeps extends Omit<TftpServerDeps, 'openSocket' | 'dropFolder' | 'clock'> {
  clock: TftpServerDeps['clock']
  dropFolder?: DropFolderOptions
  /** The worker's program, as it was built. */
  workerPath: string
  /** Told of its packets, but for what is deep in a transfer. */
  onDatagram?: (datagram: TappedDatagram) => void
  /** Told when the worker ended by itself; nothing is bound then, and every transfer was told to have failed. */
  onFailure: (error: CodedError) => void
}

/** Ports that all transfers share. More than one, so that a client that begins again is given another. */
const sharedPorts = 4
/** Bytes, as far as the system grants them. */
const buffers = { receiveBufferBytes: 2 * 1024 * 1024, sendBufferBytes: 2 * 1024 * 1024 }
/** Milliseconds. */
const stopPatience = 5000

type TransferStart = Extract<AmorceEvent, { type: 'transfer.start' }>

/** The server in a thread of its own. The sockets are opened and closed here: a worker that dies leaves none bound. */
export class WorkerTftpServer implements TftpServer {
  readonly #deps: WorkerTftpServerDeps
  readonly #files = new Map<number, ContentFile>()
  readonly #running = new Map<string, TransferStart>()
  #descriptors: Descriptor[] = []
  #wakeUp: WakeUp | undefined
  #worker: Worker | undefined
  #stopping = false
  #transfersBefore = 0
  transfers = 0
  activeTransfers = 0

  constructor(deps: WorkerTftpServerDeps) {
    this.#deps = deps
  }

  get endpoint(): string | undefined {
    const [listening] = this.#descriptors
    return this.#worker && listening && `${listening.address}:${listening.port}`
  }

  async start(): Promise<void> {
    if (this.#worker) return
    const { device, address, port, singlePort = false, maxBlockSize, maxTransfers, dropFolder, workerPath } = this.#deps
    // Where there are no such calls, this is known before anything is open.
    await loadBatchCalls().catch(unsupported)
    this.#stopping = false
    this.#transfersBefore = this.transfers
    try {
      this.#descriptors.push(await openDescriptor({ device, address, port, ...buffers }))
      while (!singlePort && this.#descriptors.length <= sharedPorts)
        this.#descriptors.push(await openDescriptor({ device, address, port: 0, ...buffers }))
      this.#wakeUp = await openWakeUp()
      const input: WorkerInput = {
        descriptors: this.#descriptors.map((each) => ({ fd: each.fd, address: each.address, port: each.port })),
        wakeFd: this.#wakeUp.fd,
        address,
        singlePort,
        maxBlockSize,
        maxTransfers,
        dropFolder,
        isTapped: this.#deps.onDatagram !== undefined,
      }
      await this.#launch(new Worker(workerPath, { workerData: input, name: 'tftp' }))
    } catch (error) {
      await this.#release()
      throw error
    }
  }

  #launch(worker: Worker): Promise<void> {
    this.#worker = worker
    return new Promise((resolve, reject) => {
      let started = false
      let cause: unknown
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'started') {
          started = true
          resolve()
        } else this.#heard(message)
      })
      worker.on('error', (error) => (cause = error))
      worker.on('exit', (code) => {
        const error = new CodedError('tftp.failed', `the TFTP worker ended: ${String(cause ?? code)}`)
        if (!started) reject(new WorkerUnusable(error.message))
        else if (!this.#stopping && this.#worker === worker) this.#died(error)
      })
    })
  }

  #heard(message: FromWorker): void {
    const { emit, logger, onDatagram } = this.#deps
    switch (message.type) {
      case 'open':
        void this.#open(message.id, message.path, message.client)
        break
      case 'close':
        this.#close(message.id)
        break
      case 'events':
        this.activeTransfers = message.active
        this.transfers = this.#transfersBefore + message.transfers
        for (const event of message.events) {
          if (event.type === 'transfer.start') this.#running.set(event.id, event)
          if (event.type === 'transfer.end') this.#running.delete(event.id)
          emit(event)
        }
        break
      case 'datagrams':
        for (const datagram of message.datagrams) onDatagram?.(datagram)
        break
      case 'log':
        logger[message.level](message.message, message.fields)
        break
    }
  }

  async #open(id: number, path: string, client: string): Promise<void> {
    try {
      const file = await this.#deps.content.open(path, client)
      if (!this.#worker) return await file.close()
      this.#files.set(id, file)
      const { size, modifiedAt, etag, kind } = file
      const fd = file.descriptor?.fd
      const bytes = fd === undefined ? Uint8Array.from(await file.read(0, size)) : undefined
      this.#post({ type: 'opened', id, file: { path: file.path, size, modifiedAt, etag, kind, fd, bytes } })
    } catch (error) {
      this.#post({ type: 'refused', id, error: toWireError(error) })
    }
  }

  #close(id: number): void {
    const file = this.#files.get(id)
    this.#files.delete(id)
    file?.close().catch((error: unknown) => this.#deps.logger.warn('a file did not close', { error: String(error) }))
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message)
    this.#wakeUp?.wake()
  }

  /** Ends every transfer and releases every port. */
  async stop(): Promise<void> {
    const worker = this.#worker
    if (worker && !this.#stopping) {
      this.#stopping = true
      await new Promise<void>((resolve) => {
        const cancel = this.#deps.clock.after(stopPatience, resolve)
        worker.once('exit', () => resolve(cancel()))
        this.#post({ type: 'stop' })
      })
    }
    await this.#release()
  }

  #died(error: CodedError): void {
    this.#deps.logger.error(error.message)
    void this.#release().then(() => this.#deps.onFailure(error))
  }

  async #release(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#wakeUp?.wake()
    await worker?.terminate()
    for (const descriptor of this.#descriptors.splice(0)) descriptor.close()
    this.#wakeUp?.close()
    this.#wakeUp = undefined
    for (const id of [...this.#files.keys()]) this.#close(id)
    this.activeTransfers = 0
    for (const { id, protocol, client, file, direction, kind, size, at } of this.#running.values())
      this.#deps.emit({
        ...{ type: 'transfer.end', at: this.#deps.clock.now(), id, protocol, client, file, direction, kind, size },
        ...{ bytes: 0, durationMs: Math.max(0, this.#deps.clock.now() - at), retransmissions: 0 },
        ...{ outcome: 'failed', reason: 'the TFTP service ended' },
      })
    this.#running.clear()
  }
}

/** This machine cannot run it in a thread of its own; it can in the caller's. */
export class WorkerUnusable extends Error {}

const unsupported = (error: unknown): never => {
  throw new WorkerUnusable(String(error))
}
