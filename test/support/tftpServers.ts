import { join } from 'node:path'
import { unpackedDebianPackage } from './debianPackage.ts'
import { startDnsmasq } from './dnsmasq.ts'
import type { Namespace } from './namespaces.ts'
import type { Running } from './processes.ts'

/** Each serves `folder` over TFTP from inside `machine`. The two packages cannot be installed beside each other. */
export const tftpServers = {
  'tftpd-hpa': async (machine, folder) => {
    const program = join(await unpackedDebianPackage('tftpd-hpa'), 'usr', 'sbin', 'in.tftpd')
    return listening(machine, machine.start(program, ['-L', '-c', '-s', '-u', 'root', folder]))
  },

  atftpd: async (machine, folder) => {
    const program = join(await unpackedDebianPackage('atftpd'), 'usr', 'sbin', 'atftpd')
    const server = ['--daemon', '--no-fork', '--no-multicast', '--user', 'root', '--group', 'root', '--logfile', '-']
    return listening(machine, machine.start(program, [...server, folder]))
  },

  dnsmasq: async (machine, folder) =>
    listening(machine, await startDnsmasq(machine, ['--enable-tftp', `--tftp-root=${folder}`])),
} satisfies Record<string, (machine: Namespace, folder: string) => Promise<Running>>

async function listening(machine: Namespace, server: Running): Promise<Running> {
  for (let attempt = 0; !(await machine.listening()).some((socket) => /^udp .*:69$/.test(socket)); attempt++) {
    if (attempt === 50) throw new Error(`nothing listens on UDP 69: ${server.said}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return server
}
