import type { SelfTestView } from '../views/index.ts'
import { command, nothing } from './fields.ts'

export const selfTestCommands = {
  /** From this computer to itself, through the running services. Refused while no exam runs. */
  'selfTest.run': command<typeof nothing, SelfTestView>(nothing),
  /** Null before the first one. */
  'selfTest.last': command<typeof nothing, SelfTestView | null>(nothing),
} as const
