import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Running } from '../support/processes.ts'
import { median, row } from './report.ts'
import { usage, type Ground } from './servers.ts'

export const tftpFileMb = 16

export function writeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const block = randomBytes(2 ** 20)
  writeFileSync(join(folder, 'small'), 'amorce')
  writeFileSync(join(folder, 'tftp.bin'), Buffer.concat(Array.from({ length: tftpFileMb }, () => block)))
}

export interface TransferRun {
  mbPerSecond: number
  /** CPU seconds of the server per GB that it sent. */
  cpuSecondsPerGb: number
  residentMb: number
}

/** `clients` curls at once, each fetching the whole file; the time is from the first start to the last end. */
export async function fetchTogether(
  ground: Ground,
  server: Running,
  clients: number,
  curlOptions: string[],
  url: string,
  fileMb: number,
): Promise<TransferRun> {
  const pid = server.child.pid
  if (pid === undefined) throw new Error('the server is not running')
  const before = usage(pid)
  const startedAt = performance.now()
  const results = await Promise.all(
    Array.from({ length: clients }, () =>
      ground.room.run('curl', ['-sf', ...curlOptions, '-o', '/dev/null', '-w', '%{size_download}', url], {
        timeoutMs: 120_000,
      }),
    ),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const after = usage(pid)
  for (const { code, stdout } of results)
    if (code !== 0 || Number(stdout) !== fileMb * 2 ** 20)
      throw new Error(`curl ${url} ended with ${code}, ${stdout} bytes`)
  const megabytes = (clients * fileMb * 2 ** 20) / 1e6
  return {
    mbPerSecond: megabytes / seconds,
    cpuSecondsPerGb: (after.cpuSeconds - before.cpuSeconds) / (megabytes / 1000),
    residentMb: after.residentMb,
  }
}

/** Before anything is timed: the bytes are the right ones. */
export async function mustServe(ground: Ground, url: string, name: string, curlOptions: string[] = []): Promise<void> {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ground.filesFolder, name)))
    .digest('hex')
  const pipeline = `curl -sf ${curlOptions.join(' ')} ${url} | sha256sum`
  const got = (await ground.room.mustRun('sh', ['-c', pipeline], { timeoutMs: 60_000 })).slice(0, 64)
  if (got !== wanted) throw new Error(`${url} is not the file that was written`)
}

export function transferRows(title: string, ours: TransferRun[], peer: string, theirs: TransferRun[]): void {
  const of = (runs: TransferRun[], key: keyof TransferRun): number => median(runs.map((run) => run[key]))
  row(title, of(ours, 'mbPerSecond'), peer, of(theirs, 'mbPerSecond'))
  const detail = (runs: TransferRun[]): string =>
    `${of(runs, 'cpuSecondsPerGb').toFixed(2)} CPU s/GB, ${of(runs, 'residentMb').toFixed(0)} MB resident`
  console.log(`    amorce ${detail(ours)}; ${peer} ${detail(theirs)}`)
}
