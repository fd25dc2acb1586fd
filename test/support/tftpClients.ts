import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from './namespaces.ts'
import { mustRun } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

type Fetch = (machine: Namespace, server: string, file: string, blksize: number) => Promise<string>

/** Each fetches `file` from `server` over TFTP from inside `machine` and gives the SHA-256 of what arrived. */
export const tftpClients = {
  curl: (machine, server, file, blksize) =>
    fetched((target) =>
      machine.wrap('curl', ['-sS', '--tftp-blksize', String(blksize), '-o', target, `tftp://${server}/${file}`]),
    ),

  atftp: (machine, server, file, blksize) =>
    fetched((target) =>
      machine.wrap('atftp', ['--option', `blksize ${blksize}`, '--get', '-r', file, '-l', target, server]),
    ),

  /** It asks for no option at all: blocks of 512 bytes. */
  tftpHpa: (machine, server, file) =>
    fetched((target) => machine.wrap('tftp', ['-m', 'binary', server, '-c', 'get', file, target])),

  busybox: (machine, server, file, blksize) =>
    fetched((target) =>
      machine.wrap('busybox', ['tftp', '-g', '-b', String(blksize), '-r', file, '-l', target, server]),
    ),
} satisfies Record<string, Fetch>

type Put = (machine: Namespace, server: string, local: string, name: string) => Promise<string>

/** Each puts a local file onto `server` as `name` over TFTP from inside `machine`. */
export const tftpSenders = {
  curl: (machine, server, local, name) =>
    machine.mustRun('curl', ['-sS', '--tftp-blksize', '1468', '-T', local, `tftp://${server}/${name}`]),
  atftp: (machine, server, local, name) =>
    machine.mustRun('atftp', ['--option', 'blksize 1468', '--put', '-l', local, '-r', name, server]),
  tftpHpa: (machine, server, local, name) =>
    machine.mustRun('tftp', ['-m', 'binary', server, '-c', 'put', local, name]),
  busybox: (machine, server, local, name) =>
    machine.mustRun('busybox', ['tftp', '-p', '-b', '1024', '-l', local, '-r', name, server]),
} satisfies Record<string, Put>

async function fetched(commandFor: (target: string) => [string, string[]]): Promise<string> {
  const target = join(temporaryFolder('tftp'), 'file')
  await mustRun(...commandFor(target), { timeoutMs: 60_000 })
  return sha256(readFileSync(target))
}
