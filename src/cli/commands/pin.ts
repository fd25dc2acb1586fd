import { dataFolderOf, openHome } from '../home.ts'
import { exitCodes } from '../table.ts'
import type { Command } from '../task.ts'

/** `amorce pin forget`: the way out when the PIN is lost. Whoever may run it may delete its file; this writes it down. */
export const pin: Command = async (task) => {
  const house = await openHome(task, dataFolderOf(task))
  try {
    const forgotten = house.pin.forget()
    task.tell({ ok: true, forgotten })
    task.say(forgotten ? task.said.pinForgotten : task.said.noPin)
    return forgotten ? exitCodes.done : exitCodes.found
  } finally {
    await house.close()
  }
}
