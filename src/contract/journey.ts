import type { AmorceEvent } from './events.ts'

/**
 * The stages of one machine's way from power-on to the exam, in order. `lost` and `left` are not steps of the way:
 * `lost` is a machine that fell silent, `left` one that was shut down or gave its lease back in good order.
 */
export const journeyStages = [
  'heard',
  'offered',
  'leased',
  'loader',
  'script',
  'kernel',
  'initrd',
  'system',
  'ready',
] as const
export const stages = [...journeyStages, 'lost', 'left'] as const

export type JourneyStage = (typeof journeyStages)[number]
export type Stage = (typeof stages)[number]

/**
 * Why a machine stands still, as far as the server can see, each with its number among the sixteen causes of
 * docs/boot-failures.md; 0 for what is none of them.
 */
export const causeNumbers = {
  otherServer: 1,
  firewall: 2,
  secureBoot: 3,
  proxyUnanswered: 4,
  offerIgnored: 5,
  spanningTree: 6,
  loaderHang: 7,
  wrongArchitecture: 8,
  loaderLoop: 9,
  noLoaderRequest: 10,
  blockTooLarge: 11,
  fileMissing: 12,
  lossyLink: 13,
  transferStalled: 13,
  poolEmpty: 14,
  leaseRefused: 14,
  sharedNic: 15,
  systemLost: 16,
  scriptSilent: 0,
  heartbeatLost: 0,
  ownDisk: 0,
  laptopUnplugged: 0,
  agentSilent: 0,
  switchSilent: 0,
  machineGone: 0,
  wasAsleep: 0,
  bootAgain: 0,
} as const satisfies Record<string, number>

export type TroubleCode = keyof typeof causeNumbers
export const troubleCodes = Object.keys(causeNumbers) as TroubleCode[]

/** What was seen that speaks for a verdict: an event, or that nothing came since a moment that one ended at. */
export type Evidence = { event: AmorceEvent } | { silentSince: number }

export interface Trouble {
  code: TroubleCode
  severity: 'attention' | 'blocked'
  /** Milliseconds since the Unix epoch. */
  since: number
  /** Values for the sentence shown, e.g. `{ file, address }`. */
  facts: Record<string, string | number>
  /** From 0 to 1: how sure it is. What is only concluded from silence is never near 1. */
  confidence: number
  /** Oldest first, at most eight. */
  evidence: Evidence[]
  /** What else it could be, the likeliest first. */
  others: { code: TroubleCode; confidence: number; facts: Record<string, string | number> }[]
}

/** What several machines show together. */
export const roomTroubleCodes = [
  'roomUnplugged',
  'roomSlow',
  'roomSilent',
  'roomLossy',
  'roomSpanningTree',
  'roomSameCause',
] as const
export type RoomTroubleCode = (typeof roomTroubleCodes)[number]

export interface RoomTrouble {
  code: RoomTroubleCode
  since: number
  confidence: number
  /** For the sentence: `{ count, of }`, and what each code names. */
  facts: Record<string, string | number>
  /** For `roomSameCause`: the cause that they share. */
  shared?: TroubleCode
}
