import type { pinCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The technician's PIN. */
export const pinHandlers = ({ pin }: CommandDeps): HandlersOf<typeof pinCommands> => ({
  'pin.unlock': (given) => pin.unlock(given),
  'pin.lock': () => pin.lock(),
  'pin.set': (choice) => pin.set(choice),
  'pin.remove': (current) => pin.remove(current),
})
