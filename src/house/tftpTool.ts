import { lookup } from 'node:dns/promises'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import type { Clock, Logger } from '../base/index.ts'
import type { Ipv4, TftpAttemptView, TftpClientView, TftpFailure, TftpRequest } from '../contract/index.ts'
import { openUdpSocket, probeUdpPort } from '../network/index.ts'
import { runTftpClient, type ClientResult } from '../tftp/index.ts'

const keptAttempts = 20
const probeMs = 1500

export interface TftpToolDeps {
  clock: Clock
  logger: Logger
  onChange(): void
}

/** The technician's TFTP client: one transfer at a time with a server of their choice, and what became of the last ones. */
export class TftpTool {
  readonly #deps: TftpToolDeps
  #attempts: TftpAttemptView[] = []
  #running: { abort: AbortController; done: Promise<void> } | undefined
  #made = 0

  constructor(deps: TftpToolDeps) {
    this.#deps = deps
  }

  get view(): TftpClientView {
    return { attempts: this.#attempts }
  }

  /** Begins, after what is still running was cancelled. */
  start(request: TftpRequest, localPath: string): void {
    const before = this.#running
    before?.abort.abort()
    const abort = new AbortController()
    const { action, host, port, file } = request
    const attempt: TftpAttemptView = {
      ...{ id: ++this.#made, action, host, port, file, localPath, state: 'running', startedAt: this.#deps.clock.now() },
      ...{ bytes: 0, rate: 0, blocks: 0, retransmissions: 0, options: {}, notes: [] },
    }
    this.#attempts = [attempt, ...this.#attempts].slice(0, keptAttempts)
    this.#deps.onChange()
    const done = (before?.done ?? Promise.resolve())
      .then(() => this.#run(attempt.id, request, localPath, abort.signal))
      .catch((error: unknown) => {
        this.#deps.logger.error('the TFTP client failed', { error: String(error) })
        this.#end(attempt.id, { ok: false, failure: localFailure(error), notes: [] })
      })
    const running = { abort, done }
    this.#running = running
    void done.then(() => {
      if (this.#running === running) this.#running = undefined
    })
  }

  cancel(): void {
    this.#running?.abort.abort()
  }

  /** Resolves once nothing runs. */
  async idle(): Promise<void> {
    await this.#running?.done
  }

  async #run(id: number, request: TftpRequest, localPath: string, signal: AbortSignal): Promise<void> {
    const address = await this.#addressOf(request.host)
    if (address === undefined)
      return this.#end(id, { ok: false, failure: { kind: 'unknownHost', facts: { host: request.host } }, notes: [] })
    this.#change(id, { address })
    const temporary = `${localPath}.part`
    let file: FileHandle | undefined
    try {
      const isGet = request.action === 'get'
      file = await open(isGet ? temporary : localPath, isGet ? 'w' : 'r')
      const result = await this.#transfer(id, request, address, file, signal)
      if (isGet && result.ok) {
        await file.sync()
        await rename(temporary, localPath)
      }
      this.#end(id, result)
    } catch (error) {
      this.#end(id, { ok: false, failure: localFailure(error), notes: [] })
    } finally {
      await file?.close()
      // Of what did not come whole nothing stays; after a rename there is nothing of that name.
      if (request.action === 'get' && file) await rm(temporary, { force: true })
    }
  }

  async #transfer(
    id: number,
    { action, port, file, mode, blockSize, windowSize, timeoutSeconds, askSize, nic }: TftpRequest,
    address: Ipv4,
    handle: FileHandle,
    signal: AbortSignal,
  ): Promise<ClientResult> {
    const { clock } = this.#deps
    const startedAt = clock.monotonic()
    const { size } = await handle.stat()
    const asked = { action, address, port, file, mode, blockSize, windowSize, timeoutSeconds, askSize }
    return runTftpClient(nic ? { ...asked, device: nic } : asked, {
      openSocket: openUdpSocket,
      probe: (host, udpPort, datagram) =>
        probeUdpPort({ address: host, port: udpPort, datagram, waitMs: probeMs }, clock),
      clock,
      signal,
      sink: {
        write: async (data) => {
          await handle.writeFile(data)
        },
      },
      source: {
        size,
        read: async (offset, length) => {
          const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)))
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset)
          return buffer.subarray(0, bytesRead)
        },
      },
      onProgress: (progress) => {
        const seconds = (clock.monotonic() - startedAt) / 1000
        this.#change(id, { ...progress, rate: seconds > 0 ? Math.round(progress.bytes / seconds) : 0 })
      },
    })
  }

  async #addressOf(host: string): Promise<Ipv4 | undefined> {
    if (isIPv4(host)) return host
    try {
      return (await lookup(host, 4)).address
    } catch {
      // Whatever the resolver has against it: the name leads nowhere.
      return undefined
    }
  }

  #end(id: number, result: ClientResult): void {
    const { notes } = result
    const endedAt = this.#deps.clock.now()
    this.#change(
      id,
      result.ok ? { state: 'complete', endedAt, notes } : { state: 'failed', endedAt, notes, failure: result.failure },
    )
  }

  #change(id: number, change: Partial<TftpAttemptView>): void {
    this.#attempts = this.#attempts.map((attempt) => (attempt.id === id ? { ...attempt, ...change } : attempt))
    this.#deps.onChange()
  }
}

const localFailure = (error: unknown): TftpFailure => ({
  kind: 'localFile',
  facts: { reason: error instanceof Error ? error.message : String(error) },
})
