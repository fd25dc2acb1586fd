import { join } from 'node:path'
import type { Clock } from '../base/index.ts'
import { CodedError, type SelfTestView } from '../contract/index.ts'
import { runSelfTest, type BootPorts } from '../diagnosis/index.ts'
import type { Venue } from '../exam/index.ts'
import { openUdpSocket } from '../network/index.ts'
import type { SimulatedLink } from '../simulator/index.ts'

/** In the simulated room's network, and nobody's. */
const simulatedRelay = '127.60.0.3'

export interface SelfTesterOptions {
  clock: Clock
  dataFolder: string
  /** Where an exam runs, if one does. */
  venue(): Venue | undefined
  ports(venue: Venue): BootPorts
  link(venue: Venue): SimulatedLink | undefined
}

/** Tries the running services from this very computer. */
export class SelfTester {
  readonly #options: SelfTesterOptions
  readonly #expected = new Set<number>()
  #last: SelfTestView | undefined
  #running: Promise<SelfTestView> | undefined

  constructor(options: SelfTesterOptions) {
    this.#options = options
  }

  /** Served beside the boot files; empty but while a test runs. */
  get folder(): string {
    return join(this.#options.dataFolder, 'self-test')
  }

  get last(): SelfTestView | undefined {
    return this.#last
  }

  /** Whether a DHCP message from this computer is the test's. */
  readonly expects = (xid: number): boolean => this.#expected.has(xid)

  /** A second call while one runs gets what that one finds. @throws CodedError `exam.notRunning` */
  run(): Promise<SelfTestView> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      this.#expected.clear()
    })
    return this.#running
  }

  async #run(): Promise<SelfTestView> {
    const { clock, venue: current, ports: portsAt, link: linkAt } = this.#options
    const venue = current()
    if (!venue) throw new CodedError('exam.notRunning', 'there is nothing to test while no exam runs')
    const ports = portsAt(venue)
    const link = linkAt(venue)
    this.#last = await runSelfTest({
      openSocket: openUdpSocket,
      clock,
      device: venue.simulated ? undefined : venue.nic,
      serverAddress: venue.address,
      dhcp: {
        serverPort: ports.dhcp,
        clientPort: ports.dhcpClient,
        broadcastAddress: link?.wireAddress ?? '255.255.255.255',
      },
      relayAddress: link && simulatedRelay,
      expect: (xid) => this.#expected.add(xid),
      tftpPort: ports.tftp,
      httpPort: ports.http,
      folder: this.folder,
      onProgress: (view) => (this.#last = view),
    })
    return this.#last
  }
}
