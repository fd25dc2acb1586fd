import { join } from 'node:path'
import type { Namespace } from './namespaces.ts'
import type { Running } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

/**
 * dnsmasq as a DHCP and TFTP server in a namespace: the other DHCP server of a room, and the witness that the lab
 * itself is sound. DNS is off.
 */
export async function startDnsmasq(machine: Namespace, options: readonly string[]): Promise<Running> {
  const folder = temporaryFolder('dnsmasq')
  const dnsmasq = machine.start('dnsmasq', [
    '--no-daemon',
    '--conf-file=/dev/null',
    '--port=0',
    '--log-dhcp',
    '--user=root',
    `--dhcp-leasefile=${join(folder, 'leases')}`,
    `--pid-file=${join(folder, 'pid')}`,
    ...options,
  ])
  await dnsmasq.waitFor(/DHCP, IP range|DHCP, sockets bound|started/, 10_000)
  return dnsmasq
}
