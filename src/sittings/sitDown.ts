import type { Unsubscribe } from '../base/index.ts'
import type { Mac, SeatView, SitDownView } from '../contract/index.ts'
import type { Rooms } from './rooms.ts'

/**
 * Learns which machine stands where: somebody switches the machines on one after the other, in the order of the seats,
 * and each machine that is heard for the first time is taken for the one of the next seat.
 */
export class SitDown {
  readonly #rooms: Rooms
  readonly #onChange: () => void
  #run: { roomId: number; from: number; given: { seatId: number; mac: Mac }[] } | undefined
  readonly #unsubscribe: Unsubscribe

  constructor(rooms: Rooms, onChange: () => void) {
    this.#rooms = rooms
    this.#onChange = onChange
    this.#unsubscribe = rooms.onChange(() => {
      if (this.#run && !rooms.list().some(({ id }) => id === this.#run?.roomId)) this.stop()
    })
  }

  get view(): SitDownView | null {
    if (!this.#run) return null
    const { roomId, given } = this.#run
    return { roomId, given: [...given], nextSeatId: this.#next()?.id }
  }

  /** @throws CodedError `room.notFound` */
  start(roomId: number, fromSeatId?: number): void {
    const { seats } = this.#rooms.get(roomId)
    const from = Math.max(
      0,
      seats.findIndex(({ id }) => id === fromSeatId),
    )
    // A seat that is named is given anew, whatever stood there.
    if (fromSeatId !== undefined && seats[from]?.mac !== undefined) this.#rooms.setMachine(fromSeatId, null)
    this.#run = { roomId, from, given: [] }
    this.#onChange()
  }

  stop(): void {
    if (!this.#run) return
    this.#run = undefined
    this.#onChange()
  }

  close(): void {
    this.#unsubscribe()
  }

  /** A machine was heard. One that has a seat already keeps it. */
  heard(mac: Mac, itemId?: number): void {
    const run = this.#run
    if (!run || this.#rooms.seatOf({ mac, itemId })) return
    const seat = this.#next()
    if (!seat) return
    this.#rooms.setMachine(seat.id, mac)
    run.given.push({ seatId: seat.id, mac })
    this.#onChange()
  }

  /** Takes back the last one: its seat is next again. */
  undo(): void {
    const last = this.#run?.given.pop()
    if (!last) return
    this.#rooms.setMachine(last.seatId, null)
    this.#onChange()
  }

  #next(): SeatView | undefined {
    if (!this.#run) return undefined
    return this.#rooms
      .get(this.#run.roomId)
      .seats.slice(this.#run.from)
      .find(({ mac, item }) => mac === undefined && item === undefined)
  }
}
