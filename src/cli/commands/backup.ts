import { constants, copyFileSync, mkdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { CodedError } from '../../contract/index.ts'
import { backUpFolder } from '../../house/index.ts'
import { dataFolderOf, nativeBindingIn } from '../home.ts'
import { exitCodes } from '../table.ts'
import { textOption, type Command } from '../task.ts'

/** `amorce backup`: one more of the database, also while a window has it open. */
export const backup: Command = async (task) => {
  const made = await backUpFolder(dataFolderOf(task), nativeBindingIn(task.world), Date.now())
  const to = textOption(task, 'to')
  const copy = to === undefined ? undefined : copied(made.path, resolve(to))
  task.tell({ ok: true, ...made, ...(copy ? { copy } : {}) })
  task.say(task.said.backedUp(made.path))
  if (copy) task.say(task.said.copied(copy))
  return exitCodes.done
}

/** Never over a file that is there. */
function copied(path: string, folder: string): string {
  const copy = join(folder, basename(path))
  try {
    mkdirSync(folder, { recursive: true })
    copyFileSync(path, copy, constants.COPYFILE_EXCL)
    return copy
  } catch (error) {
    throw new CodedError('storage.backupFailed', String(error), { reason: String(error) })
  }
}
