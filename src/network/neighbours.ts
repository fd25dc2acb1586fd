import { readFile } from 'node:fs/promises'
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
