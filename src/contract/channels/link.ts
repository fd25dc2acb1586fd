import type { VendorAnswer } from '../views/index.ts'
import { command, macSchema } from './fields.ts'

export const linkCommands = {
  /** The machine fetches bytes for nothing at its next word, so that the speed of its cable is seen. Refused while no exam runs. */
  'link.measure': command<typeof macSchema, void>(macSchema),
  /** Whether that is still to come. */
  'link.isAwaited': command<typeof macSchema, boolean>(macSchema),
  /** Who made a network card. */
  'vendor.of': command<typeof macSchema, VendorAnswer>(macSchema),
} as const
