import type { selfTestCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The services tried from this computer. */
export const selfTestHandlers = ({ selfTester }: CommandDeps): HandlersOf<typeof selfTestCommands> => ({
  'selfTest.run': () => selfTester.run(),
  'selfTest.last': () => selfTester.last ?? null,
})
