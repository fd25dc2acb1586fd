import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mustServe } from './files.ts'
import { plainLink, setLink, type Link } from './link.ts'
import { median } from './report.ts'
import { httpPort, network, startAmorce, startNginx, usage, type Ground, type Server } from './servers.ts'

// Amorce beside nginx (sendfile, two workers): the same files in the page cache, the same clients, turn by turn.

/** What one run showed. */
interface HttpRun {
  mbPerSecond: number
  /** Of the server, per GB that it sent. */
  cpuSecondsPerGb: number
  /** The most that the server and its children held in memory so far. */
  peakMb: number
}

interface HttpLink extends Link {
  /** MB fetched in all in one run, by that many clients. */
  totalMb: (clients: number) => number
}

/** What so many clients fetch of a room's boot files, in MB each, where the link does not limit. */
const imageMb = new Map([
  [1, 256],
  [16, 128],
  [64, 48],
  [256, 24],
])
const fast = (clients: number): number => Math.max(2048, clients * (imageMb.get(clients) ?? 0))
const links: HttpLink[] = [
  { ...plainLink, totalMb: fast },
  { name: '1 ms delay', delayMs: 1, totalMb: fast },
  { name: '1% loss', lossPercent: 1, totalMb: () => 512 },
  { name: '1 Gb/s', rate: '1gbit', totalMb: () => 256 },
]
const counts = [...imageMb.keys()]
/** A program per client would measure how fast programs start. */
const mostPrograms = 8

export async function benchHttp(ground: Ground): Promise<void> {
  const block = randomBytes(2 ** 20)
  for (const link of ground.isQuick ? links.slice(0, 1) : links) {
    if (!(await setLink(ground, link))) {
      console.log(`HTTP ${link.name}: not measured, this kernel cannot delay packets`)
      continue
    }
    for (const clients of counts)
      writeFileSync(
        join(ground.filesFolder, nameFor(clients)),
        Buffer.concat(Array.from({ length: sizeMb(link, clients) }, () => block)),
      )
    const runs = new Map(counts.map((clients) => [clients, { ours: [] as HttpRun[], theirs: [] as HttpRun[] }]))
    for (let turn = 0; turn < ground.turns; turn++)
      for (const [start, key, port] of [
        [startAmorce, 'ours', httpPort],
        [startNginx, 'theirs', 8080],
      ] as const) {
        const server = await start(ground)
        try {
          const base = `http://${network.address}:${port}/files`
          await mustServe(ground, `${base}/${nameFor(1)}`, nameFor(1))
          for (const clients of counts)
            runs.get(clients)?.[key].push(await fetchAll(ground, server, base, clients, link))
        } finally {
          await server.process.stop()
        }
      }
    for (const [clients, { ours, theirs }] of runs) printRow(link, clients, ours, theirs)
  }
  await setLink(ground, plainLink)
}

const nameFor = (clients: number): string => `http-${clients}.bin`

const sizeMb = (link: HttpLink, clients: number): number =>
  Math.min(imageMb.get(clients) ?? 0, Math.max(1, link.totalMb(clients) / clients))

async function fetchAll(
  ground: Ground,
  server: Server,
  base: string,
  clients: number,
  link: HttpLink,
): Promise<HttpRun> {
  const pid = server.process.child.pid
  if (pid === undefined) throw new Error('the server is not running')
  const programs = Math.min(clients, mostPrograms)
  const size = sizeMb(link, clients) * 2 ** 20
  // Each client fetches its file as often as the run's total asks for, on a connection that is kept.
  const perClient = Math.max(1, Math.round((link.totalMb(clients) * 2 ** 20) / (size * clients)))
  const each = clients / programs
  const url = `${base}/${nameFor(clients)}?[1-${each * perClient}]`
  const command = [
    `for program in $(seq ${programs}); do`,
    `curl -sf -Z --parallel-immediate --parallel-max ${each} -o /dev/null -w '%{size_download}\\n' '${url}' 2>/dev/null &`,
    'done; wait',
  ].join(' ')
  const before = usage(pid)
  const startedAt = performance.now()
  const said = await ground.room.mustRun('sh', ['-c', command], { timeoutMs: 120_000 })
  const seconds = (performance.now() - startedAt) / 1000
  const after = usage(pid)
  const sizes = said.split('\n').filter(Boolean).map(Number)
  if (sizes.length !== clients * perClient || sizes.some((bytes) => bytes !== size))
    throw new Error(`of ${clients * perClient} transfers of ${size} bytes these came: ${sizes.join(' ')}`)
  const megabytes = (size * sizes.length) / 1e6
  return {
    mbPerSecond: megabytes / seconds,
    cpuSecondsPerGb: (after.cpuSeconds - before.cpuSeconds) / (megabytes / 1000),
    peakMb: after.peakMb,
  }
}

function printRow(link: HttpLink, clients: number, ours: HttpRun[], theirs: HttpRun[]): void {
  const of = (runs: HttpRun[], key: keyof HttpRun): number => median(runs.map((run) => run[key]))
  // Of each turn, so that a machine that slows down for a while does not tilt the comparison.
  const ratio = median(ours.map((run, turn) => run.mbPerSecond / (theirs[turn]?.mbPerSecond ?? NaN)))
  const figures = (runs: HttpRun[]): string =>
    `${of(runs, 'mbPerSecond').toFixed(0).padStart(5)} MB/s ${of(runs, 'cpuSecondsPerGb').toFixed(2)} s/GB ${of(runs, 'peakMb').toFixed(0).padStart(3)} MB`
  console.log(
    `HTTP ${link.name.padEnd(10)} ${`${clients}`.padStart(3)} at once   amorce ${figures(ours)}   nginx ${figures(theirs)}   ratio ${ratio.toFixed(2)}`,
  )
}
