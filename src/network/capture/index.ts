import { SystemCallError } from '../libc.ts'
import { bootFilter } from './bpf.ts'
import { openDumpcap } from './dumpcap.ts'
import { openPacketSocket } from './packetSocket.ts'

export { bootFilter } from './bpf.ts'
export { pcapngHead, pcapngPacket, PcapngReader, type PcapngPacket } from './pcapng.ts'

/** An Ethernet frame as it passed the NIC. */
export interface CapturedFrame {
  /** Milliseconds since the Unix epoch, with fractions. */
  at: number
  /** As much as was kept. */
  bytes: Buffer
  /** Bytes on the wire. */
  length: number
  direction: 'in' | 'out'
}

export type CaptureSource = 'packetSocket' | 'dumpcap'

export interface Capture {
  readonly source: CaptureSource
  /** Hands over what has arrived by now. */
  flush(): void
  close(): Promise<void>
}

/** Why nothing is captured. */
export type NoCapture = 'permission' | 'unsupported' | 'failed'

export interface CaptureOptions {
  device: string
  mac: string
  ports: { http: number; dhcp?: number; dhcpClient?: number; tftp?: number }
  onFrame(frame: CapturedFrame): void
}

export type OpenCapture = (options: CaptureOptions) => Promise<Capture | NoCapture>

/** Listens in front of the firewall by the way that this system and this user have; never throws. */
export const openCapture: OpenCapture = async ({ device, mac, ports, onFrame }) => {
  let why: NoCapture = 'unsupported'
  if (process.platform === 'linux') {
    try {
      return await openPacketSocket(device, bootFilter(ports), onFrame)
    } catch (error) {
      why = error instanceof SystemCallError && error.code === 'EPERM' ? 'permission' : 'failed'
    }
  }
  return (await openDumpcap(device, ports, mac, onFrame)) ?? why
}
