import { cpus } from 'node:os'
import { join } from 'node:path'
import { LabNetwork } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { highestDhcpRate } from './dhcp.ts'
import { fetchTogether, httpFileMb, mustServe, tftpFileMb, writeFiles, type TransferRun } from './files.ts'
import { httpPort, network, startAmorce, startDnsmasq, startNginx, type Ground, type Server } from './servers.ts'

// Amorce beside dnsmasq and nginx, in one run: the same clients, the same files, the same link between two namespaces,
// one server at a time, in turns, so that a machine that slows down slows them alike.

const turns = Number(process.env['AMORCE_BENCH_TURNS'] ?? 3)

const lab = await LabNetwork.create()
try {
  const device = LabNetwork.examNic
  await lab.laptop.ip('address', 'flush', 'dev', device)
  await lab.laptop.ip('address', 'add', `${network.address}/${network.prefix}`, 'dev', device)
  const room = await lab.room.addMachine('clients', `10.77.0.2/${network.prefix}`)
  const workFolder = temporaryFolder('bench')
  const filesFolder = join(workFolder, 'files')
  writeFiles(filesFolder)
  const ground: Ground = {
    laptop: lab.laptop,
    room,
    device,
    address: network.address,
    filesFolder,
    workFolder,
    runtime: JSON.parse(process.env['AMORCE_BENCH_RUNTIME'] ?? '{}') as Ground['runtime'],
  }
  console.log(`${cpus().length} cores, ${turns} turns each, medians; ratio above 1: Amorce is ahead.\n`)
  await benchDhcp(ground)
  await benchTftp(ground)
  await benchHttp(ground)
} finally {
  await lab.destroy()
}

async function benchDhcp(ground: Ground): Promise<void> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await during(ground, startAmorce, async () => (await highestDhcpRate(ground)).exchanges))
    theirs.push(await during(ground, startDnsmasq, async () => (await highestDhcpRate(ground)).exchanges))
  }
  row('DHCP exchanges/s, loss < 1%', median(ours), 'dnsmasq', median(theirs), 0)
  console.log()
}

async function benchTftp(ground: Ground): Promise<void> {
  const url = `tftp://${ground.address}/tftp.bin`
  for (const blksize of [512, 1468])
    for (const clients of [1, 16, 64]) {
      const options = blksize === 512 ? ['--tftp-no-options'] : ['--tftp-blksize', `${blksize}`]
      const ours: TransferRun[] = []
      const theirs: TransferRun[] = []
      for (let turn = 0; turn < turns; turn++)
        for (const [start, runs] of [
          [startAmorce, ours],
          [startDnsmasq, theirs],
        ] as const)
          runs.push(
            await during(ground, start, async (server) => {
              await mustServe(ground, url, 'tftp.bin', options)
              return fetchTogether(ground, server.process, clients, options, url, tftpFileMb)
            }),
          )
      transferRows(`TFTP MB/s, blksize ${blksize}, ${clients} at once`, ours, 'dnsmasq', theirs)
    }
  console.log()
}

async function benchHttp(ground: Ground): Promise<void> {
  for (const clients of [1, 16]) {
    const ours: TransferRun[] = []
    const theirs: TransferRun[] = []
    for (let turn = 0; turn < turns; turn++)
      for (const [start, runs, port] of [
        [startAmorce, ours, httpPort],
        [startNginx, theirs, 8080],
      ] as const)
        runs.push(
          await during(ground, start, async (server) => {
            const url = `http://${ground.address}:${port}/files/http.bin`
            await mustServe(ground, url, 'http.bin')
            return fetchTogether(ground, server.process, clients, [], url, httpFileMb)
          }),
        )
    transferRows(`HTTP MB/s, ${clients} at once`, ours, 'nginx', theirs)
  }
}

async function during<T>(
  ground: Ground,
  start: (ground: Ground) => Promise<Server>,
  task: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await start(ground)
  try {
    return await task(server)
  } finally {
    await server.process.stop()
  }
}

function transferRows(title: string, ours: TransferRun[], peer: string, theirs: TransferRun[]): void {
  const of = (runs: TransferRun[], key: keyof TransferRun): number => median(runs.map((run) => run[key]))
  row(title, of(ours, 'mbPerSecond'), peer, of(theirs, 'mbPerSecond'), 0)
  const detail = (runs: TransferRun[]): string =>
    `${of(runs, 'cpuSecondsPerGb').toFixed(2)} CPU s/GB, ${of(runs, 'residentMb').toFixed(0)} MB resident`
  console.log(`    amorce ${detail(ours)}; ${peer} ${detail(theirs)}`)
}

function row(title: string, ours: number, peer: string, theirs: number, digits: number): void {
  const ratio = theirs > 0 ? (ours / theirs).toFixed(2) : '-'
  console.log(
    `${title.padEnd(40)} amorce ${ours.toFixed(digits).padStart(7)}   ${peer.padEnd(8)} ${theirs.toFixed(digits).padStart(7)}   ratio ${ratio}`,
  )
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}
