import { createBootDecider } from '../../src/boot/index.ts'
import { silentLogger, systemClock } from '../../src/base/index.ts'
import { createContent } from '../../src/content/index.ts'
import { createDhcpServer, createLeaseStore, realLink } from '../../src/dhcp/index.ts'
import { createHttpServer } from '../../src/http/index.ts'
import { openFileMover, openUdpSocket } from '../../src/network/index.ts'
import { openDatabase } from '../../src/storage/index.ts'
import { createTftpServer } from '../../src/tftp/index.ts'

// The app's own three services on one NIC, as the main process runs them, without a window around them.

/** Given as JSON in AMORCE_BENCH. */
export interface BenchServerOptions {
  device: string
  address: string
  prefix: number
  poolStart: string
  poolEnd: string
  databasePath: string
  nativeBinding?: string
  filesFolder: string
  httpPort: number
  /** The thread that sends files; through memory without. */
  fileMover?: string
}

const options = JSON.parse(process.env['AMORCE_BENCH'] ?? '{}') as BenchServerOptions
const { device, address, httpPort, fileMover } = options
const database = openDatabase({ path: options.databasePath, nativeBinding: options.nativeBinding })
const content = createContent({ roots: [options.filesFolder] })
const common = { clock: systemClock, emit: () => {}, logger: silentLogger }

const services = [
  createDhcpServer({
    ...common,
    openSocket: openUdpSocket,
    device,
    bindAddress: '0.0.0.0',
    link: realLink,
    config: {
      serverAddress: address,
      prefix: options.prefix,
      poolStart: options.poolStart,
      poolEnd: options.poolEnd,
      leaseSeconds: 3600,
      authoritative: true,
    },
    bootDecider: createBootDecider({ serverAddress: address, httpPort }),
    leaseStore: createLeaseStore(database),
  }),
  createTftpServer({ ...common, openSocket: openUdpSocket, device, address, port: 69, content }),
  createHttpServer({
    ...common,
    address,
    port: httpPort,
    content,
    routes: () => undefined,
    openMover: fileMover === undefined ? undefined : () => openFileMover(fileMover),
    // All clients of the bench come from one address.
    limits: { maxConnectionsPerClient: 512 },
  }),
]
for (const service of services) await service.start()
process.on('SIGTERM', () => void Promise.all(services.map((service) => service.stop())).then(() => process.exit(0)))
console.log('ready')
