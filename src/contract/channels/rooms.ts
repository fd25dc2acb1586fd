import { z } from 'zod'
import { roomMarkKinds, type RoomView, type SitDownView } from '../views/index.ts'
import { command, id, macSchema, nothing, text } from './fields.ts'

/** The largest plan: a lecture hall of 300 seats has room in it. */
export const largestRoom = { columns: 60, rows: 60, seats: 1000 } as const

const cell = {
  column: z
    .number()
    .int()
    .min(0)
    .max(largestRoom.columns - 1),
  row: z
    .number()
    .int()
    .min(0)
    .max(largestRoom.rows - 1),
}

export const seatLabelSchema = text(16)
  .transform((value) => value.trim())
  .pipe(z.string().min(1))

export const seatInputSchema = z.object({
  /** Of a seat that is there already; absent for a new one. */
  id: id.optional(),
  label: seatLabelSchema,
  ...cell,
  itemId: id.optional(),
  mac: macSchema.optional(),
})
export type SeatInput = z.infer<typeof seatInputSchema>

export const roomInputSchema = z.object({
  name: text(80)
    .transform((value) => value.trim())
    .pipe(z.string().min(1)),
  columns: z.number().int().min(1).max(largestRoom.columns),
  rows: z.number().int().min(1).max(largestRoom.rows),
  seats: z.array(seatInputSchema).max(largestRoom.seats),
  marks: z.array(z.object({ kind: z.enum(roomMarkKinds), ...cell })).max(largestRoom.columns * largestRoom.rows),
})
export type RoomInput = z.infer<typeof roomInputSchema>

export const roomsCommands = {
  'room.add': command<typeof roomInputSchema, RoomView>(roomInputSchema),
  /** The whole plan at once: seats that are not in it any more are gone. */
  'room.update': command<z.ZodType<{ id: number; room: RoomInput }>, RoomView>(z.object({ id, room: roomInputSchema })),
  'room.remove': command<typeof id, void>(id),
  /** The machine that stands at a seat; null for none. A machine that stood elsewhere has moved here. */
  'seat.setMachine': command<z.ZodType<{ seatId: number; mac: string | null }>, void>(
    z.object({ seatId: id, mac: z.union([macSchema, z.null()]) }),
  ),
  /** Begins to give new machines to the seats in order, from this one on or from the first without a machine. */
  'sitDown.start': command<z.ZodType<{ roomId: number; fromSeatId?: number }>, SitDownView>(
    z.object({ roomId: id, fromSeatId: id.optional() }),
  ),
  /** Takes back the last one that was given. */
  'sitDown.undo': command<typeof nothing, void>(nothing),
  'sitDown.stop': command<typeof nothing, void>(nothing),
} as const
