import type { Cancel, Clock, Emit, Logger } from '../base/index.ts'
import { CodedError, type Ipv4, type Mac } from '../contract/index.ts'
import { formatIpv4, parseIpv4, type OpenUdpSocket, type UdpSocket } from '../network/index.ts'
import { placementOf, type Access, type IsKnown } from './access.ts'
import type { Address } from './address.ts'
import { AddressProber, type InUse } from './addressProber.ts'
import type { BootDecider } from './bootDecider.ts'
import { CommitQueue } from './commitQueue.ts'
import { readAccess, readNetworks, type DhcpConfig, type DhcpSettings } from './config.ts'
import { decide, type Decision, type ReplyDecision } from './decide.ts'
import type { Destination } from './destination.ts'
import type { ClientIdentity, ClientKey } from './identity.ts'
import {
  holds,
  isInPool,
  LeaseTable,
  offerLifetimeMs,
  reservationsWithin,
  setAsideMs,
  type LeaseRecord,
  type LeaseState,
  type Offer,
} from './leases.ts'
import type { LeaseStore } from './leaseStore.ts'
import { optionName } from './options/codes.ts'
import { decode, encode, type DhcpPacket } from './packet.ts'
import { RateLimiter } from './rateLimits.ts'

/** The ports and the broadcast address: 67, 68 and 255.255.255.255 on a real network, others in a simulated room. */
export interface DhcpLink {
  serverPort: number
  clientPort: number
  /** Where replies go that would go to an address the client has not configured yet. */
  broadcastAddress: Ipv4
}

export const realLink: DhcpLink = { serverPort: 67, clientPort: 68, broadcastAddress: '255.255.255.255' }

export interface DhcpServerDependencies {
  openSocket: OpenUdpSocket
  /** The NIC to be tied to; absent in a simulated room. */
  device?: string
  /** `0.0.0.0` with a device; the loopback address in a simulated room. */
  bindAddress: Ipv4
  link: DhcpLink
  config: DhcpConfig
  bootDecider: BootDecider
  leaseStore: LeaseStore
  /** Which machines are ours, where the policy asks; every machine unless given. */
  isKnown?: IsKnown
  /** Whether a message from this very computer is meant for us: the self-test asks as a machine would. */
  expectsOwn?(xid: number): boolean
  /** Asked before an address is offered to a client that did not have it; addresses are not tried unless given. */
  inUse?: InUse
  clock: Clock
  emit: Emit
  logger: Logger
}

/** A lease as others see it. */
export interface Lease {
  address: Ipv4
  mac: Mac
  /** `mac:<mac>`, or `id:<hex>` for a client with an identifier of its own. */
  clientKey: ClientKey
  /** Option 12, empty when the client sent none. */
  hostName: string
  state: LeaseState
  /** Milliseconds since the Unix epoch. */
  startsAt: number
  expiresAt: number
}

/** An address that is held for a client which has not asked for it yet. */
export type OpenOffer = Omit<Lease, 'hostName' | 'state'>

export interface DhcpServer {
  /**
   * Takes up the saved leases and listens. Harmless when it runs already.
   * @throws CodedError `dhcp.poolInvalid`, or what opening the socket or reading the leases threw; nothing is held then.
   */
  start(): Promise<void>
  /** Saves what waits, answers it, and frees the port. Harmless when it does not run. */
  stop(): Promise<void>
  /** ACKs sent since it was made. */
  readonly exchanges: number
  /** In the order of addresses, as of now; those of the last run when it is stopped. */
  leases(): Lease[]
  /** In the order of addresses, as of now; none when it is stopped. */
  offers(): OpenOffer[]
  /**
   * Ends what keeps an address from others, a lease or a conflict, as a RELEASE would; a lease's client is told (NAK) when
   * it asks to keep it after somebody else got it.
   * @returns once that is saved; false when nothing kept the address, or when it does not run.
   * @throws CodedError `dhcp.leaseNotSaved`; everything is as before then.
   */
  free(address: Ipv4): Promise<boolean>
  /** Reads the reservations again, after they were changed. Harmless when it does not run. */
  reloadReservations(): void
  /** Who is known, and who is never answered, from now on. Harmless when it does not run. */
  setAccess(lists: Pick<DhcpConfig, 'allow' | 'deny'>): void
  /** `192.168.60.1:67`, while it runs. */
  readonly endpoint?: string
}

export const createDhcpServer = (dependencies: DhcpServerDependencies): DhcpServer => new Server(dependencies)

/** A whole room switched on at once is a few hundred datagrams; the system may grant less. */
const receiveBufferBytes = 4 * 1024 * 1024
const housekeepingMs = 1000
/** How often saved leases are tidied up behind us, a millisecond or two each time there is something to do. */
const tidyingMs = 25
/** Malformed datagrams told of per housekeeping: enough to see that there are some, too few to drown the journal. */
const malformedToldOf = 5

/** One network, its leases, and what waits to be saved of them. */
interface ServedNetwork {
  settings: DhcpSettings
  table: LeaseTable
  commits: CommitQueue
  quarantine?: ServedNetwork
}

/** A message on its way through the server. */
interface Question {
  packet: DhcpPacket
  network: ServedNetwork
  access: Access
  /** How many addresses were found in use while it was answered. */
  conflicts?: number
}

/** Addresses tried in vain for one message; the client asks again soon, and by then they are marked. */
const mostConflicts = 3

const conflictAt = (address: Address, now: number): LeaseRecord => ({
  address,
  key: `conflict:${formatIpv4(address)}`,
  mac: '',
  hostName: '',
  state: 'conflict',
  startsAt: now,
  expiresAt: now + setAsideMs,
})

/** Known by its lease, if by nothing else: it must be able to keep it through any flood. */
const isStranger = (access: Access, { key }: ClientIdentity, { table }: ServedNetwork): boolean =>
  access !== 'known' && table.leaseOf(key)?.state !== 'leased'

class Server implements DhcpServer {
  readonly #dependencies: DhcpServerDependencies
  /** The own network first; kept after a stop, to be looked at. */
  #networks: [ServedNetwork, ...ServedNetwork[]] | undefined
  #socket: UdpSocket | undefined
  #cancelHousekeeping: Cancel | undefined
  #cancelTidying: Cancel | undefined
  #limiter: RateLimiter | undefined
  #prober: AddressProber | undefined
  #malformedLeft = malformedToldOf
  exchanges = 0

  constructor(dependencies: DhcpServerDependencies) {
    this.#dependencies = dependencies
  }

  get endpoint(): string | undefined {
    return this.#socket && `${this.#dependencies.config.serverAddress}:${this.#socket.port}`
  }

  async start(): Promise<void> {
    if (this.#socket) return
    const { openSocket, device, bindAddress, link, config, inUse, clock, emit, logger } = this.#dependencies
    const [own, ...behindRelays] = readNetworks(config)
    const networks: [ServedNetwork, ...ServedNetwork[]] = [
      this.#serve(own),
      ...behindRelays.map((settings) => this.#serve(settings)),
    ]
    const socket = await openSocket({
      device,
      address: bindAddress,
      port: link.serverPort,
      broadcast: true,
      receiveBufferBytes,
    })
    this.#networks = networks
    this.#socket = socket
    this.#limiter = config.limits && new RateLimiter(config.limits, clock)
    this.#prober = inUse && new AddressProber(inUse, clock)
    this.#cancelHousekeeping = clock.every(housekeepingMs, () => {
      const count = this.#limiter?.takeRefused() ?? 0
      if (count > 0) emit({ at: clock.now(), type: 'dhcp.limited', count })
      this.#malformedLeft = malformedToldOf
      for (const table of this.#tables) table.expire(clock.now())
    })
    this.#cancelTidying = clock.every(tidyingMs, () => this.#tidy())
    socket.onError((error) => logger.error('dhcp: socket error', { error: error.message }))
    socket.onMessage((datagram, from) => this.#receive(datagram, from.address))
    const free = networks.map(({ settings, table }) => `${settings.networkName}: ${table.freeCount}`)
    logger.info('dhcp: listening', { endpoint: this.endpoint, free: free.join(', ') })
  }

  #serve(settings: DhcpSettings): ServedNetwork {
    const { leaseStore, clock } = this.#dependencies
    const { networkName } = settings
    const reservations = reservationsWithin(leaseStore.reservations(networkName), settings)
    const leases = leaseStore.load(networkName)
    const commits = new CommitQueue({ save: (records) => this.#save(networkName, records), clock })
    const withTable = (own: DhcpSettings, records: LeaseRecord[]): ServedNetwork => {
      const table = new LeaseTable(own, records, reservations)
      table.expire(clock.now())
      return { settings: own, table, commits }
    }
    const { quarantine } = settings
    if (!quarantine) return withTable(settings, leases)
    const isApart = ({ address }: LeaseRecord): boolean => isInPool(address, quarantine)
    const main = withTable(
      settings,
      leases.filter((lease) => !isApart(lease)),
    )
    return { ...main, quarantine: withTable(quarantine, leases.filter(isApart)) }
  }

  /** Every network with a table of its own, quarantines among them. */
  get #served(): ServedNetwork[] {
    return (this.#networks ?? []).flatMap((network) => (network.quarantine ? [network, network.quarantine] : [network]))
  }

  get #tables(): LeaseTable[] {
    return this.#served.map(({ table }) => table)
  }

  async stop(): Promise<void> {
    const socket = this.#socket
    if (!socket) return
    this.#cancelHousekeeping?.()
    this.#cancelTidying?.()
    for (const { commits } of this.#networks ?? []) commits.flush()
    while (this.#tidy());
    this.#socket = undefined
    await socket.close()
  }

  leases(): Lease[] {
    if (this.#socket) for (const table of this.#tables) table.expire(this.#dependencies.clock.now())
    const records = this.#tables.flatMap((table) => table.all()).sort((a, b) => a.address - b.address)
    return records.map(({ address, key, ...lease }) => ({
      ...lease,
      address: formatIpv4(address),
      clientKey: key,
    }))
  }

  offers(): OpenOffer[] {
    if (!this.#socket) return []
    for (const table of this.#tables) table.expire(this.#dependencies.clock.now())
    const offers = this.#tables.flatMap((table) => table.offers()).sort((a, b) => a.address - b.address)
    return offers.map(({ address, key, mac, offeredAt, expiresAt }) => ({
      address: formatIpv4(address),
      mac,
      clientKey: key,
      startsAt: offeredAt,
      expiresAt,
    }))
  }

  async free(address: Ipv4): Promise<boolean> {
    const number = parseIpv4(address)
    if (!this.#socket || number === undefined) return false
    const now = this.#dependencies.clock.now()
    for (const { settings, table, commits } of this.#served) {
      table.expire(now)
      const kept = table.at(number)
      if (!kept || !holds(kept)) continue
      const records: LeaseRecord[] = [{ ...kept, state: 'released', expiresAt: now }]
      const undo = table.put(records)
      await new Promise<void>((resolve, reject) => {
        const onFailed = (): void => {
          undo()
          reject(new CodedError('dhcp.leaseNotSaved', `${address} was not freed`, { network: settings.networkName }))
        }
        commits.add({ records, onSaved: resolve, onFailed })
      })
      return true
    }
    return false
  }

  reloadReservations(): void {
    for (const { settings, table, quarantine } of this.#networks ?? []) {
      const all = this.#dependencies.leaseStore.reservations(settings.networkName)
      const reservations = reservationsWithin(all, settings)
      table.reserve(reservations)
      quarantine?.table.reserve(reservations)
    }
  }

  setAccess(lists: Pick<DhcpConfig, 'allow' | 'deny'>): void {
    const read = readAccess(lists)
    for (const { settings } of this.#served) Object.assign(settings, read)
  }

  #receive(datagram: Buffer, from: Ipv4): void {
    const { device, config, clock, bootDecider, isKnown = () => true, logger, emit } = this.#dependencies
    if (!this.#socket || !this.#networks) return
    const decoded = decode(datagram)
    if (!decoded.ok) return this.#malformed(from, `${decoded.reason} at ${decoded.offset}`)
    // Our own broadcasts come back to us: the probe for other servers asks from this very NIC.
    const isOwn = device !== undefined && from === config.serverAddress
    if (isOwn && decoded.packet.giaddr === 0 && !this.#dependencies.expectsOwn?.(decoded.packet.xid)) return
    const now = clock.now()
    try {
      const { network, access, client } = placementOf(decoded.packet, this.#networks, isKnown)
      if (client && this.#limiter && !this.#limiter.admits(client.mac, isStranger(access, client, network))) return
      const { settings, table } = network
      table.expire(now)
      const decision = decide(decoded.packet, { settings, table, bootDecider, access }, now)
      if (decision.malformed) return this.#malformed(from, decision.malformed)
      for (const event of decision.events) emit(event)
      this.#carryOut(decision, { packet: decoded.packet, network, access })
    } catch (error) {
      // A fault of ours must not take the service down for the rest of the room.
      logger.error('dhcp: message not handled', { from, error: error instanceof Error ? error.stack : String(error) })
    }
  }

  #carryOut({ change, reply }: Decision, question: Question): void {
    const { network } = question
    const { table } = network
    if (change?.kind === 'leases') {
      const { records, unoffered } = change
      const trial = unoffered && this.#prober && this.#holdAndTry(unoffered, table)
      const give = (): void => this.#saveThenReply(records, reply, network)
      return trial && unoffered ? void this.#giveAfter(trial, unoffered, question, give) : give()
    }
    if (change?.kind === 'hold') {
      const trial = this.#holdAndTry(change.offer, table)
      if (trial && reply) return void this.#giveAfter(trial, change.offer, question, () => this.#send(reply))
    }
    if (change?.kind === 'dropOffer') table.dropOffer(change.key)
    if (reply) this.#send(reply)
  }

  /** @returns whether somebody uses the address, once that is known; undefined when there is nothing to wait for */
  #holdAndTry(offer: Offer, table: LeaseTable): Promise<boolean> | undefined {
    const { key, address } = offer
    // At the address that it had it answers itself; one that is reserved for it is not held, nor to be waited for.
    const hadIt = table.leaseOf(key)?.address === address
    table.hold(offer)
    const isNew = !hadIt && table.offerOf(key)?.address === address
    return isNew ? this.#prober?.try(address) : undefined
  }

  /** Gives the address once nobody answered at it; else the client is given another one. */
  async #giveAfter(trial: Promise<boolean>, offer: Offer, question: Question, give: () => void): Promise<void> {
    const { packet, network, access, conflicts = 0 } = question
    const { table, settings, commits } = network
    const { clock, bootDecider, emit, logger } = this.#dependencies
    const isUsed = await trial
    if (!this.#socket || table.offerOf(offer.key)?.address !== offer.address) return
    if (!isUsed) return give()
    try {
      const now = clock.now()
      table.dropOffer(offer.key)
      const record = conflictAt(offer.address, now)
      table.put([record])
      // It promises nothing to anyone: it holds, even if a restart forgets it.
      commits.add({ records: [record], onSaved() {}, onFailed() {} })
      emit({ at: now, type: 'dhcp.conflict', mac: offer.mac, address: formatIpv4(offer.address) })
      if (conflicts === mostConflicts) return
      const again = decide(packet, { settings, table, bootDecider, access }, now)
      this.#carryOut(again, { ...question, conflicts: conflicts + 1 })
    } catch (error) {
      logger.error('dhcp: address not given', { error: error instanceof Error ? error.stack : String(error) })
    }
  }

  /** The table changes at once, so that nobody else is promised the address; the client hears of it once it is saved. */
  #saveThenReply(records: LeaseRecord[], reply: ReplyDecision | undefined, { table, commits }: ServedNetwork): void {
    const { clock, emit } = this.#dependencies
    const undo = table.put(records)
    commits.add({
      records,
      onSaved: () => {
        if (!reply) return
        this.exchanges++
        this.#send(reply)
      },
      onFailed: () => {
        // A DECLINE or a RELEASE promises nothing to anyone: it holds, even if a restart forgets it.
        if (!reply) return
        undo()
        const now = clock.now()
        for (const { address, key, mac } of records.filter(({ state }) => state === 'leased')) {
          // It will ask again in a few seconds, and the address should still be there for it.
          table.hold({ address, key, mac, offeredAt: now, expiresAt: now + offerLifetimeMs })
          emit({ at: now, type: 'dhcp.silent', mac, reason: 'notSaved' })
        }
      },
    })
  }

  #save(network: string, records: readonly LeaseRecord[]): void {
    try {
      this.#dependencies.leaseStore.commit(network, records)
    } catch (error) {
      const code = error instanceof CodedError ? error.code : 'internal'
      this.#dependencies.logger.error('dhcp: leases not saved', { code, count: records.length, error: String(error) })
      throw error
    }
  }

  /** @returns whether something is left to tidy up; what is saved stays saved without it */
  #tidy(): boolean {
    try {
      return this.#dependencies.leaseStore.tidy()
    } catch (error) {
      this.#dependencies.logger.warn('dhcp: saved leases not tidied up', { error: String(error) })
      return false
    }
  }

  #send({ packet, maxSize, destination, event }: ReplyDecision): void {
    const { emit, logger } = this.#dependencies
    const { datagram, omitted } = encode(packet, maxSize)
    if (omitted.length) logger.warn('dhcp: no room in the reply', { omitted: omitted.map(optionName), maxSize })
    const { port, address } = this.#endpointOf(destination)
    this.#socket?.send(datagram, port, address, (error) => {
      if (error) logger.warn('dhcp: reply not sent', { to: `${address}:${port}`, error: error.message })
    })
    if (event) emit(event)
  }

  #endpointOf(destination: Destination): { port: number; address: Ipv4 } {
    const { serverPort, clientPort, broadcastAddress } = this.#dependencies.link
    switch (destination.to) {
      case 'relay':
        return { port: serverPort, address: formatIpv4(destination.address) }
      case 'client':
        return { port: clientPort, address: formatIpv4(destination.address) }
      case 'everyone':
        return { port: clientPort, address: broadcastAddress }
    }
  }

  #malformed(from: Ipv4, reason: string): void {
    const { clock, emit } = this.#dependencies
    if (this.#malformedLeft === 0) return
    this.#malformedLeft--
    emit({ at: clock.now(), type: 'dhcp.malformed', from, reason })
  }
}
