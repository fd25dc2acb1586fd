import type {
  BatteryState,
  AmorceEvent,
  ContentKind,
  DhcpClientFacts,
  Ipv4,
  Mac,
  MachineFacts,
  TransferOutcome,
  TransferProtocol,
} from '../events.ts'
import type { FirmwareKind } from '../firmware.ts'
import type { BootDecisionView, ChainView } from './bootChoice.ts'
import type { Stage, Trouble } from '../journey.ts'

export interface MachineView {
  /** The MAC: key and identity. */
  mac: Mac
  uuid?: string
  address?: Ipv4
  leaseExpiresAt?: number
  firmware: FirmwareKind
  firmwareRow?: string
  /** What it said of itself when it was given that row. */
  firmwareSaid?: Pick<DhcpClientFacts, 'arch' | 'vendorClass' | 'userClass'>
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
  /** As its agent told last, in this boot. */
  battery?: BatteryState
  hostName?: string
  item?: { id: number; assetTag: string; location: string }
  /** Where it stands, when that is known. */
  seat?: { id: number; label: string; roomId: number }
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
  /** What it boots the next time, and why. */
  nextBoot?: BootDecisionView
  /** How its loaders are signed; only for a UEFI machine. */
  chain?: ChainView
}

export interface JournalEntry {
  id: number
  at: number
  mac?: Mac
  event: AmorceEvent
}
