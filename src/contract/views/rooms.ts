import type { Mac } from '../events.ts'

/** What stands in a cell of a plan that is no seat; an empty cell is floor, a whole row or column of them an aisle. */
export const roomMarkKinds = ['board', 'desk', 'door', 'window', 'pillar'] as const
/** Each has its words under `roomMark.<kind>`. */
export type RoomMarkKind = (typeof roomMarkKinds)[number]

/** Column and row count from 0, the board's side first. */
export interface Cell {
  column: number
  row: number
}

export interface SeatView extends Cell {
  id: number
  /** `A1`: what is written on the seat; unique in its room, whatever its case. */
  label: string
  /** The stock item that stands there. */
  item?: { id: number; assetTag: string }
  /** Learned when the machine that stands there booted; the item's own MACs count too. */
  mac?: Mac
}

export interface RoomMark extends Cell {
  kind: RoomMarkKind
}

export interface RoomView {
  id: number
  name: string
  columns: number
  rows: number
  /** From the board backwards, left to right. */
  seats: SeatView[]
  marks: RoomMark[]
}

/** How large the seats of a plan are drawn, the largest first; `tiny` has room for the seat and its sign only. */
export const planSizes = ['huge', 'large', 'roomy', 'medium', 'small', 'dense', 'tiny'] as const
export type PlanSize = (typeof planSizes)[number]

/** Machines switched on one after the other, each taken for the one of the next seat. */
export interface SitDownView {
  roomId: number
  /** The seat that the next new machine is given; absent when every seat has one. */
  nextSeatId?: number
  /** What was given since it began, oldest first. */
  given: { seatId: number; mac: Mac }[]
}
