import type { DhcpClientFacts, DhcpEvent, Mac } from '../contract/index.ts'
import { formatIpv4 } from '../network/index.ts'
import { withUuid, type Access } from './access.ts'
import type { Address } from './address.ts'
import type { BootAnswer, BootDecider } from './bootDecider.ts'
import { clientFactsOf, type ReadClientFacts } from './clientFacts.ts'
import type { DhcpSettings } from './config.ts'
import { destinationOf, type Destination } from './destination.ts'
import { identityOf, type ClientIdentity, type ClientKey } from './identity.ts'
import { isOnNetwork, offerLifetimeMs, setAsideMs, type LeaseReader, type LeaseRecord, type Offer } from './leases.ts'
import { linkOf, relayWordOf } from './link.ts'
import { messageType, optionCode } from './options/codes.ts'
import { address as addressShape, uint32, uint8 } from './options/integer.ts'
import { readOption } from './options/shape.ts'
import { bootRequest, type DhcpPacket } from './packet.ts'
import { buildReply, maximumSizeFor, type ReplyParts } from './reply.ts'

export interface DecideContext {
  /** Of the network that the client is on (`networkFor`), as its table is. */
  settings: DhcpSettings
  /** Brought to `now` by its `expire`. */
  table: LeaseReader
  bootDecider: BootDecider
  /** What `placementOf` found; `known` unless given. */
  access?: Access
}

/**
 * What is to change in the lease table. `leases` must be saved before the reply leaves; of one that was not offered
 * before (rapid commit, BOOTP), `unoffered` says what an offer would have, so that its address is tried like any other.
 */
export type Change =
  | { kind: 'hold'; offer: Offer }
  | { kind: 'dropOffer'; key: ClientKey }
  | { kind: 'leases'; records: LeaseRecord[]; unoffered?: Offer }

export interface ReplyDecision {
  packet: DhcpPacket
  /** Bytes of UDP payload that the client takes. */
  maxSize: number
  destination: Destination
  /** What happened, once it is sent. */
  event?: DhcpEvent
}

export interface Decision {
  /** What was heard. */
  events: DhcpEvent[]
  reply?: ReplyDecision
  change?: Change
  /** Not a message that a client may send: why. Nothing else is set then. */
  malformed?: 'badOperation' | 'badHardwareAddress' | 'noMessageType' | 'badMessageType'
}

/** How long a BOOTP client keeps its address, since it never asks again: the last moment that a Date can name. */
const forever = 8_640_000_000_000_000

/**
 * What to do with one message: RFC 2131 §4.3. Pure: it reads the table and says what to change in it.
 * @param now milliseconds since the Unix epoch
 */
export function decide(packet: DhcpPacket, context: DecideContext, now: number): Decision {
  if (packet.op !== bootRequest) return { events: [], malformed: 'badOperation' }
  const client = identityOf(packet)
  if (!client) return { events: [], malformed: 'badHardwareAddress' }
  const type = readOption(packet.options, optionCode.messageType, uint8)
  if (type === undefined && packet.options.has(optionCode.messageType))
    return { events: [], malformed: 'noMessageType' }
  const conversation = new Conversation(packet, client, context, now)
  const mayAsk = context.access !== 'denied' && context.access !== 'unknown'
  if (!mayAsk && type !== messageType.release && type !== messageType.decline) return conversation.turnAway()
  switch (type) {
    case undefined:
      return conversation.bootp()
    case messageType.discover:
      return conversation.discover()
    case messageType.request:
      return conversation.request()
    case messageType.decline:
      return conversation.decline()
    case messageType.release:
      return conversation.release()
    case messageType.inform:
      return conversation.inform()
    default:
      return { events: [], malformed: 'badMessageType' }
  }
}

type RequestState = 'selecting' | 'initReboot' | 'renewing' | 'rebinding'
type Refusal = 'wrongNetwork' | 'notYours' | 'taken' | 'outsidePool'
type Silence = 'poolEmpty' | 'unknownNetwork' | 'otherServerChosen' | 'unknownLease' | 'malformed'

/** Why a machine is not to be served. */
type Policy = 'denied' | 'unknown' | 'bootp'

const refusalText: Record<Refusal, string> = {
  wrongNetwork: 'requested address is of another network',
  notYours: 'requested address is not yours',
  taken: 'requested address is taken',
  outsidePool: 'requested address is not in the pool',
}

/** One message and all that is needed to answer it. */
class Conversation {
  readonly #packet: DhcpPacket
  readonly #client: ClientIdentity
  readonly #settings: DhcpSettings
  readonly #table: LeaseReader
  readonly #bootDecider: BootDecider
  readonly #access: Access
  readonly #now: number
  readonly #read: ReadClientFacts
  readonly #facts: DhcpClientFacts
  readonly #requested: Address | undefined
  readonly #serverId: Address | undefined
  /** What this client knows us by: our address, or what its relay agent says instead (RFC 5107). */
  readonly #ownId: Address

  constructor(packet: DhcpPacket, client: ClientIdentity, context: DecideContext, now: number) {
    this.#packet = packet
    this.#client = withUuid(client, context.table)
    this.#settings = context.settings
    this.#table = context.table
    this.#bootDecider = context.bootDecider
    this.#access = context.access ?? 'known'
    this.#now = now
    this.#read = clientFactsOf(packet)
    const { ipxeFeatures: _, ...facts } = this.#read
    this.#facts = facts
    this.#requested = readOption(packet.options, optionCode.requestedAddress, addressShape)
    this.#serverId = readOption(packet.options, optionCode.serverIdentifier, addressShape)
    this.#ownId = relayWordOf(packet).serverIdentifier ?? this.#settings.serverAddress
  }

  /** A machine that is not to be served. */
  turnAway(): Decision {
    return this.#refused(this.#access === 'denied' ? 'denied' : 'unknown', this.#heardDiscover)
  }

  /** §4.3.1 */
  discover(): Decision {
    const heard = this.#heardDiscover
    if (!this.#isFromServedNetwork) return this.#silent('unknownNetwork', heard)
    const address = this.#table.addressFor(this.#client, this.#requested, this.#now, this.#kept)
    if (address === undefined) return this.#silent('poolEmpty', heard)
    if (this.#settings.rapidCommit && this.#packet.options.has(optionCode.rapidCommit))
      return this.#grantAtOnce(address, heard)
    const boot = this.#boot()
    const event: DhcpEvent = {
      at: this.#now,
      type: 'dhcp.offer',
      mac: this.#mac,
      address: formatIpv4(address),
      ...bootFacts(boot),
      ...(this.#access === 'quarantined' && { quarantined: true as const }),
      xid: this.#packet.xid,
    }
    const parts = { type: messageType.offer, yiaddr: address, leaseSeconds: this.#leaseSeconds, boot }
    return { events: [heard], reply: this.#reply(parts, event), change: { kind: 'hold', offer: this.#offer(address) } }
  }

  /** A message without option 53: RFC 951 §4, RFC 1534 §2. */
  bootp(): Decision {
    const heard = this.#heardDiscover
    if (!this.#isFromServedNetwork) return this.#silent('unknownNetwork', heard)
    const reserved = this.#table.reservedFor(this.#client)
    if (reserved === undefined && this.#settings.bootp === 'reservations') return this.#refused('bootp', heard)
    const address = this.#table.addressFor(this.#client, this.#packet.ciaddr || undefined, this.#now, this.#kept)
    if (address === undefined) return this.#silent('poolEmpty', heard)
    const event = this.#granted(address, forever, undefined)
    return {
      events: [heard],
      reply: this.#reply({ yiaddr: address }, event),
      change: { kind: 'leases', records: this.#grant(address, forever), unoffered: this.#offer(address) },
    }
  }

  /** §4.3.2, whose table 4 tells the client's states apart by option 54, option 50 and `ciaddr`. */
  request(): Decision {
    const { ciaddr } = this.#packet
    if (this.#isUnreadable) return this.#silent('malformed')
    if (this.#serverId !== undefined) {
      if (this.#serverId !== this.#ownId) return this.#otherServerChosen(this.#serverId)
      return this.#requested === undefined ? this.#silent('malformed') : this.#selecting(this.#requested)
    }
    if (ciaddr !== 0) return this.#extending(ciaddr)
    return this.#requested === undefined ? this.#silent('malformed') : this.#rebooting(this.#requested)
  }

  /** §4.3.3: taken at its word only by the client that was given the address, or anyone could empty the pool. */
  decline(): Decision {
    const address = this.#requested
    if (this.#isUnreadable || address === undefined || this.#serverId === undefined) return this.#silent('malformed')
    if (this.#serverId !== this.#ownId) return { events: [] }
    if (!this.#wasGiven(address)) return this.#silent('unknownLease')
    const record = this.#record(address, { state: 'declined', expiresAt: this.#now + setAsideMs })
    const event: DhcpEvent = { at: this.#now, type: 'dhcp.decline', mac: this.#mac, address: formatIpv4(address) }
    return { events: [event], change: { kind: 'leases', records: [record] } }
  }

  /** §4.3.4 */
  release(): Decision {
    const { ciaddr } = this.#packet
    if (this.#isUnreadable) return this.#silent('malformed')
    if (this.#serverId !== undefined && this.#serverId !== this.#ownId) return { events: [] }
    const lease = this.#table.leaseOf(this.#client.key)
    if (lease?.state !== 'leased' || lease.address !== ciaddr) return this.#silent('unknownLease')
    const record: LeaseRecord = { ...lease, state: 'released', expiresAt: this.#now }
    const event: DhcpEvent = { at: this.#now, type: 'dhcp.release', mac: this.#mac, address: formatIpv4(ciaddr) }
    return { events: [event], change: { kind: 'leases', records: [record] } }
  }

  /** §4.3.5: parameters for a client that has an address by other means. */
  inform(): Decision {
    const { ciaddr } = this.#packet
    if (!this.#isFromServedNetwork || !isOnNetwork(ciaddr, this.#settings)) return this.#silent('malformed')
    const heard: DhcpEvent = {
      at: this.#now,
      type: 'dhcp.inform',
      mac: this.#mac,
      address: formatIpv4(ciaddr),
      client: this.#facts,
    }
    return { events: [heard], reply: this.#reply({ type: messageType.ack, boot: this.#boot() }) }
  }

  #otherServerChosen(serverId: Address): Decision {
    const address = this.#requested ?? this.#packet.ciaddr
    const other: DhcpEvent = {
      at: this.#now,
      type: 'dhcp.otherServer',
      address: formatIpv4(serverId),
      ...(address !== 0 && { offered: formatIpv4(address) }),
      seenIn: 'request',
    }
    const heard = this.#heardRequest('selecting', address)
    const { events } = this.#silent('otherServerChosen', heard, other)
    return { events, change: { kind: 'dropOffer', key: this.#client.key } }
  }

  /** The client chose us. Where our offer was forgotten (a restart, a slow client) a free address is still good. */
  #selecting(address: Address): Decision {
    const refusal = this.#refusal(address)
    return refusal ? this.#nak('selecting', address, refusal) : this.#ack('selecting', address)
  }

  /** INIT-REBOOT: the client remembers an address and asks whether it may go on with it. */
  #rebooting(address: Address): Decision {
    const lease = this.#table.leaseOf(this.#client.key)
    const refusal = this.#refusal(address)
    const isItsOwn = lease?.address === address || this.#table.reservedFor(this.#client) === address
    if (isItsOwn && !refusal) return this.#ack('initReboot', address)
    if (!lease && !this.#settings.authoritative) return this.#unknown('initReboot', address)
    return this.#nak('initReboot', address, refusal ?? 'notYours')
  }

  /** RENEWING or REBINDING: the client uses the address and wants to keep it. */
  #extending(address: Address): Decision {
    const lease = this.#table.leaseOf(this.#client.key)
    const state = this.#extendingState(lease)
    const refusal = this.#refusal(address)
    if (lease?.address === address && !refusal) return this.#ack(state, address)
    if (!lease && !this.#settings.authoritative) return this.#unknown(state, address)
    // A machine that already works with a free address of ours (our leases were lost) is left in peace.
    if (!lease && !refusal) return this.#ack(state, address)
    return this.#nak(state, address, refusal ?? 'notYours')
  }

  /** The two differ in how they are sent, which a UDP socket does not tell; after T2 (§4.4.5) it must be rebinding. */
  #extendingState(lease: LeaseRecord | undefined): 'renewing' | 'rebinding' {
    const rebindsAt = (lease?.expiresAt ?? 0) - (this.#leaseSeconds * 1000) / 8
    return this.#now < rebindsAt ? 'renewing' : 'rebinding'
  }

  #refusal(address: Address): Refusal | undefined {
    if (!this.#isFromServedNetwork || !isOnNetwork(address, this.#settings)) return 'wrongNetwork'
    const standing = this.#table.standing(address, this.#client, this.#kept)
    return standing === 'available' ? undefined : standing
  }

  #ack(state: RequestState, address: Address): Decision {
    const expiresAt = this.#now + this.#leaseSeconds * 1000
    const boot = this.#boot()
    const event = this.#granted(address, expiresAt, boot, state === 'renewing' || state === 'rebinding')
    const parts = { type: messageType.ack, yiaddr: address, leaseSeconds: this.#leaseSeconds, boot }
    return {
      events: [this.#heardRequest(state, address)],
      reply: this.#reply(parts, event),
      change: { kind: 'leases', records: this.#grant(address, expiresAt) },
    }
  }

  /** RFC 4039 §3.1 */
  #grantAtOnce(address: Address, heard: DhcpEvent): Decision {
    const expiresAt = this.#now + this.#leaseSeconds * 1000
    const boot = this.#boot()
    const parts = {
      type: messageType.ack,
      yiaddr: address,
      leaseSeconds: this.#leaseSeconds,
      boot,
      rapidCommit: true,
    }
    return {
      events: [heard],
      reply: this.#reply(parts, this.#granted(address, expiresAt, boot)),
      change: { kind: 'leases', records: this.#grant(address, expiresAt), unoffered: this.#offer(address) },
    }
  }

  #offer(address: Address): Offer {
    const { key, mac } = this.#client
    return { address, key, mac, offeredAt: this.#now, expiresAt: this.#now + offerLifetimeMs }
  }

  #granted(address: Address, expiresAt: number, boot: BootAnswer | undefined, renewal = false): DhcpEvent {
    return {
      at: this.#now,
      type: 'dhcp.ack',
      mac: this.#mac,
      address: formatIpv4(address),
      expiresAt,
      renewal,
      ...bootFacts(boot),
      ...(this.#access === 'quarantined' && { quarantined: true as const }),
      client: this.#facts,
    }
  }

  /** The new lease, and the end of the one that the client had elsewhere. */
  #grant(address: Address, expiresAt: number): LeaseRecord[] {
    const lease = this.#table.leaseOf(this.#client.key)
    const granted = this.#record(address, { state: 'leased', expiresAt })
    return lease?.state === 'leased' && lease.address !== address
      ? [{ ...lease, state: 'released', expiresAt: this.#now }, granted]
      : [granted]
  }

  #record(address: Address, { state, expiresAt }: Pick<LeaseRecord, 'state' | 'expiresAt'>): LeaseRecord {
    const { key, mac, uuid } = this.#client
    const lease = this.#table.leaseOf(key)
    const present = lease?.state === 'leased' && lease.address === address ? lease : undefined
    const hostName = this.#facts.hostName ?? present?.hostName ?? ''
    const startsAt = present?.startsAt ?? this.#now
    return uuid === undefined
      ? { address, key, mac, hostName, state, startsAt, expiresAt }
      : { address, key, mac, uuid, hostName, state, startsAt, expiresAt }
  }

  #nak(state: RequestState, address: Address, reason: Refusal): Decision {
    const event: DhcpEvent = {
      at: this.#now,
      type: 'dhcp.nak',
      mac: this.#mac,
      address: formatIpv4(address),
      reason,
    }
    return {
      events: [this.#heardRequest(state, address)],
      reply: this.#reply({ type: messageType.nak, message: refusalText[reason] }, event),
      change: { kind: 'dropOffer', key: this.#client.key },
    }
  }

  #unknown(state: RequestState, address: Address): Decision {
    return this.#silent('unknownLease', this.#heardRequest(state, address))
  }

  #silent(reason: Silence, ...before: DhcpEvent[]): Decision {
    const silence: DhcpEvent = {
      at: this.#now,
      type: 'dhcp.silent',
      mac: this.#mac,
      reason,
      ...(this.#serverId !== undefined && { serverId: formatIpv4(this.#serverId) }),
    }
    return { events: [...before, silence] }
  }

  #refused(policy: Policy, ...before: DhcpEvent[]): Decision {
    return { events: [...before, { at: this.#now, type: 'dhcp.silent', mac: this.#mac, reason: 'policy', policy }] }
  }

  #heardRequest(state: RequestState, address: Address): DhcpEvent {
    return {
      at: this.#now,
      type: 'dhcp.request',
      mac: this.#mac,
      state,
      address: formatIpv4(address),
      ...(this.#serverId !== undefined && { serverId: formatIpv4(this.#serverId) }),
      client: this.#facts,
    }
  }

  #reply(parts: ReplyParts, event?: DhcpEvent): ReplyDecision {
    const { giaddr, ciaddr } = this.#packet
    const destination = destinationOf({
      type: parts.type,
      giaddr,
      ciaddr,
      ciaddrOnLink: isOnNetwork(ciaddr, this.#settings),
    })
    return {
      packet: buildReply(this.#packet, { ...parts, serverIdentifier: this.#ownId }, this.#settings),
      maxSize: maximumSizeFor(this.#packet),
      destination,
      event,
    }
  }

  #boot(): BootAnswer | undefined {
    if (this.#access === 'quarantined') return undefined
    return this.#bootDecider({ ...this.#read, mac: this.#mac })
  }

  #wasGiven(address: Address): boolean {
    const { key } = this.#client
    const lease = this.#table.leaseOf(key)
    const isLeased = lease?.state === 'leased' && lease.address === address
    return (
      isLeased || this.#table.offerOf(key)?.address === address || this.#table.reservedFor(this.#client) === address
    )
  }

  /** An option that decides what is meant is there, but is no address: to take it for absent would be to guess. */
  get #isUnreadable(): boolean {
    const { options } = this.#packet
    const isBroken = (code: number, value: Address | undefined): boolean => options.has(code) && value === undefined
    return (
      isBroken(optionCode.requestedAddress, this.#requested) || isBroken(optionCode.serverIdentifier, this.#serverId)
    )
  }

  /** What the client asks for, within what the network allows (§4.3.1). */
  get #leaseSeconds(): number {
    const { leaseSeconds, minLeaseSeconds, maxLeaseSeconds } = this.#settings
    const asked = readOption(this.#packet.options, optionCode.leaseTime, uint32) ?? leaseSeconds
    return Math.min(Math.max(asked, minLeaseSeconds), maxLeaseSeconds)
  }

  /** How many free addresses it must leave to machines that are known. */
  get #kept(): number {
    return this.#access === 'stranger' ? this.#settings.keptForKnown : 0
  }

  get #heardDiscover(): DhcpEvent {
    return { at: this.#now, type: 'dhcp.discover', mac: this.#mac, client: this.#facts }
  }

  get #mac(): Mac {
    return this.#client.mac
  }

  /** Straight from our own network, or through a relay agent that serves this one. */
  get #isFromServedNetwork(): boolean {
    return this.#packet.giaddr === 0 || isOnNetwork(linkOf(this.#packet), this.#settings)
  }
}

const bootFacts = (boot: BootAnswer | undefined): { bootFile?: string; firmwareRow?: string } =>
  boot ? { bootFile: boot.bootFile, firmwareRow: boot.firmwareRow } : {}
