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

/** What tells that packets to this machine are lost; none in the simulated room, which has no cable. */
function lossyTransferOf({ transfers, address }: Journey): TransferView | undefined {
  if (address?.startsWith('127.')) return undefined
  return transfers.find((transfer) => {
    const blocks = Math.max(1, transfer.bytes / blockSizeOf(transfer))
    return (
      transfer.protocol === 'tftp' &&
      transfer.bytes > 0 &&
      transfer.retransmissions >= resentThatMatter &&
      transfer.retransmissions / blocks >= resentShare
    )
  })
}

/** From so many on, and half of those that fetch by TFTP, it is no cable of one machine's. */
const severalLossy = 3

/** Those whose packets are lost, where it is what they hang on together; none where each has a trouble of its own. */
export function lossyTogether(room: Iterable<Journey>): { journey: Journey; transfer: TransferView }[] {
  const lossy: { journey: Journey; transfer: TransferView }[] = []
  let fetching = 0
  for (const journey of room) {
    if (!journey.transfers.some(({ protocol, bytes }) => protocol === 'tftp' && bytes > 0)) continue
    fetching++
    const transfer = lossyTransferOf(journey)
    if (transfer) lossy.push({ journey, transfer })
  }
  return lossy.length >= severalLossy && lossy.length * 2 >= fetching ? lossy : []
}

/** Cause 13: packets are lost on the way, or hundreds of thousands of tiny blocks take their time. */
export const lossyLink: TroubleRule = (journey, { room }) => {
  if (journey.stage === 'ready') return undefined
  const lost = lossyTransferOf(journey)
  const lossy = lost && lossyTogether(room).length === 0 ? lost : undefined
  const slow = journey.transfers.find(
    (transfer) =>
      transfer.protocol === 'tftp' &&
      blockSizeOf(transfer) <= smallestBlock &&
      transfer.bytes >= slowBytes &&
      transfer.rate < slowRate,
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
