import { openRawSocket, type RawSocket } from '../libc.ts'
import type { Capture, CapturedFrame } from './index.ts'

/** Milliseconds between two looks: koffi cannot wait for a socket without holding a thread. */
const lookEveryMs = 50
/** In one look; the rest waits in the kernel for the next one. */
const mostInOneLook = 2000

/**
 * Listens on a device with AF_PACKET, in front of any firewall, both ways.
 * @throws SystemCallError EPERM without CAP_NET_RAW; ENODEV for an unknown device.
 */
export async function openPacketSocket(
  device: string,
  filter: Buffer,
  onFrame: (frame: CapturedFrame) => void,
): Promise<Capture> {
  const socket = await openRawSocket(device, filter)
  const timer = setInterval(() => drain(socket, onFrame), lookEveryMs)
  timer.unref()
  let open = true
  return {
    source: 'packetSocket',
    flush: () => {
      if (open) drain(socket, onFrame)
    },
    close: () => {
      if (open) {
        open = false
        clearInterval(timer)
        socket.close()
      }
      return Promise.resolve()
    },
  }
}

function drain(socket: RawSocket, onFrame: (frame: CapturedFrame) => void): void {
  for (let count = 0; count < mostInOneLook; count++) {
    const frame = socket.read()
    if (!frame) return
    onFrame(frame)
  }
}
