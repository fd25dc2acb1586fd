import { completionFor, shells } from '../completion.ts'
import { manPage } from '../manPage.ts'
import { exitCodes } from '../table.ts'
import type { Command } from '../task.ts'

/** `amorce completion <shell>` */
export const completion: Command = ({ arguments: { operands }, language, world }) => {
  const shell = shells.find((each) => each === operands[0])
  if (!shell) return exitCodes.misused
  world.out(completionFor(shell, language))
  return exitCodes.done
}

/** `amorce man` */
export const man: Command = ({ language, world }) => {
  world.out(manPage(language, world.installation.version))
  return exitCodes.done
}
