import type { TransferView } from '../../contract/index.ts'
import type { Journey } from '../journey.ts'
import { patience } from './patience.ts'
import { confidence, heard, proof, proofOfSilence, type TroubleRule } from './rule.ts'

const smallestBlock = 512
const blockSizeOf = ({ options }: TransferView): number => Number(options['blksize'] ?? smallestBlock)

const eventsOf = (journey: Journey, { id }: TransferView) =>
  [...heard(journey, 'transfer.start'), ...heard(journey, 'transfer.end')].filter((event) => event.id === id)

/** Cause 11: blocks larger than the path carries. Everything else is small enough to get through. */
export const blockTooLarge: TroubleRule = (journey, { now }) => {
  const tried = journey.transfers.filter(({ protocol, outcome }) => protocol === 'tftp' && outcome !== 'probe')
  const [last] = tried
  if (!last || tried.some(({ bytes }) => bytes > 0) || blockSizeOf(last) <= smallestBlock) return undefined
  const failed = tried.filter(({ outcome, reason }) => outcome === 'timeout' && reason === 'no acknowledgement')
  const isWaiting =
    last.endedAt === undefined && last.retransmissions >= 2 && now - last.startedAt >= patience.firstBlock
  if (failed.length === 0 && !isWaiting) return undefined
  const since = tried.at(-1)?.startedAt ?? last.startedAt
  return {
    code: 'blockTooLarge',
    severity: 'blocked',
    since,
    confidence: failed.length > 0 ? 0.9 : 0.7,
    facts: { file: last.file, size: blockSizeOf(last) },
    evidence: proofOfSilence(last.startedAt, ...tried.flatMap((transfer) => eventsOf(journey, transfer))),
  }
}

/** Blocks sent again that say something, and as a share of all. */
const resentThatMatter = 10
const resentShare = 0.01
/** Bytes per second, and bytes, below and beyond which many small blocks are worth a word. */
const slowRate = 300_000
const slowBytes = 1_000_000

/** Cause 13: packets are lost on the way, or hundreds of thousands of tiny blocks take their time. */
export const lossyLink: TroubleRule = (journey) => {
  if (journey.stage === 'ready') return undefined
  const transfers = journey.transfers.filter(({ protocol }) => protocol === 'tftp')
  const lossy = transfers.find((transfer) => {
    const blocks = Math.max(1, transfer.bytes / blockSizeOf(transfer))
    return (
      transfer.bytes > 0 &&
      transfer.retransmissions >= resentThatMatter &&
      transfer.retransmissions / blocks >= resentShare
    )
  })
  const slow = transfers.find(
    (transfer) => blockSizeOf(transfer) <= smallestBlock && transfer.bytes >= slowBytes && transfer.rate < slowRate,
  )
  const transfer = lossy ?? slow
  if (!transfer) return undefined
  return {
    code: 'lossyLink',
    severity: 'attention',
    since: transfer.startedAt,
    confidence: lossy ? confidence.likely : confidence.supposed,
    facts: { file: transfer.file, rate: transfer.rate, ...(lossy ? { resent: transfer.retransmissions } : {}) },
    evidence: proof(...eventsOf(journey, transfer)),
  }
}

/** Cause 13 at its worst: it does not advance, or broke off and was not taken up again. */
export const transferStalled: TroubleRule = (journey, { now }) => {
  const open = journey.transfers.find((transfer) => transfer.endedAt === undefined)
  const { brokenTransfer, requestedAt } = journey.evidence
  const stalled = (file: string, since: number): ReturnType<TroubleRule> => ({
    code: 'transferStalled',
    severity: 'attention',
    since,
    confidence: confidence.supposed,
    facts: { file },
    evidence: proofOfSilence(
      since,
      ...journey.transfers.filter((transfer) => transfer.file === file).flatMap((one) => eventsOf(journey, one)),
    ),
  })
  if (open && requestedAt !== undefined && now - requestedAt >= patience.transferStalled)
    return stalled(open.file, requestedAt)
  return brokenTransfer && !open && now - brokenTransfer.at >= patience.transferStalled
    ? stalled(brokenTransfer.file, brokenTransfer.at)
    : undefined
}
