import type { bootChoiceCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** What each machine boots. */
export function bootChoiceHandlers({ bootDesk, mark }: CommandDeps): HandlersOf<typeof bootChoiceCommands> {
  const changed = (): typeof bootDesk.view => {
    mark('bootChoices', 'detail')
    return bootDesk.view
  }
  return {
    'bootRule.set': (rule) => {
      bootDesk.rules.set(rule)
      return changed()
    },
    'bootRule.remove': (id) => {
      bootDesk.rules.remove(id)
      return changed()
    },
    'bootRule.setSeveral': (several) => {
      const set = bootDesk.setSeveral(several)
      changed()
      return set
    },
    'bootMenu.save': (menu) => {
      bootDesk.menu.save(menu)
      return changed()
    },
    'bootChain.choose': ({ mac, choice }) => {
      bootDesk.chains.choose(mac, choice)
      changed()
    },
  }
}
