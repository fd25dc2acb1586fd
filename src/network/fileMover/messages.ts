/** One version of an open file: writing to it changes one of the two. */
export interface FileVersion {
  size: number
  /** Nanoseconds since the Unix epoch. */
  modifiedNs: bigint
}

/** What the mover's thread is started with. */
export interface MoverData {
  /** An eventfd: written to after each order, so that the thread looks for it. */
  waker: number
}

export interface SendOrder {
  type: 'send'
  id: number
  socket: number
  file: number
  version: FileVersion
  offset: number
  length: number
}

export type MoverOrder = SendOrder | { type: 'cancel'; id: number } | { type: 'stop' }

export type MoveEnd = 'complete' | 'changed' | 'closed' | 'failed'

export type MoverReport =
  | { type: 'ready' }
  /** The whole of what each of these transfers has sent so far. */
  | { type: 'progress'; sent: [id: number, bytes: number][] }
  /** The thread no longer uses the transfer's descriptors. */
  | { type: 'end'; id: number; bytes: number; end: MoveEnd; reason?: string }
