import type { bootCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Boot files and profiles. */
export function bootHandlers({
  profiles,
  bootFiles,
  desktop,
  refreshBootFiles,
  withMissing,
  mark,
}: CommandDeps): HandlersOf<typeof bootCommands> {
  const withProfiles = <T>(result: T): T => {
    mark('profiles', 'exam', 'detail')
    return result
  }

  return {
    'bootFiles.list': () => refreshBootFiles(),
    'bootFiles.add': async () => {
      for (const path of await desktop.chooseFiles('bootFiles')) await bootFiles.add(path)
      return refreshBootFiles()
    },
    'bootFiles.remove': async (path) => {
      await bootFiles.remove(path)
      return refreshBootFiles()
    },
    'bootFiles.fetchLoaders': async () => {
      await desktop.fetchLoaders()
      return refreshBootFiles()
    },
    'bootFiles.openFolder': async () => {
      await desktop.openFolder((await bootFiles.list()).folder)
    },

    'profile.add': (profile) => withProfiles(withMissing(profiles.add(profile))),
    'profile.update': ({ id, profile }) => withProfiles(withMissing(profiles.update(id, profile))),
    'profile.remove': (id) => withProfiles(profiles.remove(id)),
    'profile.makeDefault': (id) => {
      withProfiles(profiles.makeDefault(id))
    },
  }
}
