import type { Ground } from './servers.ts'
import { network } from './servers.ts'

/** What one run of perfdhcp at a fixed rate showed. */
export interface DhcpRun {
  /** Exchanges asked for per second. */
  rate: number
  /** DISCOVER-to-ACK exchanges per second that came through. */
  exchanges: number
  /** Share of DISCOVERs or REQUESTs without an answer, 0 to 1. */
  loss: number
}

const secondsPerRun = 4
/** Asked-for rates, exchanges a second; the search stops at the first that loses more than is allowed. */
const ladder = [250, 500, 1000, 2000, 3000, 4000, 6000, 8000, 10_000, 12_000, 14_000, 16_000]
const allowedLoss = 0.01

/**
 * The highest rate of the ladder that the server now on the NIC carries with under 1% loss, with perfdhcp as a relay
 * agent for 40,000 clients. The same for every server.
 */
export async function highestDhcpRate(ground: Ground): Promise<DhcpRun> {
  let best: DhcpRun = { rate: 0, exchanges: 0, loss: 1 }
  for (const rate of ladder) {
    const run = await runPerfdhcp(ground, rate)
    if (run.loss > allowedLoss) break
    best = run
  }
  return best
}

async function runPerfdhcp(ground: Ground, rate: number): Promise<DhcpRun> {
  const options = [
    '-4',
    '-l',
    'eth0',
    '-r',
    `${rate}`,
    '-R',
    '40000',
    '-p',
    `${secondsPerRun}`,
    '-W',
    '500000',
    network.address,
  ]
  // perfdhcp ends with 3 when something was lost: that is a result.
  const { stdout, stderr } = await ground.room.run('perfdhcp', options, { timeoutMs: 60_000 })
  const sent = figures(stdout, /sent packets: (\d+)/g)
  const received = figures(stdout, /received packets: (\d+)/g)
  if (sent.length < 2 || received.length < 2) throw new Error(`perfdhcp said nothing usable:\n${stdout}${stderr}`)
  const [discovers = 0, requests = 0] = sent
  const [offers = 0, acks = 0] = received
  const loss = Math.max(1 - offers / discovers, requests > 0 ? 1 - acks / requests : 1)
  return { rate, exchanges: Math.round(acks / secondsPerRun), loss }
}

const figures = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map((match) => Number(match[1]))
