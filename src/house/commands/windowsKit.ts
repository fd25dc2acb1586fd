import { CodedError, type windowsKitCommands } from '../../contract/index.ts'
import { writeKit } from '../../windowsKit/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The package that prepares installed Windows PCs. */
export const windowsKitHandlers = ({
  clock,
  desktop,
  settings,
  windowsSources,
  mark,
}: CommandDeps): HandlersOf<typeof windowsKitCommands> => ({
  'windowsKit.make': async (input) => {
    if (input.endsAt <= clock.now())
      throw new CodedError('input.invalid', 'the package would end before it begins', { field: 'endsAt' })
    const day = new Date(input.endsAt).toISOString().slice(0, 10)
    const target = await desktop.chooseSaveFile(`amorce-windows-${day}.zip`)
    if (target === undefined) return null
    const made = await writeKit(input, windowsSources, target)
    // The same, to the byte, is made again for each machine that Windows PE prepares.
    settings.save({ windowsKit: input })
    mark('settings')
    return made
  },
})
