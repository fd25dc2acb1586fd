import type { Journey } from '../journey.ts'
import { patience } from './patience.ts'
import { confidence, heard, proof, proofOfSilence, type Finding, type RuleContext, type TroubleRule } from './rule.ts'

// A machine that sat in its exam and is heard no more. What an answer to ARP or ICMP, the laptop's own link, the other
// machines and another system's DHCP client say of it; cable, power, sleep and crash look the same where nothing answers.

/** From so many on that fall silent in the same breath, and answer nothing, it is what they hang on. */
const several = 3
/** A person who woke a machine should still read why. */
const toldAfterWakingMs = 120_000

const isSilent = ({ evidence, stage }: Journey, now: number): boolean =>
  evidence.heartbeatAt !== undefined && stage !== 'left' && now - evidence.heartbeatAt >= patience.heartbeatLost

export const silence: TroubleRule = (journey, context) => {
  const { otherSystem, answer, heartbeatAt } = journey.evidence
  if (otherSystem) return ownDisk(journey, otherSystem)
  if (heartbeatAt === undefined || !isSilent(journey, context.now)) return undefined
  const lastWords = heard(journey, 'agent.heartbeat').slice(-1)
  const finding = { severity: 'blocked', since: heartbeatAt } as const
  if (context.linkDown)
    return {
      ...finding,
      since: Math.max(heartbeatAt, context.linkDown.at),
      code: 'laptopUnplugged',
      confidence: confidence.told,
      facts: { nic: context.linkDown.nic },
      evidence: proof(...lastWords, context.linkDown),
    }
  const evidence = proofOfSilence(heartbeatAt, ...lastWords, answer, ...journey.evidence.woken)
  if (!answer) return { ...finding, code: 'heartbeatLost', confidence: confidence.told, evidence }
  const woken = journey.evidence.woken.length
  const gone: Finding = {
    ...finding,
    code: 'machineGone',
    confidence: confidence.likely,
    ...(woken > 0 && { facts: { woken } }),
    evidence,
  }
  if (answer.answer === 'echo') return { ...finding, code: 'agentSilent', confidence: confidence.likely, evidence }
  // A card that sleeps may answer for its machine.
  if (answer.answer === 'arp')
    return [
      { ...finding, code: 'agentSilent', confidence: confidence.supposed, evidence },
      { ...gone, confidence: confidence.possible },
    ]
  const together = goneTogether(journey, context)
  if (together < several) return gone
  const sure = together >= 5 ? confidence.likely : confidence.supposed
  return [
    { ...finding, code: 'switchSilent', confidence: sure, facts: { machines: together }, evidence },
    { ...gone, confidence: confidence.remote },
  ]
}

/** It restarted past the network: its firmware began with the disk. */
function ownDisk(journey: Journey, otherSystem: NonNullable<Journey['evidence']['otherSystem']>): Finding {
  const { at, client } = otherSystem
  const { vendorClass = '', hostName } = client
  const isOtherKind = !journey.evidence.systems.some((words) => words.startsWith(`${vendorClass}\n`))
  const system = vendorClass.startsWith('MSFT') ? 'Windows' : vendorClass || hostName
  return {
    code: 'ownDisk',
    severity: 'blocked',
    since: at,
    confidence: isOtherKind ? confidence.told : confidence.likely,
    facts: { ...(system && { system }) },
    evidence: proof(...heard(journey, 'agent.heartbeat').slice(-1), otherSystem),
  }
}

/** How many fell silent in the same breath as this one, itself included, and answer nothing either. */
function goneTogether({ evidence }: Journey, { room, now }: RuleContext): number {
  let count = 0
  for (const other of room) {
    const { heartbeatAt, answer } = other.evidence
    const isTogether = Math.abs((heartbeatAt ?? Infinity) - (evidence.heartbeatAt ?? 0)) <= patience.sameBreath
    if (isTogether && answer?.answer === 'none' && isSilent(other, now)) count++
  }
  return count
}

export const wasAsleep: TroubleRule = ({ evidence }, { now }) => {
  const { wokenFromSleep } = evidence
  return wokenFromSleep && now - wokenFromSleep.at <= toldAfterWakingMs
    ? {
        code: 'wasAsleep',
        severity: 'attention',
        since: wokenFromSleep.at,
        confidence: confidence.likely,
        evidence: proof(wokenFromSleep.by),
      }
    : undefined
}
