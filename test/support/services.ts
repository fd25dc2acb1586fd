import { silentLogger, systemClock } from '../../src/base/index.ts'
import { createContent } from '../../src/content/index.ts'
import type { AmorceEvent, Mac } from '../../src/contract/index.ts'
import {
  createDhcpServer,
  createProxyDhcpServer,
  realLink,
  realProxyLink,
  type BootDecider,
  type DhcpConfig,
} from '../../src/dhcp/index.ts'
import { MemoryLeaseStore } from '../../src/dhcp/testdata/fakes.ts'
import { createHttpServer } from '../../src/http/index.ts'
import { openUdpSocket } from '../../src/network/index.ts'
import { inside, LabNetwork } from './namespaces.ts'

// Single services of Amorce on the laptop of a lab, without the app around them: for what needs a network that the app's
// own settings do not make. The test's process is inside the laptop's namespace meanwhile.

const { examNic, examAddress } = LabNetwork
const shared = {
  device: examNic,
  bindAddress: '0.0.0.0',
  openSocket: openUdpSocket,
  clock: systemClock,
  logger: silentLogger,
}

export interface LabServices {
  /** All that was told, oldest first. */
  events: AmorceEvent[]
}

/** Runs a task while a DHCP server serves the room, and the networks behind its relay agents. */
export async function withDhcpServer(
  network: LabNetwork,
  config: Partial<DhcpConfig>,
  task: (services: LabServices) => Promise<void>,
): Promise<void> {
  await inside(network.laptop, async () => {
    const events: AmorceEvent[] = []
    const server = createDhcpServer({
      ...shared,
      link: realLink,
      config: {
        serverAddress: examAddress,
        prefix: 24,
        poolStart: '192.168.60.50',
        poolEnd: '192.168.60.99',
        leaseSeconds: 600,
        authoritative: true,
        ...config,
      },
      bootDecider: () => undefined,
      leaseStore: new MemoryLeaseStore(),
      emit: (event) => events.push(event),
    })
    await server.start()
    try {
      await task({ events })
    } finally {
      await server.stop()
    }
  })
}

export interface LabProxy extends LabServices {
  httpPort: number
}

/** Runs a task while a proxyDHCP server says what to boot, and a web server has it: files, and a script for each machine. */
export async function withProxy(
  network: LabNetwork,
  { files, script }: { files: string; script: (mac: Mac, serverUrl: string) => string },
  task: (proxy: LabProxy) => Promise<void>,
): Promise<void> {
  await inside(network.laptop, async () => {
    const events: AmorceEvent[] = []
    const emit = (event: AmorceEvent): void => void events.push(event)
    const httpPort = 8067
    const serverUrl = `http://${examAddress}:${httpPort}`
    const bootDecider: BootDecider = ({ firmware, mac }) =>
      firmware === 'ipxe'
        ? { firmwareRow: firmware, nextServer: examAddress, bootFile: `${serverUrl}/script/${mac}` }
        : undefined
    const services = [
      createProxyDhcpServer({ ...shared, link: realProxyLink, serverAddress: examAddress, bootDecider, emit }),
      createHttpServer({
        address: examAddress,
        port: httpPort,
        content: createContent({ roots: [files] }),
        routes: ({ path }) => {
          const mac = /^\/script\/([\da-f:]{17})$/.exec(path)?.[1]
          return mac === undefined
            ? undefined
            : { status: 200, contentType: 'text/plain', body: script(mac, serverUrl), kind: 'script' }
        },
        clock: systemClock,
        logger: silentLogger,
        emit,
      }),
    ]
    const started: typeof services = []
    try {
      for (const service of services) {
        await service.start()
        started.push(service)
      }
      await task({ events, httpPort })
    } finally {
      for (const service of started) await service.stop()
    }
  })
}
