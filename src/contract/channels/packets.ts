import { z } from 'zod'
import { packetProtocols, type PacketDetail, type PacketPage } from '../views/index.ts'
import { command, id, macSchema, text } from './fields.ts'

const packetFilterSchema = z.object({
  /** All of them when empty. */
  protocols: z.array(z.enum(packetProtocols)).max(packetProtocols.length),
  mac: z.union([macSchema, z.literal('')]),
  search: text(200),
  /** Only those that no service was handed. */
  unheardOnly: z.boolean(),
})
export type PacketFilter = z.infer<typeof packetFilterSchema>

export const packetQuerySchema = packetFilterSchema.extend({
  /** Packets with an id below this one; 0 for the newest. */
  before: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type PacketQuery = z.infer<typeof packetQuerySchema>

export const packetsCommands = {
  'packets.list': command<typeof packetQuerySchema, PacketPage>(packetQuerySchema),
  /** Null when it is no longer kept. */
  'packets.get': command<typeof id, PacketDetail | null>(id),
  /** Opens the system's dialogue to save them as pcapng; the path, or null when cancelled. */
  'packets.export': command<typeof packetFilterSchema, string | null>(packetFilterSchema),
} as const
