import { createSocket } from 'node:dgram'
import type { Cancel, Clock } from '../base/index.ts'

/** What became of a datagram: nobody listens there (ICMP port unreachable), there is no way there, or nothing was said. */
export type PortAnswer = 'refused' | 'unreachable' | 'silent'

/**
 * Sends one datagram and listens for what ICMP says of it: only a socket that is connected to one place is told. A silent
 * place is not known to listen.
 */
export function probeUdpPort(
  { address, port, datagram, waitMs }: { address: string; port: number; datagram: Uint8Array; waitMs: number },
  clock: Clock,
): Promise<PortAnswer> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    let cancel: Cancel = () => {}
    let isDone = false
    const finish = (answer: PortAnswer): void => {
      if (isDone) return
      isDone = true
      cancel()
      socket.close(() => resolve(answer))
    }
    const onError = (error: NodeJS.ErrnoException | null): void => {
      if (!error) return
      if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') finish('refused')
      else if (error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH' || error.code === 'EHOSTDOWN')
        finish('unreachable')
      else finish('silent')
    }
    socket.on('error', onError)
    // An answer of any kind: somebody is there.
    socket.on('message', () => finish('silent'))
    socket.connect(port, address, () => {
      cancel = clock.after(waitMs, () => finish('silent'))
      socket.send(datagram, onError)
    })
  })
}
