import { readdirSync, readFileSync } from 'node:fs'
import { readFile, readdir, readlink, stat } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { NicAddress, NicView } from '../../contract/index.ts'
import { maskToPrefix, parseIpv4 } from '../ipv4.ts'
import { runCommand } from '../runCommand.ts'
import { classifyNic } from './classify.ts'
import type { NicProvider } from './provider.ts'

/** Facts from /sys/class/net (in a network namespace: its own, where /sys was mounted again, as `ip netns exec` does). */
export const linuxNics: NicProvider = {
  async list() {
    const [nics, addresses] = await Promise.all([readNics('/sys/class/net', '/run/udev/data'), readAddresses()])
    return nics.map((nic) => ({ ...nic, addresses: addresses.get(nic.name) ?? [] }))
  },
  // Listing starts `ip`, and to start a program a large process stands still for tens of milliseconds.
  pulse: () => readPulse('/sys/class/net', '/proc/net/fib_trie'),
}

/** Which NICs there are, their links, and every local address, in whatever form the kernel tells it. */
export function readPulse(sysClassNet: string, fibTrie: string): string {
  const fact = (file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      // As in a listing: a NIC that is down refuses some, one that has just gone all of them.
      return ''
    }
  }
  const nics = readdirSync(sysClassNet).map((name) =>
    [name, ...['ifindex', 'flags', 'operstate', 'carrier'].map((file) => fact(join(sysClassNet, name, file)))].join(),
  )
  return [...nics, fact(fibTrie)].join()
}

// ARPHRD_* of linux/if_arp.h. What is not here (sit, gre, can, monitor mode...) carries no Ethernet or cannot be chosen.
const ARPHRD_ETHER = 1
const ARPHRD_PPP = 512
const ARPHRD_LOOPBACK = 772
const ARPHRD_NONE = 65_534
const shownTypes = [ARPHRD_ETHER, ARPHRD_PPP, ARPHRD_LOOPBACK, ARPHRD_NONE]
const IFF_UP = 1

/** Reads all but the addresses. Both folders are given, so that a test can lay out its own. */
export async function readNics(sysClassNet: string, udevData: string): Promise<NicView[]> {
  const names = await readdir(sysClassNet)
  const nics = await Promise.all(names.map((name) => readNic(join(sysClassNet, name), name, udevData)))
  return nics.filter((nic) => nic !== undefined)
}

async function readNic(folder: string, name: string, udevData: string): Promise<NicView | undefined> {
  // The driver of a NIC that is down refuses some of these, and a NIC may vanish while it is read: no fact, then.
  const fact = (file: string) => readFile(join(folder, file), 'utf8').then((text) => text.trim(), absent)
  const has = (entry: string) =>
    stat(join(folder, entry)).then(
      () => true,
      () => false,
    )
  const [typeText, address, operstate, carrier, flagsText, speedText, duplex, uevent, index] = await Promise.all(
    ['type', 'address', 'operstate', 'carrier', 'flags', 'speed', 'duplex', 'uevent', 'ifindex'].map(fact),
  )
  const type = Number(typeText)
  if (!shownTypes.includes(type)) return undefined
  const deviceType = /^DEVTYPE=(.+)$/m.exec(uevent ?? '')?.[1]
  const [hardware, wireless, bridge, tun] = await Promise.all(['device', 'phy80211', 'bridge', 'tun_flags'].map(has))

  const link = linkState(operstate, carrier, (Number(flagsText) & IFF_UP) !== 0)
  const mac = type === ARPHRD_ETHER && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(address ?? '') ? address : undefined
  const description = hardware ? await describe(folder, join(udevData, `n${index}`)) : undefined
  const speed = Number(speedText)
  return {
    name,
    description,
    kind: classifyNic({
      name,
      mac,
      loopback: type === ARPHRD_LOOPBACK,
      wireless: wireless || deviceType === 'wlan',
      bridge: bridge || deviceType === 'bridge',
      tunnel: tun || type === ARPHRD_PPP || type === ARPHRD_NONE || deviceType === 'wireguard',
      hardware,
    }),
    mac,
    addresses: [],
    link,
    speedMbps: link === 'up' && speed > 0 ? speed : undefined,
    duplex: link === 'up' && (duplex === 'full' || duplex === 'half') ? duplex : undefined,
    index: Number(index) || undefined,
  }
}

const absent = () => undefined

/** RFC 2863 states as Linux has them; a driver that keeps no state says `unknown`, and its carrier decides. */
export function linkState(operstate: string | undefined, carrier: string | undefined, isUp: boolean): NicView['link'] {
  if (!isUp) return 'down'
  if (operstate === 'up') return 'up'
  if (operstate !== 'unknown') return operstate === undefined ? 'unknown' : 'down'
  return carrier === '1' ? 'up' : carrier === '0' ? 'down' : 'unknown'
}

/** The maker and model as udev looked them up, else the driver's name. */
async function describe(folder: string, udevFile: string): Promise<string | undefined> {
  const udev = await readFile(udevFile, 'utf8').catch(absent)
  const known = (key: string) => new RegExp(`^E:${key}=(.+)$`, 'm').exec(udev ?? '')?.[1]
  const model = known('ID_MODEL_FROM_DATABASE')
  if (model) return [known('ID_VENDOR_FROM_DATABASE'), model].filter(Boolean).join(' ')
  const driver = await readlink(join(folder, 'device/driver')).catch(absent)
  return driver?.split('/').at(-1)
}

/**
 * `ip` tells the addresses of NICs without a carrier too, which Node leaves out: a technician sets the address first and
 * plugs the switch in later. Without iproute2, Node's list has to do.
 */
async function readAddresses(): Promise<Map<string, NicAddress[]>> {
  const said = await runCommand('ip', ['-json', '-4', 'address', 'show']).catch(absent)
  const read = said?.code === 0 ? parseIpAddresses(said.stdout) : undefined
  return read ?? nodeAddresses()
}

const ipAddressSchema = z.array(
  z.object({
    ifname: z.string().optional(),
    addr_info: z
      .array(
        z.object({ family: z.string().optional(), local: z.string().optional(), prefixlen: z.number().optional() }),
      )
      .optional(),
  }),
)

/** What `ip -json -4 address show` prints; undefined when it is something else. */
export function parseIpAddresses(text: string): Map<string, NicAddress[]> | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = ipAddressSchema.safeParse(json)
  if (!parsed.success) return undefined
  const addresses = new Map<string, NicAddress[]>()
  for (const { ifname, addr_info = [] } of parsed.data) {
    if (ifname === undefined) continue
    const own = addr_info.flatMap(({ local = '', prefixlen = -1 }) =>
      parseIpv4(local) !== undefined && prefixlen >= 0 && prefixlen <= 32
        ? [{ address: local, prefix: prefixlen }]
        : [],
    )
    addresses.set(ifname, own)
  }
  return addresses
}

function nodeAddresses(): Map<string, NicAddress[]> {
  const addresses = new Map<string, NicAddress[]>()
  for (const [name, entries = []] of Object.entries(networkInterfaces())) {
    const own = entries.flatMap(({ family, address, netmask }) => {
      const prefix = maskToPrefix(parseIpv4(netmask) ?? 0)
      return family === 'IPv4' && prefix !== undefined ? [{ address, prefix }] : []
    })
    addresses.set(name, own)
  }
  return addresses
}
