import type { finderCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Finding things, and opening what was found. */
export const finderHandlers = ({ rooms }: CommandDeps): HandlersOf<typeof finderCommands> => ({
  'search.everything': (typed) => rooms.finder.find(typed),
  'search.list': ({ kind, typed }) => {
    const ids = rooms.search.ids(kind, typed)
    return ids ? [...ids] : null
  },
  'loan.get': (id) => rooms.loans.get(id),
})
