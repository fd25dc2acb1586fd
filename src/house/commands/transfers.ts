import type { transfersCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Files on their way, and how fast. */
export const transfersHandlers = ({ transfers }: CommandDeps): HandlersOf<typeof transfersCommands> => ({
  'transfer.list': (query) => transfers.list(query),
  'transfer.throughput': (query) => transfers.throughput(query),
})
