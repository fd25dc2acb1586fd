import { cpus } from 'node:os'
import { join } from 'node:path'
import { LabNetwork } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { benchDhcp } from './dhcp.ts'
import { writeFiles } from './files.ts'
import { benchHttp } from './http.ts'
import { network, type Ground } from './servers.ts'
import { benchTftp } from './tftp.ts'

// Amorce beside the servers of its trade, in one run: the same clients, the same files, the same link between two
// namespaces, one server at a time, in turns, so that a machine that slows down slows them alike.

const parts: Record<string, (ground: Ground) => Promise<void>> = {
  dhcp: benchDhcp,
  tftp: benchTftp,
  http: benchHttp,
}

const words = process.argv.slice(2)
const isQuick = words.includes('--quick')
const asked = words.filter((word) => word !== '--quick')
const unknown = asked.filter((word) => !(word in parts))
if (unknown.length > 0) {
  console.error(
    `amorce: no such part: ${unknown.join(' ')}. Usage: npm run bench -- [--quick] [${Object.keys(parts).join('|')}]...`,
  )
  process.exit(1)
}

const turns = Number(process.env['AMORCE_BENCH_TURNS'] ?? (isQuick ? 1 : 3))
const lab = await LabNetwork.create()
try {
  const device = LabNetwork.examNic
  await lab.laptop.ip('address', 'flush', 'dev', device)
  await lab.laptop.ip('address', 'add', `${network.address}/${network.prefix}`, 'dev', device)
  const room = await lab.room.addMachine('clients', `10.76.0.2/${network.prefix}`)
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
    turns,
    isQuick,
    runtime: JSON.parse(process.env['AMORCE_BENCH_RUNTIME'] ?? '{}') as Ground['runtime'],
  }
  console.log(`${cpus().length} cores, ${turns} turns each, medians; ratio above 1: Amorce is ahead.\n`)
  for (const part of asked.length > 0 ? asked : Object.keys(parts)) await parts[part]?.(ground)
} finally {
  await lab.destroy()
}
