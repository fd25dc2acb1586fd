import { openHome, withTemporaryFolder } from '../home.ts'
import { exitCodes } from '../table.ts'
import { numberOption, type Command } from '../task.ts'

/** `amorce selftest`: every service once, with real packets, in the simulated room. */
export const selftest: Command = (task) =>
  withTemporaryFolder(async (folder) => {
    const simulatedMachines = numberOption(task, 'machines') ?? 2
    const house = await openHome(task, folder, {}, { simulatedMachines })
    try {
      await house.commands['exam.startDemo'](undefined)
      const result = await house.commands['selfTest.run'](undefined)
      const isWell = result.lines.every(({ verdict }) => verdict === 'ok')
      task.tell({ ok: isWell, ...result })
      for (const { step, verdict, reason = '' } of result.lines) task.say(task.said.tested(step, verdict, reason))
      await house.commands['exam.stop'](undefined)
      return isWell ? exitCodes.done : exitCodes.found
    } finally {
      await house.close()
    }
  })
