import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unpackedDebianPackage } from './debianPackage.ts'
import { mustRun, run } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

/** What a server says of a configuration before it would run it. */
export interface Verdict {
  accepted: boolean
  /** All it printed. */
  said: string
}

export type Checker = (configuration: string) => Promise<Verdict>

/** The real servers, asked whether they would take a configuration. None of them is started. */
export interface DhcpCheckers {
  /** `dhcpd -t` */
  isc: Checker
  /** `kea-dhcp4 -t` */
  kea: Checker
  /** `dnsmasq --test` */
  dnsmasq: Checker
}

/** The program `dhcpd`, unpacked and not installed. */
export const iscDhcpd = async (): Promise<string> =>
  join(await unpackedDebianPackage('isc-dhcp-server'), 'usr', 'sbin', 'dhcpd')

/** The program `kea-dhcp4`, unpacked and not installed, of the same version as the libraries it finds installed. */
export async function keaDhcp4(): Promise<string> {
  const version = (await mustRun('dpkg-query', ['-W', '-f', '${Version}', 'kea-common'])).trim()
  return join(await unpackedDebianPackage(`kea-dhcp4-server=${version}`), 'usr', 'sbin', 'kea-dhcp4')
}

export async function dhcpCheckers(): Promise<DhcpCheckers> {
  const folder = temporaryFolder('checkers')
  const isc = await iscDhcpd()
  const kea = await keaDhcp4()
  let count = 0
  const checker =
    (name: string, program: string, args: (file: string) => string[]): Checker =>
    async (configuration) => {
      const file = join(folder, `${name}-${++count}.conf`)
      writeFileSync(file, configuration)
      const { code, stdout, stderr } = await run(program, args(file), { timeoutMs: 20_000 })
      return { accepted: code === 0, said: `${stdout}${stderr}` }
    }
  return {
    isc: checker('isc', isc, (file) => ['-4', '-t', '-cf', file, '-lf', '/dev/null', '-pf', join(folder, 'pid')]),
    kea: checker('kea', kea, (file) => ['-t', file]),
    dnsmasq: checker('dnsmasq', 'dnsmasq', (file) => ['--test', `--conf-file=${file}`]),
  }
}
