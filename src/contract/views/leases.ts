import type { Ipv4, Mac } from '../events.ts'
import type { MachineView } from './machines.ts'

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
  seat?: MachineView['seat']
  state: LeaseViewState
  /** Kept for this machine, whatever the state of its lease. */
  isReserved: boolean
  /** Never answered, being on the deny list. */
  isBanned?: true
  /** Absent, as the next two, when it is reserved and was never leased. */
  startsAt?: number
  /** Of an offer or a lease; when a declined address may be tried again. */
  expiresAt?: number
  /** `mac:<mac>`, or `id:<hex>` for a client with an identifier of its own. */
  clientKey?: string
}

/** One machine's time at an address, or an address's time set aside. */
export interface PastLeaseView {
  address: Ipv4
  /** Absent for a conflict: it was nobody's. */
  mac?: Mac
  hostName?: string
  item?: MachineView['item']
  from: number
  /** Absent while it lasts; words under `leaseEnd.<how>`. */
  end?: { at: number; how: 'released' | 'expired' | 'declined' | 'conflict' }
}

/** Both the latest first. */
export interface LeaseHistoryView {
  /** Who had this address. */
  address: PastLeaseView[]
  /** Where its machine was. */
  machine: PastLeaseView[]
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
