import type { Clock, Emit } from '../base/index.ts'
import { CodedError, type Ipv4, type Mac } from '../contract/index.ts'
import { echo, openUdpSocket, wake } from '../network/index.ts'

/** Where machines are asked for. */
export interface Line {
  /** None in the simulated room, whose machines are all this computer's. */
  device?: string
  address: Ipv4
}

/** As long as a machine on the same cable needs many times over. */
const pingMs = 1000

export interface LineDeskDeps {
  clock: Clock
  emit: Emit
  /** Undefined when no NIC that could be used is chosen. */
  line(): Line | undefined
}

/** What is asked of one machine over the cable. */
export function createLineDesk({ clock, emit, line }: LineDeskDeps) {
  const mustHaveLine = (): Line => {
    const there = line()
    if (!there) throw new CodedError('exam.noNic', 'no NIC is chosen that the machine could be on')
    return there
  }
  return {
    /** @returns milliseconds, or null when nobody answered. @throws CodedError `exam.noNic`, `lease.noPing` */
    ping: async (address: Ipv4): Promise<number | null> =>
      (await echo(address, { device: mustHaveLine().device, timeoutMs: pingMs })) ?? null,
    /** Nothing leaves in the simulated room, whose machines never sleep. @throws CodedError `exam.noNic`, `lease.notWoken` */
    wake: async (mac: Mac): Promise<void> => {
      const { device, address } = mustHaveLine()
      try {
        if (device !== undefined) await wake(mac, { openSocket: openUdpSocket, device, ownAddress: address })
        emit({ at: clock.now(), type: 'machine.woken', mac })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new CodedError('lease.notWoken', `${mac} through ${device}: ${reason}`, { nic: device ?? '', reason })
      }
    },
  }
}

export type LineDesk = ReturnType<typeof createLineDesk>
