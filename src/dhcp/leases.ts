import type { Mac } from '../contract/index.ts'
import type { Address } from './address.ts'
import type { DhcpSettings } from './config.ts'
import { ExpiryQueue } from './expiryQueue.ts'
import type { ClientIdentity, ClientKey } from './identity.ts'
import { FreeAddresses } from './pool.ts'
import type { Reservation } from './reservations.ts'

export const leaseStates = ['leased', 'released', 'declined', 'conflict', 'expired'] as const
/** `conflict`: somebody answered there before it was offered; such a record is no client's. */
export type LeaseState = (typeof leaseStates)[number]

/** One address and who has it, or had it last. Never changed: a new record takes its place. */
export interface LeaseRecord {
  readonly address: Address
  readonly key: ClientKey
  readonly mac: Mac
  /** Option 97, if the client ever said it while it had this lease. */
  readonly uuid?: string
  readonly hostName: string
  readonly state: LeaseState
  /** Milliseconds since the Unix epoch. */
  readonly startsAt: number
  /** When the lease runs out; for a declined address, when it may be tried again. */
  readonly expiresAt: number
}

/** An address held for a client that has not asked for it yet. In memory only: RFC 2131 §3.1 (2) leaves it to us. */
export interface Offer {
  readonly address: Address
  readonly key: ClientKey
  readonly mac: Mac
  readonly offeredAt: number
  readonly expiresAt: number
}

/** PXE ROMs collect offers for up to ten seconds before they choose; slow ones come back within the minute. */
export const offerLifetimeMs = 60_000
/** How long an address is set aside that a client refused, or that somebody answered at. */
export const setAsideMs = 3_600_000
/** How long an offer is safe from being given to someone else when the pool has nothing left. */
const offerFirmMs = 10_000

/** By what a reservation knows a machine. */
export type Machine = Pick<ClientIdentity, 'mac' | 'uuid'>

/** What an address is to a client: its own or free, someone else's, or not one that it can have here. */
export type Standing = 'available' | 'taken' | 'outsidePool'

/** What `decide` reads. It is as of the last `expire(now)`. */
export interface LeaseReader {
  /** The client's latest lease, in whatever state. */
  leaseOf(key: ClientKey): LeaseRecord | undefined
  offerOf(key: ClientKey): Offer | undefined
  reservedFor(client: Machine): Address | undefined
  /** @param kept how many free addresses this client must leave to others; none unless given */
  standing(address: Address, client: ClientIdentity, kept?: number): Standing
  /**
   * The address to offer: the reserved one, the present or last one, the one asked for, the free one that was unused
   * longest (RFC 2131 §4.3.1); and when none is left, the oldest offer that nobody took up. Undefined: the pool is empty.
   */
  addressFor(client: ClientIdentity, requested: Address | undefined, now: number, kept?: number): Address | undefined
}

/** All the leases and offers of one network, in memory: at most one of each per address, so its size is bounded. */
export class LeaseTable implements LeaseReader {
  readonly #settings: DhcpSettings
  readonly #leases = new Map<Address, LeaseRecord>()
  readonly #leasedTo = new Map<ClientKey, Address>()
  readonly #offers = new Map<Address, Offer>()
  readonly #offeredTo = new Map<ClientKey, Address>()
  readonly #reservedForMac = new Map<Mac, Address>()
  readonly #reservedForUuid = new Map<string, Address>()
  readonly #reservedBy = new Map<Address, Reservation>()
  readonly #leaseExpiry = new ExpiryQueue<LeaseRecord>()
  readonly #offerExpiry = new ExpiryQueue<Offer>()
  readonly #free: FreeAddresses

  /** @param leases as they were saved; what ran out meanwhile is expired by the first `expire`. */
  constructor(settings: DhcpSettings, leases: readonly LeaseRecord[] = [], reservations: readonly Reservation[] = []) {
    this.#settings = settings
    this.#takeUp(reservations)
    // A client's latest lease, and a live one before all others, is the one it is known by.
    const liveLast = ({ state }: LeaseRecord): number => (state === 'leased' ? 1 : 0)
    for (const lease of [...leases].sort((a, b) => liveLast(a) - liveLast(b) || a.startsAt - b.startsAt)) {
      this.#leases.set(lease.address, lease)
      this.#leasedTo.set(lease.key, lease.address)
      if (holds(lease)) this.#leaseExpiry.add(lease)
    }
    this.#free = new FreeAddresses(settings.poolStart, settings.poolEnd)
    const neverUsed: Address[] = []
    for (let address = settings.poolStart; address <= settings.poolEnd; address++)
      if (!this.#leases.has(address)) neverUsed.push(address)
    const usedBefore = [...this.#leases.values()].sort((a, b) => a.expiresAt - b.expiresAt)
    for (const address of [...neverUsed, ...usedBefore.map((lease) => lease.address)])
      if (this.#isFree(address)) this.#free.giveBack(address)
  }

  leaseOf(key: ClientKey): LeaseRecord | undefined {
    const address = this.#leasedTo.get(key)
    return address === undefined ? undefined : this.#leases.get(address)
  }

  offerOf(key: ClientKey): Offer | undefined {
    const address = this.#offeredTo.get(key)
    return address === undefined ? undefined : this.#offers.get(address)
  }

  reservedFor({ mac, uuid }: Machine): Address | undefined {
    return this.#reservedForMac.get(mac) ?? (uuid === undefined ? undefined : this.#reservedForUuid.get(uuid))
  }

  standing(address: Address, client: ClientIdentity, kept = 0): Standing {
    const reservedBy = this.#reservedBy.get(address)
    if (reservedBy === undefined && !this.#isInPool(address)) return 'outsidePool'
    if (reservedBy !== undefined && !isFor(reservedBy, client)) return 'taken'
    if (this.#free.has(address) && this.#free.count <= kept) return 'taken'
    const lease = this.#leases.get(address)
    if (lease && holds(lease) && !(lease.state === 'leased' && lease.key === client.key)) return 'taken'
    const offer = this.#offers.get(address)
    return offer && offer.key !== client.key ? 'taken' : 'available'
  }

  addressFor(client: ClientIdentity, requested: Address | undefined, now: number, kept = 0): Address | undefined {
    const wished = [
      this.reservedFor(client),
      this.#leasedTo.get(client.key),
      this.#offeredTo.get(client.key),
      requested,
    ]
    const granted = wished.find(
      (address) => address !== undefined && this.standing(address, client, kept) === 'available',
    )
    const untaken = this.#free.count > kept ? this.#free.first : undefined
    return granted ?? untaken ?? this.#forgottenOffer(now)
  }

  /** Brings the table to `now`: offers and leases that ran out free their addresses. */
  expire(now: number): void {
    for (let offer = this.#offerExpiry.takeDue(now); offer; offer = this.#offerExpiry.takeDue(now))
      this.dropOffer(offer.key)
    for (let lease = this.#leaseExpiry.takeDue(now); lease; lease = this.#leaseExpiry.takeDue(now)) {
      this.#leases.set(lease.address, { ...lease, state: 'expired' })
      this.#settle(lease.address)
    }
  }

  /**
   * Holds an address for a client, in place of what was held for it and of an older offer of the same address. What
   * nobody else can be given, being reserved or leased to the client, needs no holding.
   */
  hold(offer: Offer): void {
    this.dropOffer(offer.key)
    if (!this.#isOpen(offer.address)) return
    const older = this.#offers.get(offer.address)
    if (older) this.dropOffer(older.key)
    this.#offers.set(offer.address, offer)
    this.#offeredTo.set(offer.key, offer.address)
    this.#offerExpiry.add(offer)
    this.#settle(offer.address)
  }

  dropOffer(key: ClientKey): void {
    const offer = this.offerOf(key)
    if (!offer) return
    this.#offers.delete(offer.address)
    this.#offeredTo.delete(key)
    this.#offerExpiry.remove(offer)
    this.#settle(offer.address)
  }

  /**
   * Puts records in place of those at their addresses; offers to their clients are fulfilled by it.
   * @returns its undoing, for when they could not be saved. Several are undone in reverse order.
   */
  put(records: readonly LeaseRecord[]): () => void {
    const undo = records.map((record) => this.#replace(record.address, record))
    for (const { key } of records) this.dropOffer(key)
    return () => {
      for (const step of undo.reverse()) step()
    }
  }

  /** Other reservations from now on. Who has a lease on an address that is now another's loses it when it asks again. */
  reserve(reservations: readonly Reservation[]): void {
    const before = [...this.#reservedBy.keys()]
    for (const map of [this.#reservedForMac, this.#reservedForUuid, this.#reservedBy]) map.clear()
    this.#takeUp(reservations)
    for (const address of [...before, ...this.#reservedBy.keys()]) this.#settle(address)
  }

  #takeUp(reservations: readonly Reservation[]): void {
    for (const reservation of reservations) {
      const { address, mac, uuid } = reservation
      if (mac) this.#reservedForMac.set(mac, address)
      if (uuid) this.#reservedForUuid.set(uuid, address)
      this.#reservedBy.set(address, reservation)
    }
  }

  /** Every record, in the order of addresses. */
  all(): LeaseRecord[] {
    return [...this.#leases.values()].sort((a, b) => a.address - b.address)
  }

  /** Who has the address, or had it last. */
  at(address: Address): LeaseRecord | undefined {
    return this.#leases.get(address)
  }

  /** Every offer that is open, in no order. */
  offers(): Offer[] {
    return [...this.#offers.values()]
  }

  /** How many addresses can still be given to someone new. */
  get freeCount(): number {
    return this.#free.count
  }

  get offerCount(): number {
    return this.#offers.size
  }

  #replace(address: Address, record: LeaseRecord): () => void {
    const previous = this.#leases.get(address)
    const known = [record.key, ...(previous ? [previous.key] : [])].map(
      (key) => [key, this.#leasedTo.get(key)] as const,
    )
    this.#write(address, record)
    if (previous && previous.key !== record.key && this.#leasedTo.get(previous.key) === address)
      this.#leasedTo.delete(previous.key)
    this.#leasedTo.set(record.key, address)
    return () => {
      this.#write(address, previous)
      for (const [key, wasAt] of known) {
        if (wasAt === undefined) this.#leasedTo.delete(key)
        else this.#leasedTo.set(key, wasAt)
      }
    }
  }

  #write(address: Address, record: LeaseRecord | undefined): void {
    const present = this.#leases.get(address)
    if (present) this.#leaseExpiry.remove(present)
    if (record) this.#leases.set(address, record)
    else this.#leases.delete(address)
    if (record && holds(record)) this.#leaseExpiry.add(record)
    this.#settle(address)
  }

  /** Keeps the free list true after anything changed about an address. */
  #settle(address: Address): void {
    if (!this.#isFree(address)) this.#free.take(address)
    else if (this.#leases.has(address)) this.#free.giveBack(address)
    else this.#free.giveBackFirst(address)
  }

  #isFree(address: Address): boolean {
    return this.#isOpen(address) && !this.#offers.has(address)
  }

  /** Could it be given to anybody, if it is not on offer? */
  #isOpen(address: Address): boolean {
    const lease = this.#leases.get(address)
    return this.#isInPool(address) && !this.#reservedBy.has(address) && !(lease && holds(lease))
  }

  #isInPool(address: Address): boolean {
    return isInPool(address, this.#settings)
  }

  /** The oldest offer, if its client had time enough to take it up. */
  #forgottenOffer(now: number): Address | undefined {
    const oldest = this.#offerExpiry.first
    return oldest && oldest.offeredAt + offerFirmMs <= now ? oldest.address : undefined
  }
}

const isFor = (reservation: Reservation, { mac, uuid }: Machine): boolean =>
  reservation.mac === mac || (uuid !== undefined && reservation.uuid === uuid)

/** Does it keep the address from others? */
export const holds = ({ state }: LeaseRecord): boolean =>
  state === 'leased' || state === 'declined' || state === 'conflict'

/** Reservations that belong to another network cannot be kept here. */
export const reservationsWithin = (reservations: readonly Reservation[], settings: DhcpSettings): Reservation[] =>
  reservations.filter(({ address }) => (address & settings.mask) >>> 0 === settings.network)

export const isInPool = (address: Address, { poolStart, poolEnd, excluded }: DhcpSettings): boolean =>
  address >= poolStart && address <= poolEnd && !excluded.has(address)

export const isOnNetwork = (address: Address, { network, mask }: DhcpSettings): boolean =>
  (address & mask) >>> 0 === network
