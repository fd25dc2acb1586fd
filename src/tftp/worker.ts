import { parentPort, workerData } from 'node:worker_threads'
import { loggerTo, systemClock } from '../base/index.ts'
import { createDropFolder } from '../content/index.ts'
import type { AmorceEvent } from '../contract/index.ts'
import { loadBatchCalls, PacketLoop, tappedPackets, type PacketSocket, type TappedDatagram } from '../network/index.ts'
import { RemoteContent } from './remoteContent.ts'
import { isDeepInATransfer } from './packet.ts'
import { createTftpServer } from './server.ts'
import type { FromWorker, ToWorker, WorkerInput } from './workerMessages.ts'

// A thread of its own for the TFTP server: it waits for packets in one call of the system and moves them in batches. The
// thread that started it owns the sockets, finds the files and hears what happens (docs/decisions/0012).

/** Milliseconds that packets come first before messages, timers and files have their turn. */
const burstMs = 2
/** How long packets are waited for while files are opened, while transfers run, and while nothing is going on. */
const waits = { opening: 1, carrying: 5, idle: 1000 }
const eventsEveryMs = 20

async function main(port: NonNullable<typeof parentPort>): Promise<void> {
  const input = workerData as WorkerInput
  const post = (message: FromWorker): void => port.postMessage(message)
  const content = new RemoteContent(post)
  const largest = Math.max(2048, (input.maxBlockSize ?? 0) + 4)
  const loop = new PacketLoop(await loadBatchCalls(), input.wakeFd, largest)
  let events: AmorceEvent[] = []
  let datagrams: TappedDatagram[] = []
  let toldAt = 0
  let running = true

  const watched = (socket: PacketSocket): PacketSocket =>
    input.isTapped
      ? tappedPackets(
          socket,
          // The memory is the socket's: it is used again.
          (datagram) => datagrams.push({ ...datagram, data: Uint8Array.from(datagram.data) }),
          (head) => !isDeepInATransfer(head),
        )
      : socket

  const unused = [...input.descriptors]
  const server = createTftpServer({
    openSocket: () => {
      const descriptor = unused.shift()
      // The other thread closes it.
      if (descriptor) return Promise.resolve(watched(loop.add(descriptor, () => {})))
      return Promise.reject(new Error('every socket is in use'))
    },
    address: input.address,
    port: input.descriptors[0]?.port ?? 0,
    sharedPorts: input.descriptors.length - 1,
    singlePort: input.singlePort,
    maxBlockSize: input.maxBlockSize,
    maxTransfers: input.maxTransfers,
    content,
    dropFolder: input.dropFolder && createDropFolder(input.dropFolder),
    clock: systemClock,
    emit: (event) => events.push(event),
    logger: loggerTo((level, message, fields) => post({ type: 'log', level, message, fields })),
  })

  const tell = (): void => {
    toldAt = performance.now()
    if (datagrams.length > 0) post({ type: 'datagrams', datagrams })
    datagrams = []
    if (events.length === 0) return
    post({ type: 'events', events, active: server.activeTransfers, transfers: server.transfers })
    events = []
  }

  const burst = (): void => {
    if (!running) return
    const now = performance.now()
    if (server.occupation === 'idle' || now - toldAt > eventsEveryMs) tell()
    // What waits to be told must not wait for packets that may never come.
    while (loop.turn(waits[server.occupation]) > 0 && performance.now() < now + burstMs);
    setImmediate(burst)
  }

  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'opened':
        content.opened(message.id, message.file)
        break
      case 'refused':
        content.refused(message.id, message.error)
        break
      case 'stop':
        void server.stop().finally(() => {
          running = false
          tell()
          post({ type: 'stopped' })
          port.close()
        })
        break
    }
  })

  await server.start()
  post({ type: 'started' })
  burst()
}

if (parentPort) void main(parentPort)
