import { Worker } from 'node:worker_threads'
import { systemClock } from '../base/index.ts'
import { CodedError, fromWireError } from '../contract/index.ts'
import type { OpenedRoom, OpenRoom, RoomMachine } from './openRoom.ts'
import type { FromRoom, RoomInput, ToRoom } from './roomMessages.ts'

const stopPatienceMs = 5000

/** In a thread of its own for each room. @param workerFile the built `simulator/worker.ts` */
export const openRoomInThread =
  (workerFile: string): OpenRoom =>
  ({ logger, onFailure, ...input }) =>
    new Promise<OpenedRoom>((resolve, reject) => {
      const worker = new Worker(workerFile, { workerData: input satisfies RoomInput, name: 'simulated room' })
      let machines: { -readonly [Part in keyof RoomMachine]: RoomMachine[Part] }[] | undefined
      let isStopping = false
      let cause: unknown
      const ended = new Promise((resolve) => worker.once('exit', resolve))

      const stop = async (): Promise<void> => {
        isStopping = true
        worker.postMessage('stop' satisfies ToRoom)
        const cancel = systemClock.after(stopPatienceMs, () => void worker.terminate())
        await ended
        cancel()
      }

      worker.on('message', (message: FromRoom) => {
        switch (message.type) {
          case 'opened':
            machines = message.machines
            resolve({ machines, stop })
            break
          case 'notOpened':
            reject(fromWireError(message.error))
            break
          case 'answers': {
            const machine = machines?.find(({ mac }) => mac === message.mac)
            if (machine) machine.answers = message.answers
            break
          }
          case 'log':
            logger[message.level](message.message, message.fields)
            break
        }
      })
      worker.on('error', (error) => (cause = error))
      worker.on('exit', (code) => {
        const error = new CodedError('simulation.failed', `the simulated room ended: ${String(cause ?? code)}`)
        for (const machine of machines ?? []) machine.answers = 'none'
        if (!machines) reject(error)
        else if (!isStopping) onFailure(error)
      })
    })
