import { describe, expect, it } from 'vitest'
import { classifyNic, type NicTraits } from './classify.ts'

const table: [expected: string, traits: NicTraits][] = [
  // Linux
  ['loopback', { name: 'lo', loopback: true, mac: '00:00:00:00:00:00' }],
  ['ethernet', { name: 'enp0s31f6', hardware: true, mac: '8c:16:45:aa:bb:cc' }],
  ['ethernet', { name: 'eth0', hardware: true }],
  ['ethernet', { name: 'enx00e04c680001', hardware: true, mac: '00:e0:4c:68:00:01' }],
  ['wifi', { name: 'wlp2s0', hardware: true, wireless: true }],
  ['virtualbox', { name: 'vboxnet0', mac: '0a:00:27:00:00:00' }],
  ['virtualbox', { name: 'enp0s8', hardware: true, mac: '08:00:27:12:34:56' }],
  ['vmware', { name: 'vmnet8', mac: '00:50:56:c0:00:08' }],
  ['vmware', { name: 'ens33', hardware: true, mac: '00:0c:29:12:34:56' }],
  ['hyperv', { name: 'eth0', hardware: true, mac: '00:15:5d:01:02:03' }],
  ['docker', { name: 'docker0', bridge: true, mac: '02:42:ac:11:00:02' }],
  ['docker', { name: 'br-0123456789ab', bridge: true }],
  ['docker', { name: 'veth1a2b3c4', mac: 'ee:11:22:33:44:55' }],
  ['docker', { name: 'podman0', bridge: true }],
  ['docker', { name: 'eth0', mac: '02:42:ac:11:00:03' }],
  ['ethernet', { name: 'enp1s0', hardware: true, mac: '02:42:00:00:00:01' }],
  ['bridge', { name: 'virbr0', bridge: true, mac: '52:54:00:11:22:33' }],
  ['bridge', { name: 'br0', bridge: true, mac: '08:00:27:12:34:56' }],
  ['bridge', { name: 'br-exam', bridge: true }],
  ['vpn', { name: 'tun0', tunnel: true }],
  ['vpn', { name: 'tap0', tunnel: true, mac: 'aa:bb:cc:00:11:22' }],
  ['vpn', { name: 'wg0', tunnel: true }],
  ['vpn', { name: 'wg-school' }],
  ['vpn', { name: 'tailscale0', tunnel: true }],
  ['vpn', { name: 'ppp0', tunnel: true }],
  ['virtual', { name: 'veth0', mac: 'ee:11:22:33:44:55' }],
  ['virtual', { name: 'ifb0' }],
  // Windows
  ['ethernet', { name: 'Ethernet 2', description: 'Intel(R) Ethernet Connection (7) I219-LM', hardware: true }],
  ['wifi', { name: 'Wi-Fi', description: 'Intel(R) Wi-Fi 6 AX201 160MHz', hardware: true, wireless: true }],
  [
    'virtualbox',
    { name: 'Ethernet 3', description: 'VirtualBox Host-Only Ethernet Adapter', mac: '0a:00:27:00:00:0b' },
  ],
  ['vmware', { name: 'VMware Network Adapter VMnet8', description: 'VMware Virtual Ethernet Adapter for VMnet8' }],
  ['hyperv', { name: 'vEthernet (Default Switch)', description: 'Hyper-V Virtual Ethernet Adapter' }],
  ['vpn', { name: 'Local Area Connection', description: 'TAP-Windows Adapter V9' }],
  ['vpn', { name: 'OpenVPN Wintun', description: 'Wintun Userspace Tunnel' }],
  ['vpn', { name: 'school', description: 'WireGuard Tunnel' }],
  ['bridge', { name: 'Network Bridge', description: 'Microsoft Network Adapter Multiplexor Driver' }],
  // macOS
  ['wifi', { name: 'en0', description: 'Wi-Fi', wireless: true, hardware: true }],
  ['ethernet', { name: 'en7', description: 'USB 10/100/1000 LAN', hardware: true }],
  ['bridge', { name: 'bridge0', description: 'Thunderbolt Bridge', hardware: true }],
  ['vpn', { name: 'utun3', tunnel: true }],
]

describe('the kind of a NIC', () => {
  it.each(table)('%s: %o', (expected, traits) => expect(classifyNic(traits)).toBe(expected))
})
