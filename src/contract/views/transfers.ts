import type { ErrorCode } from '../errors.ts'
import type { ContentKind, Ipv4, Mac, TransferDirection, TransferOutcome, TransferProtocol } from '../events.ts'
import type { MachineView } from './machines.ts'

export const transferStates = ['running', 'complete', 'probe', 'aborted', 'timeout', 'failed', 'refused'] as const
/** How it ended, or that it goes on. `refused`: it never began. Each has its words under `transferState.<state>`. */
export type TransferState = 'running' | TransferOutcome | 'refused'

/** One transfer of the exam, of whatever machine. */
export interface TransferRowView {
  id: string
  /** Absent when the address is no machine's that was heard. */
  mac?: Mac
  hostName?: string
  item?: MachineView['item']
  seat?: MachineView['seat']
  address: Ipv4
  file: string
  protocol: TransferProtocol
  direction: TransferDirection
  kind: ContentKind
  options: Record<string, string | number>
  bytes: number
  size?: number
  /** Bytes per second: of the last moments while it runs, of the whole once it ended. */
  rate: number
  retransmissions: number
  startedAt: number
  endedAt?: number
  state: TransferState
  /** What the peer or the system said of an end that is not a good one. */
  reason?: string
  /** Why it was refused. */
  code?: ErrorCode
}

export interface TransferPage {
  transfers: TransferRowView[]
  /** How many match in all. */
  total: number
  /** How many there are, whatever the filter. */
  all: number
  /** How many of all are running. */
  running: number
}

/** Bytes that were moved, second by second: what files hold, without the headers around them. */
export interface ThroughputView {
  /** Milliseconds since the Unix epoch at which the last second began. */
  lastAt: number
  /** Bytes sent in each second, oldest first. */
  sent: number[]
  received: number[]
  /** Of the NIC; absent when it does not say. Megabits per second. */
  linkMbps?: number
  nic?: string
}
