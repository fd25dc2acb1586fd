/** A program that is known to hold the ports of a boot server, and what stops it. */
export interface KnownHolder {
  name: string
  command: string
}

interface Row extends KnownHolder {
  process: RegExp
  /** Of its command line, where the name alone does not tell. */
  commandLine?: RegExp
}

// The first that fits. `svchost` at port 67 is Internet Connection Sharing.
const rows: readonly Row[] = [
  {
    process: /^dnsmasq$/,
    commandLine: /libvirt/,
    name: 'libvirt (dnsmasq)',
    command: 'virsh net-destroy default',
  },
  {
    process: /^dnsmasq$/,
    commandLine: /lxd|incus/,
    name: 'LXD (dnsmasq)',
    command: 'lxc network set lxdbr0 ipv4.dhcp=false',
  },
  {
    process: /^dnsmasq$/,
    commandLine: /NetworkManager|nm-dnsmasq/,
    name: 'NetworkManager (dnsmasq)',
    command: 'nmcli connection modify <connexion> ipv4.method manual',
  },
  { process: /^dnsmasq$/, name: 'dnsmasq', command: 'sudo systemctl stop dnsmasq' },
  {
    process: /^VBoxNet(DHCP|NAT)/i,
    name: 'VirtualBox',
    command: 'VBoxManage dhcpserver modify --network HostInterfaceNetworking-vboxnet0 --disable',
  },
  { process: /^vmnet-dhcpd|^vmnetdhcp/i, name: 'VMware', command: 'sudo systemctl stop vmware-networks' },
  { process: /^dhcpd$/, name: 'ISC dhcpd', command: 'sudo systemctl stop isc-dhcp-server' },
  { process: /^kea-dhcp4/, name: 'Kea', command: 'sudo systemctl stop kea-dhcp4-server' },
  { process: /^in\.tftpd$/, name: 'tftpd-hpa', command: 'sudo systemctl stop tftpd-hpa' },
  { process: /^atftpd$/, name: 'atftpd', command: 'sudo systemctl stop atftpd' },
  {
    process: /^systemd-(resolve|network)/,
    name: 'systemd',
    command: 'sudo systemctl stop systemd-networkd systemd-resolved',
  },
  { process: /^bootpd$/, name: 'macOS (bootpd)', command: 'sudo launchctl bootout system/com.apple.bootpd' },
  { process: /^svchost/i, name: 'Windows (ICS)', command: 'Stop-Service SharedAccess' },
  { process: /^(tftpd32|tftpd64|serva)/i, name: 'Tftpd64', command: 'taskkill /im tftpd64.exe' },
]

export const stopOf = ({
  process = '',
  commandLine = '',
}: {
  process?: string
  commandLine?: string
}): KnownHolder | undefined => {
  const row = rows.find((each) => each.process.test(process) && (each.commandLine?.test(commandLine) ?? true))
  return row && { name: row.name, command: row.command }
}
