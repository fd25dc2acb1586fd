import type { updateCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Another version from a file or a stick. */
export const updateHandlers = ({ desktop, updates }: CommandDeps): HandlersOf<typeof updateCommands> => ({
  'update.state': () => updates.view,
  'update.choose': async ({ kind }) => {
    const [path] = await desktop.chooseFiles(kind === 'file' ? 'update' : 'updateFolder')
    return path === undefined ? null : updates.look(path)
  },
  'update.look': ({ path }) => updates.look(path),
  'update.install': () => updates.install(),
  'update.rollBack': () => updates.rollBack(),
})
