import { parentPort, workerData } from 'node:worker_threads'
import { toWireError } from '../contract/index.ts'
import { readInitramfs } from './initramfs.ts'
import { asMediaError, listMedium, takeFiles } from './take.ts'
import { sourceOf, type ReaderMessage, type ReaderOrder } from './reader.ts'

// One order, one thread: ending it is ending its work.

const order = workerData as ReaderOrder
const tell = (message: ReaderMessage): void => parentPort?.postMessage(message)
/** Often enough for a bar that moves. */
const tellEveryMs = 100

async function run(): Promise<void> {
  if (order.type === 'list') return tell({ contents: await listMedium(order.source, order.isFolder) })
  if (order.type === 'initramfs') return tell({ initramfs: await readInitramfs(order.files) })
  let toldAt = 0
  const files = await takeFiles(order.take, (done) => {
    if (performance.now() - toldAt < tellEveryMs) return
    toldAt = performance.now()
    tell({ done })
  })
  tell({ files })
}

run().catch((error: unknown) => tell({ error: toWireError(asMediaError(error, sourceOf(order))) }))
