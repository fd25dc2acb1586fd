import { z } from 'zod'
import { type ThroughputView, type TransferPage, transferStates } from '../views/index.ts'
import { transferDirections, transferProtocols } from '../events.ts'
import { command, macSchema, text } from './fields.ts'

export const transferSortFields = [
  'startedAt',
  'machine',
  'file',
  'protocol',
  'progress',
  'rate',
  'retransmissions',
  'state',
] as const

export const transferQuerySchema = z.object({
  search: text(200),
  /** All of them when empty, as the next two. */
  states: z.array(z.enum(transferStates)).max(transferStates.length),
  protocols: z.array(z.enum(transferProtocols)).max(transferProtocols.length),
  directions: z.array(z.enum(transferDirections)).max(transferDirections.length),
  /** Empty for every machine. */
  mac: z.union([macSchema, z.literal('')]),
  sort: z.enum(transferSortFields),
  descending: z.boolean(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type TransferQuery = z.infer<typeof transferQuerySchema>

const throughputQuerySchema = z.object({
  /** Empty for the NIC as a whole. */
  mac: z.union([macSchema, z.literal('')]),
  seconds: z.number().int().min(10).max(600),
})
export type ThroughputQuery = z.infer<typeof throughputQuerySchema>

export const transfersCommands = {
  /** The transfers of the exam that is held, or was held last. */
  'transfer.list': command<typeof transferQuerySchema, TransferPage>(transferQuerySchema),
  'transfer.throughput': command<typeof throughputQuerySchema, ThroughputView>(throughputQuerySchema),
} as const
