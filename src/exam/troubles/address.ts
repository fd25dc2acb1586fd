import { confidence, heard, proof, proofOfSilence, type Finding, type TroubleRule } from './rule.ts'
import { patience } from './patience.ts'
import { firstSecsWhileListening } from './slowPort.ts'

// From the first DISCOVER to a lease.

/** Cause 1: its REQUEST names another server (RFC 2131 section 4.3.2). */
export const otherServer: TroubleRule = (journey) => {
  const { evidence, reached } = journey
  if (!evidence.otherServer || (reached !== 'heard' && reached !== 'offered')) return undefined
  const { address, at } = evidence.otherServer
  return {
    code: 'otherServer',
    severity: 'blocked',
    since: at,
    confidence: confidence.told,
    facts: { address },
    evidence: proof(
      ...heard(journey, 'dhcp.offer').slice(-1),
      ...heard(journey, 'dhcp.silent').filter(({ reason }) => reason === 'otherServerChosen'),
    ),
  }
}

/** Cause 2: raw capture sees its packets come in, and the service is not handed them. */
export const firewall: TroubleRule = (journey) => {
  const unheard = heard(journey, 'packet.unheard').filter(({ closed }) => !closed)
  const last = unheard.at(-1)
  if (!last) return undefined
  // Whatever that service heard since shows that the way is open now.
  const cameThrough = journey.history.some(
    (event) => event.at > last.at && serviceOf(event.type) === (last.port === 67 ? 'dhcp' : 'files'),
  )
  if (cameThrough) return undefined
  const { port, protocol, at } = last
  return {
    code: 'firewall',
    severity: 'blocked',
    since: unheard[0]?.at ?? at,
    confidence: confidence.told,
    facts: { port, protocol: protocol.toUpperCase() },
    evidence: proof(...unheard),
  }
}

const serviceOf = (type: string): string | undefined =>
  type.startsWith('dhcp.') ? 'dhcp' : type.startsWith('transfer.') ? 'files' : undefined

/** Cause 5. */
export const offerIgnored: TroubleRule = (journey, { now }) => {
  const { evidence, reached } = journey
  const { firstOfferAt, discoversSinceOffer } = evidence
  const isIgnored =
    reached === 'offered' &&
    firstOfferAt !== undefined &&
    discoversSinceOffer >= 2 &&
    now - firstOfferAt >= patience.offerIgnored
  if (!isIgnored) return undefined
  const offers = [...heard(journey, 'dhcp.offer'), ...heard(journey, 'dhcp.proxy')]
  return {
    code: 'offerIgnored',
    severity: 'blocked',
    since: firstOfferAt,
    confidence: confidence.likely,
    facts: { discovers: discoversSinceOffer + 1 },
    evidence: proof(...heard(journey, 'dhcp.discover').slice(-5), ...offers.slice(-3)),
  }
}

/** Cause 6: the switch let its first words pass only after a while; it had been asking by then. */
export const spanningTree: TroubleRule = (journey, context) => {
  const { evidence, reached } = journey
  if (
    reached === 'script' ||
    reached === 'kernel' ||
    reached === 'initrd' ||
    reached === 'system' ||
    reached === 'ready'
  )
    return undefined
  const secs = firstSecsWhileListening(journey, context.listeningSince)
  if (secs === undefined) return undefined
  return {
    code: 'spanningTree',
    severity: 'attention',
    since: evidence.firstDiscover?.at ?? journey.bootStartedAt,
    confidence: confidence.supposed,
    facts: { seconds: secs },
    evidence: proof(evidence.firstDiscover, ...heard(journey, 'dhcp.discover').slice(0, 2)).filter(isFirstOfItsKind),
  }
}

const isFirstOfItsKind = <T>(item: T, index: number, all: readonly T[]): boolean =>
  all.findIndex((other) => JSON.stringify(other) === JSON.stringify(item)) === index

/** Cause 14, the first half. */
export const poolEmpty: TroubleRule = (journey) => {
  const { evidence, reached } = journey
  return evidence.poolEmptyAt !== undefined && reached === 'heard'
    ? {
        code: 'poolEmpty',
        severity: 'blocked',
        since: evidence.poolEmptyAt,
        confidence: confidence.told,
        evidence: proof(...heard(journey, 'dhcp.silent').filter(({ reason }) => reason === 'poolEmpty')),
      }
    : undefined
}

const refusalsThatMatter = 3
const withinMs = 120_000

/** Cause 14, the second half: it clings to an address that it cannot have. One refusal is how it learns of that. */
export const leaseRefused: TroubleRule = (journey) => {
  const { refusedAt, acknowledgedAt = 0 } = journey.evidence
  const [first = 0] = refusedAt
  const last = refusedAt.at(-1) ?? 0
  // A DECLINE follows the ACK that it is about.
  if (refusedAt.length < refusalsThatMatter || last - first > withinMs || acknowledgedAt > last) return undefined
  const refusals = [
    ...heard(journey, 'dhcp.nak'),
    ...heard(journey, 'dhcp.decline'),
    ...heard(journey, 'dhcp.conflict'),
  ]
  return {
    code: 'leaseRefused',
    severity: 'blocked',
    since: first,
    confidence: confidence.likely,
    facts: { times: refusals.length },
    evidence: proof(...refusals),
  }
}

/** Cause 15: one MAC, several machines: a USB adapter or a dock that goes round. */
export const sharedNic: TroubleRule = (journey) => {
  if (journey.uuids.length < 2) return undefined
  const discovers = journey.history.filter((event) => event.type === 'dhcp.discover')
  const witnesses = journey.uuids.map((uuid) => discovers.findLast(({ client }) => client.uuid === uuid))
  return {
    code: 'sharedNic',
    severity: 'attention',
    since: journey.bootStartedAt,
    confidence: confidence.likely,
    facts: { machines: journey.uuids.length },
    evidence: proof(...witnesses),
  }
}

/** Cause 4: it was told to ask a boot server (option 60 without 43, by whoever), and nobody listens there. */
export const proxyUnanswered: TroubleRule = (journey) => {
  const asked = heard(journey, 'packet.unheard').filter(({ closed, port }) => closed && port === 4011)
  const first = asked[0]
  if (!first || journey.transfers.length > 0) return undefined
  return {
    code: 'proxyUnanswered',
    severity: 'blocked',
    since: first.at,
    confidence: confidence.told,
    evidence: proof(...heard(journey, 'dhcp.ack').slice(-1), ...asked),
  }
}

/** Cause 10, and cause 2 where nothing looks at raw packets. */
export const noLoaderRequest: TroubleRule = (journey, { now }) => {
  const { bootFileGivenAt, requestedAt, bootFile = '' } = journey.evidence
  const isSilent =
    journey.reached === 'leased' &&
    bootFileGivenAt !== undefined &&
    (requestedAt === undefined || requestedAt < bootFileGivenAt) &&
    now - bootFileGivenAt >= patience.noLoaderRequest
  if (!isSilent) return undefined
  const told = [...heard(journey, 'dhcp.ack'), ...heard(journey, 'dhcp.proxy')].slice(-2)
  const finding = {
    severity: 'blocked',
    since: bootFileGivenAt,
    evidence: proofOfSilence(bootFileGivenAt, ...told),
  } as const
  const findings: Finding[] = [
    { ...finding, code: 'noLoaderRequest', confidence: confidence.supposed, facts: { file: bootFile } },
    { ...finding, code: 'firewall', confidence: confidence.remote, facts: { port: 69, protocol: 'UDP' } },
    { ...finding, code: 'proxyUnanswered', confidence: confidence.remote - 0.1 },
  ]
  return findings
}
