import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Ipv4, Mac } from '../contract/index.ts'
import { runCommand, type RunCommand } from './runCommand.ts'

/**
 * Which card answers at an address, from the system's table of neighbours (ARP), as far as it has heard of it.
 * Linux: read from /proc. Windows and macOS: from `arp`, written from its manual, not tried.
 */
export async function neighbourOf(
  address: Ipv4,
  device?: string,
  { platform = process.platform, run = runCommand }: { platform?: NodeJS.Platform; run?: RunCommand } = {},
): Promise<Mac | undefined> {
  if (platform === 'linux') return readProcArp(await readFile('/proc/net/arp', 'utf8'), address, device)
  const args = platform === 'win32' ? ['-a', address] : ['-n', address]
  const { stdout } = await run('arp', args, { timeoutMs: 2000 })
  return readArpCommand(stdout, address)
}

/** Bit 1 of the flags: the entry is complete (ATF_COM, if_arp.h). */
const complete = 0x2

/** proc(5): address, hardware type, flags, MAC, mask, device. */
export function readProcArp(table: string, address: Ipv4, device?: string): Mac | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [ip, , flags, mac, , dev] = line.trim().split(/\s+/)
    if (ip !== address || (device !== undefined && dev !== device)) continue
    if (mac !== undefined && Number(flags) & complete && mac !== '00:00:00:00:00:00') return mac.toLowerCase()
  }
  return undefined
}

/** What the system knows of a neighbour just now. */
export interface NeighbourState {
  /** It was asked for again and again, and did not answer. */
  hasFailed: boolean
  /** It is taken to be there, without being asked again for a while. */
  isReachable: boolean
  /** Seconds since it was last known to be there: by an answer to ARP, or by TCP getting through. */
  confirmedAgo: number
}

const neighboursSchema = z.array(
  z.object({ dst: z.string(), state: z.array(z.string()).default([]), confirmed: z.number().default(Infinity) }),
)

/** Every neighbour at a NIC, from `ip` (ip-neighbour(8)). Linux only: empty elsewhere, and where there is no `ip`. */
export async function neighbourStates(
  device: string,
  { platform = process.platform, run = runCommand }: { platform?: NodeJS.Platform; run?: RunCommand } = {},
): Promise<Map<Ipv4, NeighbourState>> {
  if (platform !== 'linux') return new Map()
  try {
    const { stdout } = await run('ip', ['-4', '-s', '-j', 'neighbour', 'show', 'dev', device], { timeoutMs: 2000 })
    const neighbours = neighboursSchema.parse(JSON.parse(stdout || '[]'))
    return new Map(
      neighbours.map(({ dst, state, confirmed }) => [
        dst,
        { hasFailed: state.includes('FAILED'), isReachable: state.includes('REACHABLE'), confirmedAgo: confirmed },
      ]),
    )
  } catch {
    return new Map()
  }
}

/** `192.168.60.7  52-54-00-aa-bb-cc  dynamic` or `? (192.168.60.7) at 52:54:0:aa:bb:cc on en0`. */
export function readArpCommand(output: string, address: Ipv4): Mac | undefined {
  const line = output.split('\n').find((each) => each.split(/[\s()]+/).includes(address) && /[0-9a-f][:-]/i.test(each))
  const mac = line?.match(/\b[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}\b/i)?.[0]
  return mac
    ?.toLowerCase()
    .split(/[:-]/)
    .map((pair) => pair.padStart(2, '0'))
    .join(':')
}
