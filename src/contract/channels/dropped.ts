import { z } from 'zod'
import type { DroppedView } from '../views/index.ts'
import { command, ipv4Schema, nothing, text } from './fields.ts'

const droppedFileSchema = z.object({ client: ipv4Schema, name: text(255).regex(/^[^/\\\0]+$/) })

/** What machines put into the drop folder over TFTP. */
export const droppedCommands = {
  'dropped.list': command<typeof nothing, DroppedView>(nothing),
  /** For good. */
  'dropped.remove': command<typeof droppedFileSchema, void>(droppedFileSchema),
  'dropped.openFolder': command<typeof nothing, void>(nothing),
} as const
