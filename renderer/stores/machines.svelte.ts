import type { Mac, MachineDetail, MachineView, RoomTrouble, ViewUpdate } from '../../src/contract/index.ts'
import { compareNames } from '../messages/format.ts'
import { isNamed, machineName } from '../messages/sentences.ts'
import type { Client } from './client.ts'

/** What a technician tells machines apart by, and what the counts above the plan count. */
export const machineGroups = ['ready', 'moving', 'attention', 'blocked', 'gone'] as const
export type MachineGroup = (typeof machineGroups)[number]

export function groupOf({ stage, trouble }: Pick<MachineView, 'stage' | 'trouble'>): MachineGroup {
  if (trouble) return trouble.severity
  if (stage === 'ready') return 'ready'
  return stage === 'lost' || stage === 'left' ? 'gone' : 'moving'
}

/** The machines of the room, by MAC. Only those that changed are replaced, so only their tiles are drawn again. */
export class Machines {
  #byMac = $state.raw<ReadonlyMap<Mac, MachineView>>(new Map())
  /** The open machine's timeline, transfers and journal; undefined until main has sent it. */
  detail = $state.raw<MachineDetail>()
  /** What the machines show together. */
  roomTroubles = $state.raw<readonly RoomTrouble[]>([])
  openMac = $state<Mac | null>(null)
  group = $state<MachineGroup | 'all'>('all')
  layout = $state<'tiles' | 'table'>('tiles')
  search = $state('')

  readonly #client: Client
  readonly #whoSits: (seatId: number) => string | undefined

  /** Named machines in the order of their names, then the others in the order they came: a tile keeps its place. */
  readonly all = $derived.by(() => inRoomOrder([...this.#byMac.values()]))
  readonly counts = $derived.by(() => countGroups(this.all))
  readonly shown = $derived.by(() => this.all.filter((machine) => this.#matches(machine)))
  readonly isFiltered = $derived(this.group !== 'all' || this.search.trim() !== '')
  readonly open = $derived.by(() => (this.openMac === null ? undefined : this.#byMac.get(this.openMac)))
  readonly openDetail = $derived.by(() => (this.detail?.mac === this.openMac ? this.detail : undefined))

  /** @param whoSits the name and number of whom a seat is given to */
  constructor(client: Client, whoSits: (seatId: number) => string | undefined = () => undefined) {
    this.#client = client
    this.#whoSits = whoSits
  }

  get(mac: Mac): MachineView | undefined {
    return this.#byMac.get(mac)
  }

  apply(update: ViewUpdate): void {
    if (update.roomTroubles || update.full) this.roomTroubles = update.roomTroubles ?? []
    if (update.full) {
      this.#byMac = new Map(update.machines?.map((machine) => [machine.mac, machine]))
      this.detail = update.detail
      // A new main knows nothing of the panel that is open here.
      if (this.openMac !== null) this.watch(this.openMac)
      return
    }
    if (update.machines || update.machinesRemoved) {
      const next = new Map(this.#byMac)
      for (const machine of update.machines ?? []) next.set(machine.mac, machine)
      for (const mac of update.machinesRemoved ?? []) next.delete(mac)
      this.#byMac = next
    }
    if (update.detail) this.detail = update.detail
  }

  /** Opens a machine's panel, or closes it with null. */
  watch(mac: Mac | null): void {
    this.openMac = mac
    void this.#client.ask('machine.watch', mac)
  }

  forget(mac: Mac): Promise<unknown> {
    if (this.openMac === mac) this.watch(null)
    return this.#client.ask('machine.forget', mac)
  }

  clearFilter(): void {
    this.group = 'all'
    this.search = ''
  }

  /** Whether what is searched is in one of them; nothing is searched: true. */
  finds(texts: readonly (string | undefined)[]): boolean {
    const wanted = this.search.trim().toLowerCase()
    return wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted))
  }

  #matches(machine: MachineView): boolean {
    if (this.group !== 'all' && groupOf(machine) !== this.group) return false
    if (this.search.trim() === '') return true
    const { mac, address, hostName, item, seat } = machine
    return this.finds([machineName(machine), mac, address, hostName, item?.location, seat && this.#whoSits(seat.id)])
  }
}

function inRoomOrder(machines: MachineView[]): MachineView[] {
  return machines.sort((a, b) => {
    if (isNamed(a) !== isNamed(b)) return isNamed(a) ? -1 : 1
    const byName = isNamed(a) ? compareNames(machineName(a), machineName(b)) : a.firstHeardAt - b.firstHeardAt
    return byName || (a.mac < b.mac ? -1 : 1)
  })
}

function countGroups(machines: readonly MachineView[]): Record<MachineGroup, number> {
  const counts: Record<MachineGroup, number> = { ready: 0, moving: 0, attention: 0, blocked: 0, gone: 0 }
  for (const machine of machines) counts[groupOf(machine)] += 1
  return counts
}
