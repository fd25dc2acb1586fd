import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { CodedError, fromWireError, type WireError } from '../contract/index.ts'
import type { ReadOptions, Table } from '../exchange/index.ts'

/** Rows in parts, so that taking them in does not hold the loop; the table itself comes last. */
export type TableMessage = { rows: Table['rows'] } | { table: Table } | { error: WireError }

const patienceMs = 60_000
const memoryMb = 1024

/** `readTable` in a thread with a limit of memory and time. */
export function readTableInWorker(bytes: Uint8Array, options: ReadOptions): Promise<Table> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, 'tableWorker.cjs'), {
      workerData: { bytes, options },
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    })
    const rows: Table['rows'] = []
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      settle()
      void worker.terminate()
    }
    const tooLarge = (why: string): void => end(() => reject(new CodedError('exchange.fileTooLarge', why, {})))
    const timer = setTimeout(() => tooLarge('it took too long'), patienceMs)
    worker.on('message', (message: TableMessage) => {
      if ('rows' in message) for (const row of message.rows) rows.push(row)
      else if ('table' in message) end(() => resolve({ ...message.table, rows }))
      else end(() => reject(fromWireError(message.error)))
    })
    worker.on('error', (error) => tooLarge(String(error)))
    worker.on('exit', () => end(() => reject(new CodedError('exchange.fileUnreadable', 'the reader ended', {}))))
  })
}
