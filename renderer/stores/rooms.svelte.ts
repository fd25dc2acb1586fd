import type { Mac, Reply, RoomInput, RoomView, SeatView, SitDownView, ViewUpdate } from '../../src/contract/index.ts'
import type { Client } from './client.ts'
import type { Settings } from './settings.svelte.ts'
import type { Sittings } from './sittings.svelte.ts'

/** The rooms and their plans. */
export class Rooms {
  all = $state.raw<readonly RoomView[]>([])
  sitDown = $state.raw<SitDownView | null>(null)
  readonly #client: Client
  readonly #settings: Settings
  readonly #sittings: Sittings

  /** Whose plan is shown: where a sitting is held, else the one of the settings, else the only one. */
  readonly current = $derived.by(() => {
    const wanted = this.#sittings.held?.roomId ?? this.#settings.view.roomId
    return this.get(wanted) ?? (this.all.length === 1 ? this.all[0] : undefined)
  })

  constructor(client: Client, settings: Settings, sittings: Sittings) {
    this.#client = client
    this.#settings = settings
    this.#sittings = sittings
  }

  apply(update: ViewUpdate): void {
    if (update.rooms) this.all = update.rooms
    if (update.sitDown !== undefined) this.sitDown = update.sitDown
  }

  get(id: number | undefined): RoomView | undefined {
    return this.all.find((room) => room.id === id)
  }

  seat(id: number | undefined): SeatView | undefined {
    for (const room of this.all) {
      const seat = room.seats.find((each) => each.id === id)
      if (seat) return seat
    }
    return undefined
  }

  save(room: RoomInput, id?: number): Promise<Reply<RoomView>> {
    return id === undefined ? this.#client.call('room.add', room) : this.#client.call('room.update', { id, room })
  }

  async remove(id: number): Promise<boolean> {
    return (await this.#client.ask('room.remove', id)) !== undefined
  }

  async setMachine(seatId: number, mac: Mac | null): Promise<boolean> {
    return (await this.#client.ask('seat.setMachine', { seatId, mac })) !== undefined
  }

  startSitDown(roomId: number, fromSeatId?: number): Promise<unknown> {
    return this.#client.ask('sitDown.start', { roomId, fromSeatId })
  }

  undoSitDown(): Promise<unknown> {
    return this.#client.ask('sitDown.undo', undefined)
  }

  stopSitDown(): Promise<unknown> {
    return this.#client.ask('sitDown.stop', undefined)
  }
}
