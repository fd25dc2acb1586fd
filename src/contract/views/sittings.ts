import type { Mac } from '../events.ts'

/**
 * `draft`: being prepared; `ready`: nothing is missing; `running`, `paused`: the clock runs, or stands; `closed`: over,
 * the work is collected; `archived`: kept to be read only. Each has its words under `sittingState.<state>`.
 */
export const sittingStates = ['draft', 'ready', 'running', 'paused', 'closed', 'archived'] as const
export type SittingState = (typeof sittingStates)[number]

export const presences = ['expected', 'present', 'absent', 'left'] as const
/** Each has its words under `presence.<presence>`. */
export type Presence = (typeof presences)[number]

export interface CandidateView {
  id: number
  /** The school's number for this person; unique in the sitting. */
  number: string
  lastName: string
  firstName: string
  group: string
  /** Minutes that this candidate has more than the others, from the start and given since. */
  extraMinutes: number
  seatId?: number
  presence: Presence
  note: string
  /** The machine is locked for this reason. */
  locked?: { reason: string; at: number }
  /** When the time is up: absent while the sitting has not begun; stands still while it is paused. */
  endsAt?: number
  /** What the invigilator types on a machine that has lost the network, to unlock it. */
  unlockCode: string
  /** What is printed on the ticket, `7K3D-M2QX`: it says at `/exam`, or at the desk, who is there. */
  ticket: string
  /** With the ticket. */
  signedInAt?: number
}

/** One exam paper, in one room, at one time. */
export interface SittingView {
  id: number
  title: string
  /** The course it is about: `R2.04`. */
  module: string
  roomId?: number
  /** What its machines boot; the default profile when absent. */
  profileId?: number
  /** When it is meant to begin. */
  plannedAt?: number
  durationMinutes: number
  /** How many of the present machines must be ready before the start is offered: 0 to 1. */
  quorum: number
  /** Minutes before the end at which everybody is warned. */
  warnings: number[]
  /** Minutes between two collections of the work; 0 for only at the end. */
  collectMinutes: number
  /** Minutes after the last candidate's time at which it closes by itself; absent: by hand. */
  graceMinutes?: number
  /** The machines of its seats are woken when the exam mode starts. */
  wakes: boolean
  /** It began in the simulated room: it can be taken back. */
  isRehearsal: boolean
  state: SittingState
  startedAt?: number
  /** Since when the clock stands. */
  pausedAt?: number
  closedAt?: number
  /** When the time is up for those without extra time. */
  endsAt?: number
  /** Personal data were taken out of it. */
  anonymisedAt?: number
  candidates: CandidateView[]
}

export const incidentSeverities = ['info', 'attention', 'serious'] as const
export type IncidentSeverity = (typeof incidentSeverities)[number]

/** What can be an incident; `byHand` is what somebody wrote. Each has its words under `incident.<kind>`. */
export const incidentKinds = [
  'byHand',
  // told by the machine's agent
  'usbPlugged',
  'secondNetwork',
  'kioskRestarted',
  'clockChanged',
  'virtualMachine',
  'inputPlugged',
  'otherConsole',
  'workNotRestored',
  // seen on the network
  'accessRefused',
  'machineLost',
  'agentSilent',
  'otherSystem',
  'lineDown',
  'secondBoot',
  'foreignMachine',
  'addressConflict',
  'otherDhcpServer',
  // at the page of the exam machine
  'wrongSeat',
  'wrongTicket',
] as const
export type IncidentKind = (typeof incidentKinds)[number]

export interface IncidentView {
  id: number
  sittingId?: number
  at: number
  kind: IncidentKind
  severity: IncidentSeverity
  /** What somebody wrote, or values of the sentence as text. */
  text: string
  mac?: Mac
  seatId?: number
  seatLabel?: string
  candidateId?: number
  itemId?: number
  /** It was made an intervention on the stock item. */
  interventionId?: number
  acknowledgedAt?: number
  comment: string
}

/** One line of a sitting's own journal: what was done, in a chain whose every hash covers the line before. */
export interface SittingEntry {
  id: number
  at: number
  /** Who did it; empty for Amorce itself. */
  who: string
  action: string
  details: Record<string, string | number | boolean>
  /** What was written; absent when nothing was, or when it was taken out with the personal data. */
  text?: string
  hash: string
}
