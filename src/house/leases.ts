import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Clock } from '../base/index.ts'
import {
  CodedError,
  leaseViewStates,
  poolStates,
  selfTestMac,
  type Ipv4,
  type Language,
  type LeaseFilter,
  type LeaseFinding,
  type LeaseHistoryView,
  type LeasePage,
  type LeaseQuery,
  type LeaseView,
  type LeaseViewState,
  type Mac,
  type PastLeaseView,
  type PoolState,
  type PoolView,
  type ReservationView,
} from '../contract/index.ts'
import {
  createLeaseHistory,
  createLeaseStore,
  createReservations,
  type DhcpServer,
  type DhcpSettings,
  type Lease,
  type LeaseHistory,
  type LeaseStore,
  type PastLease,
  type Reservation,
  type Reservations,
} from '../dhcp/index.ts'
import { formatIpv4, parseIpv4 } from '../network/index.ts'
import type { Database } from '../storage/index.ts'
import { leasesAsCsv } from './leasesCsv.ts'

/** The network whose leases are looked at. */
export interface LeasePlace {
  settings: DhcpSettings
  /** Of the exam that is held there. */
  dhcp?: DhcpServer
}

export interface LeasesDeps {
  database: Database
  clock: Clock
  /** Undefined when no NIC that could be used is chosen. @throws CodedError `dhcp.poolInvalid` */
  place(): LeasePlace | undefined
  itemOf(mac: Mac): LeaseView['item']
  seatOf?(mac: Mac, itemId?: number): LeaseView['seat']
  isBanned?(mac: Mac): boolean
  onChange(): void
}

/** Shown of an address, and of a machine. */
const shownHistory = 50

/** A row but for its item and seat, which cost a look into the stock: only those are matched that are shown or searched. */
interface Row {
  number: number
  view: LeaseView
}

interface Drawing {
  rows: Row[]
  pool: PoolView | null
  /** When the next lease or offer runs out. */
  nextExpiry: number
}

/** The leases as the screen shows them: of the running service, or as they were saved when none runs. */
export class Leases {
  readonly #deps: LeasesDeps
  readonly #store: LeaseStore
  readonly #history: LeaseHistory
  readonly #reservations: Reservations
  #revision = 0
  #drawing: Drawing | undefined

  constructor(deps: LeasesDeps) {
    this.#deps = deps
    this.#store = createLeaseStore(deps.database)
    this.#history = createLeaseHistory(deps.database)
    this.#reservations = createReservations(deps.database)
  }

  /** Counts up when anything that is shown changed. */
  get revision(): number {
    return this.#revision
  }

  /** What was drawn is no longer true. */
  changed(): void {
    this.#drawing = undefined
    this.#revision += 1
    this.#deps.onChange()
  }

  /** Leases run out without anyone saying so. */
  tick(): void {
    if (this.#drawing && this.#drawing.nextExpiry <= this.#deps.clock.now()) this.changed()
  }

  list(query: LeaseQuery): LeasePage {
    const matching = this.#matching(query)
    const leases = matching.slice(query.offset, query.offset + query.limit).map(this.#withItem)
    return { leases, total: matching.length, all: this.#drawn.rows.length }
  }

  find({ address, ...filter }: LeaseFilter & { address: Ipv4 }): LeaseFinding {
    const isIt = ({ view }: Row): boolean => view.address === address
    const row = this.#drawn.rows.find(isIt)
    const index = this.#matching(filter).findIndex(isIt)
    return { ...(row && { lease: this.#withItem(row) }), ...(index >= 0 && { index }) }
  }

  pool(): PoolView | null {
    return this.#drawn.pool
  }

  /** @throws CodedError `exam.noNic` */
  history(address: Ipv4, mac?: Mac): LeaseHistoryView {
    const { settings } = this.#place()
    const now = this.#deps.clock.now()
    const { networkName } = settings
    const machine = mac === undefined ? [] : this.#history.ofMachine(networkName, mac, now, shownHistory)
    return {
      address: this.#history.ofAddress(networkName, numberOf(address), now, shownHistory).map(this.#pastView),
      machine: machine.map(this.#pastView),
    }
  }

  /** @throws CodedError `lease.notHeld`, `dhcp.leaseNotSaved` */
  async free(address: Ipv4): Promise<void> {
    const { settings, dhcp } = this.#place()
    const isFreed = dhcp?.endpoint ? await dhcp.free(address) : this.#freeSaved(settings.networkName, address)
    this.changed()
    if (!isFreed) throw new CodedError('lease.notHeld', `nobody holds ${address}`, { address })
  }

  /**
   * @returns the reservation that the machine had before.
   * @throws CodedError `lease.reservedForOther`, or as `Reservations.set`
   */
  reserve({ address, mac, uuid }: ReservationView): ReservationView | null {
    const { settings, dhcp } = this.#place()
    const number = numberOf(address)
    const reserved = this.#reservations.list(settings.networkName)
    const isTheirs = (other: Reservation): boolean =>
      (mac !== undefined && other.mac === mac) || (uuid !== undefined && other.uuid === uuid)
    if (reserved.some((other) => other.address === number && !isTheirs(other)))
      throw new CodedError('lease.reservedForOther', `${address} is reserved for another machine`, { address })
    const before = reserved.find(isTheirs)
    this.#reservations.set(settings.networkName, { address: number, mac, uuid })
    dhcp?.reloadReservations()
    this.changed()
    return before ? reservationView(before) : null
  }

  /** @throws CodedError `lease.notReserved` */
  unreserve(address: Ipv4): ReservationView {
    const { settings, dhcp } = this.#place()
    const number = numberOf(address)
    const before = this.#reservations.list(settings.networkName).find((other) => other.address === number)
    if (!before) throw new CodedError('lease.notReserved', `${address} is not reserved`, { address })
    this.#reservations.remove(settings.networkName, number)
    dhcp?.reloadReservations()
    this.changed()
    return reservationView(before)
  }

  /** Every lease, in the order of addresses. @throws CodedError `file.notWritten` */
  async saveCsv(path: string, language: Language): Promise<void> {
    const leases = this.#drawn.rows.map(this.#withItem)
    try {
      await writeFile(path, leasesAsCsv(leases, language))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new CodedError('file.notWritten', reason, { file: basename(path), reason })
    }
  }

  #place(): LeasePlace {
    const place = this.#deps.place()
    if (!place) throw new CodedError('exam.noNic', 'no NIC is chosen whose leases could be meant')
    return place
  }

  #freeSaved(network: string, address: Ipv4): boolean {
    const now = this.#deps.clock.now()
    const number = parseIpv4(address)
    const kept = this.#store.load(network).find((lease) => lease.address === number)
    if (!kept || !isHeld(kept, now)) return false
    this.#store.commit(network, [{ ...kept, state: 'released', expiresAt: now }])
    return true
  }

  get #drawn(): Drawing {
    return (this.#drawing ??= this.#draw())
  }

  #draw(): Drawing {
    const place = this.#deps.place()
    if (!place) return { rows: [], pool: null, nextExpiry: Infinity }
    const { settings, dhcp } = place
    const now = this.#deps.clock.now()
    const leases = dhcp?.endpoint ? dhcp.leases() : this.#saved(settings.networkName, now)
    const views = new Map<number, LeaseView>()
    for (const { address, mac, hostName, state, startsAt, expiresAt, clientKey } of leases) {
      // The self-test gives its address back: what it leaves behind is no machine of the room's.
      if (mac === selfTestMac && !keepsAddress(state)) continue
      views.set(numberOf(address), {
        ...{ address, state, isReserved: false, startsAt, expiresAt, clientKey },
        ...(mac && { mac }),
        ...(hostName && { hostName }),
      })
    }
    for (const reservation of this.#reservations.list(settings.networkName)) {
      const { address: number, mac } = reservation
      const lease = views.get(number)
      const isKept = lease !== undefined && keepsAddress(lease.state)
      const earlier = isKept || lease?.mac === mac ? lease : undefined
      views.set(number, {
        ...reservationView(reservation),
        ...earlier,
        state: isKept ? lease.state : 'reserved',
        isReserved: true,
      })
    }
    for (const offer of dhcp?.offers() ?? []) {
      const number = numberOf(offer.address)
      const earlier = views.get(number)
      const isSame = earlier?.mac === offer.mac
      views.set(number, {
        ...(isSame && earlier),
        ...offer,
        state: 'offered',
        isReserved: earlier?.isReserved ?? false,
      })
    }
    const rows = [...views].map(([number, view]) => ({ number, view })).sort((a, b) => a.number - b.number)
    const expiries = rows.flatMap(({ view: { state, expiresAt } }) =>
      expiresAt !== undefined && expiresAt > now && state !== 'released' && state !== 'expired' ? [expiresAt] : [],
    )
    const nextExpiry = expiries.reduce((first, at) => Math.min(first, at), Infinity)
    return { rows, pool: poolView(settings, views), nextExpiry }
  }

  #saved(network: string, now: number): Lease[] {
    return this.#store.load(network).map(({ address, key, ...lease }) => ({
      ...lease,
      address: formatIpv4(address),
      clientKey: key,
      state: isHeld(lease, now) || lease.state === 'released' ? lease.state : 'expired',
    }))
  }

  #matching({ search, states, sort, descending }: LeaseFilter): Row[] {
    const wanted = search.trim().toLowerCase()
    const chosen = this.#drawn.rows.filter(({ view }) => states.length === 0 || states.includes(view.state))
    const found = wanted ? chosen.filter((row) => holdsText(this.#withItem(row), wanted)) : chosen
    if (sort === 'address') return descending ? [...found].reverse() : found
    const keyed = found.map((row) => ({ row, key: this.#sortKey(row, sort) }))
    // What has no value comes last in either direction, and equals stay in the order of addresses.
    keyed.sort((a, b) => {
      if (a.key === undefined || b.key === undefined) return Number(a.key === undefined) - Number(b.key === undefined)
      return descending ? compare(b.key, a.key) : compare(a.key, b.key)
    })
    return keyed.map(({ row }) => row)
  }

  #sortKey(row: Row, sort: Exclude<LeaseFilter['sort'], 'address'>): string | number | undefined {
    switch (sort) {
      case 'machine':
        return this.#withItem(row).item?.assetTag || row.view.hostName
      case 'state':
        return leaseViewStates.indexOf(row.view.state)
      default:
        return row.view[sort]
    }
  }

  readonly #withItem = ({ view }: Row): LeaseView => {
    const { mac } = view
    if (mac === undefined) return view
    const item = this.#deps.itemOf(mac)
    const seat = this.#deps.seatOf?.(mac, item?.id)
    const isBanned = this.#deps.isBanned?.(mac)
    return { ...view, ...(item && { item }), ...(seat && { seat }), ...(isBanned && { isBanned }) }
  }

  readonly #pastView = ({ address, mac, hostName, startsAt, end }: PastLease): PastLeaseView => {
    const item = mac === '' ? undefined : this.#deps.itemOf(mac)
    return {
      ...{ address: formatIpv4(address), from: startsAt },
      ...(mac && { mac }),
      ...(hostName && { hostName }),
      ...(item && { item }),
      ...(end && { end }),
    }
  }
}

const keepsAddress = (state: LeaseViewState): boolean =>
  state === 'leased' || state === 'declined' || state === 'conflict'

const isHeld = ({ state, expiresAt }: Pick<Lease, 'state' | 'expiresAt'>, now: number): boolean =>
  keepsAddress(state) && expiresAt > now

const holdsText = ({ address, mac, uuid, hostName, item, seat }: LeaseView, wanted: string): boolean =>
  [address, mac, uuid, hostName, item?.assetTag, item?.location, seat?.label].some((text) =>
    text?.toLowerCase().includes(wanted),
  )

const { compare: compareTexts } = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' })
const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b))

const reservationView = ({ address, mac, uuid }: Reservation): ReservationView => ({
  address: formatIpv4(address),
  ...(mac && { mac }),
  ...(uuid && { uuid }),
})

function poolView(settings: DhcpSettings, views: ReadonlyMap<number, LeaseView>): PoolView {
  const { networkName: network, poolStart, poolEnd, excluded } = settings
  const counts = Object.fromEntries(poolStates.map((state) => [state, 0])) as Record<PoolState, number>
  const runs: PoolView['runs'] = []
  for (let number = poolStart; number <= poolEnd; number++) {
    const state = excluded.has(number) ? 'excluded' : poolState(views.get(number)?.state)
    counts[state] += 1
    const run = runs.at(-1)
    if (run?.state === state) run.length += 1
    else runs.push({ state, length: 1 })
  }
  return { network, first: formatIpv4(poolStart), last: formatIpv4(poolEnd), counts, runs }
}

function poolState(state: LeaseViewState | undefined): PoolState {
  if (state === undefined || state === 'released' || state === 'expired') return 'free'
  return state === 'conflict' ? 'declined' : state
}

/** The schema and the service let nothing through that is not an address. */
function numberOf(address: Ipv4): number {
  const number = parseIpv4(address)
  if (number === undefined) throw new CodedError('input.invalid', `not an address: ${address}`, { field: 'address' })
  return number
}
