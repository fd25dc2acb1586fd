import type { Cancel, Clock, Emit, Logger } from '../base/index.ts'
import { CodedError, type Ipv4, type Mac } from '../contract/index.ts'
import { formatIpv4, parseIpv4, type OpenUdpSocket, type UdpSocket } from '../network/index.ts'
import type { BootDecider } from './bootDecider.ts'
import { decode, encode } from './packet.ts'
import { bootServerPort, proxyDecide, type ProxyContext } from './proxyDecide.ts'
import { realLink, type DhcpLink } from './server.ts'

/** The ports of `DhcpLink`, and the one where boot servers are asked. */
export interface ProxyLink extends DhcpLink {
  bootServerPort: number
}

export const realProxyLink: ProxyLink = { ...realLink, bootServerPort }

export interface ProxyDhcpDependencies {
  openSocket: OpenUdpSocket
  /** The NIC to be tied to; absent in a simulated room. */
  device?: string
  /** `0.0.0.0` with a device; the loopback address in a simulated room. */
  bindAddress: Ipv4
  link: ProxyLink
  /** The address of the chosen NIC. */
  serverAddress: Ipv4
  bootDecider: BootDecider
  /** Which machines may be told what to boot; every one unless given. */
  mayBoot?: (mac: Mac, uuid?: string) => boolean
  clock: Clock
  emit: Emit
  logger: Logger
}

export interface ProxyDhcpServer {
  /**
   * Listens on both ports. Harmless when it runs already.
   * @throws CodedError `dhcp.poolInvalid` for an address that is none, or what opening a socket threw; nothing is held then.
   */
  start(): Promise<void>
  /** Frees the ports. Harmless when it does not run. */
  stop(): Promise<void>
  /** Machines told what to boot, offers and answers on the second port together, since it was made. */
  readonly exchanges: number
  /** `192.168.60.1:67`, while it runs. */
  readonly endpoint?: string
}

/** Says what to boot beside a DHCP server that gives the addresses (proxyDHCP, PXE 2.1). It never gives one. */
export const createProxyDhcpServer = (dependencies: ProxyDhcpDependencies): ProxyDhcpServer =>
  new ProxyServer(dependencies)

const receiveBufferBytes = 1024 * 1024
/** Malformed datagrams told of per second: enough to see that there are some, too few to drown the journal. */
const malformedToldOf = 5

class ProxyServer implements ProxyDhcpServer {
  readonly #dependencies: ProxyDhcpDependencies
  #sockets: { server: UdpSocket; bootServer: UdpSocket } | undefined
  #cancelHousekeeping: Cancel | undefined
  #malformedLeft = malformedToldOf
  exchanges = 0

  constructor(dependencies: ProxyDhcpDependencies) {
    this.#dependencies = dependencies
  }

  get endpoint(): string | undefined {
    return this.#sockets && `${this.#dependencies.serverAddress}:${this.#sockets.server.port}`
  }

  async start(): Promise<void> {
    if (this.#sockets) return
    const { openSocket, device, bindAddress, link, clock, logger } = this.#dependencies
    const context = this.#context()
    const shared = { device, address: bindAddress, broadcast: true, receiveBufferBytes }
    const server = await openSocket({ ...shared, port: link.serverPort })
    const bootServer = await openSocket({ ...shared, port: link.bootServerPort }).catch(async (error: unknown) => {
      await server.close()
      throw error
    })
    this.#sockets = { server, bootServer }
    this.#cancelHousekeeping = clock.every(1000, () => (this.#malformedLeft = malformedToldOf))
    for (const port of ['server', 'bootServer'] as const) {
      const socket = this.#sockets[port]
      socket.onError((error) => logger.error('proxyDHCP: socket error', { port: socket.port, error: error.message }))
      socket.onMessage((datagram, from) => this.#receive(datagram, port, socket, from, context))
    }
    logger.info('proxyDHCP: listening', { endpoint: this.endpoint, bootServerPort: bootServer.port })
  }

  async stop(): Promise<void> {
    const sockets = this.#sockets
    if (!sockets) return
    this.#cancelHousekeeping?.()
    this.#sockets = undefined
    await Promise.all([sockets.server.close(), sockets.bootServer.close()])
  }

  #context(): ProxyContext {
    const { serverAddress, bootDecider, mayBoot = () => true } = this.#dependencies
    const address = parseIpv4(serverAddress)
    if (address === undefined)
      throw new CodedError('dhcp.poolInvalid', `proxyDHCP: ${serverAddress} is no address`, {
        field: 'serverAddress',
        reason: 'notAnAddress',
        value: serverAddress,
      })
    return { serverAddress: address, bootDecider, mayBoot }
  }

  #receive(
    datagram: Buffer,
    port: 'server' | 'bootServer',
    socket: UdpSocket,
    from: { address: Ipv4; port: number },
    context: ProxyContext,
  ): void {
    const { clock, emit, logger, link } = this.#dependencies
    if (!this.#sockets) return
    const decoded = decode(datagram)
    if (!decoded.ok) return this.#malformed(from.address, `${decoded.reason} at ${decoded.offset}`)
    try {
      const { events, reply, malformed } = proxyDecide(decoded.packet, port, context, clock.now())
      // The DHCP server beside us answers on this very network: its replies are not ours to complain of.
      if (malformed === 'badOperation') return
      if (malformed) return this.#malformed(from.address, malformed)
      for (const event of events) emit(event)
      if (!reply) return
      const to =
        reply.to === 'sender'
          ? from
          : reply.to === 'everyone'
            ? { address: link.broadcastAddress, port: link.clientPort }
            : { address: formatIpv4(reply.to.relay), port: link.serverPort }
      const { datagram: answer } = encode(reply.packet, reply.maxSize)
      socket.send(answer, to.port, to.address, (error) => {
        if (error) logger.warn('proxyDHCP: reply not sent', { to: `${to.address}:${to.port}`, error: error.message })
      })
      this.exchanges++
      emit(reply.event)
    } catch (error) {
      const { address } = from
      logger.error('proxyDHCP: message not handled', {
        from: address,
        error: error instanceof Error ? error.stack : String(error),
      })
    }
  }

  #malformed(from: Ipv4, reason: string): void {
    const { clock, emit } = this.#dependencies
    if (this.#malformedLeft === 0) return
    this.#malformedLeft--
    emit({ at: clock.now(), type: 'dhcp.malformed', from, reason })
  }
}
