import { z } from 'zod'
import { windowsKioskKinds, type WindowsKitView } from '../views/index.ts'
import { command, ipv4Schema, text } from './fields.ts'

/** An address, or a network of them: `10.0.0.5`, `10.0.0.0/24`. */
const addressSchema = z
  .string()
  .regex(/^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}(\/([89]|[12]\d|3[0-2]))?$/)

export const windowsKitSchema = z.object({
  serverAddress: ipv4Schema,
  httpPort: z.number().int().min(1).max(65_535),
  /** When everything is undone, whether or not an exam was held: milliseconds since the Unix epoch. */
  endsAt: z.number().int().positive(),
  /** The account that is made: at most 20 characters, as Windows has it. */
  user: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,19}$/),
  kiosk: z.enum(windowsKioskKinds),
  /** What the kiosk shows; empty for the exam page of this laptop. No space or quote: it becomes a word of a command line. */
  page: z.union([z.literal(''), text(500).regex(/^https?:\/\/[^\s"'<>^|&%]+$/)]),
  /** Reached beside the server; nothing else is. */
  allowedAddresses: z.array(addressSchema).max(50),
  denyRemovableStorage: z.boolean(),
})
export type WindowsKitInput = z.infer<typeof windowsKitSchema>

export const windowsKitCommands = {
  /** Asks where to save it; null when cancelled. */
  'windowsKit.make': command<typeof windowsKitSchema, WindowsKitView | null>(windowsKitSchema),
} as const
