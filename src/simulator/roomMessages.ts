import type { Mac, WireError } from '../contract/index.ts'
import type { RoomMachine, RoomToOpen } from './openRoom.ts'

// What the console's thread and the thread of a simulated room tell each other.

export type RoomInput = Omit<RoomToOpen, 'logger' | 'onFailure'>

export type ToRoom = 'stop'

export type FromRoom =
  | { type: 'opened'; machines: RoomMachine[] }
  | { type: 'notOpened'; error: WireError }
  | { type: 'answers'; mac: Mac; answers: RoomMachine['answers'] }
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; message: string; fields?: Record<string, unknown> }
