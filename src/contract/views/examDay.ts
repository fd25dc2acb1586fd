import type { RosterPreview } from '../channels/sittings.ts'
import type { Mac } from '../events.ts'
import type { Stage, TroubleCode } from '../journey.ts'
import type { IncidentKind, IncidentSeverity } from './sittings.ts'

/** What can be printed for a sitting. Each has its words under `print.<kind>`. */
export const printKinds = ['doorList', 'signInSheet', 'seatLabels', 'tickets'] as const
export type PrintKind = (typeof printKinds)[number]

/** A list of candidates read from a file. */
export interface RosterFileView {
  /** Its name. */
  file: string
  /** Of a workbook: the sheet that was read, and all of them. */
  sheet?: string
  sheets?: string[]
  preview: RosterPreview
}

/** What a report was written into; paths, absolute. */
export interface ReportFilesView {
  pdf: string
  csv: string
  json: string
  /** Absent when nothing was handed in. */
  archive?: string
}

/** One machine's way through a sitting, or through an exam on the network. */
export interface TimelineLane {
  mac: Mac
  /** Where it stands in the plan. */
  seatId?: number
  label: string
  candidateId?: number
  /** Oldest first, none open: the last one ends with the timeline. */
  spans: { stage: Stage; from: number; to: number }[]
  /** While something was wrong with it. */
  troubles: { code: TroubleCode; from: number; to: number }[]
  /** Milliseconds from its first word to being ready, for each boot that got there. */
  boots: number[]
  /** Bytes per second of its largest complete transfer over HTTP or TFTP; absent when none was large enough to tell. */
  rate?: number
}

export interface TimelineView {
  from: number
  to: number
  /** In the order of their seats. */
  lanes: TimelineLane[]
  incidents: { id: number; at: number; kind: IncidentKind; severity: IncidentSeverity; mac?: Mac; seatId?: number }[]
  /** What was done in the sitting, by the name of its action. */
  marks: { at: number; action: string }[]
  /** The machine whose transfers were slowest, when it is much slower than the middle one. */
  slowest?: { mac: Mac; label: string; rate: number; median: number }
}
