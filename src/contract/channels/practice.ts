import { command, nothing } from './fields.ts'

/**
 * Practice: the whole console on data made up for it, in a folder of its own. The technician's own data is not touched, and all of
 * what was done there goes with it.
 */
export const practiceCommands = {
  /** Opens it with a stock, a room and a sitting, and switches the simulated room on. Refused while an exam runs. */
  'practice.begin': command<typeof nothing, void>(nothing),
  /** Removes it and comes back to the technician's own data. Refused while a real exam runs. */
  'practice.end': command<typeof nothing, void>(nothing),
} as const
