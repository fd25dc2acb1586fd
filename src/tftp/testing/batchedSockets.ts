import { loadBatchCalls, openDescriptor, PacketLoop, type OpenPacketSocket } from '../../network/index.ts'

/** Sockets that move packets in batches, in the caller's thread, which looks at them whenever it has nothing else to do. */
export async function batchedSockets(): Promise<{ open: OpenPacketSocket; stop(): void }> {
  const loop = new PacketLoop(await loadBatchCalls())
  let running = true
  const look = (): void => {
    if (!running) return
    loop.turn(0)
    setImmediate(look)
  }
  look()
  return {
    async open(options) {
      const descriptor = await openDescriptor(options)
      return loop.add(descriptor, () => descriptor.close())
    },
    stop: () => (running = false),
  }
}
