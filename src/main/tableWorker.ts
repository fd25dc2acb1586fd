import { parentPort, workerData } from 'node:worker_threads'
import { toWireError } from '../contract/index.ts'
import { readTable, type ReadOptions, type Table } from '../exchange/index.ts'
import type { TableMessage } from './readTableInWorker.ts'

// A thread of its own: a file that takes seconds to read, or more memory than there is, stops nothing else.

const { bytes, options } = workerData as { bytes: Uint8Array; options: ReadOptions }
const rowsPerMessage = 2000

const say = (message: TableMessage): void => parentPort?.postMessage(message)
try {
  const { rows, ...rest } = readTable(bytes, options)
  for (let from = 0; from < rows.length; from += rowsPerMessage) say({ rows: rows.slice(from, from + rowsPerMessage) })
  say({ table: { ...rest, rows: [] } satisfies Table })
} catch (error) {
  say({ error: toWireError(error) })
}
