import type { NicKind } from '../../contract/index.ts'

/** What a system tells of a NIC, as far as it helps to say what kind it is. */
export interface NicTraits {
  name: string
  /** Windows' interface description, macOS's hardware port. */
  description?: string
  /** Lower case, colons. */
  mac?: string
  loopback?: boolean
  wireless?: boolean
  /** A software switch. */
  bridge?: boolean
  /** Point to point, tun, tap, WireGuard. */
  tunnel?: boolean
  /** Made of hardware, or of what a hypervisor shows as hardware. */
  hardware?: boolean
}

const named =
  (pattern: RegExp) =>
  ({ name, description = '' }: NicTraits): boolean =>
    pattern.test(name) || pattern.test(description)

const withMac =
  (...prefixes: string[]) =>
  ({ mac = '' }: NicTraits): boolean =>
    prefixes.some((prefix) => mac.startsWith(prefix))

// The first row that fits decides. Names come before MAC prefixes: a bridge borrows the MAC of what it joins.
const rows: readonly (readonly [NicKind, (traits: NicTraits) => boolean])[] = [
  ['loopback', ({ loopback }) => loopback === true],
  ['wifi', ({ wireless }) => wireless === true],
  ['vpn', named(/^(wg|tailscale|zt|nordlynx|proton|utun|ipsec|ppp)[\w-]*$/i)],
  [
    'vpn',
    named(/\b(vpn|wireguard|wintun|tap-windows|openvpn|tailscale|zerotier|fortinet|anyconnect|globalprotect)\b/i),
  ],
  ['virtualbox', named(/^vboxnet\d+$|\bvirtualbox\b/i)],
  ['vmware', named(/^vmnet\d+$|\bvmware\b/i)],
  ['hyperv', named(/^vEthernet \(|\bhyper-v\b/i)],
  ['docker', named(/^(docker(0|_gwbridge)|br-[0-9a-f]{12}|veth[0-9a-f]{7}|(cni-)?podman\d+)$/)],
  [
    'bridge',
    named(/^(virbr|lxcbr|lxdbr|incusbr|bridge)\d+$|\b(network bridge|thunderbolt bridge|mac bridge miniport)\b/i),
  ],
  ['bridge', ({ bridge }) => bridge === true],
  ['vpn', ({ tunnel }) => tunnel === true],
  ['virtualbox', withMac('08:00:27', '0a:00:27')],
  ['vmware', withMac('00:0c:29', '00:50:56', '00:05:69', '00:1c:14')],
  ['hyperv', withMac('00:15:5d')],
  ['docker', ({ mac = '', hardware }) => !hardware && mac.startsWith('02:42:')],
  ['ethernet', ({ hardware }) => hardware === true],
]

/** Says what kind of NIC it is; `virtual` when nothing better is known, and that can still be chosen. */
export const classifyNic = (traits: NicTraits): NicKind => rows.find(([, fits]) => fits(traits))?.[0] ?? 'virtual'
