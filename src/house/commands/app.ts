import type { appCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The app itself and its settings. */
export const appHandlers = ({
  dhcpDesk,
  info,
  leases,
  mark,
  settings,
  snapshot,
}: CommandDeps): HandlersOf<typeof appCommands> => ({
  'app.info': () => info,
  'view.snapshot': () => snapshot(),
  'settings.save': (changes) => {
    const saved = settings.save(changes)
    mark('settings', 'detail')
    dhcpDesk.settingsChanged()
    leases.changed()
    return saved
  },
})
