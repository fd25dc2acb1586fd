import { networkInterfaces } from 'node:os'
import { z } from 'zod'
import type { NicAddress, NicView } from '../../contract/index.ts'
import { parseIpv4 } from '../ipv4.ts'
import { runPowerShell } from '../powershell.ts'
import { classifyNic } from './classify.ts'
import type { NicProvider } from './provider.ts'

// NdisPhysicalMedium: 1 wireless LAN, 9 native 802.11. Numbers, because the texts are in the desktop's language.
const wirelessMedia = [1, 9]

const script = `
$addresses = @(Get-NetIPAddress -AddressFamily IPv4 | Select-Object InterfaceIndex, IPAddress, PrefixLength)
$adapters = @(Get-NetAdapter | Select-Object Name, InterfaceDescription, MacAddress, ifIndex, InterfaceOperationalStatus,
  Speed, FullDuplex, HardwareInterface, NdisPhysicalMedium)
@{ adapters = $adapters; addresses = $addresses } | ConvertTo-Json -Depth 3 -Compress`

/** Windows, through PowerShell's NetAdapter and NetTCPIP modules. Written from their reference; not tried on Windows. */
export const windowsNics: NicProvider = {
  async list() {
    const { code, stdout, stderr } = await runPowerShell(script)
    const nics = code === 0 ? parseWindowsNics(stdout) : undefined
    if (!nics) throw new Error(`Get-NetAdapter failed (${code}): ${stderr.trim() || stdout.slice(0, 200)}`)
    return nics
  },
  // PowerShell takes the better part of a second; this shows every change of link or address by itself.
  pulse: () => JSON.stringify(networkInterfaces()),
}

const schema = z.object({
  adapters: z.array(
    z.object({
      Name: z.string(),
      InterfaceDescription: z.string().nullish(),
      MacAddress: z.string().nullish(),
      ifIndex: z.number(),
      /** IfOperStatus: 1 up, 2 down. */
      InterfaceOperationalStatus: z.number().nullish(),
      /** Bits per second. */
      Speed: z.number().nullish(),
      FullDuplex: z.boolean().nullish(),
      HardwareInterface: z.boolean().nullish(),
      NdisPhysicalMedium: z.number().nullish(),
    }),
  ),
  addresses: z.array(z.object({ InterfaceIndex: z.number(), IPAddress: z.string(), PrefixLength: z.number() })),
})

/** Reads what the script above prints; undefined when it is something else. */
export function parseWindowsNics(text: string): NicView[] | undefined {
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) return undefined
  const { adapters, addresses } = parsed.data
  return adapters.map((adapter): NicView => {
    const name = adapter.Name
    const description = adapter.InterfaceDescription ?? undefined
    const mac = readMac(adapter.MacAddress ?? '')
    const link = adapter.InterfaceOperationalStatus === 1 ? 'up' : 'down'
    return {
      name,
      description,
      kind: classifyNic({
        name,
        description,
        mac,
        wireless: wirelessMedia.includes(adapter.NdisPhysicalMedium ?? 0),
        hardware: adapter.HardwareInterface ?? false,
      }),
      mac,
      addresses: addresses.filter((entry) => entry.InterfaceIndex === adapter.ifIndex).flatMap(readAddress),
      link,
      speedMbps: link === 'up' && adapter.Speed ? Math.round(adapter.Speed / 1_000_000) || undefined : undefined,
      duplex: link === 'up' && adapter.FullDuplex != null ? (adapter.FullDuplex ? 'full' : 'half') : undefined,
    }
  })
}

const readMac = (text: string): string | undefined =>
  /^([0-9A-F]{2}-){5}[0-9A-F]{2}$/i.test(text) ? text.toLowerCase().replaceAll('-', ':') : undefined

const readAddress = (entry: { IPAddress: string; PrefixLength: number }): NicAddress[] =>
  parseIpv4(entry.IPAddress) !== undefined && entry.PrefixLength >= 0 && entry.PrefixLength <= 32
    ? [{ address: entry.IPAddress, prefix: entry.PrefixLength }]
    : []
