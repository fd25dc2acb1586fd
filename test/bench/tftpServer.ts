import { silentLogger, systemClock } from '../../src/base/index.ts'
import { createContent } from '../../src/content/index.ts'
import { openUdpSocket } from '../../src/network/index.ts'
import { createTftpServer } from '../../src/tftp/index.ts'

// The app's TFTP service alone, as the main process runs it.

/** Given as JSON in AMORCE_BENCH. */
export interface TftpBenchOptions {
  device?: string
  address: string
  filesFolder: string
  /** Absent: in the main thread, on sockets of Node's own. */
  workerPath?: string
  maxBlockSize?: number
}

const options = JSON.parse(process.env['AMORCE_BENCH'] ?? '{}') as TftpBenchOptions
const { filesFolder, ...rest } = options
const server = createTftpServer({
  ...rest,
  openSocket: openUdpSocket,
  port: 69,
  content: createContent({ roots: [filesFolder] }),
  clock: systemClock,
  emit: () => {},
  logger: { ...silentLogger, info: (message, fields) => console.error(message, fields) },
  onFailure: (error) => {
    console.error(error)
    process.exit(1)
  },
})
await server.start()
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)))
console.log('ready')
