import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { CodedError } from '../contract/index.ts'
import { parseIpv4 } from './ipv4.ts'
import { openBoundSocket } from './libc.ts'
import { asSocketError } from './socketError.ts'

export interface UdpOptions {
  /**
   * The system's name of the NIC that the socket is tied to: it hears only what comes in there and sends only out of
   * there, broadcasts included. What this host itself sends to an address of that NIC counts as coming in there.
   */
  device?: string
  /** Local IPv4 address; `0.0.0.0` for any. On Windows a device stands for its own address then. */
  address: string
  /** 0 for any free one. */
  port: number
  /** May send to broadcast addresses. */
  broadcast?: boolean
  /** Share the port with sockets that allow it too. Without it, a port that somebody holds is refused, and ours is kept. */
  reuse?: boolean
  /** Bytes; the system may grant less (Linux: `net.core.rmem_max`). */
  receiveBufferBytes?: number
  sendBufferBytes?: number
}

export type DatagramListener = (data: Buffer, from: { address: string; port: number }) => void

export interface UdpSocket {
  readonly address: string
  readonly port: number
  onMessage(fn: DatagramListener): void
  /** Told of receiving errors, and of sending errors whose sender gave no `done`. The socket stays open. */
  onError(fn: (error: Error) => void): void
  /** Never throws: what fails, a closed socket included, is told to `done`, or to `onError` without one. */
  send(data: Uint8Array, port: number, address: string, done?: (error: Error | null) => void): void
  /** Resolves once the port is free. Calling it twice is harmless. */
  close(): Promise<void>
}

/**
 * Opens a bound UDP socket.
 * @throws CodedError `socket.permission`, `socket.portInUse`, `socket.addressNotAvailable`, `nic.notFound` or
 *   `socket.failed`, with `{ protocol, address, port, nic?, reason }`; nothing stays open then.
 */
export type OpenUdpSocket = (options: UdpOptions) => Promise<UdpSocket>

export const openUdpSocket: OpenUdpSocket = async (options) => {
  const endpoint = { protocol: 'udp', address: options.address, port: options.port, device: options.device } as const
  try {
    if (options.device === undefined) return await bindPlain(options)
    if (process.platform === 'win32')
      return await bindPlain({ ...options, address: addressOn(options.device, options.address) })
    return await bindToDevice(options, options.device)
  } catch (error) {
    throw asSocketError(error, endpoint)
  }
}

/** A bound socket that another thread may be handed; it is to be closed by whoever opened it. */
export interface Descriptor {
  readonly fd: number
  readonly address: string
  readonly port: number
  close(): void
}

/** Opens a bound UDP socket for use without Node's dgram (Linux, macOS). @throws CodedError as {@link OpenUdpSocket}. */
export async function openDescriptor(options: UdpOptions): Promise<Descriptor> {
  const { device, address, port, reuse = false } = options
  const local = parseIpv4(address)
  try {
    if (device !== undefined && !isDeviceName(device)) throw noSuchNic(device)
    if (local === undefined) throw new Error(`not an IPv4 address: ${address}`)
    const bound = await openBoundSocket({ ...options, address: local, reuse })
    return { fd: bound.fd, address, port: bound.port, close: () => bound.close() }
  } catch (error) {
    throw asSocketError(error, { protocol: 'udp', address, port, device })
  }
}

function makeSocket(options: UdpOptions): Socket {
  return createSocket({
    type: 'udp4',
    reuseAddr: options.reuse ?? false,
    recvBufferSize: options.receiveBufferBytes,
    sendBufferSize: options.sendBufferBytes,
    // dgram would otherwise put every send through a resolver; only addresses are ever sent to.
    lookup: (host, _options, done) =>
      isIPv4(host) ? done(null, host, 4) : done(new Error(`not an IPv4 address: ${host}`), '', 4),
  })
}

const bindPlain = (options: UdpOptions): Promise<UdpSocket> =>
  listening(options, (socket) => {
    socket.bind({ address: options.address, port: options.port, exclusive: true })
  })

function bindToDevice(options: UdpOptions, device: string): Promise<UdpSocket> {
  const address = parseIpv4(options.address)
  const reuse = options.reuse ?? false
  if (!isDeviceName(device)) throw noSuchNic(device)
  if (address === undefined) throw new Error(`not an IPv4 address: ${options.address}`)
  return listening(options, async (socket) => {
    const bound = await openBoundSocket({ device, address, port: options.port, reuse })
    try {
      socket.bind({ fd: bound.fd })
      bound.setReuse(reuse)
    } catch (error) {
      // An adopted descriptor is closed with its socket.
      if (!isAdopted(socket)) bound.close()
      throw error
    }
  })
}

function isAdopted(socket: Socket): boolean {
  try {
    return socket.address().port > 0
  } catch {
    return false
  }
}

/** Linux cuts a longer name short, and would bind to another device without a word; an empty one means "any device". */
const isDeviceName = (device: string): boolean => process.platform !== 'linux' || /^[^\0/\s]{1,15}$/.test(device)

/** Windows (not tried): a socket bound to a NIC's address receives that NIC's broadcasts and sends out of it. */
function addressOn(device: string, address: string): string {
  const nic = networkInterfaces()[device]
  if (!nic) throw noSuchNic(device)
  const own = nic.filter((entry) => entry.family === 'IPv4').map((entry) => entry.address)
  const chosen = address === '0.0.0.0' ? own[0] : own.find((candidate) => candidate === address)
  if (chosen === undefined)
    throw new CodedError('socket.addressNotAvailable', `${device} has not the address ${address}`, {
      nic: device,
      address,
    })
  return chosen
}

const noSuchNic = (device: string) => new CodedError('nic.notFound', `no NIC is called ${device}`, { nic: device })

async function listening(options: UdpOptions, bind: (socket: Socket) => void | Promise<void>): Promise<UdpSocket> {
  const socket = makeSocket(options)
  try {
    // `once` also rejects when the socket emits an error instead.
    await Promise.all([once(socket, 'listening'), bind(socket)])
    if (options.broadcast) socket.setBroadcast(true)
    return new DgramUdpSocket(socket)
  } catch (error) {
    await new Promise<void>((resolve) => socket.close(resolve))
    throw error
  }
}

class DgramUdpSocket implements UdpSocket {
  readonly address: string
  readonly port: number
  readonly #socket: Socket
  #closing: Promise<void> | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    const local = socket.address()
    this.address = local.address
    this.port = local.port
    // Without a listener, Node would end the process on an error that comes before `onError` is called.
    socket.on('error', ignore)
  }

  onMessage(fn: DatagramListener): void {
    this.#socket.on('message', fn)
  }

  onError(fn: (error: Error) => void): void {
    this.#socket.on('error', fn)
  }

  send(data: Uint8Array, port: number, address: string, done?: (error: Error | null) => void): void {
    const finish = done ?? this.#reportSendError
    try {
      this.#socket.send(data, port, address, (error) => finish(error))
    } catch (error) {
      // dgram throws for what a datagram can make us try: an answer to port 0, an answer after closing.
      queueMicrotask(() => finish(error as Error))
    }
  }

  readonly #reportSendError = (error: Error | null): void => {
    if (error) this.#socket.emit('error', error)
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => this.#socket.close(resolve))
    return this.#closing
  }
}

const ignore = () => {}
