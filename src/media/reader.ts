import { Worker } from 'node:worker_threads'
import { CodedError, fromWireError, type TakenFile, type WireError } from '../contract/index.ts'
import type { MediaContents } from './entries.ts'
import { readInitramfs, type InitramfsFound } from './initramfs.ts'
import { listMedium, takeFiles, type TakeOrder } from './take.ts'

export type ReaderOrder =
  | { type: 'list'; source: string; isFolder: boolean }
  | { type: 'take'; take: TakeOrder }
  | { type: 'initramfs'; files: readonly string[] }
export type ReaderMessage =
  | { done: number }
  | { contents: MediaContents }
  | { files: TakenFile[] }
  | { initramfs: InitramfsFound }
  | { error: WireError }

/** Reads media. What an abort cut short may have left files in the folder that it was to fill. */
export interface MediaReader {
  /** @throws CodedError `media.unreadable`, or the signal's reason */
  list(source: string, isFolder: boolean, signal: AbortSignal): Promise<MediaContents>
  /** @throws CodedError `media.unreadable`, `storage.diskFull`, or the signal's reason */
  take(order: TakeOrder, onProgress: (done: number) => void, signal: AbortSignal): Promise<TakenFile[]>
  /**
   * Looks into the initrds that a kernel is given.
   * @throws CodedError `media.unreadable`, or the signal's reason
   */
  initramfs(files: readonly string[], signal: AbortSignal): Promise<InitramfsFound>
}

/** On the caller's thread, which it holds up: for the command line, and for tests. */
export const readerHere: MediaReader = {
  list: async (source, isFolder) => listMedium(source, isFolder),
  take: async (order, onProgress) => takeFiles(order, onProgress),
  initramfs: (files) => readInitramfs(files),
}

/** What an order is about, for its errors. */
export function sourceOf(order: ReaderOrder): string {
  switch (order.type) {
    case 'list':
      return order.source
    case 'take':
      return order.take.source
    case 'initramfs':
      return order.files.join(', ')
  }
}

/** A listing is read in seconds, however large the image; and so is an initrd. */
const patienceMs = 120_000

/** In a thread of its own for each order. @param workerFile the built `media/worker.ts` */
export function readerInThread(workerFile: string): MediaReader {
  const run = <T>(
    order: ReaderOrder,
    signal: AbortSignal,
    { onMessage, patienceMs }: { onMessage: (message: ReaderMessage) => T | undefined; patienceMs?: number },
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      signal.throwIfAborted()
      const worker = new Worker(workerFile, { workerData: order, resourceLimits: { maxOldGenerationSizeMb: 1024 } })
      const source = sourceOf(order)
      const timer = patienceMs && setTimeout(() => fail('it took too long'), patienceMs)
      let isEnding = false
      const end = (settle: () => void): void => {
        // Ending the thread is heard as its end, too: the first word counts.
        if (isEnding) return
        isEnding = true
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        // Settled once the thread is gone, and nothing is written any more.
        void worker.terminate().then(settle, settle)
      }
      const fail = (reason: string): void =>
        end(() => reject(new CodedError('media.unreadable', `${source}: ${reason}`, { file: source, reason })))
      const abort = (): void => end(() => reject(signal.reason as Error))
      signal.addEventListener('abort', abort)
      worker.on('message', (message: ReaderMessage) => {
        if ('error' in message) return end(() => reject(fromWireError(message.error)))
        const result = onMessage(message)
        if (result !== undefined) end(() => resolve(result))
      })
      worker.on('error', (error) => fail(error.message))
      worker.on('exit', () => fail('the reader ended'))
    })

  return {
    list: (source, isFolder, signal) =>
      run<MediaContents>({ type: 'list', source, isFolder }, signal, {
        patienceMs,
        onMessage: (message) => ('contents' in message ? message.contents : undefined),
      }),
    take: (take, onProgress, signal) =>
      run<TakenFile[]>({ type: 'take', take }, signal, {
        onMessage(message) {
          if ('done' in message) onProgress(message.done)
          return 'files' in message ? message.files : undefined
        },
      }),
    initramfs: (files, signal) =>
      run<InitramfsFound>({ type: 'initramfs', files }, signal, {
        patienceMs,
        onMessage: (message) => ('initramfs' in message ? message.initramfs : undefined),
      }),
  }
}
