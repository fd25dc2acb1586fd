import type { Trouble } from '../../contract/index.ts'
import type { Journey } from '../journey.ts'
import {
  firewall,
  leaseRefused,
  noLoaderRequest,
  offerIgnored,
  otherServer,
  poolEmpty,
  proxyUnanswered,
  sharedNic,
  spanningTree,
} from './address.ts'
import { deadLoader, fileMissing, loaderLoop } from './loader.ts'
import type { Finding, RuleContext, TroubleRule } from './rule.ts'
import { silence, wasAsleep } from './silence.ts'
import { bootAgain, scriptSilent, systemLost } from './system.ts'
import { blockTooLarge, lossyLink, transferStalled } from './transfers.ts'

export { findRoomTroubles } from './room.ts'

/**
 * Every rule. Of what they find, the surest is the verdict and the others are told beside it; where two are as sure, a
 * machine that is blocked comes before one to watch, and the earlier in this list before the later.
 * The causes and their signatures: docs/boot-failures.md.
 */
export const troubleRules: readonly TroubleRule[] = [
  otherServer,
  firewall,
  proxyUnanswered,
  poolEmpty,
  leaseRefused,
  fileMissing,
  loaderLoop,
  silence,
  systemLost,
  deadLoader,
  blockTooLarge,
  offerIgnored,
  noLoaderRequest,
  transferStalled,
  scriptSilent,
  lossyLink,
  sharedNic,
  bootAgain,
  wasAsleep,
  spanningTree,
]

/** Fainter ones are not worth a technician's time. */
const faintest = 0.15

export function findTrouble(journey: Journey, context: RuleContext): Trouble | undefined {
  // A machine that went to its own disk or said goodbye owes us nothing more.
  if (journey.stage === 'left') return undefined
  const findings = troubleRules.flatMap((rule) => rule(journey, context) ?? []).filter(isWorthTelling)
  const [first, ...others] = withoutRepeats(findings.sort(byWeight))
  if (!first) return undefined
  const { code, severity, since, facts = {}, confidence, evidence } = first
  return {
    code,
    severity,
    since,
    facts,
    confidence,
    evidence,
    others: others.map((other) => ({ code: other.code, confidence: other.confidence, facts: other.facts ?? {} })),
  }
}

const isWorthTelling = ({ confidence }: Finding): boolean => confidence >= faintest

/** What stops a machine comes first: that it was restarted before, or shares its adapter, can wait. */
const byWeight = (a: Finding, b: Finding): number =>
  Number(b.severity === 'blocked') - Number(a.severity === 'blocked') || b.confidence - a.confidence

const withoutRepeats = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ code }, index) => findings.findIndex((other) => other.code === code) === index)
