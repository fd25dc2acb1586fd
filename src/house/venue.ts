import { createServer } from 'node:net'
import {
  CodedError,
  type BootFilesView,
  type BootProfileView,
  type Ipv4,
  type Mac,
  type NicView,
  type SettingsView,
} from '../contract/index.ts'
import type { Clock } from '../base/index.ts'
import { probeOtherServers, type OtherServer, type PortToBind, type PreflightFacts } from '../diagnosis/index.ts'
import { bootServerPort, proposePool } from '../dhcp/index.ts'
import type { Venue } from '../exam/index.ts'
import {
  asSocketError,
  commandLineOf,
  findPortHolder,
  freeDiskBytes,
  listNics,
  neighbourOf,
  openUdpSocket,
  ping,
  proposeAddress,
  readFirewall,
  readPower,
  suitableAddress,
  type FirewallNeed,
  type VendorRegistry,
} from '../network/index.ts'

/** dnsmasq pings an address for three seconds before it offers it. */
const probeMs = 3500

/** The chosen NIC as it stands now. @throws CodedError `nic.notFound` or `nic.noAddress`. */
export function openRealVenue(nics: readonly NicView[], name: string): Venue {
  const address = suitableAddress(nicNamed(nics, name))
  if (!address) throw new CodedError('nic.noAddress', `${name} has no suitable address`, { nic: name })
  return { nic: name, simulated: false, ...address }
}

/** For an exam that is to go on where it was held. @throws CodedError `nic.notFound` or `nic.noAddress`. */
export function mustBeThere(nics: readonly NicView[], { nic, address, prefix }: Venue): void {
  const there = nicNamed(nics, nic).addresses.some((own) => own.address === address && own.prefix === prefix)
  if (!there)
    throw new CodedError('nic.noAddress', `${nic} no longer has ${address}/${prefix}`, { nic, address, prefix })
}

function nicNamed(nics: readonly NicView[], name: string): NicView {
  const nic = nics.find((candidate) => candidate.name === name)
  if (!nic) throw new CodedError('nic.notFound', `there is no NIC ${name}`, { nic: name })
  return nic
}

/** What the pool would be on this NIC if the technician says nothing. */
export function withProposedPool(nic: NicView): NicView {
  const address = suitableAddress(nic)
  if (!address) return nic
  const { poolStart, poolEnd } = proposePool(address)
  return { ...nic, proposedPool: { start: poolStart, end: poolEnd } }
}

/** The facts of the real machine for the checks before a start. */
export function preflightFacts(around: {
  dataFolder: string
  clock: Clock
  bootFiles(): Promise<BootFilesView>
  profile(): BootProfileView
  notLockable(): Promise<string[]>
  latestRecordedAt(): number
  vendors: VendorRegistry
}): PreflightFacts {
  return {
    listNics,
    suitableAddress,
    proposeAddress,
    tryPort,
    portHolder: async ({ protocol, port }) => {
      const holder = await findPortHolder(protocol, port)
      return holder && { ...holder, commandLine: holder.pid ? await commandLineOf(holder.pid) : undefined }
    },
    firewall: (nic, ports) => readFirewall(firewallNeed(nic, ports)),
    power: readPower,
    latestRecordedAt: () => around.latestRecordedAt(),
    bootFiles: () => around.bootFiles(),
    profile: () => around.profile(),
    notLockable: () => around.notLockable(),
    freeDiskBytes: () => freeDiskBytes(around.dataFolder),
    otherDhcpServers: (nic, { address }) =>
      otherServersOn({ nic: nic.name, mac: nic.mac, address }, around.clock, around.vendors),
  }
}

/** Asks the segment for other DHCP servers, and names each with its network card and who made it. */
export async function otherServersOn(
  { nic, mac, address }: { nic: string; mac?: Mac; address: Ipv4 },
  clock: Clock,
  vendors: VendorRegistry,
): Promise<OtherServer[]> {
  const servers = await probeOtherServers({
    openSocket: openUdpSocket,
    device: nic,
    mac: mac ?? '02:00:00:00:00:01',
    link: { serverPort: 67, clientPort: 68, broadcastAddress: '255.255.255.255' },
    timeoutMs: probeMs,
    clock,
    ownAddress: address,
  })
  return Promise.all(servers.map(async (server) => ({ ...server, ...(await cardOf(server.address, nic, vendors)) })))
}

/** The card behind an address of the segment; nothing when it does not answer, or sits behind a router. */
export async function cardOf(
  address: Ipv4,
  device: string,
  vendors: VendorRegistry,
): Promise<{ mac?: Mac; vendor?: string }> {
  try {
    // To be asked who has an address, the system must have something to send there.
    await ping(address, { device, timeoutMs: 400 })
    const mac = await neighbourOf(address, device)
    const vendor = mac && vendors.of(mac)
    return { ...(mac && { mac }), ...(vendor && { vendor }) }
  } catch {
    // It is a server all the same.
    return {}
  }
}

/** Where an exam listens on a real network. */
export const examPorts = ({
  httpPort,
  httpsPort,
  dhcpMode,
}: Pick<SettingsView, 'httpPort' | 'httpsPort' | 'dhcpMode'>): PortToBind[] => [
  { protocol: 'udp', port: 67 },
  ...(dhcpMode === 'proxy' ? [{ protocol: 'udp', port: bootServerPort } as const] : []),
  { protocol: 'udp', port: 69 },
  { protocol: 'tcp', port: httpPort },
  ...(httpsPort > 0 ? [{ protocol: 'tcp', port: httpsPort } as const] : []),
]

/** What has to come in through a NIC for an exam there. */
export const firewallNeed = (device: string, ports: readonly PortToBind[]): FirewallNeed => ({
  device,
  udp: ports.filter(({ protocol }) => protocol === 'udp').map(({ port }) => port),
  tcp: ports.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port),
})

async function tryPort({ protocol, port }: PortToBind, nic: string, address: Ipv4): Promise<void> {
  if (protocol === 'udp') {
    const socket = await openUdpSocket({ device: nic, address: port === 67 ? '0.0.0.0' : address, port })
    await socket.close()
    return
  }
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(asSocketError(error, { protocol, address, port })))
    server.listen({ host: address, port, exclusive: true }, () => resolve())
  })
  await new Promise((resolve) => server.close(resolve))
}
