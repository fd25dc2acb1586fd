import type { ErrorCode, ErrorDetails } from './errors.ts'
import type { FirmwareKind } from './firmware.ts'
import type { WinpeResult, WinpeTask } from './views/boot.ts'

/** A MAC address as six lower-case hex pairs joined by colons, e.g. `52:54:00:12:34:56`. It is a machine's key. */
export type Mac = string
/** An IPv4 address in dotted form. */
export type Ipv4 = string

/** The machine that the self-test plays: it gets no tile. Locally administered, so that no real one has it. */
export const selfTestMac: Mac = '02:61:6d:6f:72:63'

export const serviceNames = ['dhcp', 'tftp', 'http'] as const
export type ServiceName = (typeof serviceNames)[number]
export type ServiceState = 'stopped' | 'starting' | 'running' | 'failed'

interface Happening {
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** What a PXE client says of itself in a DHCP message. */
export interface DhcpClientFacts {
  /** Option 93, the first value; absent when the client sent none. */
  arch?: number
  /** Option 94, the version of the card's own interface: `UNDI 3.16`. */
  ndi?: string
  firmware: FirmwareKind
  /** Option 97 without its type byte, as a lower-case UUID in SMBIOS (mixed-endian) order. */
  uuid?: string
  /** Option 60 as sent. */
  vendorClass?: string
  /** Option 77 as text. */
  userClass?: string
  /** Option 12. */
  hostName?: string
  /** The `secs` field: seconds since the client began. */
  secs: number
  xid: number
}

export type DhcpEvent = Happening &
  (
    | { type: 'dhcp.discover'; mac: Mac; client: DhcpClientFacts }
    | {
        type: 'dhcp.offer'
        mac: Mac
        address: Ipv4
        bootFile?: string
        /** Which row of the firmware table was applied. */
        firmwareRow?: string
        /** An address apart, without a boot file, since nobody knows this machine. */
        quarantined?: true
        xid: number
      }
    | {
        type: 'dhcp.request'
        mac: Mac
        state: 'selecting' | 'initReboot' | 'renewing' | 'rebinding'
        address: Ipv4
        /** Option 54: which server the client chose. */
        serverId?: Ipv4
        client: DhcpClientFacts
      }
    | {
        type: 'dhcp.ack'
        mac: Mac
        address: Ipv4
        /** Milliseconds since the Unix epoch. */
        expiresAt: number
        renewal: boolean
        bootFile?: string
        firmwareRow?: string
        quarantined?: true
        client: DhcpClientFacts
      }
    | { type: 'dhcp.nak'; mac: Mac; address?: Ipv4; reason: 'wrongNetwork' | 'notYours' | 'taken' | 'outsidePool' }
    | { type: 'dhcp.release'; mac: Mac; address: Ipv4 }
    | { type: 'dhcp.decline'; mac: Mac; address: Ipv4 }
    /** Before it was offered to this machine, somebody else answered at this address. */
    | { type: 'dhcp.conflict'; mac: Mac; address: Ipv4 }
    /** Messages that were not looked at in the last second: too many from one machine, or from machines nobody knows. */
    | { type: 'dhcp.limited'; count: number }
    | { type: 'dhcp.inform'; mac: Mac; address: Ipv4; client: DhcpClientFacts }
    | {
        type: 'dhcp.silent'
        mac: Mac
        /**
         * `unknownNetwork`: a relay agent of a network that is not served. `policy`: it is not to be served, being
         * what `policy` says.
         */
        reason:
          'poolEmpty' | 'otherServerChosen' | 'notSaved' | 'unknownLease' | 'malformed' | 'unknownNetwork' | 'policy'
        /** A machine on the deny list; one that nobody knows; a BOOTP client without a reservation. */
        policy?: 'denied' | 'unknown' | 'bootp'
        serverId?: Ipv4
      }
    /** proxyDHCP beside another server: what to boot was said (`offer`, `ack`), or the address that it takes seen. */
    | {
        type: 'dhcp.proxy'
        mac: Mac
        step: 'offer' | 'address' | 'ack'
        address?: Ipv4
        bootFile?: string
        firmwareRow?: string
        client: DhcpClientFacts
      }
    | { type: 'dhcp.otherServer'; address: Ipv4; offered?: Ipv4; seenIn: 'probe' | 'request' }
    | { type: 'dhcp.malformed'; from: Ipv4; reason: string }
  )

/** How a transfer ended. `probe`: the client only wanted the size (RFC 2349) and that is not a fault. */
export type TransferOutcome = 'complete' | 'probe' | 'aborted' | 'timeout' | 'failed'
export const transferProtocols = ['tftp', 'http'] as const
export type TransferProtocol = (typeof transferProtocols)[number]
/** As the server sees it: `received` is what a machine uploads. */
export const transferDirections = ['sent', 'received'] as const
export type TransferDirection = (typeof transferDirections)[number]
export type ContentKind = 'loader' | 'script' | 'kernel' | 'initrd' | 'file'

export type TransferEvent = Happening &
  (
    | {
        type: 'transfer.start'
        id: string
        protocol: TransferProtocol
        client: Ipv4
        file: string
        /** `sent` when absent. */
        direction?: TransferDirection
        kind: ContentKind
        /** Bytes; absent when unknown. */
        size?: number
        /** Negotiated options, for the screen: `{ blksize: 1468, windowsize: 4 }` or `{ range: 'bytes=0-' }`. */
        options: Record<string, string | number>
      }
    /** At most about ten a second for one transfer. */
    | { type: 'transfer.progress'; id: string; client: Ipv4; bytes: number; retransmissions: number }
    | {
        type: 'transfer.end'
        id: string
        protocol: TransferProtocol
        client: Ipv4
        file: string
        /** `sent` when absent. */
        direction?: TransferDirection
        /** Of a file received and kept: where it is below the drop folder, with forward slashes. */
        savedAs?: string
        kind: ContentKind
        bytes: number
        size?: number
        durationMs: number
        retransmissions: number
        outcome: TransferOutcome
        /** What the peer or the system said, when it is not `complete` or `probe`. */
        reason?: string
      }
    /** A request that was refused before any transfer began. */
    | {
        type: 'transfer.refused'
        protocol: TransferProtocol
        client: Ipv4
        file: string
        /** `sent` when absent. */
        direction?: TransferDirection
        code: ErrorCode
        nearest?: string
      }
  )

/** What a loader or an agent reports of the machine it runs on. Absent when unknown or a placeholder. */
export interface MachineFacts {
  manufacturer?: string
  product?: string
  serial?: string
  assetTag?: string
  uuid?: string
  memoryMiB?: number
  cpu?: string
  /** In words, one after the other: `SAMSUNG MZVL2512 512 GB, 1 TB HDD`. Known to an agent only. */
  disks?: string
  biosVersion?: string
  /** `YYYY-MM-DD`. */
  biosDate?: string
}

/** Of a machine that has one. */
export interface BatteryState {
  /** How full it is, 0 to 100. */
  percent: number
  isOnMains: boolean
}

/** What the agent of an exam machine may report; each is a kind of incident. */
export const agentIncidents = [
  'usbPlugged',
  'secondNetwork',
  'kioskRestarted',
  'clockChanged',
  'virtualMachine',
  'inputPlugged',
  'otherConsole',
  'workNotRestored',
] as const
/** Beside what agents report: something of an exam was asked for with a secret of another seat or another boot. */
export type AgentIncident = (typeof agentIncidents)[number] | 'accessRefused'

export type BootEvent = Happening &
  (
    | {
        type: 'boot.script'
        mac: Mac
        client: Ipv4
        profileId: number
        profileName: string
        /** It sends the machine to its own disk. */ localDisk: boolean
      }
    | { type: 'boot.report'; mac: Mac; client: Ipv4; facts: MachineFacts }
    | { type: 'agent.task'; mac: Mac; client: Ipv4; task: Exclude<WinpeTask, 'none'>; result: WinpeResult }
    | { type: 'agent.incident'; mac: Mac; client: Ipv4; incident: AgentIncident; text: string }
    | {
        type: 'agent.heartbeat'
        mac: Mac
        client: Ipv4
        stage: 'system' | 'ready' | 'leaving'
        facts: MachineFacts
        battery?: BatteryState
      }
  )

/** What raw capture saw arrive on the NIC for one of our ports, and no service was handed. */
export type PacketEvent = Happening & {
  type: 'packet.unheard'
  mac: Mac
  client: Ipv4
  protocol: 'udp' | 'tcp'
  port: number
  /** Nothing of ours listens there: a ROM asks for a boot menu (4011), or a service does not run. */
  closed: boolean
}

/** What we do to a machine over the cable, and how it answers below its agent and its DHCP client. */
export type LineEvent = Happening &
  (
    | {
        /** It had fallen silent; told when the answer is another one than the last time. */
        type: 'machine.asked'
        mac: Mac
        address: Ipv4
        /** `echo`: its kernel answers ICMP. `arp`: its card, or a kernel behind a firewall, answers for the address. */
        answer: 'echo' | 'arp' | 'none'
      }
    /** A magic packet was sent (Wake-on-LAN). */
    | { type: 'machine.woken'; mac: Mac }
  )

/** A file that a machine handed in: it is on the disk, and was acknowledged. */
export type WorkEvent = Happening & {
  type: 'work.received'
  mac: Mac
  client: Ipv4
  seat: string
  name: string
  version: number
  size: number
  sha256: string
}

export type HouseEvent = Happening &
  (
    | {
        type: 'service.state'
        service: ServiceName
        state: ServiceState
        endpoint?: string
        code?: ErrorCode
        details?: ErrorDetails
      }
    | { type: 'exam.started' | 'exam.stopped' | 'exam.resumed'; examId: number; nic: string; address: Ipv4 }
    | { type: 'pin.changed'; change: 'set' | 'changed' | 'removed' | 'forgotten' }
    | { type: 'pin.unlocked' }
    /** `failures` in a row. */
    | { type: 'pin.refused'; failures: number }
    | { type: 'nic.changed'; nic: string; change: 'up' | 'down' | 'gone' | 'back' }
    /** So much came at once (a flood) that `count` events were counted and not kept. */
    | { type: 'journal.skipped'; count: number }
  )

export type AmorceEvent = DhcpEvent | TransferEvent | BootEvent | WorkEvent | PacketEvent | LineEvent | HouseEvent
export type EventType = AmorceEvent['type']
