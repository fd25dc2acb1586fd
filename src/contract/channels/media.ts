import { z } from 'zod'
import type { MediaDraft, MediaResult, ProfileCheckView } from '../views/index.ts'
import { command, id, nameSchema, nothing, text } from './fields.ts'

const sourceKinds = ['image', 'folder'] as const

export const mediaCommands = {
  /** Opens the system's dialogue and looks at what is chosen; null when cancelled. Nothing is taken yet. */
  'media.choose': command<z.ZodType<{ kind: (typeof sourceKinds)[number] }>, MediaDraft | null>(
    z.object({ kind: z.enum(sourceKinds) }),
  ),
  /** Looks at a file or folder that was dropped on the window. */
  'media.open': command<z.ZodType<{ path: string }>, MediaDraft>(
    z.object({
      path: text(4096)
        .min(1)
        .regex(/^[^\0]+$/),
    }),
  ),
  /** Takes what the draft says, and makes its boot profile. Progress comes with the pushes. */
  'media.take': command<z.ZodType<{ name: string; commandLine: string }>, MediaResult>(
    z.object({ name: nameSchema(80), commandLine: text(2000).regex(/^[^\r\n]*$/) }),
  ),
  /** Ends the looking or the taking; nothing of it stays. */
  'media.cancel': command<typeof nothing, void>(nothing),
  'profile.inspect': command<typeof id, ProfileCheckView>(id),
} as const
