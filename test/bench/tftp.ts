import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { unpackedDebianPackage } from '../support/debianPackage.ts'
import { mustRun, type Running } from '../support/processes.ts'
import { mustServe } from './files.ts'
import { plainLink, setLink, type Link } from './link.ts'
import { median } from './report.ts'
import { network, usage, type Ground } from './servers.ts'
import type { TftpBenchOptions } from './tftpServer.ts'

// Amorce beside tftpd-hpa, atftpd and dnsmasq. All of them run at once, each on an address of its own, and are asked in
// turns for a fixed time by one program that stands for all clients (tftpLoad.c): on two cores, a program for each client
// would measure itself.

interface TftpServer {
  readonly name: string
  readonly address: string
  readonly hasWindows: boolean
  start(): Promise<Running>
  running?: Running
}

/** What one run showed. */
interface TftpRun {
  mbPerSecond: number
  /** Of the server, per GB that it sent. */
  cpuSecondsPerGb: number
  residentMb: number
}

interface TftpLink extends Link {
  seconds: number
}

const links: TftpLink[] = [
  { ...plainLink, seconds: 1 },
  { name: '1 ms delay', delayMs: 1, seconds: 1 },
  // Whoever waits for a second after a loss must have time to lose some.
  { name: '1% loss', lossPercent: 1, seconds: 3 },
]
const counts = [1, 16, 64, 256]
const shapes = [
  { blksize: 512, windowsize: 1 },
  { blksize: 1468, windowsize: 1 },
  { blksize: 512, windowsize: 16 },
  { blksize: 1468, windowsize: 16 },
]

export async function benchTftp(ground: Ground): Promise<void> {
  const load = join(ground.workFolder, 'tftpLoad')
  await mustRun('cc', ['-O2', '-o', load, 'test/bench/tftpLoad.c'])
  const servers = await tftpServers(ground)
  const [ours] = servers
  if (!ours) return
  try {
    for (const server of servers) {
      if (server !== ours)
        await ground.laptop.ip('address', 'add', `${server.address}/${network.prefix}`, 'dev', ground.device)
      server.running = await server.start()
      await mustServe(ground, `tftp://${server.address}/tftp.bin`, 'tftp.bin')
    }
    for (const link of ground.isQuick ? links.slice(0, 1) : links) {
      if (!(await setLink(ground, link))) {
        console.log(`TFTP ${link.name}: not measured, this kernel cannot delay packets`)
        continue
      }
      const turns = link.seconds > 1 ? Math.max(1, Math.floor(ground.turns / 3)) : ground.turns
      for (const { blksize, windowsize } of shapes)
        for (const clients of counts) {
          const asked = servers.filter((server) => windowsize === 1 || server.hasWindows)
          const runs = asked.map((server) => ({ server, runs: [] as (TftpRun | undefined)[] }))
          for (let turn = 0; turn < turns; turn++)
            for (const each of runs)
              each.runs.push(await measure(ground, load, each.server, { clients, blksize, windowsize, ...link }))
          printRow(`${link.name.padEnd(10)} blksize ${blksize} windowsize ${windowsize}`, clients, runs)
        }
    }
  } finally {
    await setLink(ground, plainLink)
    for (const { running } of servers) await running?.stop()
  }
  console.log()
}

async function tftpServers(ground: Ground): Promise<TftpServer[]> {
  const { laptop, filesFolder, device, runtime } = ground
  const place = (last: number): string => network.address.replace(/\d+$/, `${last}`)
  const [hpa, atftpd] = await Promise.all([unpackedDebianPackage('tftpd-hpa'), unpackedDebianPackage('atftpd')])
  const started = async (running: Running, said: RegExp): Promise<Running> => {
    await running.waitFor(said, 20_000)
    return running
  }
  /** For those who say nothing when they are ready. */
  const answering = async (running: Running, address: string): Promise<Running> => {
    for (let attempt = 0; attempt < 50; attempt++) {
      const { code } = await ground.room.run('curl', ['-sf', '-m', '1', '-o', '/dev/null', `tftp://${address}/small`])
      if (code === 0) return running
    }
    throw new Error(`no answer from ${address}:\n${running.said}`)
  }
  return [
    {
      name: 'amorce',
      address: network.address,
      hasWindows: true,
      start() {
        const options: TftpBenchOptions = {
          device,
          address: network.address,
          filesFolder,
          workerPath: process.env['AMORCE_BENCH_PLAIN'] ? undefined : runtime.tftpWorker,
        }
        const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', AMORCE_BENCH: JSON.stringify(options) }
        return started(laptop.start(runtime.executable, [runtime.tftpScript], { env }), /ready/)
      },
    },
    {
      name: 'tftpd-hpa',
      address: place(2 + 9),
      hasWindows: false,
      start() {
        const program = join(hpa, 'usr/sbin/in.tftpd')
        const address = place(2 + 9)
        const words = ['--foreground', '--address', `${address}:69`, '--secure', '--user', 'root', filesFolder]
        return answering(laptop.start(program, words), address)
      },
    },
    {
      name: 'atftpd',
      address: place(3 + 9),
      hasWindows: true,
      start() {
        const program = join(atftpd, 'usr/sbin/atftpd')
        const address = place(3 + 9)
        const words = ['--daemon', '--no-fork', '--bind-address', address, '--maxthread', '600', '--verbose=1']
        return answering(laptop.start(program, [...words, '--user', 'root', '--group', 'root', filesFolder]), address)
      },
    },
    {
      name: 'dnsmasq',
      address: place(4 + 9),
      hasWindows: false,
      start() {
        const words = ['--no-daemon', '--conf-file=/dev/null', '--port=0', '--user=root', '--bind-interfaces']
        const tftp = ['--enable-tftp', '--tftp-max=600', `--tftp-root=${filesFolder}`]
        return started(laptop.start('dnsmasq', [...words, `--listen-address=${place(4 + 9)}`, ...tftp]), /TFTP root/)
      },
    },
  ]
}

interface Load {
  clients: number
  blksize: number
  windowsize: number
  seconds: number
}

/** Nothing when the server did not live through it, as atftpd does not with 256 clients. */
async function measure(ground: Ground, load: string, server: TftpServer, asked: Load): Promise<TftpRun | undefined> {
  if (!server.running || isGone(server.running)) server.running = await server.start()
  const { running } = server
  const pid = running.child.pid
  if (pid === undefined) throw new Error(`${server.name} is not running`)
  const { clients, blksize, windowsize, seconds } = asked
  const words = [server.address, 69, 'tftp.bin', clients, blksize, windowsize, seconds].map(String)
  const before = usage(pid)
  const said = await ground.room.mustRun(load, [...words, join(ground.filesFolder, 'tftp.bin')], { timeoutMs: 60_000 })
  if (isGone(running)) return undefined
  const after = usage(pid)
  const result = JSON.parse(said) as { seconds: number; bytes: number }
  const megabytes = result.bytes / 1e6
  return {
    mbPerSecond: megabytes / result.seconds,
    cpuSecondsPerGb: (after.cpuSeconds - before.cpuSeconds) / (megabytes / 1000),
    residentMb: after.residentMb,
  }
}

const isGone = ({ child }: Running): boolean =>
  child.exitCode !== null || child.signalCode !== null || !existsSync(`/proc/${child.pid}`)

function printRow(title: string, clients: number, all: { server: TftpServer; runs: (TftpRun | undefined)[] }[]): void {
  const [ours, ...peers] = all
  const of = (runs: (TftpRun | undefined)[], key: keyof TftpRun): number =>
    median(runs.flatMap((run) => (run ? [run[key]] : [])))
  const figures = all.map(({ server, runs }) => {
    const [speed, cost, memory] = [of(runs, 'mbPerSecond'), of(runs, 'cpuSecondsPerGb'), of(runs, 'residentMb')]
    if (Number.isNaN(speed)) return `${server.name} died`
    return `${server.name} ${speed.toFixed(0).padStart(4)} MB/s ${cost.toFixed(1)} s/GB ${memory.toFixed(0)} MB`
  })
  // Of each turn, against the best peer of that turn, so that a machine that slows down does not tilt the comparison.
  const ratios = (ours?.runs ?? []).map((run, turn) => {
    const best = Math.max(...peers.map(({ runs }) => runs[turn]?.mbPerSecond ?? 0))
    return (run?.mbPerSecond ?? 0) / best
  })
  console.log(
    `TFTP ${title.padEnd(38)} ${`${clients}`.padStart(3)} at once   ratio ${median(ratios).toFixed(2)}   ${figures.join('   ')}`,
  )
}
