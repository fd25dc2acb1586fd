import {
  CodedError,
  preflightChecks,
  type BootFilesView,
  type BootProfileView,
  type DhcpFault,
  type DhcpMode,
  type ErrorDetails,
  type Ipv4,
  type NicAddress,
  type NicView,
  type OtherServerPolicy,
  type PreflightCheck,
  type PreflightLine,
  type PreflightView,
} from '../contract/index.ts'
import type { OtherServer } from './dhcpProbe.ts'
import { checkClock, checkFirewall, checkLink, checkPower } from './laptopChecks.ts'
import { stopOf } from './portHolders.ts'

/** An exam's journal and uploads must fit; below the second figure not even the journal does. */
const wantedDiskBytes = 500 * 2 ** 20
const neededDiskBytes = 50 * 2 ** 20

export interface PortToBind {
  protocol: 'udp' | 'tcp'
  port: number
}

/** The facts the checks ask for. Each may reject; a check that cannot be made says so in its line. */
export interface PreflightFacts {
  listNics(): Promise<NicView[]>
  suitableAddress(nic: NicView): NicAddress | undefined
  proposeAddress(nic: NicView, all: NicView[]): NicAddress
  /** Binds the port on the NIC as the service would, and lets go. Rejects with `socket.*`. */
  tryPort(port: PortToBind, nic: string, address: Ipv4): Promise<void>
  portHolder(port: PortToBind): Promise<{ pid?: number; process?: string; commandLine?: string } | undefined>
  /** Whether machines' packets come in through that NIC. */
  firewall(
    nic: string,
    ports: PortToBind[],
  ): Promise<{ kind?: string; state: 'open' | 'closed' | 'unknown'; closed: string[] }>
  /** `battery`: no mains; undefined where the system does not tell, or has no battery. */
  power(): Promise<'mains' | 'battery' | undefined>
  /** The latest moment that was ever recorded here, in milliseconds since the Unix epoch; 0 for none. */
  latestRecordedAt(): number
  bootFiles(): Promise<BootFilesView>
  profile(): BootProfileView
  /** Names of the profiles with exam rules that no exam can be laid over. */
  notLockable(): Promise<string[]>
  freeDiskBytes(): Promise<number>
  otherDhcpServers(nic: NicView, address: NicAddress): Promise<OtherServer[]>
}

/** How DHCP is to be served. */
export interface DhcpToCheck {
  mode: DhcpMode
  otherServers: OtherServerPolicy
  /** What keeps the settings from being served at that address. */
  fault(address: NicAddress): DhcpFault | undefined
}

export interface PreflightRequest {
  nic: string
  /** As its only server, with whatever settings, unless given. */
  dhcp?: DhcpToCheck
  ports: PortToBind[]
  clock: { now(): number }
  /** Told of the whole list each time a line is known. */
  onProgress(view: PreflightView): void
}

type Finding = Omit<PreflightLine, 'check'>

/**
 * Runs the checks in order, each on what the ones before it found. Never throws for what it finds; a blocked line
 * leaves the ones that depend on it pending.
 */
export async function runPreflight(facts: PreflightFacts, request: PreflightRequest): Promise<PreflightView> {
  const lines = new Map<PreflightCheck, PreflightLine>(
    preflightChecks.map((check) => [check, { check, verdict: 'pending', details: {} }]),
  )
  const view = (running: boolean): PreflightView => ({
    ranAt: request.clock.now(),
    nic: request.nic || undefined,
    running,
    lines: [...lines.values()],
  })
  const note = (check: PreflightCheck, finding: Finding): boolean => {
    lines.set(check, { check, ...finding })
    request.onProgress(view(true))
    return finding.verdict !== 'blocked'
  }
  request.onProgress(view(true))

  const nics = await facts.listNics()
  const nic = nics.find(({ name }) => name === request.nic)
  if (note('nic', checkNic(request.nic, nic)) && nic) {
    note('link', checkLink(nic))
    const address = facts.suitableAddress(nic)
    if (note('address', checkAddress(facts, nic, nics)) && address) {
      note('dhcp', checkDhcp(request.dhcp, address))
      const portsAreFree = note('ports', await checkPorts(facts, request.ports, nic.name, address.address))
      note('firewall', await checkFirewall(facts, nic.name, request.ports))
      if (portsAreFree) note('otherDhcp', await checkOtherDhcp(facts, nic, address, request.dhcp))
    }
  }
  note('bootFiles', await checkBootFiles(facts))
  note('profile', await checkProfile(facts))
  note('disk', await checkDisk(facts))
  note('power', await checkPower(facts))
  note('clock', checkClock(facts, request.clock.now()))
  return view(false)
}

/** The list for the simulated room, where nothing of the real network is touched. */
export const simulatedPreflight = (nic: string, now: number): PreflightView => ({
  ranAt: now,
  nic,
  running: false,
  lines: [
    { check: 'nic', verdict: 'ok', finding: 'nic.simulated', details: {} },
    { check: 'link', verdict: 'ok', finding: 'link.simulated', details: {} },
    { check: 'address', verdict: 'ok', finding: 'address.simulated', details: {} },
    { check: 'dhcp', verdict: 'ok', finding: 'dhcp.simulated', details: {} },
    { check: 'ports', verdict: 'ok', finding: 'ports.simulated', details: {} },
    { check: 'firewall', verdict: 'ok', finding: 'firewall.simulated', details: {} },
    { check: 'bootFiles', verdict: 'ok', finding: 'bootFiles.simulated', details: {} },
    { check: 'profile', verdict: 'ok', finding: 'profile.simulated', details: {} },
    { check: 'disk', verdict: 'ok', finding: 'disk.simulated', details: {} },
    { check: 'power', verdict: 'ok', finding: 'power.simulated', details: {} },
    { check: 'clock', verdict: 'ok', finding: 'clock.simulated', details: {} },
    { check: 'otherDhcp', verdict: 'ok', finding: 'otherDhcp.simulated', details: {} },
  ],
})

export const worstVerdict = (view: PreflightView): 'ok' | 'warning' | 'blocked' => {
  const verdicts = view.lines.map(({ verdict }) => verdict)
  if (verdicts.includes('blocked')) return 'blocked'
  return verdicts.includes('warning') ? 'warning' : 'ok'
}

function checkNic(name: string, nic: NicView | undefined): Finding {
  const remedy = { id: 'chooseNic', details: {} } as const
  if (name === '') return { verdict: 'blocked', finding: 'nic.none', details: {}, remedy }
  if (!nic) return { verdict: 'blocked', finding: 'nic.gone', details: { nic: name }, remedy }
  const details: ErrorDetails = { nic: name, ...(nic.speedMbps ? { speedMbps: nic.speedMbps } : {}) }
  if (nic.link === 'down')
    return { verdict: 'blocked', finding: 'nic.down', details, remedy: { id: 'retry', details: {} } }
  if (nic.kind === 'wifi') return { verdict: 'warning', finding: 'nic.wifi', details, remedy }
  if (nic.kind === 'ethernet') return { verdict: 'ok', finding: 'nic.ok', details }
  return { verdict: 'ok', finding: 'nic.virtual', details }
}

function checkAddress(facts: PreflightFacts, nic: NicView, nics: NicView[]): Finding {
  const address = facts.suitableAddress(nic)
  if (address) return { verdict: 'ok', finding: 'address.ok', details: { ...address } }
  const proposed = { nic: nic.name, ...facts.proposeAddress(nic, nics) }
  return {
    verdict: 'blocked',
    finding: 'address.missing',
    details: proposed,
    remedy: { id: 'setAddress', details: proposed },
  }
}

async function checkPorts(facts: PreflightFacts, ports: PortToBind[], nic: string, address: Ipv4): Promise<Finding> {
  for (const port of ports) {
    try {
      await facts.tryPort(port, nic, address)
    } catch (error) {
      return describePortFailure(facts, port, error)
    }
  }
  return { verdict: 'ok', finding: 'ports.ok', details: { ports: ports.map(({ port }) => port).join(', ') } }
}

async function describePortFailure(facts: PreflightFacts, port: PortToBind, error: unknown): Promise<Finding> {
  const remedy = { id: 'retry', details: {} } as const
  const where: ErrorDetails = { port: port.port, protocol: port.protocol.toUpperCase() }
  const code = error instanceof CodedError ? error.code : 'internal'
  if (code === 'socket.permission') return { verdict: 'blocked', finding: 'ports.permission', details: where, remedy }
  if (code !== 'socket.portInUse')
    return {
      verdict: 'blocked',
      finding: 'ports.failed',
      details: { ...where, reason: error instanceof Error ? error.message : String(error) },
      remedy,
    }
  const holder = await facts.portHolder(port)
  const stop = holder && stopOf(holder)
  if (holder?.process && stop)
    return {
      verdict: 'blocked',
      finding: 'ports.heldKnown',
      details: { ...where, process: stop.name, pid: holder.pid ?? 0, stop: stop.command },
      remedy,
    }
  return holder?.process
    ? {
        verdict: 'blocked',
        finding: 'ports.held',
        details: { ...where, process: holder.process, pid: holder.pid ?? 0 },
        remedy,
      }
    : { verdict: 'blocked', finding: 'ports.heldUnknown', details: where, remedy }
}

async function checkBootFiles(facts: PreflightFacts): Promise<Finding> {
  const { files, missingLoaders } = await facts.bootFiles()
  const remedy = { id: 'fetchBootFiles', details: {} } as const
  const corrupt = files.filter(({ verified }) => verified === false).map(({ path }) => path)
  if (corrupt.length > 0)
    return { verdict: 'blocked', finding: 'bootFiles.corrupt', details: { files: corrupt.join(', ') }, remedy }
  if (missingLoaders.length > 0)
    return { verdict: 'blocked', finding: 'bootFiles.missing', details: { files: missingLoaders.join(', ') }, remedy }
  return { verdict: 'ok', finding: 'bootFiles.ok', details: { files: files.length } }
}

async function checkProfile(facts: PreflightFacts): Promise<Finding> {
  const profile = facts.profile()
  const remedy = { id: 'chooseProfile', details: {} } as const
  const details = { profile: profile.name }
  if (profile.missing.length > 0)
    return {
      verdict: 'blocked',
      finding: 'profile.filesMissing',
      details: { ...details, files: profile.missing.join(', ') },
      remedy,
    }
  // Whichever profile is the default: a sitting, a rule or the menu may start any of them.
  const notLockable = await facts.notLockable()
  if (notLockable.length > 0)
    return { verdict: 'warning', finding: 'profile.notLockable', details: { profile: notLockable.join(', ') }, remedy }
  if (profile.system === 'localDisk') return { verdict: 'warning', finding: 'profile.localDisk', details, remedy }
  return { verdict: 'ok', finding: 'profile.ok', details }
}

async function checkDisk(facts: PreflightFacts): Promise<Finding> {
  const freeBytes = await facts.freeDiskBytes()
  const details = { freeBytes, neededBytes: wantedDiskBytes }
  if (freeBytes >= wantedDiskBytes) return { verdict: 'ok', finding: 'disk.ok', details }
  return { verdict: freeBytes >= neededDiskBytes ? 'warning' : 'blocked', finding: 'disk.low', details }
}

function checkDhcp(dhcp: DhcpToCheck | undefined, address: NicAddress): Finding {
  const fault = dhcp?.mode === 'proxy' ? undefined : dhcp?.fault(address)
  if (!fault) return { verdict: 'ok', finding: dhcp?.mode === 'proxy' ? 'dhcp.proxy' : 'dhcp.ok', details: {} }
  const remedy = { id: 'openNetworkSettings', details: {} } as const
  return { verdict: 'blocked', finding: 'dhcp.invalid', details: { ...fault }, remedy }
}

async function checkOtherDhcp(
  facts: PreflightFacts,
  nic: NicView,
  address: NicAddress,
  dhcp: DhcpToCheck | undefined,
): Promise<Finding> {
  const remedy = { id: 'retry', details: {} } as const
  try {
    const [other] = await facts.otherDhcpServers(nic, address)
    const isProxy = dhcp?.mode === 'proxy'
    if (!other)
      return isProxy
        ? { verdict: 'warning', finding: 'otherDhcp.missing', details: {}, remedy }
        : { verdict: 'ok', finding: 'otherDhcp.ok', details: {} }
    const { mac = '', vendor = '', offered = '', router = '' } = other
    const details: ErrorDetails = { address: other.address, mac, vendor, offered, router }
    if (isProxy) return { verdict: 'ok', finding: 'otherDhcp.expected', details }
    return dhcp?.otherServers === 'refuse'
      ? { verdict: 'blocked', finding: 'otherDhcp.refused', details, remedy }
      : { verdict: 'warning', finding: 'otherDhcp.heard', details, remedy }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { verdict: 'warning', finding: 'otherDhcp.notProbed', details: { reason }, remedy }
  }
}
