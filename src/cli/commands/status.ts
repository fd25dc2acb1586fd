import type { RoomStatus } from '../roomStatus.ts'
import { statusUrl } from '../statusServer.ts'
import { exitCodes } from '../table.ts'
import { numberOption, type Command } from '../task.ts'
import { defaultStatusPort } from './serve.ts'

const patienceMs = 3000

/** `amorce status`: what a `serve` on this computer says of itself. */
export const status: Command = async (task) => {
  const url = statusUrl(numberOption(task, 'status-port') || defaultStatusPort)
  let room: RoomStatus
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
    if (!response.ok) throw new Error(String(response.status))
    room = (await response.json()) as RoomStatus
  } catch {
    // Refused, silent or another program's port: nobody serves a room from here.
    task.tell({ ok: false, running: false })
    task.say(task.said.noAnswer(url))
    return exitCodes.found
  }
  const { running, nic = '', address = '', machines, ready, stuck } = room
  task.tell({ ok: running, ...room })
  task.say(running ? task.said.running(nic, address, machines.length, ready, stuck) : task.said.notRunning)
  return running ? exitCodes.done : exitCodes.found
}
