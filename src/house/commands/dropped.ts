import type { droppedCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** What machines put into the drop folder over TFTP. */
export const droppedHandlers = ({ dropDesk, desktop }: CommandDeps): HandlersOf<typeof droppedCommands> => ({
  'dropped.list': () => dropDesk.list(),
  'dropped.remove': ({ client, name }) => dropDesk.remove(client, name),
  'dropped.openFolder': async () => desktop.openFolder(await dropDesk.folder()),
})
