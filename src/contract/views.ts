import type { ErrorCode, ErrorDetails, WireError } from './errors.ts'
import type {
  AmorceEvent,
  ContentKind,
  Ipv4,
  Mac,
  MachineFacts,
  ServiceName,
  ServiceState,
  TransferOutcome,
  TransferProtocol,
} from './events.ts'
import type { FirmwareKind } from './firmware.ts'
import type { Stage, Trouble } from './journey.ts'

// What the screen shows. Times are milliseconds since the Unix epoch, sizes are bytes, rates are bytes per second.

export const nicKinds = [
  'ethernet',
  'wifi',
  'virtualbox',
  'vmware',
  'hyperv',
  'docker',
  'vpn',
  'bridge',
  'virtual',
  'loopback',
  'simulated',
] as const
export type NicKind = (typeof nicKinds)[number]

export interface NicAddress {
  address: Ipv4
  /** 0 to 32. */
  prefix: number
}

export interface NicView {
  /** The system's name for it: `enp0s8`, `Ethernet 2`. */
  name: string
  description?: string
  kind: NicKind
  mac?: Mac
  addresses: NicAddress[]
  link: 'up' | 'down' | 'unknown'
  /** Megabits per second. */
  speedMbps?: number
  duplex?: 'full' | 'half'
  /** The system's number for it, where it has one: another one once it was unplugged and plugged in again. */
  index?: number
  /** The addresses that would be given on it when the settings leave the pool empty; absent when it has no address. */
  proposedPool?: { start: Ipv4; end: Ipv4 }
}

export interface ServiceView {
  name: ServiceName
  state: ServiceState
  /** `192.168.60.1:67`, when running. */
  endpoint?: string
  error?: WireError
  /** One number that shows life: exchanges for DHCP, transfers for TFTP and HTTP. */
  count: number
}

/** What each check can find, in the order they are run. Each finding has its sentence under `preflight.<check>.<finding>`. */
export const preflightFindings = {
  nic: ['ok', 'none', 'gone', 'down', 'wifi', 'virtual', 'simulated'],
  address: ['ok', 'missing', 'simulated'],
  ports: ['ok', 'held', 'heldUnknown', 'permission', 'failed'],
  bootFiles: ['ok', 'missing', 'corrupt', 'simulated'],
  profile: ['ok', 'localDisk', 'filesMissing'],
  disk: ['ok', 'low'],
  otherDhcp: ['ok', 'heard', 'notProbed', 'simulated'],
} as const
export type PreflightCheck = keyof typeof preflightFindings
export const preflightChecks = Object.keys(preflightFindings) as PreflightCheck[]
export type PreflightFinding = {
  [Check in PreflightCheck]: `${Check}.${(typeof preflightFindings)[Check][number]}`
}[PreflightCheck]
export type Verdict = 'pending' | 'ok' | 'warning' | 'blocked'

export interface Remedy {
  /** `retry` runs the checks again; `chooseNic`, `chooseProfile` and `openBootFiles` lead to the place where it is mended. */
  id: 'setAddress' | 'fetchBootFiles' | 'openBootFiles' | 'chooseNic' | 'chooseProfile' | 'retry'
  /** What the remedy would use, e.g. `{ nic: 'enp0s8', address: '192.168.60.1', prefix: 24 }`. */
  details: ErrorDetails
}

export interface PreflightLine {
  check: PreflightCheck
  verdict: Verdict
  /** Absent while pending. */
  finding?: PreflightFinding
  /**
   * Values for the sentence: `nic.*` {nic, speedMbps}; `address.ok` {address, prefix}; `ports.held` {port, protocol,
   * process, pid}; `bootFiles.*` {files}; `profile.*` {profile, files}; `disk.*` {freeBytes, neededBytes};
   * `otherDhcp.heard` {address, offered}.
   */
  details: ErrorDetails
  remedy?: Remedy
}

export interface PreflightView {
  ranAt: number
  nic?: string
  running: boolean
  lines: PreflightLine[]
}

export const examSteps = ['checking', 'preparing', 'starting', 'resuming', 'stopping'] as const
/** Each has its words under `exam.step.<step>`. */
export type ExamStep = (typeof examSteps)[number]
export type ExamPhase = 'idle' | 'preflight' | 'starting' | 'running' | 'stopping'

export interface ExamView {
  phase: ExamPhase
  examId?: number
  nic?: string
  address?: Ipv4
  prefix?: number
  startedAt?: number
  /** The real network, or the simulated room. */
  simulated: boolean
  profileId?: number
  profileName?: string
  /** What is being done now, while starting or stopping. */
  step?: ExamStep
  /** Set when the last start failed or was refused. */
  error?: WireError
  /** An exam that was running when the app was killed and can be resumed. */
  resumable?: {
    examId: number
    nic: string
    address: Ipv4
    startedAt: number
    leases: number
    machines: number
    simulated: boolean
  }
}

export interface MachineView {
  /** The MAC: key and identity. */
  mac: Mac
  uuid?: string
  address?: Ipv4
  leaseExpiresAt?: number
  firmware: FirmwareKind
  firmwareRow?: string
  arch?: number
  stage: Stage
  /** The furthest step reached in this boot; differs from `stage` when lost or left. */
  reached: Stage
  stageSince: number
  /** 0 to 1, of the whole boot, never going back within one boot. */
  progress: number
  trouble?: Trouble
  /** How many boots this exam has seen of it, 1 for the first. */
  boots: number
  firstHeardAt: number
  lastHeardAt: number
  profileName?: string
  facts: MachineFacts
  hostName?: string
  item?: { id: number; assetTag: string; location: string }
}

export interface StageSpan {
  stage: Stage
  from: number
  /** Absent while it lasts. */
  to?: number
}

export interface TransferView {
  id: string
  protocol: TransferProtocol
  file: string
  kind: ContentKind
  bytes: number
  size?: number
  startedAt: number
  endedAt?: number
  /** Bytes per second over the whole transfer. */
  rate: number
  retransmissions: number
  options: Record<string, string | number>
  outcome?: TransferOutcome
  reason?: string
}

/** The panel of one machine. */
export interface MachineDetail {
  mac: Mac
  /** Spans of the present boot, oldest first. */
  timeline: StageSpan[]
  /** Newest first, at most 50. */
  transfers: TransferView[]
  /** Newest first, at most 100. */
  journal: JournalEntry[]
  /** Earlier boots of this exam: when and how far they came. */
  earlierBoots: { startedAt: number; reached: Stage }[]
}

export interface JournalEntry {
  id: number
  at: number
  mac?: Mac
  event: AmorceEvent
}

export const itemTypes = [
  'pc',
  'laptop',
  'server',
  'screen',
  'printer',
  'copier',
  'switch',
  'router',
  'ups',
  'projector',
  'cable',
  'other',
] as const
export type ItemType = (typeof itemTypes)[number]

export const itemStates = [
  'inService',
  'spare',
  'loaned',
  'underRepair',
  'awaitingDisposal',
  'disposed',
  'lost',
] as const
export type ItemState = (typeof itemStates)[number]

export interface ItemView {
  id: number
  assetTag: string
  type: ItemType
  manufacturer: string
  model: string
  serial: string
  macs: Mac[]
  uuid: string
  location: string
  state: ItemState
  notes: string
  createdAt: number
  updatedAt: number
  /** When a machine matched to it was last heard on the network. */
  lastSeenAt?: number
}

export interface ItemPage {
  items: ItemView[]
  /** How many match in all. */
  total: number
}

export const profileSystems = ['linux', 'windows', 'localDisk'] as const
export type ProfileSystem = (typeof profileSystems)[number]

export interface BootProfileView {
  id: number
  name: string
  system: ProfileSystem
  /** Path below the boot-file folder; empty for `localDisk`. */
  kernel: string
  initrds: string[]
  commandLine: string
  isDefault: boolean
  /** Files it names that are not there. */
  missing: string[]
}

export interface BootFileView {
  /** Path below the boot-file folder, with forward slashes. */
  path: string
  size: number
  modifiedAt: number
  /** `loader`: fetched at a pinned version and checked; `own`: added by the technician. */
  origin: 'loader' | 'own'
  /** For loaders: does the hash match the pinned one? */
  verified?: boolean
}

export interface BootFilesView {
  folder: string
  files: BootFileView[]
  /** Pinned loaders that are not there or do not match. */
  missingLoaders: string[]
}

export const languages = ['fr', 'en'] as const
export type Language = (typeof languages)[number]
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface SettingsView {
  language: Language
  theme: Theme
  /** Shown in the top bar. */
  roomName: string
  nic: string
  /** Pool within the NIC's subnet; empty means "propose from the NIC's address". */
  poolStart: string
  poolEnd: string
  /** Seconds. */
  leaseSeconds: number
  httpPort: number
  /** Seats expected in the room, 0 when not said. */
  expectedMachines: number
}

export const leaseViewStates = ['offered', 'leased', 'reserved', 'declined', 'conflict', 'released', 'expired'] as const
/**
 * `reserved`: kept for a machine that has no lease of it now; `declined`: its machine found somebody else there, and
 * `conflict`: so did the service itself. Each has its words under `leaseState.<state>`.
 */
export type LeaseViewState = (typeof leaseViewStates)[number]

/** One address that is, or was, somebody's. Its machine is named as machines are: by its item, host name or MAC. */
export interface LeaseView {
  address: Ipv4
  /** Absent when it is reserved by UUID alone, or in conflict before anybody had it. */
  mac?: Mac
  uuid?: string
  hostName?: string
  item?: MachineView['item']
  state: LeaseViewState
  /** Kept for this machine, whatever the state of its lease. */
  isReserved: boolean
  /** Absent, as the next two, when it is reserved and was never leased. */
  startsAt?: number
  /** Of an offer or a lease; when a declined address may be tried again. */
  expiresAt?: number
  /** `mac:<mac>`, or `id:<hex>` for a client with an identifier of its own. */
  clientKey?: string
}

export interface LeasePage {
  leases: LeaseView[]
  /** How many match in all. */
  total: number
  /** How many there are, whatever the filter. */
  all: number
}

/** One address of the pool, free ones too. */
export interface LeaseFinding {
  /** Absent when the address was never anybody's. */
  lease?: LeaseView
  /** Its place in the list that was asked about, from 0; absent when it is not in it. */
  index?: number
}

/** An address kept for one machine, told by its MAC, its UUID or either. */
export interface ReservationView {
  address: Ipv4
  mac?: Mac
  uuid?: string
}

/** `declined`: set aside, conflicts too; `excluded`: never given, being the server's own. */
export const poolStates = ['free', 'offered', 'leased', 'reserved', 'declined', 'excluded'] as const
/** Each has its words under `poolState.<state>`. */
export type PoolState = (typeof poolStates)[number]

/** What every address of the pool is now. */
export interface PoolView {
  /** `192.168.60.0/24`. */
  network: string
  first: Ipv4
  last: Ipv4
  counts: Record<PoolState, number>
  /** From the first address to the last, neighbours of one state together. */
  runs: { state: PoolState; length: number }[]
}

export interface AppInfo {
  version: string
  electron: string
  platform: string
  dataFolder: string
  /** Where each service would listen, for the screen. */
  demo: boolean
  /** Set when the database could not be opened as it was. */
  notice?: { code: ErrorCode; details: ErrorDetails }
}

/** One coalesced push, at most one per frame. Only what changed is there. */
export interface ViewUpdate {
  /** Counts up by one; a gap means "ask for a snapshot". */
  seq: number
  /** True for a snapshot: what is not in it does not exist. */
  full?: boolean
  nics?: NicView[]
  services?: ServiceView[]
  exam?: ExamView
  preflight?: PreflightView
  machines?: MachineView[]
  machinesRemoved?: Mac[]
  detail?: MachineDetail
  /** Appended entries, oldest first. */
  journal?: JournalEntry[]
  settings?: SettingsView
  profiles?: BootProfileView[]
  bootFiles?: BootFilesView
  /** Counts up when any stock item changed; lists ask again. */
  stockRevision?: number
  /** Counts up when any lease, offer or reservation changed; lists ask again. */
  leasesRevision?: number
}
