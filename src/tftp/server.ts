import type { Clock, Emit, Logger } from '../base/index.ts'
import { TransferLog, type Content, type ContentFile } from '../content/index.ts'
import { CodedError, type Ipv4 } from '../contract/index.ts'
import type { OpenUdpSocket, UdpSocket } from '../network/index.ts'
import { asNetascii, type ByteSource } from './netascii.ts'
import { agree } from './options.ts'
import { decode, encode, errorCode, type RequestPacket } from './packet.ts'
import { Session } from './session.ts'
import { Transfer } from './transfer.ts'

export interface TftpServerDeps {
  openSocket: OpenUdpSocket
  /** The NIC to stay on; the address alone decides when absent. */
  device?: string
  address: Ipv4
  /** 69 on a real network; 0 takes any free one. */
  port: number
  content: Content
  clock: Clock
  emit: Emit
  logger: Logger
  /** Bytes; default 1468, which fits an MTU of 1500 without fragments. */
  maxBlockSize?: number
  /** How many at once, 1024 by default. Beyond, requests are left unanswered: the client asks again. */
  maxTransfers?: number
}

export interface TftpServer {
  /** @throws CodedError `socket.permission`, `socket.portInUse`, `socket.addressNotAvailable`, `socket.failed`. */
  start(): Promise<void>
  /** Ends every transfer and releases every port. */
  stop(): Promise<void>
  readonly activeTransfers: number
  /** Begun so far. */
  readonly transfers: number
  /** `192.168.60.1:69` while running. */
  readonly endpoint?: string
}

const maxWindowSize = 64
/** A transfer heard of so lately is alive: a request that repeats it is a late copy, not a machine that started again. */
const aliveMs = 2000

interface Peer {
  address: Ipv4
  port: number
}

/** A client's place: taken when its request arrives, before its file and its port are open. */
interface Slot {
  readonly request: Buffer
  session?: Session
  /** Set when it is no longer wanted: what is half open is closed again. */
  cancelled: boolean
  /** Settles, always well, when nothing of it is open any more. */
  readonly closed: Promise<void>
}

/** A TFTP server for one address: RFC 1350, 2347, 2348, 2349 and 7440; reading only. */
export function createTftpServer(deps: TftpServerDeps): TftpServer {
  const { openSocket, device, address, content, clock, emit, logger, maxBlockSize = 1468, maxTransfers = 1024 } = deps
  const log = new TransferLog({ protocol: 'tftp', emit, clock })
  const slots = new Map<string, Slot>()
  const closing = new Set<Promise<void>>()
  let listening: UdpSocket | undefined

  async function start(): Promise<void> {
    if (listening) return
    const socket = await openSocket({ device, address, port: deps.port, receiveBufferBytes: 1024 * 1024 })
    socket.onError((error) => logger.error('the TFTP socket failed', { error: String(error) }))
    socket.onMessage((datagram, from) => heard(socket, datagram, from))
    listening = socket
  }

  async function stop(): Promise<void> {
    const socket = listening
    listening = undefined
    await socket?.close()
    for (const slot of slots.values()) {
      slot.cancelled = true
      slot.session?.end('aborted', 'the server was stopped')
    }
    await Promise.all(closing)
  }

  function heard(socket: UdpSocket, datagram: Buffer, from: Peer): void {
    // Port 0 cannot be answered.
    if (socket !== listening || from.port === 0) return
    const decoded = decode(datagram)
    if (!decoded.ok) {
      const request = datagram[0] === 0 && (datagram[1] === 1 || datagram[1] === 2)
      if (request) answerError(socket, from, errorCode.illegalOperation, `malformed request: ${decoded.reason}`)
      return
    }
    switch (decoded.packet.op) {
      case 'rrq':
        readRequest(socket, decoded.packet, datagram, from)
        break
      case 'wrq':
        refuse(socket, from, decoded.packet, new CodedError('tftp.accessDenied', 'files cannot be written here'))
        break
      case 'data':
      case 'ack':
      case 'oack':
        answerError(socket, from, errorCode.unknownTransferId, 'no transfer on this port')
        break
      case 'error':
        // An error is never answered with an error (RFC 1350 section 7).
        break
    }
  }

  function readRequest(socket: UdpSocket, request: RequestPacket, datagram: Buffer, from: Peer): void {
    const key = `${from.address}:${from.port}`
    const held = slots.get(key)
    if (held) {
      if (isCopy(held, datagram)) return
      // A machine that started again, on the port it had before.
      held.cancelled = true
      held.session?.end('aborted', 'the client began again')
      slots.delete(key)
    }
    if (request.mode !== 'octet' && request.mode !== 'netascii') {
      refuse(socket, from, request, new CodedError('tftp.failed', `unknown mode: ${request.mode.slice(0, 32)}`))
      return
    }
    if (slots.size >= maxTransfers) {
      log.refuse(from.address, request.file, new CodedError('tftp.failed', 'too many transfers', { maxTransfers }))
      return
    }
    let settle = (): void => {}
    const closed = new Promise<void>((resolve) => (settle = resolve))
    // The datagram's memory belongs to the socket.
    const slot: Slot = { request: Buffer.from(datagram), cancelled: false, closed }
    slots.set(key, slot)
    closing.add(closed)
    const vacate = (): void => {
      if (slots.get(key) === slot) slots.delete(key)
      closing.delete(closed)
      settle()
    }
    serve(slot, request, from).then(vacate, (error: unknown) => {
      vacate()
      if (!slot.cancelled) refuse(socket, from, request, asCodedError(error))
    })
  }

  function isCopy({ request, session }: Slot, datagram: Buffer): boolean {
    if (session?.ended || !request.equals(datagram)) return false
    return session?.heardAt === undefined || clock.monotonic() - session.heardAt < aliveMs
  }

  /** Ends when the transfer has ended and nothing of it is open. */
  async function serve(slot: Slot, request: RequestPacket, from: Peer): Promise<void> {
    const file = await content.open(request.file, from.address)
    try {
      const source = request.mode === 'netascii' ? await asNetascii(file) : file
      if (slot.cancelled) return
      // A new transfer identifier, from the chosen address and NIC (RFC 1350 section 4).
      const socket = await openSocket({ device, address, port: 0 })
      try {
        if (!slot.cancelled) await carry(slot, request, from, file, source, socket)
      } finally {
        await socket.close()
      }
    } finally {
      await file.close()
    }
  }

  function carry(
    slot: Slot,
    request: RequestPacket,
    from: Peer,
    file: ContentFile,
    source: ByteSource,
    socket: UdpSocket,
  ): Promise<void> {
    const agreement = agree(request.options, { size: source.size, maxBlockSize, maxWindowSize })
    const { acknowledged, ...terms } = agreement

    return new Promise((resolve) => {
      const transfer = new Transfer({
        ...terms,
        size: source.size,
        oack: acknowledged.size > 0,
        sizeAsked: acknowledged.has('tsize'),
      })
      const options: Record<string, string | number> = { blksize: terms.blockSize, windowsize: terms.windowSize }
      if (request.mode !== 'octet') options.mode = request.mode
      const session = new Session({
        transfer,
        source,
        blockSize: terms.blockSize,
        ...(acknowledged.size > 0 ? { oack: encode({ op: 'oack', options: acknowledged }) } : {}),
        send: (packet) => socket.send(packet, from.port, from.address, noteSent),
        clock,
        log: log.begin({ client: from.address, file: file.path, kind: file.kind, size: source.size, options }),
        onEnd: (outcome) => {
          if (outcome === 'complete' || outcome === 'probe') return resolve()
          // So that the client stops waiting; it may well be gone.
          const farewell = encode({ op: 'error', code: errorCode.undefined, message: 'transfer ended by the server' })
          socket.send(farewell, from.port, from.address, () => resolve())
        },
      })
      const noteSent = (error: Error | null): void => {
        if (error) session.sendFailed(error)
      }
      socket.onError((error) => session.sendFailed(error))
      socket.onMessage((datagram, sender) => {
        if (sender.address === from.address && sender.port === from.port) session.receive(datagram)
        // Another one's packet disturbs nothing; it is told so, unless it is itself an error.
        else if (sender.port !== 0 && datagram[1] !== 5)
          answerError(socket, sender, errorCode.unknownTransferId, 'not your transfer')
      })
      slot.session = session
      session.start()
    })
  }

  function refuse(socket: UdpSocket, from: Peer, request: RequestPacket, error: CodedError): void {
    log.refuse(from.address, request.file, error)
    answerError(socket, from, errorCodeFor(error), error.message)
  }

  function answerError(socket: UdpSocket, to: Peer, code: number, message: string): void {
    // Refusing goes on while files open: by then the server may have been stopped.
    if (!listening) return
    socket.send(encode({ op: 'error', code, message }), to.port, to.address, (error) => {
      if (error) logger.debug('an error could not be sent', { client: to.address, error: error.message })
    })
  }

  function asCodedError(error: unknown): CodedError {
    if (error instanceof CodedError) return error
    logger.error('a TFTP request failed', { error: String(error) })
    return new CodedError('tftp.failed', 'internal error')
  }

  return {
    start,
    stop,
    get activeTransfers() {
      return log.active
    },
    get transfers() {
      return log.begun
    },
    get endpoint() {
      return listening && `${listening.address}:${listening.port}`
    },
  }
}

/** What TFTP has to say it with, RFC 1350. */
function errorCodeFor({ code }: CodedError): number {
  switch (code) {
    case 'content.notFound':
      return errorCode.fileNotFound
    case 'content.outsideRoot':
    case 'content.notAFile':
    case 'content.unreadable':
    case 'tftp.accessDenied':
      return errorCode.accessViolation
    default:
      return errorCode.undefined
  }
}
