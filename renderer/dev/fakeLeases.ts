import {
  CodedError,
  poolStates,
  type LeaseFilter,
  type LeaseFinding,
  type LeasePage,
  type LeaseQuery,
  type LeaseView,
  type MachineView,
  type PoolState,
  type PoolView,
  type ReservationView,
} from '../../src/contract/index.ts'

const [network, firstByte, lastByte] = ['192.168.60', 50, 250]
const byteOf = (address: string): number => Number(address.split('.')[3])

/** The leases of the room that is played, and a declined address so that every shape is seen. */
export class FakeLeases {
  revision = 0
  readonly #machines: () => MachineView[]
  readonly #freed = new Map<string, number>()
  readonly #reserved = new Map<string, ReservationView>()

  constructor(machines: () => MachineView[]) {
    this.#machines = machines
  }

  list(query: LeaseQuery): LeasePage {
    const leases = this.#matching(query)
    const page = leases.slice(query.offset, query.offset + query.limit)
    return { leases: page, total: leases.length, all: this.#all().length }
  }

  find({ address, ...filter }: LeaseFilter & { address: string }): LeaseFinding {
    const lease = this.#all().find((each) => each.address === address)
    const index = this.#matching(filter).findIndex((each) => each.address === address)
    return { lease, index: index < 0 ? undefined : index }
  }

  pool(): PoolView {
    const states = new Map(this.#all().map(({ address, state }) => [byteOf(address), state]))
    const counts = Object.fromEntries(poolStates.map((state) => [state, 0])) as Record<PoolState, number>
    const runs: PoolView['runs'] = []
    for (let byte = firstByte; byte <= lastByte; byte += 1) {
      const held = states.get(byte)
      const state = held && held !== 'released' && held !== 'expired' && held !== 'conflict' ? held : 'free'
      counts[state] += 1
      const run = runs.at(-1)
      if (run?.state === state) run.length += 1
      else runs.push({ state, length: 1 })
    }
    return {
      network: `${network}.0/24`,
      first: `${network}.${firstByte}`,
      last: `${network}.${lastByte}`,
      counts,
      runs,
    }
  }

  free(address: string): void {
    this.#freed.set(address, Date.now())
  }

  reserve(reservation: ReservationView): ReservationView | null {
    const before = [...this.#reserved.values()].find(({ mac }) => mac === reservation.mac)
    if (before) this.#reserved.delete(before.address)
    this.#reserved.set(reservation.address, reservation)
    return before ?? null
  }

  unreserve(address: string): ReservationView {
    const before = this.#reserved.get(address)
    if (!before) throw new CodedError('lease.notReserved', address, { address })
    this.#reserved.delete(address)
    return before
  }

  #all(): LeaseView[] {
    const leases = this.#machines().flatMap((machine): LeaseView[] => {
      const { mac, address, leaseExpiresAt, hostName, item } = machine
      if (address === undefined) return []
      const isReserved = this.#reserved.has(address)
      const freedAt = this.#freed.get(address)
      const state = freedAt === undefined ? 'leased' : isReserved ? 'reserved' : 'released'
      return [{ address, mac, hostName, item, state, isReserved, expiresAt: freedAt ?? leaseExpiresAt }]
    })
    if (leases.length === 0) return []
    const address = `${network}.77`
    const declined = { address, mac: '00:1a:4b:00:00:77', expiresAt: Date.now() + 600_000, isReserved: false }
    return [{ ...declined, state: 'declined' }, ...leases]
  }

  #matching({ search, states, sort, descending }: LeaseFilter): LeaseView[] {
    const keyOf = (lease: LeaseView): string | number => {
      if (sort === 'address') return byteOf(lease.address)
      return (sort === 'machine' ? lease.item?.assetTag : lease[sort]) ?? ''
    }
    const found = this.#all()
      .filter(({ state }) => states.length === 0 || states.includes(state))
      .filter((lease) => JSON.stringify(lease).toLowerCase().includes(search.toLowerCase()))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    return descending ? found.reverse() : found
  }
}
