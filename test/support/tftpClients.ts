import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from './namespaces.ts'
import { mustRun } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Each fetches `file` from `server` over TFTP from inside `machine` and gives the SHA-256 of what arrived. */
export const tftpClients = {
  curl: (machine: Namespace, server: string, file: string, blksize = 1468) =>
    fetched((target) =>
      machine.wrap('curl', ['-sS', '--tftp-blksize', String(blksize), '-o', target, `tftp://${server}/${file}`]),
    ),

  atftp: (machine: Namespace, server: string, file: string, blksize = 1428) =>
    fetched((target) =>
      machine.wrap('atftp', ['--option', `blksize ${blksize}`, '--get', '-r', file, '-l', target, server]),
    ),

  /** tftp-hpa: no options at all, blocks of 512 bytes. */
  tftp: (machine: Namespace, server: string, file: string) =>
    fetched((target) => machine.wrap('tftp', ['-m', 'binary', server, '-c', 'get', file, target])),
}

async function fetched(commandFor: (target: string) => [string, string[]]): Promise<string> {
  const target = join(temporaryFolder('tftp'), 'file')
  await mustRun(...commandFor(target), { timeoutMs: 60_000 })
  return sha256(readFileSync(target))
}
