import { readFile, readdir, readlink } from 'node:fs/promises'
import { z } from 'zod'
import { formatIpv4, parseIpv4 } from './ipv4.ts'
import { parsePowerShellList, runPowerShell } from './powershell.ts'
import { runCommand } from './runCommand.ts'

export type PortProtocol = 'udp' | 'tcp'

/** Who holds a port. */
export interface PortHolder {
  /** Absent where the system does not tell a normal user of other people's processes. */
  pid?: number
  process?: string
  /** `0.0.0.0` for any. An IPv6 socket that takes IPv4 too counts as IPv4. */
  address: string
  /** The NIC it is bound to, where the system tells. */
  device?: string
}

/** Where we would listen ourselves. */
export interface PortPlace {
  device?: string
  /** `0.0.0.0` for any. */
  address: string
}

/**
 * Who stands in the way of listening on a port.
 * @param place where we would listen: who is bound to another NIC, or to another address, does not stand in the way.
 *   Without it, anybody on that port counts.
 */
export async function findPortHolder(
  protocol: PortProtocol,
  port: number,
  place: PortPlace = { address: '0.0.0.0' },
): Promise<PortHolder | undefined> {
  const holders = await listHolders(protocol, port)
  return holders.find((holder) => standsInTheWay(holder, place))
}

/** The systems' own rule: two sockets clash when neither their devices nor their addresses tell them apart. */
export function standsInTheWay(holder: PortHolder, place: PortPlace): boolean {
  const otherDevice = holder.device !== undefined && place.device !== undefined && holder.device !== place.device
  const otherAddress = holder.address !== '0.0.0.0' && place.address !== '0.0.0.0' && holder.address !== place.address
  return !otherDevice && !otherAddress
}

const listHolders = (protocol: PortProtocol, port: number): Promise<PortHolder[]> =>
  process.platform === 'win32'
    ? listWindowsHolders(protocol, port)
    : process.platform === 'darwin'
      ? listMacHolders(protocol, port)
      : listLinuxHolders(protocol, port)

// ---- Linux: /proc/net for the sockets, /proc/<pid>/fd for their owners, ss for their devices

async function listLinuxHolders(protocol: PortProtocol, port: number): Promise<PortHolder[]> {
  const tables = [`/proc/net/${protocol}`, `/proc/net/${protocol}6`]
  // A kernel without IPv6 has no second table.
  const texts = await Promise.all(tables.map((table) => readFile(table, 'utf8').catch(() => '')))
  const sockets = texts.flatMap((text) => parseProcNet(text, protocol)).filter((socket) => socket.port === port)
  if (sockets.length === 0) return []
  const [owners, extras] = await Promise.all([
    findOwners(new Set(sockets.map((socket) => socket.inode))),
    readSocketExtras(protocol, port),
  ])
  return sockets.flatMap(({ inode, address }): PortHolder[] => {
    const { device, ipv6Only } = extras.get(inode) ?? {}
    return ipv6Only ? [] : [{ ...owners.get(inode), address, device }]
  })
}

export interface ProcSocket {
  address: string
  port: number
  inode: number
}

const TCP_LISTEN = '0A'

/**
 * Reads /proc/net/udp, tcp and their IPv6 twins: the sockets that have a port of their own (for TCP: that listen) on an
 * IPv4 address or on any. Lines of any other shape are passed over.
 */
export function parseProcNet(text: string, protocol: PortProtocol): ProcSocket[] {
  const row =
    /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2})(?: +\S+){5} +(\d+) /
  return text.split('\n').flatMap((line): ProcSocket[] => {
    const [, addressHex = '', portHex = '', state, inode] = row.exec(line) ?? []
    const address = readProcAddress(addressHex)
    if (address === undefined || (protocol === 'tcp' && state !== TCP_LISTEN)) return []
    return [{ address, port: Number.parseInt(portHex, 16), inode: Number(inode) }]
  })
}

/** 32-bit words in the machine's byte order, which is little-endian wherever Electron runs. */
function readProcAddress(hex: string): string | undefined {
  if (/^0+$/.test(hex)) return '0.0.0.0'
  const mapped = hex.length === 8 ? hex : /^0{16}FFFF0000(.{8})$/.exec(hex)?.[1]
  return mapped === undefined ? undefined : formatIpv4(Buffer.from(mapped, 'hex').readUInt32LE(0))
}

/** Which process has each of these sockets open. Processes of other users are closed to a normal user. */
async function findOwners(inodes: ReadonlySet<number>): Promise<Map<number, { pid: number; process?: string }>> {
  const owners = new Map<number, { pid: number; process?: string }>()
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  // The lowest first, so that a server is named rather than its children; but init only for want of another: it holds
  // the sockets of services that it starts on demand.
  for (const pid of pids.sort((a, b) => Number(a === 1) - Number(b === 1) || a - b)) {
    if (owners.size === inodes.size) break
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
    const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
    for (const link of links) {
      const inode = Number(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? Number.NaN)
      if (!inodes.has(inode) || owners.has(inode)) continue
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined)
      owners.set(inode, { pid, process: name?.trim() })
    }
  }
  return owners
}

export interface SocketExtras {
  device?: string
  ipv6Only?: boolean
}

/** Devices are not in /proc; without iproute2 they stay unknown. */
async function readSocketExtras(protocol: PortProtocol, port: number): Promise<Map<number, SocketExtras>> {
  const args = ['-H', '-n', '-a', '-e', protocol === 'udp' ? '-u' : '-t', 'sport', '=', `:${port}`]
  const said = await runCommand('ss', args).catch(() => undefined)
  return said?.code === 0 ? parseSocketExtras(said.stdout) : new Map()
}

/** Reads `ss -Hnae`, by inode: `UNCONN 0 0 0.0.0.0%eth1:67 0.0.0.0:* ino:1234 sk:5 <->`. */
export function parseSocketExtras(text: string): Map<number, SocketExtras> {
  const extras = new Map<number, SocketExtras>()
  for (const line of text.split('\n')) {
    const [, device] = /^\S+ +\d+ +\d+ +[^ %]+(?:%(\S+))?:\d+ /.exec(line) ?? []
    const inode = /\bino:(\d+)\b/.exec(line)?.[1]
    if (inode !== undefined) extras.set(Number(inode), { device, ipv6Only: /\bv6only:1\b/.test(line) })
  }
  return extras
}

// ---- Windows and macOS: written from the commands' references, not tried there

async function listWindowsHolders(protocol: PortProtocol, port: number): Promise<PortHolder[]> {
  const source =
    protocol === 'udp'
      ? `Get-NetUDPEndpoint -LocalPort ${port}`
      : `Get-NetTCPConnection -State Listen -LocalPort ${port}`
  // Nobody on that port is an error to these commands.
  const { stdout, stderr } = await runPowerShell(
    `${source} -ErrorAction SilentlyContinue | Select-Object LocalAddress, OwningProcess, ` +
      `@{ n = 'Process'; e = { (Get-Process -Id $_.OwningProcess -ErrorAction SilentlyContinue).ProcessName } } | ` +
      `ConvertTo-Json -Compress`,
  )
  const holders = parseWindowsHolders(stdout)
  if (!holders) throw new Error(`${source} failed: ${stderr.trim() || stdout.slice(0, 200)}`)
  return holders
}

const windowsHolderSchema = z.object({
  LocalAddress: z.string(),
  OwningProcess: z.number(),
  Process: z.string().nullish(),
})

/** Reads what the script above prints; undefined when it is something else. */
export function parseWindowsHolders(text: string): PortHolder[] | undefined {
  const parsed = z.array(windowsHolderSchema).safeParse(parsePowerShellList(text))
  if (!parsed.success) return undefined
  return parsed.data
    .filter(({ LocalAddress }) => parseIpv4(LocalAddress) !== undefined)
    .map(({ LocalAddress, OwningProcess, Process }) => ({
      pid: OwningProcess,
      process: Process ?? undefined,
      address: LocalAddress,
    }))
}

async function listMacHolders(protocol: PortProtocol, port: number): Promise<PortHolder[]> {
  const listening = protocol === 'tcp' ? ['-sTCP:LISTEN'] : []
  const { stdout } = await runCommand('/usr/sbin/lsof', ['-nP', `-i4${protocol}:${port}`, ...listening, '-FpcPn'])
  return parseLsof(stdout, port)
}

/** Reads `lsof -FpcPn`: a line for each field, `p` process, `c` command, `f` file, `n` name such as `*:67`. */
export function parseLsof(text: string, port: number): PortHolder[] {
  const holders: PortHolder[] = []
  let pid: number | undefined
  let process: string | undefined
  for (const line of text.split('\n')) {
    const value = line.slice(1)
    if (line.startsWith('p')) {
      pid = Number(value)
      process = undefined
    } else if (line.startsWith('c')) process = value
    else if (line.startsWith('n')) {
      const local = /^(\S+?):(\d+)(?:->\S+)?$/.exec(value)
      if (local && Number(local[2]) === port)
        holders.push({ pid, process, address: local[1] === '*' ? '0.0.0.0' : local[1]! })
    }
  }
  return holders
}
