import type { ExamRules, Mac } from '../contract/index.ts'

/**
 * The machine's one NIC, for systemd-networkd, which every Debian or Ubuntu live system has. The address stays when the cable
 * is pulled; the client is known by its MAC, as its loader was, and so is given the same address.
 */
export const networkFiles = (mac: Mac): Record<string, string> => ({
  'etc/systemd/network/00-amorce.network': section(
    ['Match', [`MACAddress=${mac}`]],
    [
      'Network',
      ['DHCP=ipv4', 'LinkLocalAddressing=no', 'IPv6AcceptRA=no', 'IgnoreCarrierLoss=yes', 'KeepConfiguration=yes'],
    ],
    ['DHCPv4', ['ClientIdentifier=mac', 'UseDomains=no', 'UseNTP=no', 'UseHostname=no', 'SendRelease=no']],
  ),
  'etc/systemd/network/01-amorce-others.network': section(
    ['Match', ['Name=!lo']],
    ['Link', ['ActivationPolicy=always-down', 'RequiredForOnline=no']],
  ),
})

/** Added to the system's own: names on the whitelist, which no DNS is asked for. */
export const hostsFile = ({ allowed }: ExamRules): string =>
  allowed
    .flatMap(({ host, addresses }) =>
      addresses.filter((address) => address !== host && !host.includes('/')).map((address) => `${address} ${host}\n`),
    )
    .join('')

const section = (...sections: [name: string, lines: string[]][]): string =>
  sections.map(([name, lines]) => `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`).join('\n')
