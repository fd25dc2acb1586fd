import type { Ipv4, Mac } from '../contract/index.ts'
import type { BootAnswer, BootDecider } from '../dhcp/index.ts'
import { firmwareTable, signedTable, wholeIpxeFor } from './firmwareTable.ts'
import type { UefiLoader } from './firmwareTable.ts'
import { filePath, scriptPath } from './urls.ts'

export interface BootDeciderOptions {
  serverAddress: Ipv4
  httpPort: number
  /** Which of the two x64 UEFI loaders this machine is to have; `ipxe.efi` unless said. */
  uefiLoaderFor?: (mac: Mac) => UefiLoader
  /** Whether a machine whose UEFI firmware asks is to have the signed chain. */
  needsSigned?: (mac: Mac) => boolean
}

/** How many machines the loop guard remembers: more than any room holds, few enough for made-up MACs to be harmless. */
const remembered = 4096

/**
 * What to hand to a client, from the firmware table.
 *
 * Its only state is the guard against iPXE loops: a cut-down iPXE gets a whole one; if what comes back still looks cut
 * down, it gets the script instead of the same loader for ever. One exchange (one xid) always gets one answer, and any
 * other kind of message from that machine means it got on, which clears the guard.
 */
export function createBootDecider({
  serverAddress,
  httpPort,
  uefiLoaderFor,
  needsSigned,
}: BootDeciderOptions): BootDecider {
  const server = `http://${serverAddress}:${httpPort}`
  const lastPartial = new Map<Mac, { xid: number; given: 'loader' | 'script' }>()

  const byTftp = (firmwareRow: string, loader: string): BootAnswer => ({
    firmwareRow,
    nextServer: serverAddress,
    bootFile: loader,
  })
  const script = (firmwareRow: string, mac: Mac): BootAnswer => ({
    firmwareRow,
    nextServer: serverAddress,
    bootFile: server + scriptPath(mac),
  })

  const guardPartial = (mac: Mac, xid: number): 'loader' | 'script' => {
    const last = lastPartial.get(mac)
    if (last?.xid === xid) return last.given
    const given = last?.given === 'loader' ? 'script' : 'loader'
    lastPartial.delete(mac)
    lastPartial.set(mac, { xid, given })
    if (lastPartial.size > remembered) forgetOldest(lastPartial)
    return given
  }

  return (client) => {
    const row = client.firmware
    const handout = firmwareTable[row]
    if (handout.by !== 'wholeIpxe') lastPartial.delete(client.mac)

    switch (handout.by) {
      case 'tftp':
      case 'http': {
        const signed = signedTable[row]
        const isSigned = signed !== undefined && needsSigned?.(client.mac) === true
        const loader = isSigned ? signed : ((handout.alternative && uefiLoaderFor?.(client.mac)) ?? handout.loader)
        const firmwareRow = isSigned ? `${row}-signed` : row
        if (handout.by === 'tftp') return byTftp(firmwareRow, loader)
        return {
          firmwareRow,
          nextServer: serverAddress,
          bootFile: server + filePath(loader),
          vendorClass: 'HTTPClient',
        }
      }
      case 'script':
        return script(row, client.mac)
      case 'wholeIpxe': {
        const loader = wholeIpxeFor(client.arch)
        if (!loader) return undefined
        return guardPartial(client.mac, client.xid) === 'loader'
          ? byTftp(row, loader)
          : script('ipxe-partial-again', client.mac)
      }
      case 'nothing':
      case 'unavailable':
        return undefined
    }
  }
}

function forgetOldest(map: Map<unknown, unknown>): void {
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
