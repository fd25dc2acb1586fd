import { networkInterfaces } from 'node:os'
import type { NicAddress, NicView } from '../../contract/index.ts'
import { maskToPrefix, parseIpv4 } from '../ipv4.ts'
import { runCommand } from '../runCommand.ts'
import { classifyNic } from './classify.ts'
import type { NicProvider } from './provider.ts'

/** macOS, through `ifconfig` and `networksetup`. Written from their manuals; not tried on macOS. */
export const macNics: NicProvider = {
  async list() {
    const [ifconfig, ports] = await Promise.all([
      runCommand('/sbin/ifconfig', ['-a']),
      runCommand('/usr/sbin/networksetup', ['-listallhardwareports']),
    ])
    if (ifconfig.code !== 0) throw new Error(`ifconfig failed (${ifconfig.code}): ${ifconfig.stderr.trim()}`)
    return parseMacNics(ifconfig.stdout, parseHardwarePorts(ports.stdout))
  },
  pulse: () => JSON.stringify(networkInterfaces()),
}

/** `networksetup -listallhardwareports`: the device's name to the port's. */
export function parseHardwarePorts(text: string): Map<string, string> {
  const ports = new Map<string, string>()
  for (const [, port = '', device = ''] of text.matchAll(/^Hardware Port: (.+)\nDevice: (\S+)$/gm))
    ports.set(device, port)
  return ports
}

// Apple's internal links, which nobody plugs a switch into.
const hidden = /^(gif|stf|awdl|llw|anpi|ap|XHC|pktap|iptap)\d+$/

/** Reads `ifconfig -a`: one block for each NIC, whose first line starts at the margin. */
export function parseMacNics(text: string, ports: ReadonlyMap<string, string>): NicView[] {
  return text
    .split(/^(?=\S)/m)
    .map((block) => readBlock(block, ports))
    .filter((nic) => nic !== undefined)
}

function readBlock(block: string, ports: ReadonlyMap<string, string>): NicView | undefined {
  const [, name, flagText = ''] = /^([\w-]+): flags=\w+<([^>]*)>/.exec(block) ?? []
  if (name === undefined || hidden.test(name)) return undefined
  const flags = flagText.split(',')
  const port = ports.get(name)
  const mac = /^\s+ether (([0-9a-f]{2}:){5}[0-9a-f]{2})\b/m.exec(block)?.[1]
  const status = /^\s+status: (\w+)/m.exec(block)?.[1]
  const media = /^\s+media: .*?\((\d+)(G?)base\S* ?<?([^>)]*)>?\)/im.exec(block)
  const link = !flags.includes('UP')
    ? 'down'
    : status !== undefined
      ? status === 'active'
        ? 'up'
        : 'down'
      : flags.includes('LOOPBACK')
        ? 'up'
        : 'unknown'
  return {
    name,
    description: port,
    kind: classifyNic({
      name,
      description: port,
      mac,
      loopback: flags.includes('LOOPBACK'),
      wireless: port === 'Wi-Fi' || port === 'AirPort',
      tunnel: flags.includes('POINTOPOINT'),
      hardware: port !== undefined,
    }),
    mac,
    addresses: [...block.matchAll(/^\s+inet (\S+) (?:--> \S+ )?netmask 0x([0-9a-f]{8})/gm)].flatMap(readAddress),
    link,
    speedMbps: link === 'up' && media ? Number(media[1]) * (media[2] ? 1000 : 1) : undefined,
    duplex: link === 'up' ? readDuplex(media?.[3]) : undefined,
  }
}

function readAddress([, address = '', mask = '']: RegExpExecArray): NicAddress[] {
  const prefix = maskToPrefix(Number.parseInt(mask, 16))
  return parseIpv4(address) !== undefined && prefix !== undefined ? [{ address, prefix }] : []
}

const readDuplex = (options = ''): NicView['duplex'] =>
  options.includes('full-duplex') ? 'full' : options.includes('half-duplex') ? 'half' : undefined
