import {
  selfTestMac,
  type AmorceEvent,
  type Ipv4,
  type Mac,
  type MachineDetail,
  type MachineView,
  type RoomTrouble,
  type Trouble,
  type TroubleCode,
} from '../contract/index.ts'
import { advance } from './advance.ts'
import { enter, journeyView, newJourney, type Journey } from './journey.ts'
import { findRoomTroubles, findTrouble } from './troubles/index.ts'

/** More machines than any room has; past it the ones that never took an address are forgotten, oldest first. */
const maxMachines = 2000

export interface JourneysChange {
  machines: MachineView[]
  removed: Mac[]
}

export interface JourneysOptions {
  /** The stock item a machine is, when it is known. */
  itemOf(machine: { mac: Mac; uuid?: string; serial?: string; assetTag?: string }): MachineView['item']
  /** Of the NIC of the exam, in megabits per second, where it is known. */
  linkMbps?(): number | undefined
  /** The seat it stands at, when it is known. */
  seatOf?(mac: Mac, itemId?: number): MachineView['seat']
}

/** The machines of the running exam. Fed by events; asked once per frame for what changed. */
export class Journeys {
  readonly #journeys = new Map<Mac, Journey>()
  /** For rules, each of which may go through all of it: what `values()` gives is gone through once. */
  readonly #room: Iterable<Journey> = { [Symbol.iterator]: () => this.#journeys.values() }
  readonly #macByAddress = new Map<Ipv4, Mac>()
  readonly #changed = new Set<Mac>()
  readonly #removed = new Set<Mac>()
  readonly #itemOf: JourneysOptions['itemOf']
  readonly #linkMbps: JourneysOptions['linkMbps']
  readonly #seatOf: NonNullable<JourneysOptions['seatOf']>
  #listeningSince = 0
  #linkDown: Extract<AmorceEvent, { type: 'nic.changed' }> | undefined
  #roomTroubles: RoomTrouble[] = []

  constructor({ itemOf, linkMbps, seatOf = () => undefined }: JourneysOptions) {
    this.#itemOf = itemOf
    this.#linkMbps = linkMbps
    this.#seatOf = seatOf
  }

  /** What the machines show together, as of the last tick. */
  get roomTroubles(): readonly RoomTrouble[] {
    return this.#roomTroubles
  }

  /** Takes in an event; one that is about no machine of the room changes nothing. */
  readonly accept = (event: AmorceEvent): void => {
    if (event.type === 'exam.started' || event.type === 'exam.resumed') this.#listeningSince = event.at
    if (event.type === 'exam.started') this.#linkDown = undefined
    if (event.type === 'nic.changed' && (event.change === 'down' || event.change === 'gone')) {
      this.#linkDown = event
      return
    }
    if (event.type === 'exam.resumed' || event.type === 'nic.changed') {
      this.#linkDown = undefined
      for (const journey of this.#journeys.values()) this.#advance(journey, event)
      return
    }
    const mac = this.machineOf(event)
    if (mac === undefined || mac === selfTestMac) return
    const journey = this.#journeys.get(mac) ?? (opensJourney(event) ? this.#open(mac, event.at) : undefined)
    if (!journey) return
    this.#advance(journey, event)
    if ((event.type === 'dhcp.ack' || event.type === 'dhcp.proxy') && event.address)
      this.#macByAddress.set(event.address, mac)
  }

  /** The machine an event is about: named by its MAC, or known by the address it was leased. */
  machineOf(event: AmorceEvent): Mac | undefined {
    if ('mac' in event) return event.mac
    return 'client' in event && typeof event.client === 'string' ? this.#macByAddress.get(event.client) : undefined
  }

  macOf(address: Ipv4): Mac | undefined {
    return this.#macByAddress.get(address)
  }

  get(mac: Mac): Journey | undefined {
    return this.#journeys.get(mac)
  }

  /** The stock item that this machine is, by all that it has said of itself. */
  itemOf(mac: Mac): MachineView['item'] {
    const { uuid, facts } = this.#journeys.get(mac) ?? {}
    return this.#itemOf({ mac, uuid, serial: facts?.serial, assetTag: facts?.assetTag })
  }

  get size(): number {
    return this.#journeys.size
  }

  /** Looks at the silences: call about once a second. `now` is milliseconds since the Unix epoch. */
  tick(now: number): void {
    for (const journey of this.#journeys.values()) {
      const trouble = this.#troubleOf(journey, now)
      const silent = trouble !== undefined && silences.has(trouble.code)
      if (silent && journey.stage !== 'lost') enter(journey, 'lost', now)
      if (!sameTrouble(journey.trouble, trouble) || silent !== (journey.stage === 'lost')) {
        journey.trouble = trouble
        this.#changed.add(journey.mac)
      }
    }
    const listeningSince = this.#listeningSince
    this.#roomTroubles = findRoomTroubles([...this.#journeys.values()], {
      now,
      listeningSince,
      linkMbps: this.#linkMbps?.(),
      linkDownSince: this.#linkDown?.at,
    })
  }

  /** An item or a seat was added or changed: the tiles that show one are drawn anew. */
  redraw(): void {
    for (const mac of this.#journeys.keys()) this.#changed.add(mac)
  }

  /** Machines whose agents have not been heard for so long, without having said goodbye. */
  silentFor(now: number, ms: number): { mac: Mac; address: Ipv4; answer?: 'echo' | 'arp' | 'none' }[] {
    return [...this.#journeys.values()].flatMap(({ mac, address, stage, evidence: { heartbeatAt, answer } }) =>
      address === undefined || heartbeatAt === undefined || stage === 'left' || now - heartbeatAt < ms
        ? []
        : [{ mac, address, ...(answer && { answer: answer.answer }) }],
    )
  }

  forget(mac: Mac): boolean {
    const journey = this.#journeys.get(mac)
    if (!journey) return false
    this.#journeys.delete(mac)
    if (journey.address && this.#macByAddress.get(journey.address) === mac) this.#macByAddress.delete(journey.address)
    this.#changed.delete(mac)
    this.#removed.add(mac)
    return true
  }

  clear(): void {
    for (const mac of [...this.#journeys.keys()]) this.forget(mac)
    this.#macByAddress.clear()
    this.#roomTroubles = []
  }

  all(): MachineView[] {
    return [...this.#journeys.values()].map((journey) => this.#view(journey))
  }

  /** What changed since it was last asked; undefined when nothing did. */
  takeChanges(): JourneysChange | undefined {
    if (this.#changed.size === 0 && this.#removed.size === 0) return undefined
    const machines = [...this.#changed].flatMap((mac) => {
      const journey = this.#journeys.get(mac)
      return journey ? [this.#view(journey)] : []
    })
    const removed = [...this.#removed].filter((mac) => !this.#journeys.has(mac))
    this.#changed.clear()
    this.#removed.clear()
    return { machines, removed }
  }

  detail(mac: Mac): Omit<MachineDetail, 'journal'> | undefined {
    const journey = this.#journeys.get(mac)
    if (!journey) return undefined
    const { timeline, transfers, earlierBoots } = journey
    return { mac, timeline, transfers, earlierBoots }
  }

  #troubleOf(journey: Journey, now: number): Trouble | undefined {
    return findTrouble(journey, {
      now,
      listeningSince: this.#listeningSince,
      room: this.#room,
      linkDown: this.#linkDown,
    })
  }

  #advance(journey: Journey, event: AmorceEvent): void {
    const before = journey.address
    advance(journey, event)
    journey.trouble = this.#troubleOf(journey, event.at)
    if (before && before !== journey.address && this.#macByAddress.get(before) === journey.mac)
      this.#macByAddress.delete(before)
    this.#changed.add(journey.mac)
  }

  #open(mac: Mac, at: number): Journey {
    if (this.#journeys.size >= maxMachines) this.#forgetOldestStranger()
    const journey = newJourney(mac, at)
    this.#journeys.set(mac, journey)
    this.#removed.delete(mac)
    return journey
  }

  /** Under a flood of invented MACs the machines that hold a lease keep their tiles. */
  #forgetOldestStranger(): void {
    const isStranger = ({ address, reached }: Journey): boolean =>
      address === undefined && (reached === 'heard' || reached === 'offered')
    const journeys = [...this.#journeys.values()]
    const [oldest] = journeys
    // One that claims over HTTP to be far on, from no address of ours, is the next to go.
    const stranger = journeys.find(isStranger) ?? journeys.find(({ address }) => address === undefined) ?? oldest
    if (stranger) this.forget(stranger.mac)
  }

  #view(journey: Journey): MachineView {
    const { mac } = journey
    const item = this.itemOf(mac)
    return journeyView(journey, item, this.#seatOf(mac, item?.id))
  }
}

/** Of a machine that was on its way, or in its exam, and is lost. */
const silences: ReadonlySet<TroubleCode> = new Set([
  'heartbeatLost',
  'laptopUnplugged',
  'agentSilent',
  'switchSilent',
  'machineGone',
  'ownDisk',
  'systemLost',
])

/** Only a machine that speaks for itself gets a tile. */
const opensJourney = (event: AmorceEvent): boolean =>
  event.type === 'dhcp.discover' ||
  event.type === 'dhcp.request' ||
  event.type === 'dhcp.ack' ||
  event.type === 'packet.unheard' ||
  event.type === 'boot.report' ||
  event.type === 'boot.script' ||
  event.type === 'agent.heartbeat'

const sameTrouble = (a: Trouble | undefined, b: Trouble | undefined): boolean =>
  a === b || (a?.code === b?.code && a?.since === b?.since && JSON.stringify(a) === JSON.stringify(b))
