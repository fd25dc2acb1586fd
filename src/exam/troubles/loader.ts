import { hasReached, type Journey } from '../journey.ts'
import { loaderKindFor, loaderKindOf } from './loaderKind.ts'
import { patience } from './patience.ts'
import { confidence, heard, proof, proofOfSilence, type Finding, type TroubleRule } from './rule.ts'

// From the lease to the loader's first words.

/** Cause 12. */
export const fileMissing: TroubleRule = (journey, { now }) => {
  const { refused } = journey.evidence
  if (!refused || now - refused.at < patience.fileMissing) return undefined
  const { file, nearest, at } = refused
  return {
    code: 'fileMissing',
    severity: 'blocked',
    since: at,
    confidence: confidence.told,
    facts: { file, ...(nearest ? { nearest } : {}) },
    evidence: proof(...heard(journey, 'transfer.refused')),
  }
}

/** Cause 9: iPXE speaks up, and is handed the loader again. */
export const loaderLoop: TroubleRule = (journey) => {
  const { evidence, reached } = journey
  if (evidence.loaderHeardAt === undefined || evidence.loaderFetches < 2 || reached !== 'loader') return undefined
  const isLoader = (kind: string): boolean => kind === 'loader'
  return {
    code: 'loaderLoop',
    severity: 'blocked',
    since: evidence.loaderHeardAt,
    confidence: confidence.told,
    facts: { file: evidence.loaderFile ?? '' },
    evidence: proof(
      ...heard(journey, 'transfer.end').filter(({ kind }) => isLoader(kind)),
      ...heard(journey, 'dhcp.discover').filter(({ client }) => client.firmware.startsWith('ipxe')),
    ),
  }
}

/** A loader that was fetched whole and did not speak. */
interface DeadEnd {
  file: string
  since: number
  /** The firmware began again by itself after it, at least once. */
  startsOver: boolean
  isSilent: boolean
  attempts: number
}

/** Whoever walks to a machine that hangs takes longer. */
const byItselfMs = 30_000

function deadEndOf(journey: Journey, now: number): DeadEnd | undefined {
  const { evidence, deadLoaders, deadLoader, reached } = journey
  const { loaderDoneAt } = evidence
  const startsOver = deadLoader !== undefined && deadLoader.quickestRestartMs < byItselfMs
  if (reached === 'loader' && loaderDoneAt !== undefined) {
    if (evidence.loaderHeardAt !== undefined) return undefined
    if (now - loaderDoneAt >= patience.loaderSilent) {
      const file = evidence.loaderFile ?? ''
      return { file, since: loaderDoneAt, startsOver, isSilent: true, attempts: deadLoaders + 1 }
    }
  }
  if (!deadLoader || hasReached(journey, 'script')) return undefined
  return { file: deadLoader.file, since: deadLoader.doneAt, startsOver, isSilent: false, attempts: deadLoaders }
}

const isUefi = ({ firmware }: Journey): boolean => firmware.startsWith('uefi') || firmware.startsWith('http-x')

/** The first half of a MAC is its maker's: a batch was bought together. */
const makeOf = (mac: string): string => mac.slice(0, 8)

/** Causes 3, 7 and 8 look alike: they are ranked by architecture, by how the machine goes on, and by its likes. */
export const deadLoader: TroubleRule = (journey, { now, room }) => {
  const end = deadEndOf(journey, now)
  if (!end) return undefined
  const { file, since, attempts, isSilent } = end
  const ends = journey.history.filter((event) => event.type === 'transfer.end' && event.kind === 'loader')
  const finding = {
    severity: 'blocked',
    since,
    facts: { file, attempts },
    evidence: isSilent
      ? proofOfSilence(since, ...ends.slice(-1))
      : proof(...ends.slice(-3), ...heard(journey, 'dhcp.discover').slice(0, 1)),
  } as const

  const served = loaderKindOf(file)
  const wanted = journey.arch === undefined ? undefined : loaderKindFor(journey.arch)
  const isMismatch = served !== undefined && wanted !== undefined && served !== wanted
  const explained = isMismatch ? confidence.remote : 0
  const findings: Finding[] = [{ ...finding, code: 'loaderHang', confidence: explained || hangs(journey, end, room) }]
  if (isUefi(journey))
    findings.push({ ...finding, code: 'secureBoot', confidence: explained || refuses(journey, end, room) })
  findings.push({
    ...finding,
    code: 'wrongArchitecture',
    confidence: isMismatch ? 0.9 : served === undefined ? confidence.remote : 0.1,
    facts: { ...finding.facts, ...(wanted ? { wanted } : {}), ...(served ? { served } : {}) },
  })
  return findings
}

function refuses(journey: Journey, { startsOver }: DeadEnd, room: Iterable<Journey>): number {
  // Refused at once, the firmware goes through its boot order and comes back; a program that hangs never does.
  const base = startsOver ? 0.75 : 0.45
  // Machines of the same make that came through have the same drivers: a setting differs.
  return base + (likesPassed(journey, room) ? 0.1 : 0)
}

function hangs(journey: Journey, { startsOver }: DeadEnd, room: Iterable<Journey>): number {
  const base = startsOver ? 0.35 : 0.55
  if (!isUefi(journey)) return base + 0.2
  return base - (likesPassed(journey, room) ? 0.15 : 0)
}

function likesPassed(journey: Journey, room: Iterable<Journey>): boolean {
  for (const other of room) {
    const isLike = other !== journey && other.arch === journey.arch && makeOf(other.mac) === makeOf(journey.mac)
    if (isLike && hasReached(other, 'script')) return true
  }
  return false
}
