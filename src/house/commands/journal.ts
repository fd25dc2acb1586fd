import type { journalCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The journal. */
export const journalHandlers = ({ journal }: CommandDeps): HandlersOf<typeof journalCommands> => ({
  'journal.list': (query) => journal.list(query),
})
