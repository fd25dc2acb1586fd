import type { DropFolderOptions } from '../content/index.ts'
import type { AmorceEvent, ContentKind, Ipv4, WireError } from '../contract/index.ts'
import type { OpenDescriptor, TappedDatagram } from '../network/index.ts'

// What the thread that opened the sockets and the thread that carries the transfers tell each other.

export interface WorkerInput {
  /** The listening one first, then those that transfers share. */
  descriptors: OpenDescriptor[]
  wakeFd: number
  address: Ipv4
  singlePort: boolean
  maxBlockSize?: number
  maxTransfers?: number
  dropFolder?: DropFolderOptions
  /** Its packets are to be told. */
  isTapped: boolean
}

/** A file that is open for the worker: a descriptor to read, or the bytes themselves. */
export interface OpenedFile {
  path: string
  size: number
  modifiedAt: number
  etag: string
  kind: ContentKind
  fd?: number
  bytes?: Uint8Array
}

export type ToWorker =
  | { type: 'opened'; id: number; file: OpenedFile }
  | { type: 'refused'; id: number; error: WireError }
  | { type: 'stop' }

export type FromWorker =
  | { type: 'started' }
  | { type: 'open'; id: number; path: string; client: Ipv4 }
  | { type: 'close'; id: number }
  | { type: 'events'; events: AmorceEvent[]; active: number; transfers: number }
  | { type: 'datagrams'; datagrams: TappedDatagram[] }
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; message: string; fields?: Record<string, unknown> }
  | { type: 'stopped' }
