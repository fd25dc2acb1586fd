import { ManualClock } from '../../base/index.ts'
import type { DhcpEvent, Ipv4 } from '../../contract/index.ts'
import { formatIpv4, parseIpv4 } from '../../network/index.ts'
import { placementOf, type IsKnown } from '../access.ts'
import type { BootDecider } from '../bootDecider.ts'
import { readNetworks, type DhcpConfig, type DhcpSettings } from '../config.ts'
import { decide, type Decision } from '../decide.ts'
import { isOnNetwork, isInPool, LeaseTable, reservationsWithin, type LeaseRecord } from '../leases.ts'
import type { Reservation } from '../reservations.ts'
import { messageType, optionCode } from '../options/codes.ts'
import { address, uint32, uint8 } from '../options/integer.ts'
import { readOption } from '../options/shape.ts'
import { text } from '../options/text.ts'
import { bootRequest, decode, type DhcpPacket } from '../packet.ts'

export const roomConfig: DhcpConfig = {
  serverAddress: '192.168.60.1',
  prefix: 24,
  poolStart: '192.168.60.50',
  poolEnd: '192.168.60.53',
  leaseSeconds: 3600,
  authoritative: true,
}

/** `addressOf('192.168.60.50')`, for addresses that are known to be well formed. */
export const addressOf = (dotted: Ipv4): number => {
  const value = parseIpv4(dotted)
  if (value === undefined) throw new Error(`not an address: ${dotted}`)
  return value
}

export interface MessageFields {
  mac?: string
  ciaddr?: Ipv4
  giaddr?: Ipv4
  flags?: number
  secs?: number
  xid?: number
  requested?: Ipv4
  serverId?: Ipv4
  /** Option 61, as hex. */
  clientId?: string
  /** More options, by code. */
  options?: Record<number, Uint8Array>
}

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(/[^0-9a-f]/gi, ''), 'hex'))

/** What a client sends. */
export function message(type: keyof typeof messageType, fields: MessageFields = {}): DhcpPacket {
  const { mac = '52:54:00:00:00:01', ciaddr = '0.0.0.0', giaddr = '0.0.0.0', requested, serverId, clientId } = fields
  const chaddr = new Uint8Array(16)
  chaddr.set(hex(mac))
  const options = new Map<number, Uint8Array>([[optionCode.messageType, uint8.encode(messageType[type])]])
  if (requested !== undefined) options.set(optionCode.requestedAddress, address.encode(addressOf(requested)))
  if (serverId !== undefined) options.set(optionCode.serverIdentifier, address.encode(addressOf(serverId)))
  if (clientId !== undefined) options.set(optionCode.clientIdentifier, hex(clientId))
  for (const [code, value] of Object.entries(fields.options ?? {})) options.set(Number(code), value)
  return {
    op: bootRequest,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid: fields.xid ?? 0x3903f326,
    secs: fields.secs ?? 0,
    flags: fields.flags ?? 0,
    ciaddr: addressOf(ciaddr),
    yiaddr: 0,
    siaddr: 0,
    giaddr: addressOf(giaddr),
    chaddr,
    sname: new Uint8Array(0),
    file: new Uint8Array(0),
    options,
  }
}

export const packetOf = (datagram: Buffer): DhcpPacket => {
  const decoded = decode(datagram)
  if (!decoded.ok) throw new Error(`${decoded.reason} at ${decoded.offset}`)
  return decoded.packet
}

/** A reply as a person reads it. */
export interface ReadReply {
  type: string
  yiaddr: Ipv4
  to: string
  leaseSeconds?: number
  message?: string
  packet: DhcpPacket
}

export interface Answer {
  events: DhcpEvent[]
  reply?: ReadReply
  decision: Decision
}

export interface RoomOptions {
  config?: Partial<DhcpConfig>
  leases?: LeaseRecord[]
  reservations?: { mac?: string; uuid?: string; address: Ipv4 }[]
  isKnown?: IsKnown
  bootDecider?: BootDecider
}

interface PlayedNetwork {
  settings: DhcpSettings
  table: LeaseTable
  quarantine?: PlayedNetwork
}

/** The server's rules without its socket and without its disk: every change is taken as saved. */
export class Room {
  readonly clock = new ManualClock()
  readonly settings: DhcpSettings
  readonly table: LeaseTable
  readonly #networks: [PlayedNetwork, ...PlayedNetwork[]]
  readonly #bootDecider: BootDecider
  readonly #isKnown: IsKnown

  constructor({
    config,
    leases = [],
    reservations = [],
    bootDecider = () => undefined,
    isKnown = () => true,
  }: RoomOptions = {}) {
    const reserved: Reservation[] = reservations.map(({ address, ...machine }) => ({
      ...machine,
      address: addressOf(address),
    }))
    const play = (settings: DhcpSettings): PlayedNetwork => {
      const { quarantine } = settings
      const own = leases.filter(({ address }) => isOnNetwork(address, settings))
      const isApart = ({ address }: LeaseRecord): boolean => !!quarantine && isInPool(address, quarantine)
      const within = reservationsWithin(reserved, settings)
      const main = {
        settings,
        table: new LeaseTable(
          settings,
          own.filter((lease) => !isApart(lease)),
          within,
        ),
      }
      if (!quarantine) return main
      return {
        ...main,
        quarantine: { settings: quarantine, table: new LeaseTable(quarantine, own.filter(isApart), within) },
      }
    }
    const [own, ...behindRelays] = readNetworks({ ...roomConfig, ...config })
    this.#networks = [play(own), ...behindRelays.map(play)]
    ;({ settings: this.settings, table: this.table } = this.#networks[0])
    this.#bootDecider = bootDecider
    this.#isKnown = isKnown
  }

  hear(packet: DhcpPacket): Answer {
    const now = this.clock.now()
    const { network, access } = placementOf(packet, this.#networks, this.#isKnown)
    const { settings, table } = network
    table.expire(now)
    const decision = decide(packet, { settings, table, bootDecider: this.#bootDecider, access }, now)
    const { change, reply } = decision
    if (change?.kind === 'hold') table.hold(change.offer)
    if (change?.kind === 'dropOffer') table.dropOffer(change.key)
    if (change?.kind === 'leases') table.put(change.records)
    const events = [...decision.events, ...(reply?.event ? [reply.event] : [])]
    return { events, decision, ...(reply && { reply: read(reply) }) }
  }

  /** DISCOVER, then REQUEST of what was offered: the address that the ACK gave. */
  boot(fields: MessageFields = {}): Ipv4 | undefined {
    const offer = this.hear(message('discover', fields)).reply
    if (!offer) return undefined
    const { serverAddress } = this.settings
    const chosen = { ...fields, requested: offer.yiaddr, serverId: formatIpv4(serverAddress) }
    const { reply } = this.hear(message('request', chosen))
    return reply?.type === 'ack' ? reply.yiaddr : undefined
  }

  /** `192.168.60.50 leased mac:…`, one per address. */
  leaseLines(): string[] {
    const records = this.#networks.flatMap(({ table, quarantine }) => [
      ...table.all(),
      ...(quarantine?.table.all() ?? []),
    ])
    return records.map(({ address, state, key }) => `${formatIpv4(address)} ${state} ${key}`)
  }
}

function read({ packet, destination }: NonNullable<Decision['reply']>): ReadReply {
  const { options } = packet
  const code = readOption(options, optionCode.messageType, uint8)
  const type = Object.entries(messageType).find(([, value]) => value === code)?.[0] ?? `${code}`
  const to = destination.to === 'everyone' ? 'everyone' : `${destination.to} ${formatIpv4(destination.address)}`
  const reply: ReadReply = { type, yiaddr: formatIpv4(packet.yiaddr), to, packet }
  const leaseSeconds = readOption(options, optionCode.leaseTime, uint32)
  const said = readOption(options, optionCode.message, text)
  return { ...reply, ...(leaseSeconds !== undefined && { leaseSeconds }), ...(said !== undefined && { message: said }) }
}
