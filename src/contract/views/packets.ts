import type { Ipv4, Mac } from '../events.ts'

export const packetProtocols = ['dhcp', 'tftp', 'http'] as const
export type PacketProtocol = (typeof packetProtocols)[number]

/** One line of the packet journal. */
export interface PacketView {
  id: number
  /** Milliseconds since the Unix epoch, with fractions where the kernel took the time. */
  at: number
  direction: 'in' | 'out'
  protocol: PacketProtocol
  /** The machine's, where it is known. */
  mac?: Mac
  from: { address: Ipv4; port: number }
  to: { address: Ipv4; port: number }
  /** In the protocol's own words, as on the wire: `DISCOVER xid 0x12345678`. The same in every language. */
  info: string
  /** Bytes on the wire. */
  length: number
  /** It arrived, and no service was handed it: held back by a firewall, or nothing listens there. */
  unheard?: 'firewall' | 'closed'
}

export interface PacketDetail extends PacketView {
  /** Decoded fields, in the order of the packet. */
  fields: { name: string; value: string }[]
  /** The frame as kept, in lower-case hex pairs. */
  hex: string
}

/** How packets are seen: in front of the firewall, or only as our sockets are handed them. */
export interface PacketsStatus {
  source: 'packetSocket' | 'dumpcap' | 'sockets' | 'none'
  /** Why not in front of the firewall. */
  noCapture?: 'permission' | 'unsupported' | 'failed' | 'simulated'
  kept: number
  /** Older ones that had to go. */
  dropped: number
}

export interface PacketPage extends PacketsStatus {
  /** Newest first. */
  packets: PacketView[]
}
