import type { DropFolderOptions } from '../content/index.ts'
import { createDropFolder } from '../content/index.ts'
import type { CodedError } from '../contract/index.ts'
import { packetSockets, type OpenUdpSocket, type TappedDatagram } from '../network/index.ts'
import { createTftpServer as createServer, type TftpServer, type TftpServerDeps as ServerDeps } from './server.ts'
import { WorkerTftpServer, WorkerUnusable } from './workerServer.ts'

export type { TftpServer } from './server.ts'

export interface TftpServerDeps extends Omit<ServerDeps, 'openSocket' | 'sharedPorts' | 'dropFolder'> {
  openSocket: OpenUdpSocket
  /** Where clients may put files; nowhere when absent. */
  dropFolder?: DropFolderOptions
  /** The program of the thread that carries the transfers; without it they are carried in this thread. */
  workerPath?: string
  /** Told what the sockets of that thread are handed and send, but for what is deep in a transfer. */
  onDatagram?: (datagram: TappedDatagram) => void
  /** Told when a server that ran stopped by itself. */
  onFailure?: (error: CodedError) => void
}

/** A TFTP server: in a thread of its own where the system moves packets in batches, else in this one. */
export function createTftpServer(deps: TftpServerDeps): TftpServer {
  const { openSocket, dropFolder, workerPath, onDatagram, onFailure = () => {}, ...common } = deps
  const inThread = (): TftpServer =>
    createServer({
      ...common,
      openSocket: packetSockets(openSocket),
      dropFolder: dropFolder && createDropFolder(dropFolder),
    })
  let server: TftpServer =
    workerPath === undefined
      ? inThread()
      : new WorkerTftpServer({ ...common, dropFolder, workerPath, onDatagram, onFailure })
  return {
    async start() {
      try {
        await server.start()
      } catch (error) {
        if (!(error instanceof WorkerUnusable)) throw error
        deps.logger.info('TFTP runs without a thread of its own', { reason: error.message })
        server = inThread()
        await server.start()
      }
    },
    stop: () => server.stop(),
    get activeTransfers() {
      return server.activeTransfers
    },
    get transfers() {
      return server.transfers
    },
    get endpoint() {
      return server.endpoint
    },
  }
}

export {
  runTftpClient,
  type ByteSink,
  type ClientDeps,
  type ClientProgress,
  type ClientRequest,
  type ClientResult,
} from './client.ts'
export type { ByteSource } from './netascii.ts'
export { decode as decodeTftp, isDeepInATransfer, type Packet as TftpPacket } from './packet.ts'
