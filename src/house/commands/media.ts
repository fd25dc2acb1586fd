import type { mediaCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Images and folders that boot profiles are made from. */
export const mediaHandlers = ({
  media,
  desktop,
  profiles,
  inspectProfile,
  refreshBootFiles,
  mark,
}: CommandDeps): HandlersOf<typeof mediaCommands> => ({
  'media.choose': async ({ kind }) => {
    const [path] = await desktop.chooseFiles(kind === 'folder' ? 'mediaFolder' : 'media')
    return path === undefined ? null : media.open(path)
  },
  'media.open': ({ path }) => media.open(path),
  'media.take': async ({ name, commandLine }) => {
    const result = await media.take(name, commandLine)
    await refreshBootFiles()
    mark('profiles', 'exam')
    return result
  },
  'media.cancel': () => media.cancel(),
  'profile.inspect': (id) => inspectProfile(profiles.get(id)),
})
