import { fstatSync, readSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'
import { openKernel } from './kernel.ts'
import { moveFiles } from './moving.ts'
import type { MoverData, MoverOrder, MoverReport } from './messages.ts'

// The mover's thread: it sits in epoll_wait and hears orders when its waker is written to. It owns no descriptor: who
// started it closes what it worked with, also when it dies.

async function run(port: MessagePort, { waker }: MoverData): Promise<void> {
  const kernel = await openKernel()
  if (!kernel) throw new Error('there is no sendfile on this system')
  const report = (message: MoverReport): void => port.postMessage(message)
  report({ type: 'ready' })
  moveFiles({
    kernel,
    waker,
    report,
    nextOrder: () => receiveMessageOnPort(port)?.message as MoverOrder | undefined,
    calmWaker: () => drain(waker),
    versionOf: (file) => {
      const { size, mtimeNs } = fstatSync(file, { bigint: true })
      return { size: Number(size), modifiedNs: mtimeNs }
    },
    read: (file, bytes, offset) => readSync(file, bytes, 0, bytes.length, offset),
    now: () => performance.now(),
  })
}

function drain(waker: number): void {
  try {
    readSync(waker, Buffer.alloc(8))
  } catch (error) {
    // Calm already.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
  }
}

if (!parentPort) throw new Error('the mover is a thread, not a program')
run(parentPort, workerData as MoverData).catch((error: unknown) => {
  // Uncaught, it reaches who started the thread as its 'error'.
  setImmediate(() => {
    throw error
  })
})
