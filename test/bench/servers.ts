import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from '../support/namespaces.ts'
import type { Running } from '../support/processes.ts'
import type { BenchServerOptions } from './server.ts'

/** Where everything happens: addresses of namespaces that the bench made, and a folder of its own. */
export interface Ground {
  laptop: Namespace
  room: Namespace
  device: string
  address: string
  filesFolder: string
  workFolder: string
  /** How often each server is measured. */
  turns: number
  /** Only what shows at a glance whether something went wrong. */
  isQuick: boolean
  /** Electron as a plain Node, which is what the services run in; and what it needs. */
  runtime: {
    executable: string
    nativeBinding?: string
    script: string
    fileMover?: string
    tftpScript: string
    tftpWorker: string
  }
}

export const httpPort = 8067
/** A /15, whose upper half is the pool: 65,535 addresses. */
export const network = {
  prefix: 15,
  mask: '255.254.0.0',
  first: '10.76.0.0',
  address: '10.76.0.1',
  poolStart: '10.77.0.0',
  poolEnd: '10.77.255.254',
}

export interface Server {
  name: string
  process: Running
  httpPort: number
}

/** Runs a task while a fresh server runs. */
export async function during<T>(
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

/** @param databasePath where its leases are, if there are some already */
export async function startAmorce(
  ground: Ground,
  databasePath = join(ground.workFolder, `amorce-${Date.now()}.sqlite`),
): Promise<Server> {
  const options: BenchServerOptions = {
    device: ground.device,
    ...network,
    databasePath,
    nativeBinding: ground.runtime.nativeBinding,
    filesFolder: ground.filesFolder,
    httpPort,
    fileMover: process.env['AMORCE_BENCH_PLAIN'] ? undefined : ground.runtime.fileMover,
  }
  const started = ground.laptop.start(ground.runtime.executable, [...profiling, ground.runtime.script], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', AMORCE_BENCH: JSON.stringify(options) },
  })
  await started.waitFor(/ready/, 20_000)
  return { name: 'amorce', process: started, httpPort }
}

/** AMORCE_BENCH_PROFILE=folder leaves a V8 profile of every run of the services there. */
const profileFolder = process.env['AMORCE_BENCH_PROFILE']
const profiling = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : []

/**
 * dnsmasq with its leases on the same disk, as it is used in the field.
 * @param leaseFile if there are some already
 */
export async function startDnsmasq(
  ground: Ground,
  leaseFile = join(ground.workFolder, `dnsmasq-${Date.now()}.leases`),
): Promise<Server> {
  const process = ground.laptop.start('dnsmasq', [
    '--no-daemon',
    '--conf-file=/dev/null',
    '--port=0',
    '--user=root',
    `--interface=${ground.device}`,
    '--bind-interfaces',
    `--dhcp-range=${network.poolStart},${network.poolEnd},${network.mask},1h`,
    '--dhcp-authoritative',
    '--dhcp-lease-max=65536',
    '--no-ping',
    `--dhcp-leasefile=${leaseFile}`,
    `--pid-file=${leaseFile}.pid`,
    '--enable-tftp',
    '--tftp-max=300',
    `--tftp-root=${ground.filesFolder}`,
  ])
  await process.waitFor(/sockets bound|DHCP, IP range/, 10_000)
  return { name: 'dnsmasq', process, httpPort: 0 }
}

export async function startNginx(ground: Ground): Promise<Server> {
  const folder = join(ground.workFolder, `nginx-${Date.now()}`)
  mkdirSync(folder)
  const configuration = join(folder, 'nginx.conf')
  writeFileSync(
    configuration,
    `user root; worker_processes 2; daemon off; pid ${folder}/pid; error_log stderr warn;
     events { worker_connections 1024; }
     http { access_log off; sendfile on; tcp_nopush on; client_body_temp_path ${folder}/body;
       proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi;
       scgi_temp_path ${folder}/scgi;
       server { listen ${network.address}:8080; location /files/ { alias ${ground.filesFolder}/; } } }`,
  )
  const process = ground.laptop.start('nginx', ['-c', configuration, '-e', 'stderr'])
  const url = `http://${network.address}:8080/files/small`
  for (let attempt = 0; ; attempt++) {
    const { code } = await ground.room.run('curl', ['-sf', '-o', '/dev/null', url])
    if (code === 0) return { name: 'nginx', process, httpPort: 8080 }
    if (attempt === 50) throw new Error(`nginx does not answer:\n${process.said}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** CPU seconds, resident MB and the most MB that were ever resident, of a process and its children, as the kernel counts them. */
export function usage(pid: number): { cpuSeconds: number; residentMb: number; peakMb: number } {
  // `ip netns exec` replaces itself by the program, so the pid is the program's own.
  const pids = [pid, ...childrenOf(pid)]
  let ticks = 0
  let residentKb = 0
  let peakKb = 0
  for (const each of pids) {
    try {
      const fields = readFileSync(`/proc/${each}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
        .map(Number)
      // Its own, and that of the children that it saw end.
      ticks += (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0)
      const status = readFileSync(`/proc/${each}/status`, 'utf8')
      residentKb += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
      peakKb += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0)
    } catch (error) {
      // A child that ended meanwhile is counted by its parent.
      if (each === pid) throw error
    }
  }
  return { cpuSeconds: ticks / 100, residentMb: residentKb / 1024, peakMb: peakKb / 1024 }
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
