import { percentile } from './report.ts'
import { network, type Ground } from './servers.ts'

/** What one run of perfdhcp at a fixed rate showed. */
export interface DhcpRun {
  /** Exchanges asked for per second. */
  rate: number
  /** DISCOVER-to-ACK exchanges per second that came through. */
  exchanges: number
  /** How many came through in all. */
  completed: number
  /** Share of DISCOVERs or REQUESTs without an answer, 0 to 1. */
  loss: number
  /**
   * Milliseconds of an exchange: the waits for its OFFER and for its ACK, each at its own percentile, added up. That is
   * no less than the exchange's own percentile would be in practice; perfdhcp does not say which ones belong together.
   */
  p50: number
  p99: number
}

export interface DhcpLoad {
  /** Exchanges begun per second. */
  rate: number
  /** How many machines take turns, at random. */
  clients: number
  seconds: number
}

/** The first of perfdhcp's clients; the others count up from it. */
const firstMac = 0x000c01020304

/** The hardware address of perfdhcp's nth client, `00:0c:01:02:03:04` for 0. */
export const clientMac = (n: number): string =>
  (firstMac + n)
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:')

/** perfdhcp as a relay agent for many clients, each of them going through all four messages. */
export async function runPerfdhcp(ground: Ground, { rate, clients, seconds }: DhcpLoad): Promise<DhcpRun> {
  const options = ['-r', `${rate}`, '-R', `${clients}`, '-p', `${seconds}`, '-W', '500000', '-x', 't']
  // perfdhcp ends with 3 when something was lost: that is a result.
  const { stdout, stderr } = await ground.room.run('perfdhcp', ['-4', '-l', 'eth0', ...options, network.address], {
    timeoutMs: 60_000,
  })
  const [report = '', ...timers] = stdout.split(/^\*\*\*Timestamps for packets: /m)
  const sent = figures(report, /sent packets: (\d+)/g)
  const received = figures(report, /received packets: (\d+)/g)
  const waits = (exchange: string): number[] => waitsIn(timers.find((timer) => timer.startsWith(exchange)) ?? '')
  if (sent.length < 2 || received.length < 2) throw new Error(`perfdhcp said nothing usable:\n${stdout}${stderr}`)
  const [discovers = 0, requests = 0] = sent
  const [offers = 0, acks = 0] = received
  const [offerWaits, ackWaits] = [waits('DISCOVER-OFFER'), waits('REQUEST-ACK')]
  const at = (share: number): number => percentile(offerWaits, share) + percentile(ackWaits, share)
  return {
    rate,
    exchanges: Math.round(acks / seconds),
    completed: acks,
    loss: Math.max(1 - offers / discovers, requests > 0 ? 1 - acks / requests : 1),
    p50: at(0.5),
    p99: at(0.99),
  }
}

const figures = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map((match) => Number(match[1]))

/** `sent / received: 000000.000077 / 000000.000569`, seconds, to milliseconds between the two. */
const waitsIn = (timers: string): number[] =>
  [...timers.matchAll(/^sent \/ received: (\S+) \/ (\S+)$/gm)].map(
    ([, sent, received]) => (Number(received) - Number(sent)) * 1000,
  )

const secondsPerRung = 3
const allowedLoss = 0.01
const manyClients = 40_000

/** Fifth of the way to the next power of two: fine enough beside what a shared machine varies by. */
const fineStep = 1.15

/**
 * The highest rate that the server now on the NIC carries with under 1% loss.
 * @param near where the last search ended; it begins there, and elsewhere from the bottom
 */
export async function highestDhcpRate(ground: Ground, near?: number): Promise<DhcpRun> {
  let best: DhcpRun = { rate: 0, exchanges: 0, completed: 0, loss: 1, p50: NaN, p99: NaN }
  /** @returns whether it was carried, and was more than ever before */
  const climbs = async (rate: number): Promise<boolean> => {
    const run = await runPerfdhcp(ground, { rate: Math.round(rate), clients: manyClients, seconds: secondsPerRung })
    if (process.env['AMORCE_BENCH_VERBOSE']) console.error(JSON.stringify(run))
    if (run.loss > allowedLoss) {
      // What it could not answer is still in its socket.
      await new Promise((resolve) => setTimeout(resolve, 1500))
      return false
    }
    const isMore = run.exchanges > best.exchanges
    if (isMore) best = run
    return isMore
  }
  if (near !== undefined && near > 0) {
    let rate = near
    if (await climbs(rate)) while (await climbs((rate *= fineStep)));
    else while (rate > 50 && !(await climbs((rate /= fineStep))));
    return best
  }
  let low = 125
  while (await climbs(low * 2)) low *= 2
  let high = low * 2
  while (high / low > fineStep) {
    const middle = Math.sqrt(low * high)
    if (await climbs(middle)) low = middle
    else high = middle
  }
  return best
}
