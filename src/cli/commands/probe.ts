import { systemClock } from '../../base/index.ts'
import { probeThrough } from '../../house/index.ts'
import { programsIn } from '../home.ts'
import { exitCodes } from '../table.ts'
import { textOption, type Command } from '../task.ts'

/** `amorce probe`: other DHCP servers on a NIC's segment. */
export const probe: Command = async (task) => {
  const { networkCardsFile } = programsIn(task.world.installation.programFolder)
  const { nic, servers } = await probeThrough(textOption(task, 'nic'), systemClock, networkCardsFile)
  task.tell({ ok: servers.length === 0, nic, servers })
  if (servers.length === 0) task.say(task.said.noServer(nic))
  for (const { address, mac, vendor, offered } of servers)
    task.say(task.said.server(address, [mac, vendor].filter(Boolean).join(' '), offered ?? '-'))
  return servers.length === 0 ? exitCodes.done : exitCodes.found
}
