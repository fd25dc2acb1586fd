import { hasReached } from '../journey.ts'
import { patience } from './patience.ts'
import { confidence, heard, proof, proofOfSilence, type TroubleRule } from './rule.ts'

// From the script to the exam.

export const scriptSilent: TroubleRule = (journey, { now }) => {
  const { scriptAt, scriptIsLocalDisk } = journey.evidence
  const isSilent =
    journey.reached === 'script' &&
    scriptAt !== undefined &&
    !scriptIsLocalDisk &&
    now - scriptAt >= patience.scriptSilent
  return isSilent
    ? {
        code: 'scriptSilent',
        severity: 'blocked',
        since: scriptAt,
        confidence: confidence.supposed,
        evidence: proofOfSilence(scriptAt, ...heard(journey, 'boot.script').slice(-1)),
      }
    : undefined
}

/** Cause 16: everything was delivered and the system does not report, or looks for its network somewhere else. */
export const systemLost: TroubleRule = (journey, { now }) => {
  const { systemMediaDoneAt: doneAt, heartbeatAt } = journey.evidence
  if (doneAt === undefined || !hasReached(journey, 'kernel') || heartbeatAt !== undefined) return undefined
  const media = heard(journey, 'transfer.end').filter(({ kind }) => kind === 'kernel' || kind === 'initrd')
  const elsewhere = heard(journey, 'dhcp.silent').filter(
    ({ at, reason }) => at > doneAt && reason === 'otherServerChosen',
  )
  if (elsewhere.length > 0)
    return {
      code: 'systemLost',
      severity: 'blocked',
      since: doneAt,
      confidence: confidence.likely,
      evidence: proof(...media.slice(-2), ...elsewhere),
    }
  return now - doneAt >= patience.systemLost
    ? {
        code: 'systemLost',
        severity: 'blocked',
        since: doneAt,
        confidence: confidence.supposed,
        evidence: proofOfSilence(doneAt, ...media.slice(-3)),
      }
    : undefined
}

export const bootAgain: TroubleRule = (journey) =>
  journey.bootedAgainAt !== undefined
    ? {
        code: 'bootAgain',
        severity: 'attention',
        since: journey.bootedAgainAt,
        confidence: confidence.told,
        evidence: proof(
          journey.history.findLast((event) => event.type === 'agent.heartbeat' && event.stage === 'ready'),
          journey.history.find(
            (event) => event.type === 'dhcp.discover' && event.at >= (journey.bootedAgainAt ?? Infinity),
          ),
        ),
      }
    : undefined
