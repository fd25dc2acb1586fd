import { dhcpPeers, ourDhcp, type DhcpContender } from './dhcpServers.ts'
import { highestDhcpRate, runPerfdhcp, type DhcpRun } from './perfdhcp.ts'
import { median, row } from './report.ts'
import { usage, type Ground, type Server } from './servers.ts'

const contenders = [ourDhcp, ...dhcpPeers]

/**
 * Amorce beside Kea (memfile), dnsmasq and ISC dhcpd: how many exchanges a second, how long one takes at half of that,
 * and what 65,536 leases cost. All keep their leases on the same disk. What has been acknowledged survives a power cut
 * with Amorce and ISC dhcpd, which wait for the disk; Kea and dnsmasq leave that to the system.
 */
export async function benchDhcp(ground: Ground): Promise<void> {
  const best = await sustainedRates(ground)
  await waits(ground, best)
  await costOfLeases(ground, best)
  console.log()
}

type Results = Map<DhcpContender, number>

async function sustainedRates(ground: Ground): Promise<Results> {
  const runs = new Map<DhcpContender, DhcpRun[]>(contenders.map((contender) => [contender, []]))
  for (let turn = 0; turn < ground.turns; turn++)
    for (const [contender, earlier] of runs)
      earlier.push(await during(ground, contender, 0, () => highestDhcpRate(ground, earlier.at(-1)?.exchanges)))
  const results: Results = new Map(
    [...runs].map(([each, its]) => [each, median(its.map(({ exchanges }) => exchanges))]),
  )
  compare('DHCP exchanges/s, loss < 1%', results)
  const spread = [...runs].map(([{ name }, its]) => `${name} ${its.map(({ exchanges }) => exchanges).join(' ')}`)
  console.log(`    each turn: ${spread.join('; ')}`)
  return results
}

/** Looked at twice: fresh from its start, and once what is compiled or filled at first use is there. */
async function waits(ground: Ground, best: Results): Promise<void> {
  const cold = new Map<DhcpContender, DhcpRun[]>(contenders.map((contender) => [contender, []]))
  const warm = new Map<DhcpContender, DhcpRun[]>(contenders.map((contender) => [contender, []]))
  for (let turn = 0; turn < ground.turns; turn++)
    for (const contender of contenders) {
      const load = { rate: Math.max(1, Math.round((best.get(contender) ?? 0) / 2)), clients: 40_000, seconds: 4 }
      await during(ground, contender, 0, async () => {
        cold.get(contender)?.push(await runPerfdhcp(ground, load))
        await runPerfdhcp(ground, load)
        warm.get(contender)?.push(await runPerfdhcp(ground, load))
      })
    }
  const medians = (runs: Map<DhcpContender, DhcpRun[]>, wait: (run: DhcpRun) => number): Results =>
    new Map([...runs].map(([contender, its]) => [contender, median(its.map(wait))]))
  const options = { digits: 2, lowerIsBetter: true }
  compare(
    'ms an exchange takes at half that, p50',
    medians(warm, ({ p50 }) => p50),
    options,
  )
  compare(
    'ms an exchange takes at half that, p99',
    medians(warm, ({ p99 }) => p99),
    options,
  )
  compare(
    '  the same in the first 4 s of a run',
    medians(cold, ({ p99 }) => p99),
    options,
  )
}

const fewLeases = 100
const manyLeases = 65_535

async function costOfLeases(ground: Ground, best: Results): Promise<void> {
  const resident: Results = new Map()
  const growth: string[] = []
  for (const contender of contenders) {
    const rate = Math.max(1, Math.min(2000, Math.round((best.get(contender) ?? 0) / 2)))
    const costs: number[] = []
    for (const leases of [fewLeases, manyLeases])
      await during(ground, contender, leases, async ({ process: { child } }) => {
        const pid = child.pid ?? 0
        // Once through before it is looked at: what is compiled or filled at first use is not a cost of leases.
        const load = { rate, clients: leases, seconds: 3 }
        await runPerfdhcp(ground, load)
        const before = usage(pid)
        const { completed } = await runPerfdhcp(ground, load)
        const after = usage(pid)
        costs.push(((after.cpuSeconds - before.cpuSeconds) / completed) * 1e6)
        if (leases === manyLeases) resident.set(contender, after.residentMb)
      })
    const [few = NaN, many = NaN] = costs
    growth.push(`${contender.name} ${few.toFixed(0)} -> ${many.toFixed(0)} (x${(many / few).toFixed(2)})`)
  }
  compare(`MB resident with ${manyLeases} leases`, resident, { lowerIsBetter: true })
  console.log(`    CPU us an exchange, ${fewLeases} -> ${manyLeases} leases: ${growth.join('; ')}`)
}

function compare(title: string, results: Results, options = {}): void {
  for (const peer of dhcpPeers) row(title, results.get(ourDhcp) ?? NaN, peer.name, results.get(peer) ?? NaN, options)
}

async function during<T>(
  ground: Ground,
  contender: DhcpContender,
  leases: number,
  task: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await contender.start(ground, leases)
  try {
    return await task(server)
  } finally {
    await server.process.stop()
  }
}
