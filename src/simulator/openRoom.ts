import { systemClock, type Logger } from '../base/index.ts'
import type { CodedError } from '../contract/index.ts'
import type { SimulatedMachine } from './machine.ts'
import { seededRandom } from './random.ts'
import { createSimulatedRoom, type SimulatedRoom, type SimulatedRoomOptions } from './room.ts'

export interface RoomToOpen extends Pick<SimulatedRoomOptions, 'machines' | 'link' | 'pace' | 'failures' | 'atOnce'> {
  /** The same number gives the same room. */
  seed: number
  logger: Logger
  /** Told when the room ended by itself; its machines are gone then, and nothing of it is bound. */
  onFailure: (error: CodedError) => void
}

/** What the console knows of a simulated machine beside what it hears over the network. */
export type RoomMachine = Pick<SimulatedMachine, 'mac' | 'behaviour' | 'expected' | 'answers'>

/** A room whose machines are switched on, wherever it lives. */
export interface OpenedRoom {
  readonly machines: readonly RoomMachine[]
  /** Cuts the power of all; nothing of it is left open then. */
  stop(): Promise<void>
}

/** @throws CodedError `simulation.failed`, or as `SimulatedRoom.start` */
export type OpenRoom = (room: RoomToOpen) => Promise<OpenedRoom>

/** On the caller's thread, which it holds up: for tests, and where no other has been built. */
export const openRoomHere = async ({
  seed,
  ...options
}: Omit<RoomToOpen, 'onFailure'> & Pick<SimulatedRoomOptions, 'onMilestone'>): Promise<SimulatedRoom> => {
  const room = createSimulatedRoom({ ...options, clock: systemClock, random: seededRandom(seed) })
  await room.start()
  return room
}
