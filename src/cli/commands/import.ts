import { resolve } from 'node:path'
import type { ImportSubject } from '../../contract/index.ts'
import { dataFolderOf, openHome } from '../home.ts'
import { exitCodes } from '../table.ts'
import { isGiven, textOption, type Command } from '../task.ts'

const mostLines = 500

/** `amorce import <file>...`: a table, or several inventories, as the window imports them. */
export const importItems: Command = async (task) => {
  const house = await openHome(task, dataFolderOf(task), {
    tables: task.arguments.operands.map((path) => resolve(path)),
  })
  try {
    const { commands } = house
    const seen = await commands['import.open'](undefined)
    const subject = textOption(task, 'as') as ImportSubject | undefined
    const draft = subject && subject !== seen?.subject ? await commands['import.read']({ subject }) : seen
    const counts = await commands['import.check']({ mapping: draft?.mapping ?? [] })
    const { lines } = await commands['import.lines']({ verdicts: [], onlyProblems: true, offset: 0, limit: mostLines })
    const isRefused = counts.refused > 0 && !isGiven(task, 'skip-refused')
    const isWritten = !isRefused && !isGiven(task, 'dry-run')
    const record = isWritten ? await commands['import.apply'](undefined) : undefined
    task.tell({ ok: !isRefused, subject: draft?.subject, counts, written: isWritten, record, problems: lines })
    for (const { line, label, problems } of lines)
      task.say(
        task.said.line(
          line,
          label,
          problems.map(({ code, value }) => (value ? `${code} (${value})` : code)).join(', '),
        ),
      )
    const { added, changed, unchanged, refused } = counts
    task.say(task.said[isWritten ? 'imported' : 'wouldImport'](added, changed, unchanged, refused))
    if (!isWritten) task.say(task.said.nothingWritten)
    return isRefused ? exitCodes.found : exitCodes.done
  } finally {
    await house.close()
  }
}
