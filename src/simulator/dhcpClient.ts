import dhcp, { type ClientLease } from 'dhcp'
import protocol, { type DhcpMessage } from 'dhcp/lib/protocol.js'
import type { Clock } from '../base/index.ts'
import type { Ipv4, Mac } from '../contract/index.ts'
import type { Dressing } from './dhcpDressing.ts'
import { whilePowered } from './power.ts'
import type { DhcpTransport } from './wire.ts'

export interface SimulatedLease {
  address: Ipv4
  /** Option 54. */
  server: Ipv4
  /** The `siaddr` field. */
  nextServer: Ipv4
  /** Option 67, else the `file` field; empty when the server named none. */
  bootFile: string
  /** Option 60 of the ACK. */
  vendorClass?: string
  /** Option 43 came with the ACK. */
  hasVendorOptions: boolean
  /** Seconds from the ACK to T1. */
  renewAfter: number
}

/** RFC 2131 section 4.4: with what the client begins. */
export type BeginWith =
  { state: 'init' } | { state: 'initReboot'; address: Ipv4 } | { state: 'renewing'; address: Ipv4; server: Ipv4 }

export interface LeaseRequest {
  transport: DhcpTransport
  clock: Clock
  mac: Mac
  /** A 32-bit number that stays for all messages of this request. */
  xid: number
  dressing: Dressing
  begin: BeginWith
  /** Milliseconds until each repetition; the last wait ends the attempt. */
  retryAfter: readonly number[]
  power: AbortSignal
  /** Another server's offer, heard before ours and taken. That server's ACK is taken for granted. */
  foreignOffer?: { server: Ipv4; address: Ipv4 }
}

export class NoLease extends Error {
  override readonly name = 'NoLease'
}

const minimumMessage = 300
const dhcpNak = 6
const dhcpRequest = 3

/**
 * Obtains or renews a lease as a DHCP client does: the exchange is the `dhcp` package's, so that our server is judged
 * by another's client. Three things are put right on the way out, for it has no other way: what it leaves out of a
 * REQUEST (options 50 and 54), the port (it knows only 67), and repetition (it has none).
 * @throws NoLease when nobody answers, or the server refuses.
 */
export function obtainLease(request: LeaseRequest): Promise<SimulatedLease> {
  const { transport, clock, mac, xid, dressing, begin, retryAfter, foreignOffer, power } = request

  return whilePowered(power, (resolve, reject) => {
    const client = dhcp.createClient({ mac })
    const startedAt = clock.monotonic()
    let cancelRetry = (): void => {}
    let reply: DhcpMessage | undefined

    const transmit = (message: DhcpMessage, attempt: number): void => {
      message.secs = Math.min(Math.round((clock.monotonic() - startedAt) / 1000), 0xffff)
      const { _data, _w } = protocol.format(message)
      transport.send(_data.subarray(0, Math.max(_w, minimumMessage)))
      const wait = retryAfter[attempt]
      cancelRetry = clock.after(wait ?? 0, () => {
        if (attempt + 1 < retryAfter.length) transmit(message, attempt + 1)
        else reject(new NoLease(`no answer from a DHCP server after ${retryAfter.length} tries`))
      })
    }

    client._send = (_host, message) => {
      cancelRetry()
      const requesting = message.options[53] === dhcpRequest
      message.flags = dressing.flags
      Object.assign(message.options, dressing.options)
      if (requesting) nameChoice(message, client._state, begin, foreignOffer)
      transmit(message, 0)
      if (requesting && foreignOffer) resolve(foreignLease(foreignOffer))
    }

    client.on('error', (error: unknown) => reject(new NoLease(`reply not understood: ${String(error)}`)))
    client.on('message', (message: DhcpMessage) => {
      reply = message
      if (message.options[53] === dhcpNak) reject(new NoLease('the server refused the address'))
    })
    client.on('bound', () => {
      if (reply) resolve(leaseFrom(reply))
    })

    const unlisten = transport.listen(mac, (bytes) => {
      if (bytes.readUInt32BE(4) !== xid) return
      try {
        client._sock.emit('message', bytes)
      } catch (error) {
        reject(new NoLease(`reply not understood: ${String(error)}`))
      }
    })

    client._state.xid = xid
    if (begin.state === 'init') client.sendDiscover()
    else client.sendRequest({ xid, yiaddr: begin.address, options: {} })

    return () => {
      cancelRetry()
      unlisten()
      client.close()
    }
  })
}

/** RFC 2131 table 5: which of `ciaddr`, option 50 and option 54 a REQUEST carries depends on the client's state. */
function nameChoice(
  message: DhcpMessage,
  { address, server }: ClientLease,
  begin: BeginWith,
  foreignOffer: LeaseRequest['foreignOffer'],
): void {
  if (begin.state === 'renewing') {
    message.ciaddr = begin.address
    message.options[50] = null
    message.options[54] = null
    return
  }
  message.options[50] = foreignOffer?.address ?? address
  message.options[54] = begin.state === 'init' ? (foreignOffer?.server ?? server) : null
}

const foreignLease = ({ server, address }: { server: Ipv4; address: Ipv4 }): SimulatedLease => ({
  address,
  server,
  nextServer: server,
  bootFile: '',
  hasVendorOptions: false,
  renewAfter: 43_200,
})

function leaseFrom({ yiaddr, siaddr, file, options }: DhcpMessage): SimulatedLease {
  const seconds = (code: number): number | undefined => {
    const value = options[code]
    return typeof value === 'number' ? value : undefined
  }
  const text = (code: number): string => {
    const value = options[code]
    return typeof value === 'string' ? value : ''
  }
  return {
    address: yiaddr,
    server: text(54),
    nextServer: siaddr,
    bootFile: text(67) || file,
    vendorClass: text(60) || undefined,
    hasVendorOptions: options[43] !== undefined,
    renewAfter: seconds(58) ?? (seconds(51) ?? 86_400) / 2,
  }
}
