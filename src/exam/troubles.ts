import type { Trouble } from '../contract/index.ts'
import { hasReached, type Journey } from './journey.ts'

/** How long silence must last before it says something, in milliseconds. */
export const patience = {
  /** PXE asks again after 4, 8 and 16 s: three unanswered rounds. */
  offerIgnored: 12_000,
  /** iPXE waits up to 15 s for IPv6 routers before it asks for its script. */
  noLoaderRequest: 25_000,
  /** iPXE brings its link up in up to 15 s. */
  loaderSilent: 20_000,
  transferStalled: 10_000,
  scriptSilent: 20_000,
  systemLost: 120_000,
  /** Four heartbeats of 5 s. */
  heartbeatLost: 20_000,
} as const

type Finding = Omit<Trouble, 'severity'>
interface TroubleRule {
  severity: Trouble['severity']
  /** Looks at what is known and for how long nothing more came; `now` is milliseconds since the Unix epoch. */
  find(journey: Journey, now: number): Finding | undefined
}

/**
 * Why a machine stands still, first match wins: what was proven comes before what is concluded from silence.
 * The causes and their signatures: docs/boot-failures.md.
 */
export const troubleRules: readonly TroubleRule[] = [
  {
    severity: 'blocked',
    find: ({ evidence, reached }) =>
      evidence.otherServer && (reached === 'heard' || reached === 'offered')
        ? { code: 'otherServer', since: evidence.otherServer.at, facts: { address: evidence.otherServer.address } }
        : undefined,
  },
  {
    severity: 'blocked',
    find: ({ evidence, reached }) =>
      evidence.poolEmptyAt !== undefined && reached === 'heard'
        ? { code: 'poolEmpty', since: evidence.poolEmptyAt, facts: {} }
        : undefined,
  },
  {
    severity: 'blocked',
    find: ({ evidence }, now) => {
      const { refused } = evidence
      // Loaders try several names in a row; a refusal matters when nothing better follows it.
      return refused && now - refused.at >= 3_000
        ? {
            code: 'fileMissing',
            since: refused.at,
            facts: { file: refused.file, ...(refused.nearest ? { nearest: refused.nearest } : {}) },
          }
        : undefined
    },
  },
  {
    severity: 'blocked',
    find: ({ evidence, reached }) =>
      evidence.loaderHeardAt !== undefined && evidence.loaderFetches >= 2 && reached === 'loader'
        ? { code: 'loaderLoop', since: evidence.loaderHeardAt, facts: { file: evidence.loaderFile ?? '' } }
        : undefined,
  },
  {
    severity: 'blocked',
    find: ({ evidence, deadLoaders, reached, bootStartedAt }, now) => {
      const facts = { file: evidence.loaderFile ?? '', attempts: deadLoaders + 1 }
      if (
        deadLoaders > 0 &&
        (reached === 'heard' || reached === 'offered' || reached === 'leased' || reached === 'loader')
      )
        return { code: 'loaderSilent', since: bootStartedAt, facts: { ...facts, attempts: deadLoaders } }
      const silentSince = evidence.loaderDoneAt
      return reached === 'loader' &&
        silentSince !== undefined &&
        evidence.loaderHeardAt === undefined &&
        now - silentSince >= patience.loaderSilent
        ? { code: 'loaderSilent', since: silentSince, facts }
        : undefined
    },
  },
  {
    severity: 'attention',
    find: (journey, now) => {
      const open = journey.transfers.find((transfer) => transfer.endedAt === undefined)
      const { brokenTransfer, requestedAt } = journey.evidence
      if (open && requestedAt !== undefined && now - requestedAt >= patience.transferStalled)
        return { code: 'transferStalled', since: requestedAt, facts: { file: open.file } }
      return brokenTransfer && !open && now - brokenTransfer.at >= patience.transferStalled
        ? { code: 'transferStalled', since: brokenTransfer.at, facts: { file: brokenTransfer.file } }
        : undefined
    },
  },
  {
    severity: 'blocked',
    find: ({ evidence, reached }, now) => {
      const { bootFileGivenAt, requestedAt } = evidence
      return reached === 'leased' &&
        bootFileGivenAt !== undefined &&
        (requestedAt === undefined || requestedAt < bootFileGivenAt) &&
        now - bootFileGivenAt >= patience.noLoaderRequest
        ? { code: 'noLoaderRequest', since: bootFileGivenAt, facts: { file: evidence.bootFile ?? '' } }
        : undefined
    },
  },
  {
    severity: 'blocked',
    find: ({ evidence, reached }, now) =>
      reached === 'offered' &&
      evidence.firstOfferAt !== undefined &&
      evidence.discoversSinceOffer >= 2 &&
      now - evidence.firstOfferAt >= patience.offerIgnored
        ? { code: 'offerIgnored', since: evidence.firstOfferAt, facts: { discovers: evidence.discoversSinceOffer + 1 } }
        : undefined,
  },
  {
    severity: 'blocked',
    find: ({ evidence, reached }, now) =>
      reached === 'script' &&
      evidence.scriptAt !== undefined &&
      !evidence.scriptIsLocalDisk &&
      now - evidence.scriptAt >= patience.scriptSilent
        ? { code: 'scriptSilent', since: evidence.scriptAt, facts: {} }
        : undefined,
  },
  {
    severity: 'blocked',
    find: (journey, now) => {
      const doneAt = journey.evidence.systemMediaDoneAt
      return doneAt !== undefined &&
        hasReached(journey, 'kernel') &&
        journey.evidence.heartbeatAt === undefined &&
        now - doneAt >= patience.systemLost
        ? { code: 'systemLost', since: doneAt, facts: {} }
        : undefined
    },
  },
  {
    severity: 'blocked',
    find: ({ evidence, stage }, now) =>
      evidence.heartbeatAt !== undefined && stage !== 'left' && now - evidence.heartbeatAt >= patience.heartbeatLost
        ? { code: 'heartbeatLost', since: evidence.heartbeatAt, facts: {} }
        : undefined,
  },
  {
    severity: 'attention',
    find: ({ bootedAgainAt }) =>
      bootedAgainAt !== undefined ? { code: 'bootAgain', since: bootedAgainAt, facts: {} } : undefined,
  },
]

export function findTrouble(journey: Journey, now: number): Trouble | undefined {
  // A machine that went to its own disk or said goodbye owes us nothing more.
  if (journey.stage === 'left') return undefined
  for (const rule of troubleRules) {
    const finding = rule.find(journey, now)
    if (finding) return { ...finding, severity: rule.severity }
  }
  return undefined
}
