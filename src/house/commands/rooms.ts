import type { roomsCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Rooms, seats, and learning which machine stands where. */
export const roomsHandlers = ({ examDay: { rooms, sitDown } }: CommandDeps): HandlersOf<typeof roomsCommands> => ({
  'room.add': (room) => rooms.add(room),
  'room.update': ({ id, room }) => rooms.update(id, room),
  'room.remove': (id) => rooms.remove(id),
  'seat.setMachine': ({ seatId, mac }) => void rooms.setMachine(seatId, mac),
  'sitDown.start': ({ roomId, fromSeatId }) => {
    sitDown.start(roomId, fromSeatId)
    return sitDown.view!
  },
  'sitDown.undo': () => sitDown.undo(),
  'sitDown.stop': () => sitDown.stop(),
})
