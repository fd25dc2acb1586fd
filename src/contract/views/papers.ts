import type { Mac } from '../events.ts'

/** A file handed out to the machines of an exam. */
export interface SubjectView {
  id: number
  name: string
  size: number
  sha256: string
  addedAt: number
  /** `all`, `group:<where items are>` or `seat:<seat>`. */
  targets: string[]
  /** It is handed out at the start signal of this sitting; at once when absent. */
  sittingId?: number
  /** How many of those it is handed to have fetched it. */
  fetchedBy: number
  of: number
}

/** One version of one file of a seat, as it was acknowledged. */
export interface WorkView {
  id: number
  name: string
  version: number
  size: number
  sha256: string
  receivedAt: number
  /** As the candidate wrote it; empty when they did not. */
  candidate: string
  /** The collection that it answered, 0 before the first. */
  round: number
}

export interface SeatPapersView {
  /** The item's asset tag, or the MAC. */
  seat: string
  mac?: Mac
  group: string
  /** Who sits there in a sitting; empty when nobody does. */
  candidate: string
  /** How many subjects are handed to it. */
  handedOut: number
  /** The subjects it has fetched. */
  fetched: number[]
  /** Newest first. */
  works: WorkView[]
}

/** When work was last asked for. */
export interface CollectionRound {
  /** 0 before the first. */
  number: number
  isFinal: boolean
  at: number
}

export interface PapersView {
  subjects: SubjectView[]
  seats: SeatPapersView[]
  /** What a subject may be handed to besides everybody and single seats. */
  groups: string[]
  round: CollectionRound
  /** Minutes between two collections; 0 when they are only asked for by hand. */
  everyMinutes: number
  /** Of the page for candidates, while an exam runs. */
  url?: string
  folder: string
}
