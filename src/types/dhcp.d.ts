// The parts of the `dhcp` package (0.2.20) that are used here. Names with an underscore are its own: it has no other
// place to say where a message goes or what it carries, and the version is pinned.

declare module 'dhcp' {
  import type { Socket } from 'node:dgram'
  import type { EventEmitter } from 'node:events'
  import type { DhcpMessage } from 'dhcp/lib/protocol.js'

  export type OptionType =
    'UInt8' | 'UInt8s' | 'UInt16' | 'UInt16s' | 'UInt32' | 'Int32' | 'IP' | 'IPs' | 'ASCII' | 'UTF8' | 'Bool'

  export interface OptionShape {
    name: string
    type: OptionType
    /** The key under which a bound client reports it. */
    config?: string
    attr?: string
  }

  export interface ClientLease {
    xid: number
    state: string | null
    server: string | null
    address: string | null
    /** Seconds. */
    leasePeriod: number
    renewPeriod: number
    rebindPeriod: number
    options: Record<string, unknown> | null
  }

  export interface Client extends EventEmitter {
    _sock: Socket
    _state: ClientLease
    _send(host: string, message: DhcpMessage): void
    listen(port?: number, host?: string, onListening?: () => void): void
    sendDiscover(): void
    /** `offer` is only read for its `xid`, `yiaddr` and option 54. */
    sendRequest(offer: Pick<DhcpMessage, 'xid' | 'yiaddr' | 'options'>): void
    close(onClosed?: () => void): void
  }

  export interface Server extends EventEmitter {
    _sock: Socket
    _send(host: string, message: DhcpMessage): void
    listen(port?: number, host?: string, onListening?: () => void): void
    close(onClosed?: () => void): void
  }

  const dhcp: {
    createClient(config: { mac: string; features?: string[] }): Client
    createServer(config: Record<string, unknown>): Server
    addOption(code: number, shape: OptionShape): void
  }
  export default dhcp
}

declare module 'dhcp/lib/protocol.js' {
  export type OptionValue = number | string | number[] | string[] | null | undefined

  /** RFC 2131 field names; a MAC is written with colons or hyphens and read with hyphens in upper case. */
  export interface DhcpMessage {
    op: number
    htype: number
    hlen: number
    hops: number
    xid: number
    secs: number
    flags: number
    ciaddr: string
    yiaddr: string
    siaddr: string
    giaddr: string
    chaddr: string
    sname: string
    file: string
    /** By code. An option that is null is not sent. */
    options: Record<number, OptionValue>
  }

  const protocol: {
    /** Throws on a message that is too short. */
    parse(bytes: Buffer): DhcpMessage
    format(message: DhcpMessage): { _data: Buffer; _w: number }
  }
  export default protocol
}
