import type { Clock } from '../base/index.ts'
import {
  transferStates,
  type AmorceEvent,
  type Ipv4,
  type Mac,
  type MachineView,
  type ThroughputQuery,
  type ThroughputView,
  type TransferEvent,
  type TransferPage,
  type TransferQuery,
  type TransferRowView,
} from '../contract/index.ts'
import { Throughput } from './throughput.ts'

/** A room of 300 machines boots with about five transfers each. Past it, the oldest that ended are forgotten. */
const maxTransfers = 5000
/** Machines and addresses whose throughput is kept. */
const maxSeries = 2000
/** The rate of a running transfer is that of at least so long. */
const rateOverMs = 500
/** Nothing heard of it for so long: nothing moves. */
const stillAfterMs = 2000

export interface TransfersDeps {
  clock: Clock
  machineOf(event: AmorceEvent): Mac | undefined
  hostNameOf(mac: Mac): string | undefined
  itemOf(mac: Mac): MachineView['item']
  seatOf(mac: Mac): MachineView['seat']
  /** The NIC that is served on, or that is chosen. */
  link(): Pick<ThroughputView, 'nic' | 'linkMbps'>
  onChange(): void
}

interface Row {
  view: TransferRowView
  /** What the present rate is reckoned from. */
  markedAt: number
  markedBytes: number
  heardAt: number
}

/** Every transfer of the exam as the screen shows them, and how much was moved in each second. Built from events alone. */
export class Transfers {
  readonly #deps: TransfersDeps
  readonly #rows = new Map<string, Row>()
  #total = new Throughput()
  readonly #series = new Map<Mac | Ipv4, Throughput>()
  #running = 0
  #refusals = 0
  #revision = 0

  constructor(deps: TransfersDeps) {
    this.#deps = deps
  }

  /** Counts up when anything that is shown changed. */
  get revision(): number {
    return this.#revision
  }

  readonly accept = (event: AmorceEvent): void => {
    switch (event.type) {
      case 'exam.started':
        this.#clear()
        break
      case 'transfer.start':
        this.#begin(event)
        break
      case 'transfer.progress': {
        const row = this.#rows.get(event.id)
        if (row?.view.state !== 'running') return
        this.#move(row, event.bytes, event.at)
        row.view.retransmissions = event.retransmissions
        break
      }
      case 'transfer.end':
        this.#end(event)
        break
      case 'transfer.refused':
        this.#refuse(event)
        break
      default:
        return
    }
    this.#changed()
  }

  /** Call about once a second: a transfer that stands still says nothing, and its rate is shown. */
  tick(): void {
    if (this.#running > 0) this.#changed()
  }

  list(query: TransferQuery): TransferPage {
    const matching = this.#matching(query)
    const transfers = matching.slice(query.offset, query.offset + query.limit)
    return { transfers, total: matching.length, all: this.#rows.size, running: this.#running }
  }

  throughput({ mac, seconds }: ThroughputQuery): ThroughputView {
    const series = mac === '' ? this.#total : (this.#series.get(mac) ?? new Throughput())
    return { ...series.series(this.#deps.clock.now(), seconds), ...this.#deps.link() }
  }

  #begin(event: Extract<TransferEvent, { type: 'transfer.start' }>): void {
    const { id, at, client, file, protocol, direction = 'sent', kind, options, size } = event
    const mac = this.#deps.machineOf(event)
    const view: TransferRowView = {
      ...{ id, address: client, file, protocol, direction, kind, options, startedAt: at },
      ...{ bytes: 0, rate: 0, retransmissions: 0, state: 'running' },
      ...(size !== undefined && { size }),
      ...(mac && { mac }),
    }
    this.#keep({ view, markedAt: at, markedBytes: 0, heardAt: at })
    this.#running += 1
  }

  #end(event: Extract<TransferEvent, { type: 'transfer.end' }>): void {
    const row = this.#rows.get(event.id)
    if (row?.view.state !== 'running') return
    this.#move(row, event.bytes, event.at)
    const { view } = row
    view.state = event.outcome
    view.endedAt = event.at
    view.size = event.size ?? view.size
    view.retransmissions = event.retransmissions
    // Of one too quick for the clock: what it is at least.
    view.rate = Math.round((event.bytes * 1000) / Math.max(event.durationMs, 1))
    if (event.reason !== undefined) view.reason = event.reason
    this.#running -= 1
  }

  #refuse(event: Extract<TransferEvent, { type: 'transfer.refused' }>): void {
    const { at, client, file, protocol, direction = 'sent', code } = event
    const mac = this.#deps.machineOf(event)
    const view: TransferRowView = {
      ...{ id: `refused-${++this.#refusals}`, address: client, file, protocol, direction, kind: 'file', options: {} },
      ...{ bytes: 0, rate: 0, retransmissions: 0, startedAt: at, endedAt: at, state: 'refused', code },
      ...(mac && { mac }),
    }
    this.#keep({ view, markedAt: at, markedBytes: 0, heardAt: at })
  }

  #keep(row: Row): void {
    this.#rows.set(row.view.id, row)
    if (this.#rows.size <= maxTransfers) return
    for (const [id, { view }] of this.#rows) {
      if (view.state === 'running') continue
      this.#rows.delete(id)
      return
    }
  }

  #move(row: Row, bytes: number, at: number): void {
    const { view } = row
    const moved = bytes - view.bytes
    if (moved > 0) {
      this.#total.add(at, moved, view.direction)
      this.#seriesOf(view.mac ?? view.address).add(at, moved, view.direction)
    }
    view.bytes = bytes
    row.heardAt = at
    const lasted = at - row.markedAt
    if (lasted < rateOverMs) return
    view.rate = Math.round(((bytes - row.markedBytes) * 1000) / lasted)
    row.markedAt = at
    row.markedBytes = bytes
  }

  #seriesOf(key: Mac | Ipv4): Throughput {
    const known = this.#series.get(key)
    if (known) return known
    const oldest = this.#series.keys().next()
    if (this.#series.size >= maxSeries && !oldest.done) this.#series.delete(oldest.value)
    const series = new Throughput()
    this.#series.set(key, series)
    return series
  }

  #matching({ search, states, protocols, directions, mac, sort, descending }: TransferQuery): TransferRowView[] {
    const wanted = search.trim().toLowerCase()
    const now = this.#deps.clock.now()
    const chosen = [...this.#rows.values()].filter(
      ({ view }) =>
        (states.length === 0 || states.includes(view.state)) &&
        (protocols.length === 0 || protocols.includes(view.protocol)) &&
        (directions.length === 0 || directions.includes(view.direction)) &&
        (mac === '' || view.mac === mac),
    )
    const named = this.#namer()
    const views = chosen.map(({ view, heardAt }) => {
      const isStill = view.state === 'running' && now - heardAt > stillAfterMs
      return named(isStill ? { ...view, rate: 0 } : { ...view })
    })
    const found = wanted ? views.filter((view) => holdsText(view, wanted)) : views
    const keyOf = sortKeys[sort]
    const keyed = found.map((view, index) => ({ view, index, key: keyOf(view) }))
    // Equals stay in the order in which they began, the newest first.
    keyed.sort((a, b) => (descending ? compare(b.key, a.key) : compare(a.key, b.key)) || b.index - a.index)
    return keyed.map(({ view }) => view)
  }

  /** Names machines as they are known now, each looked up once for a list. */
  #namer(): (view: TransferRowView) => TransferRowView {
    const known = new Map<Mac, Pick<TransferRowView, 'hostName' | 'item' | 'seat'>>()
    return (view) => {
      if (view.mac === undefined) return view
      let names = known.get(view.mac)
      if (!names) {
        names = {
          hostName: this.#deps.hostNameOf(view.mac),
          item: this.#deps.itemOf(view.mac),
          seat: this.#deps.seatOf(view.mac),
        }
        known.set(view.mac, names)
      }
      return { ...view, ...names }
    }
  }

  #clear(): void {
    this.#rows.clear()
    this.#series.clear()
    this.#total = new Throughput()
    this.#running = 0
  }

  #changed(): void {
    this.#revision += 1
    this.#deps.onChange()
  }
}

const holdsText = ({ file, address, mac, hostName, item, seat, reason }: TransferRowView, wanted: string): boolean =>
  [file, address, mac, hostName, seat?.label, item?.assetTag, item?.location, reason].some((text) =>
    text?.toLowerCase().includes(wanted),
  )

const shareOf = ({ bytes, size, state }: TransferRowView): number =>
  state === 'complete' ? 1 : size ? bytes / size : 0

const sortKeys: Record<TransferQuery['sort'], (view: TransferRowView) => string | number> = {
  startedAt: ({ startedAt }) => startedAt,
  machine: ({ seat, item, hostName, mac, address }) => seat?.label ?? item?.assetTag ?? hostName ?? mac ?? address,
  file: ({ file }) => file,
  protocol: ({ protocol }) => protocol,
  progress: shareOf,
  rate: ({ rate }) => rate,
  retransmissions: ({ retransmissions }) => retransmissions,
  state: ({ state }) => transferStates.indexOf(state),
}

const { compare: compareTexts } = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' })
const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b))
