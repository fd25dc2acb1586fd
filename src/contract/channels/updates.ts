import { z } from 'zod'
import type { UpdateOffer, UpdatesView } from '../views/index.ts'
import { command, nothing, text } from './fields.ts'

export const updateCommands = {
  'update.state': command<typeof nothing, UpdatesView>(nothing),
  /** Opens the system's dialogue and looks at what is chosen; null when cancelled. Nothing is taken yet. */
  'update.choose': command<z.ZodType<{ kind: 'file' | 'folder' }>, UpdateOffer | null>(
    z.object({ kind: z.enum(['file', 'folder']) }),
  ),
  /** Looks at a file or folder that was dropped on the window. What is there counts for nothing without its signature. */
  'update.look': command<z.ZodType<{ path: string }>, UpdateOffer>(
    z.object({
      path: text(4096)
        .min(1)
        .regex(/^[^\0]+$/),
    }),
  ),
  /** Installs what was looked at last, and starts anew. */
  'update.install': command<typeof nothing, void>(nothing),
  /** Goes back to the version before, and starts anew. */
  'update.rollBack': command<typeof nothing, void>(nothing),
} as const
