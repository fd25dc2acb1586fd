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

/** Why a machine stands still, as far as the server can see. Causes and their numbers: docs/boot-failures.md. */
export const troubleCodes = [
  'otherServer',
  'offerIgnored',
  'noLoaderRequest',
  'fileMissing',
  'loaderSilent',
  'loaderLoop',
  'transferStalled',
  'poolEmpty',
  'scriptSilent',
  'systemLost',
  'heartbeatLost',
  'bootAgain',
] as const
export type TroubleCode = (typeof troubleCodes)[number]

export interface Trouble {
  code: TroubleCode
  severity: 'attention' | 'blocked'
  /** Milliseconds since the Unix epoch. */
  since: number
  /** Values for the sentence shown, e.g. `{ file, address }`. */
  facts: Record<string, string | number>
}
