import { randomBytes } from 'node:crypto'
import type { AgentDesk } from '../boot/index.ts'
import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type AmorceEvent,
  type IncidentKind,
  type IncidentSeverity,
  type IncidentView,
  type Mac,
  type MachineView,
  type RoomView,
  type SeatView,
  type SittingView,
  type Trouble,
  type TroubleCode,
  type ViewUpdate,
} from '../contract/index.ts'
import { patience } from '../exam/index.ts'
import {
  createAttendance,
  createIncidents,
  createRooms,
  createSeatMachines,
  createSittings,
  SitDown,
  type Attendance,
  type Incidents,
  type NewIncident,
  type Rooms,
  type SeatMachines,
  type Sitter,
  type Sittings,
} from '../sittings/index.ts'
import type { Database } from '../storage/index.ts'

export interface ExamDayDeps {
  database: Database
  clock: Clock
  /** The room of the settings; 0 for none. */
  roomId(): number
  itemOf(mac: Mac): MachineView['item']
  /** In the order of their places, while an exam is rehearsed in the simulated room: they stand for the real ones. */
  simulatedMachines(): readonly { mac: Mac }[]
  onChange(...parts: ('rooms' | 'sitDown' | 'sittings' | 'incidents')[]): void
  /** Another machine may stand at a seat. */
  onSeatsChanged(): void
  /** Something happened that somebody should look at. */
  onIncident(incident: IncidentView): void
}

type Views = Pick<Required<ViewUpdate>, 'rooms' | 'sitDown' | 'sittings' | 'incidents'>

/** Rooms, sittings and incidents, and how what happens on the network bears on them. */
export class ExamDay {
  readonly rooms: Rooms
  readonly sittings: Sittings
  readonly attendance: Attendance
  readonly seatMachines: SeatMachines
  readonly incidents: Incidents
  readonly sitDown: SitDown
  readonly agentDesk: AgentDesk
  readonly #deps: ExamDayDeps
  #seats: SeatIndex | undefined
  #heldIn: number | undefined
  #all: readonly SittingView[] | undefined
  /** When machines were cut off last, by how. */
  readonly #cutOffs = new Map<TroubleCode, number>()
  /** What each machine's trouble was when it was last looked at, since when, and which were made incidents. */
  readonly #troubles = new Map<Mac, { code?: TroubleCode; seenAt: number; told: Set<string> }>()

  constructor(deps: ExamDayDeps) {
    this.#deps = deps
    const { database, clock } = deps
    this.rooms = createRooms(database, clock)
    this.sittings = createSittings({ database, clock, rooms: this.rooms, random: Math.random, randomBytes })
    this.attendance = createAttendance({ database, clock, onChange: () => this.sittings.touched() })
    this.seatMachines = createSeatMachines(database)
    this.incidents = createIncidents(database, clock)
    this.sitDown = new SitDown(this.rooms, () => deps.onChange('sitDown'))
    this.rooms.onChange(() => {
      this.sittings.roomsChanged()
      deps.onChange('rooms', 'sitDown')
      this.seatsChanged()
    })
    this.sittings.onChange(() => {
      this.#all = undefined
      deps.onChange('sittings')
      // Machines stand where they stood, whoever sits there: only another room puts the simulated ones elsewhere.
      const heldIn = this.held[0]?.roomId
      if (heldIn === this.#heldIn) return
      this.#heldIn = heldIn
      this.seatsChanged()
    })
    this.incidents.onChange(() => deps.onChange('incidents'))
    this.agentDesk = {
      ordersFor: (mac) => {
        const seat = this.#seatOf(mac)
        return seat && this.sittings.ordersFor(seat.id, clock.now())
      },
      received: (mac, ids) => {
        const seat = this.#seatOf(mac)
        if (seat) this.sittings.received(seat.id, ids)
      },
      unlockedByCode: (mac) => {
        const seat = this.#seatOf(mac)
        if (seat) this.sittings.unlockedByCode(seat.id, mac)
      },
    }
  }

  /** Where a machine stands in the plan, and who works on it in a sitting. */
  placeOf(mac: Mac): { seatId?: number; label?: string; sitter?: Sitter } {
    const seat = this.#seatOf(mac)
    const sitter = this.attendance.sitterOn({ seatId: seat?.id, mac }, this.#deps.clock.now())
    if (!seat) return { ...(sitter && { sitter }) }
    const rooms = this.rooms.list()
    // A label is unique in its room alone.
    const label = rooms.length > 1 ? `${rooms.find(({ id }) => id === seat.roomId)?.name} ${seat.label}` : seat.label
    return { seatId: seat.id, label, ...(sitter && { sitter }) }
  }

  /**
   * A candidate types the ticket's code at a machine.
   * @throws CodedError `ticket.unknown`, `ticket.otherSeat`: an incident of it too
   */
  signIn(ticket: string, mac: Mac): void {
    try {
      this.attendance.signIn(ticket, { seatId: this.#seatOf(mac)?.id, mac })
    } catch (error) {
      if (error instanceof CodedError && error.code === 'ticket.otherSeat')
        this.#add({
          kind: 'wrongSeat',
          severity: 'attention',
          mac,
          sittingId: Number(error.details['sittingId']),
          candidateId: Number(error.details['candidateId']),
          seatId: this.#seatOf(mac)?.id,
        })
      else if (error instanceof CodedError && error.code === 'ticket.unknown') this.#raise('wrongTicket', 'info', mac)
      throw error
    }
  }

  views(): Views {
    return {
      rooms: this.rooms.list(),
      sitDown: this.sitDown.view,
      sittings: this.sittings.list(),
      incidents: this.incidents.list(),
    }
  }

  /** What runs comes first, then what the settings say, then the only room there is. */
  get currentRoom(): RoomView | undefined {
    const rooms = this.rooms.list()
    const held = this.held[0]?.roomId ?? this.#deps.roomId()
    return rooms.find(({ id }) => id === held) ?? (rooms.length === 1 ? rooms[0] : undefined)
  }

  /** The sittings whose clock runs or stands. */
  get held(): readonly SittingView[] {
    return this.all.filter(({ state }) => state === 'running' || state === 'paused')
  }

  /** Those that are not archived: what is held first, then by time. */
  get all(): readonly SittingView[] {
    // Asked for with every lease and every second: read again only once a sitting has changed.
    this.#all ??= this.sittings.list()
    return this.#all
  }

  readonly seatOf = (mac: Mac, itemId?: number): MachineView['seat'] => {
    const seat = this.#index.byMac.get(mac) ?? (itemId === undefined ? undefined : this.#index.byItem.get(itemId))
    return seat && { id: seat.id, label: seat.label, roomId: seat.roomId }
  }

  /** Also when an exam starts or stops: the machines of the simulated room stand at the seats only while it runs. */
  seatsChanged(): void {
    this.#seats = undefined
    this.#deps.onSeatsChanged()
  }

  hear(event: AmorceEvent): void {
    switch (event.type) {
      case 'dhcp.discover':
      case 'dhcp.request':
        if (this.sitDown.view) this.sitDown.heard(event.mac, this.#deps.itemOf(event.mac)?.id)
        break
      case 'agent.heartbeat':
        this.#noteMachine(event.mac)
        break
      case 'dhcp.ack':
        this.#noteMachine(event.mac)
        if (this.#isForeign(event.mac)) this.#raise('foreignMachine', 'attention', event.mac, event.address)
        break
      case 'dhcp.conflict':
      case 'dhcp.decline':
        this.#raise('addressConflict', 'attention', event.mac, event.address)
        break
      case 'dhcp.otherServer':
        this.#raise('otherDhcpServer', 'serious', undefined, event.address)
        break
      case 'agent.incident':
        this.#raise(event.incident, mild.has(event.incident) ? 'attention' : 'serious', event.mac, event.text)
        break
    }
  }

  /** Looks at the machines about once a second: what fell silent, what booted again, what left for another system. */
  tick(machinesNow: () => readonly MachineView[]): void {
    if (this.held.length === 0) {
      this.#troubles.clear()
      return
    }
    const now = this.#deps.clock.now()
    const machines = machinesNow()
    for (const { mac, trouble } of machines) {
      const seen = this.#troubles.get(mac) ?? { seenAt: now, told: new Set() }
      this.#troubles.set(mac, seen)
      if (seen.code !== trouble?.code) {
        seen.code = trouble?.code
        seen.seenAt = now
      }
      const incident = trouble && incidentOf[trouble.code]
      // One that gave way to another verdict for a while, and came back, is the same.
      if (!incident || now - seen.seenAt < incident.settlesMs || seen.told.has(nameOf(trouble))) continue
      if (trouble.code === 'machineGone' && now - seen.seenAt < undecidedMs && mayBeCutOff(machines, trouble)) continue
      seen.told.add(nameOf(trouble))
      if (incident.kind === 'lineDown') this.#cutOff(machines, trouble)
      else this.#raise(incident.kind, incident.severity, mac)
    }
  }

  /** One incident for all that hang on the same cable or switch, however many they are. */
  #cutOff(machines: readonly MachineView[], { code, facts, since }: Trouble): void {
    // Heartbeats are some seconds apart: the others of the same cable follow.
    const isKnown = Math.abs(since - (this.#cutOffs.get(code) ?? -Infinity)) < sameCutMs
    this.#cutOffs.set(code, since)
    if (isKnown) return
    const cut = machines.filter(({ trouble }) => trouble?.code === code)
    const rooms = new Set(cut.flatMap(({ seat }) => seat?.roomId ?? []))
    const labels = cut.map(({ mac, seat, hostName }) => seat?.label ?? hostName ?? mac).sort(byLabel)
    const text = code === 'laptopUnplugged' ? String(facts['nic'] ?? '') : labels.join(', ')
    for (const { id, roomId } of this.held)
      if (rooms.size === 0 || (roomId !== undefined && rooms.has(roomId)))
        this.#add({ kind: 'lineDown', severity: 'serious', sittingId: id, text })
  }

  close(): void {
    this.sitDown.close()
  }

  /** An incident of the sitting that is held where the machine stands; of every one that is held when it has no seat. */
  #raise(kind: IncidentKind, severity: IncidentSeverity, mac?: Mac, text?: string): void {
    const seat = mac === undefined ? undefined : this.#seatOf(mac)
    const itemId = mac === undefined ? undefined : this.#deps.itemOf(mac)?.id
    const candidateOf = ({ candidates }: SittingView) =>
      seat && candidates.find(({ seatId, presence }) => seatId === seat.id && presence !== 'absent')
    const held = this.held
    const there = seat ? held.filter((sitting) => candidateOf(sitting) !== undefined) : held
    for (const sitting of there.length > 0 || !seat ? there : held.filter(({ roomId }) => roomId === seat.roomId))
      this.#add({
        kind,
        severity,
        mac,
        text,
        sittingId: sitting.id,
        seatId: seat?.id,
        candidateId: candidateOf(sitting)?.id,
        itemId,
      })
  }

  #noteMachine(mac: Mac): void {
    const seat = this.held.length > 0 ? this.#seatOf(mac) : undefined
    if (!seat) return
    for (const { id, roomId } of this.held) if (roomId === seat.roomId) this.seatMachines.note(id, seat.id, mac)
  }

  #add(incident: NewIncident): void {
    const added = this.incidents.add(incident)
    if (added) this.#deps.onIncident(added)
  }

  /** It has no seat although every seat of the rooms where sittings are held has its machine. */
  #isForeign(mac: Mac): boolean {
    const held = this.held
    if (held.length === 0 || this.#seatOf(mac)) return false
    const heldIn = new Set(held.map(({ roomId }) => roomId))
    return this.rooms
      .list()
      .filter(({ id }) => heldIn.has(id))
      .every(({ seats }) => seats.every((seat) => seat.mac !== undefined || seat.item !== undefined))
  }

  #seatOf(mac: Mac): IndexedSeat | undefined {
    const { byMac, byItem } = this.#index
    const itemId = byMac.has(mac) ? undefined : this.#deps.itemOf(mac)?.id
    return byMac.get(mac) ?? (itemId === undefined ? undefined : byItem.get(itemId))
  }

  /** Asked for at every tile and every frame. */
  get #index(): SeatIndex {
    this.#seats ??= this.#buildIndex()
    return this.#seats
  }

  #buildIndex(): SeatIndex {
    const byMac = new Map<Mac, IndexedSeat>()
    const byItem = new Map<number, IndexedSeat>()
    const simulated = this.#deps.simulatedMachines()
    if (simulated.length > 0) {
      const room = this.currentRoom
      for (const [i, seat] of (room?.seats ?? []).entries()) {
        const machine = simulated[i]
        if (machine && room) byMac.set(machine.mac, { ...seat, roomId: room.id })
      }
      return { byMac, byItem }
    }
    for (const room of this.rooms.list())
      for (const seat of room.seats) {
        if (seat.mac !== undefined) byMac.set(seat.mac, { ...seat, roomId: room.id })
        if (seat.item) byItem.set(seat.item.id, { ...seat, roomId: room.id })
      }
    return { byMac, byItem }
  }
}

/** The system notices that a neighbour is away after some seconds with one, and half a minute with another. */
const undecidedMs = 40_000

/**
 * Which troubles of a machine are an incident of its sitting, and how long each must stand: a silence is asked about first,
 * and others may turn out to share it.
 */
const incidentOf: Partial<Record<TroubleCode, { kind: IncidentKind; severity: IncidentSeverity; settlesMs: number }>> =
  {
    bootAgain: { kind: 'secondBoot', severity: 'serious', settlesMs: 0 },
    ownDisk: { kind: 'otherSystem', severity: 'serious', settlesMs: 0 },
    machineGone: { kind: 'machineLost', severity: 'attention', settlesMs: 5_000 },
    agentSilent: { kind: 'agentSilent', severity: 'attention', settlesMs: 5_000 },
    heartbeatLost: { kind: 'machineLost', severity: 'attention', settlesMs: undecidedMs },
    switchSilent: { kind: 'lineDown', severity: 'serious', settlesMs: 5_000 },
    laptopUnplugged: { kind: 'lineDown', severity: 'serious', settlesMs: 0 },
  }

/** Others fell silent in the same breath, and were asked in vain so far: the switch may turn out to be what is gone. */
const mayBeCutOff = (machines: readonly MachineView[], { since }: Trouble): boolean =>
  machines.some(
    ({ trouble }) => trouble?.code === 'heartbeatLost' && Math.abs(trouble.since - since) <= patience.sameBreath,
  )

/** As long as a row takes to be found silent, and a plug to be put back. */
const sameCutMs = 60_000

const nameOf = ({ code, since }: Trouble): string => `${code} ${since}`

const byLabel = (a: string, b: string): number => a.localeCompare(b, 'fr', { numeric: true })

/** Of what agents tell, what may well be nobody's fault. */
const mild: ReadonlySet<IncidentKind> = new Set(['clockChanged', 'inputPlugged', 'workNotRestored'])

type IndexedSeat = SeatView & { roomId: number }

interface SeatIndex {
  byMac: Map<Mac, IndexedSeat>
  byItem: Map<number, IndexedSeat>
}
