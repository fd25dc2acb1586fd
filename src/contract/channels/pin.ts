import { z } from 'zod'
import type { PinView } from '../views/index.ts'
import { command, nothing, text } from './fields.ts'

/** Digits: it is typed standing, at a number pad as often as not. */
export const pinSchema = z.string().regex(/^\d{4,12}$/)

export const pinChoiceSchema = z.object({
  /** The one that holds; empty when there is none. */
  current: text(12),
  pin: pinSchema,
  minutes: z.number().int().min(1).max(60),
})
export type PinChoice = z.infer<typeof pinChoiceSchema>

/** Whoever is at the console may ask for these: they carry the PIN themselves. */
export const pinCommands = {
  'pin.unlock': command<ReturnType<typeof text>, PinView>(text(12)),
  'pin.lock': command<typeof nothing, PinView>(nothing),
  'pin.set': command<typeof pinChoiceSchema, PinView>(pinChoiceSchema),
  'pin.remove': command<ReturnType<typeof text>, PinView>(text(12)),
} as const
