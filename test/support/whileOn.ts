import type { TestInfo } from '@playwright/test'
import type { LabNetwork } from './namespaces.ts'
import { QemuMachine, type MachineOptions } from './qemu.ts'

/** What it does with a PC of the room that is switched on; its console is kept with a test that fails. */
export async function whileOn(
  network: LabNetwork,
  info: TestInfo,
  options: Omit<MachineOptions, 'logFile'>,
  task: (pc: QemuMachine) => Promise<void>,
): Promise<void> {
  const logFile = info.outputPath('console.log')
  const pc = await QemuMachine.powerOn(network.room, { ...options, logFile })
  try {
    await task(pc)
  } catch (error) {
    await info.attach('console.log', { path: logFile })
    throw error
  } finally {
    await pc.powerOff()
  }
}
