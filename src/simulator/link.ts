import { createServer } from 'node:net'
import type { Ipv4 } from '../contract/index.ts'
import { asSocketError, openUdpSocket } from '../network/index.ts'

/**
 * The network of the simulated room: loopback addresses and high ports, so that it needs no privilege and touches no
 * real network. Linux and Windows answer on the whole of 127.0.0.0/8 without configuration; macOS does not, and there
 * the first bind fails with `socket.addressNotAvailable`.
 */
export interface SimulatedLink {
  /** The server's address. */
  address: Ipv4
  prefix: number
  /** Stands for the broadcast domain: machines without an address send from here and are answered here. */
  wireAddress: Ipv4
  /** The server's port, for 67. */
  dhcpPort: number
  /** The port of the wire and of machines that renew, for 68. */
  clientPort: number
  /** For 69. */
  tftpPort: number
  httpPort: number
  poolStart: Ipv4
  poolEnd: Ipv4
}

export type SimulatedPorts = Pick<SimulatedLink, 'dhcpPort' | 'clientPort' | 'tftpPort' | 'httpPort'>

const usualPorts: SimulatedPorts = { dhcpPort: 6767, clientPort: 6868, tftpPort: 6969, httpPort: 6080 }

/** @param machines how many must find an address: beyond 241 the link is a /22 with room for a thousand. */
export function simulatedLink(ports: Partial<SimulatedPorts> = {}, machines = 24): SimulatedLink {
  const wide = machines > 241
  return {
    address: '127.60.0.1',
    prefix: wide ? 22 : 24,
    wireAddress: '127.60.0.2',
    ...usualPorts,
    ...ports,
    poolStart: '127.60.0.10',
    poolEnd: wide ? '127.60.3.250' : '127.60.0.250',
  }
}

/**
 * The same, with every port that is absent or 0 chosen among those that are free now.
 * @throws CodedError `socket.addressNotAvailable` where the system has no such loopback address.
 */
export async function freeSimulatedLink(ports: Partial<SimulatedPorts> = {}, machines = 24): Promise<SimulatedLink> {
  const { address, wireAddress } = simulatedLink()
  return simulatedLink(
    {
      dhcpPort: ports.dhcpPort || (await freeUdpPort(address)),
      clientPort: ports.clientPort || (await freeUdpPort(wireAddress)),
      tftpPort: ports.tftpPort || (await freeUdpPort(address)),
      httpPort: ports.httpPort || (await freeTcpPort(address)),
    },
    machines,
  )
}

async function freeUdpPort(address: Ipv4): Promise<number> {
  const socket = await openUdpSocket({ address, port: 0 })
  const { port } = socket
  await socket.close()
  return port
}

const freeTcpPort = (address: Ipv4): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => reject(asSocketError(error, { protocol: 'tcp', address, port: 0 })))
    server.listen(0, address, () => {
      const bound = server.address()
      const port = typeof bound === 'object' && bound ? bound.port : 0
      server.close(() => resolve(port))
    })
  })
