import { parentPort, workerData } from 'node:worker_threads'
import { loggerTo } from '../base/index.ts'
import { toWireError } from '../contract/index.ts'
import { openRoomHere, type RoomMachine } from './openRoom.ts'
import type { FromRoom, RoomInput, ToRoom } from './roomMessages.ts'

// A thread of its own for the simulated room: real machines do not share the console's processor time either.

async function main(port: NonNullable<typeof parentPort>): Promise<void> {
  const post = (message: FromRoom): void => port.postMessage(message)
  try {
    const room = await openRoomHere({
      ...(workerData as RoomInput),
      logger: loggerTo((level, message, fields) => post({ type: 'log', level, message, fields })),
      onMilestone: ({ mac, answers }) => post({ type: 'answers', mac, answers }),
    })
    port.on('message', (_: ToRoom) => void room.stop().finally(() => port.close()))
    post({ type: 'opened', machines: room.machines.map(told) })
  } catch (error) {
    post({ type: 'notOpened', error: toWireError(error) })
  }
}

const told = ({ mac, behaviour, expected, answers }: RoomMachine): RoomMachine => ({
  mac,
  behaviour,
  expected,
  answers,
})

if (parentPort) void main(parentPort)
