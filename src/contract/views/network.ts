import type { Ipv4, Mac } from '../events.ts'

export const nicKinds = [
  'ethernet',
  'wifi',
  'virtualbox',
  'vmware',
  'hyperv',
  'docker',
  'vpn',
  'bridge',
  'virtual',
  'loopback',
  'simulated',
] as const
export type NicKind = (typeof nicKinds)[number]

export interface NicAddress {
  address: Ipv4
  /** 0 to 32. */
  prefix: number
}

export interface NicView {
  /** The system's name for it: `enp0s8`, `Ethernet 2`. */
  name: string
  description?: string
  kind: NicKind
  mac?: Mac
  addresses: NicAddress[]
  link: 'up' | 'down' | 'unknown'
  /** Megabits per second. */
  speedMbps?: number
  duplex?: 'full' | 'half'
  /** The system's number for it, where it has one: another one once it was unplugged and plugged in again. */
  index?: number
  /** The addresses that would be given on it when the settings leave the pool empty; absent when it has no address. */
  proposedPool?: { start: Ipv4; end: Ipv4 }
}
