import { fileURLToPath } from 'node:url'
import type { Namespace } from './namespaces.ts'
import type { Running } from './processes.ts'

const program = fileURLToPath(new URL('romClient.mjs', import.meta.url))

/** One thing that a boot client does; what each takes is written at its place in romClient.mjs. */
export type RomStep = { do: string } & Record<string, unknown>

/** Runs a client step by step inside a machine of the lab. Ended with its namespace at the latest. */
export const startRom = (machine: Namespace, steps: readonly RomStep[], nic = 'eth0'): Running =>
  machine.start(process.execPath, [program, nic, JSON.stringify(steps)])

/** Runs one to its end. @throws with all that it said, when a step fails. */
export async function runRom(machine: Namespace, steps: readonly RomStep[], nic = 'eth0'): Promise<string> {
  return machine.mustRun(process.execPath, [program, nic, JSON.stringify(steps)], { timeoutMs: 120_000 })
}
