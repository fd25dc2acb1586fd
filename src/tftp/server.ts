import type { Clock, Emit, Logger } from '../base/index.ts'
import { TransferLog, type Content, type DropFolder } from '../content/index.ts'
import { CodedError, type Ipv4, type TransferOutcome } from '../contract/index.ts'
import type { OpenPacketSocket, Peer } from '../network/index.ts'
import { asNetascii } from './netascii.ts'
import { agree, type Agreement } from './options.ts'
import { decode, encode, errorCode, type RequestPacket } from './packet.ts'
import { SharedPort, type PortUser } from './ports.ts'
import { ReceivingSession } from './receivingSession.ts'
import { Reception } from './reception.ts'
import { Session } from './session.ts'
import { Transfer } from './transfer.ts'

export interface TftpServerDeps {
  openSocket: OpenPacketSocket
  /** The NIC to stay on; the address alone decides when absent. */
  device?: string
  address: Ipv4
  /** 69 on a real network; 0 takes any free one. */
  port: number
  content: Pick<Content, 'open'>
  clock: Clock
  emit: Emit
  logger: Logger
  /** Whole transfers from the one port, for firewalls that let nothing else through. */
  singlePort?: boolean
  /** How many ports transfers share; with 0, the default, each has one of its own (RFC 1350 section 4). */
  sharedPorts?: number
  /** Where clients may put files; nowhere when absent. */
  dropFolder?: DropFolder
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

/** For whoever owns the thread. */
export interface TftpServerInThread extends TftpServer {
  /** `opening`: files are being found or made, nothing is to be waited for; `idle`: nothing is going on. */
  readonly occupation: 'idle' | 'opening' | 'carrying'
}

const maxWindowSize = 64
/** A transfer heard of so lately is alive: a request that repeats it is a late copy, not a machine that started again. */
const aliveMs = 2000
/** Bytes waiting in the system, as far as it grants them: a room answers all at once. */
const buffers = { receiveBufferBytes: 1024 * 1024, sendBufferBytes: 1024 * 1024 }

/** A transfer either way, as its place sees it. */
interface Running extends PortUser {
  readonly heardAt: number | undefined
  readonly ended: boolean
  start(): void
  end(outcome: TransferOutcome, reason?: string): void
}

/** A client's place: taken when its request arrives, before its file and its port are open. */
interface Slot {
  readonly request: Buffer
  session?: Running
  /** Set when it is no longer wanted: what is half open is closed again. */
  cancelled: boolean
  /** Settles, always well, when nothing of it is open any more. */
  readonly closed: Promise<void>
}

/** A TFTP server for one address: RFC 1350, 2347, 2348, 2349 and 7440. */
export function createTftpServer(deps: TftpServerDeps): TftpServerInThread {
  const { openSocket, device, address, content, dropFolder, clock, emit, logger } = deps
  const { singlePort = false, sharedPorts = 0, maxBlockSize = 1468, maxTransfers = 1024 } = deps
  const log = new TransferLog({ protocol: 'tftp', emit, clock })
  const slots = new Map<number, Slot>()
  const closing = new Set<Promise<void>>()
  let listening: SharedPort | undefined
  const pool: SharedPort[] = []
  let turn = 0
  let opening = 0

  async function start(): Promise<void> {
    if (listening) return
    const opened = await openPort(deps.port, true)
    try {
      while (!singlePort && pool.length < sharedPorts) pool.push(await openPort(0, false))
    } catch (error) {
      await Promise.all([opened, ...pool.splice(0)].map(({ socket }) => socket.close()))
      throw error
    }
    listening = opened
  }

  async function stop(): Promise<void> {
    const port = listening
    listening = undefined
    for (const slot of slots.values()) {
      slot.cancelled = true
      slot.session?.end('aborted', 'the server was stopped')
    }
    await Promise.all(closing)
    await Promise.all([...(port ? [port] : []), ...pool.splice(0)].map(({ socket }) => socket.close()))
  }

  async function openPort(port: number, requests: boolean): Promise<SharedPort> {
    const socket = await openSocket({ device, address, port, ...buffers })
    return new SharedPort(socket, {
      requests,
      onOther: requests ? heard : foreign,
      onError: (error) => logger.debug('a TFTP packet was not sent', { error: error.message }),
    })
  }

  /** A port for one transfer: the next of those that are shared, so that a client that begins again has another one. */
  async function takePort(): Promise<{ port: SharedPort; release: () => Promise<void> }> {
    const shared = singlePort ? listening : pool[turn++ % pool.length]
    if (shared) return { port: shared, release: () => Promise.resolve() }
    const port = await openPort(0, false)
    return { port, release: () => port.socket.close() }
  }

  /** Another one's packet disturbs nothing; it is told so, unless it is itself an error. */
  function foreign(port: SharedPort, datagram: Buffer, from: Peer): void {
    if (from.port !== 0 && datagram[1] !== 5) answerError(port, from, errorCode.unknownTransferId, 'not your transfer')
  }

  function heard(port: SharedPort, datagram: Buffer, from: Peer): void {
    // Port 0 cannot be answered.
    if (port !== listening || from.port === 0) return
    const decoded = decode(datagram)
    if (!decoded.ok) {
      const request = datagram[0] === 0 && (datagram[1] === 1 || datagram[1] === 2)
      if (request) answerError(port, from, errorCode.illegalOperation, `malformed request: ${decoded.reason}`)
      return
    }
    switch (decoded.packet.op) {
      case 'rrq':
      case 'wrq':
        requested(port, decoded.packet, datagram, from)
        break
      case 'data':
      case 'ack':
      case 'oack':
        answerError(port, from, errorCode.unknownTransferId, 'no transfer on this port')
        break
      case 'error':
        // An error is never answered with an error (RFC 1350 section 7).
        break
    }
  }

  function requested(port: SharedPort, request: RequestPacket, datagram: Buffer, from: Peer): void {
    const held = slots.get(from.key)
    if (held) {
      if (isCopy(held, datagram)) return
      // A machine that started again, on the port it had before.
      held.cancelled = true
      slots.delete(from.key)
      held.session?.end('aborted', 'the client began again')
    }
    if (request.op === 'wrq' && !dropFolder) {
      refuse(port, from, request, new CodedError('upload.notAllowed', 'files cannot be written here'))
      return
    }
    if (request.mode !== 'octet' && request.mode !== 'netascii') {
      refuse(port, from, request, new CodedError('tftp.failed', `unknown mode: ${request.mode.slice(0, 32)}`))
      return
    }
    if (slots.size >= maxTransfers) {
      const full = new CodedError('tftp.failed', 'too many transfers', { maxTransfers })
      log.refuse(from.address, request.file, full, directionOf(request))
      return
    }
    let settle = (): void => {}
    const closed = new Promise<void>((resolve) => (settle = resolve))
    // The datagram's memory belongs to the socket.
    const slot: Slot = { request: Buffer.from(datagram), cancelled: false, closed }
    slots.set(from.key, slot)
    closing.add(closed)
    opening++
    const vacate = (): void => {
      if (!slot.session) opening--
      if (slots.get(from.key) === slot) slots.delete(from.key)
      closing.delete(closed)
      settle()
    }
    const carried = request.op === 'rrq' ? give(slot, request, from) : receive(slot, request, from)
    carried.then(vacate, (error: unknown) => {
      vacate()
      if (!slot.cancelled) refuse(port, from, request, asCodedError(error))
    })
  }

  function isCopy({ request, session }: Slot, datagram: Buffer): boolean {
    if (session?.ended || !request.equals(datagram)) return false
    return session?.heardAt === undefined || clock.monotonic() - session.heardAt < aliveMs
  }

  /** Ends when the client has the file, or will not get it, and nothing of it is open. */
  async function give(slot: Slot, request: RequestPacket, from: Peer): Promise<void> {
    const file = await content.open(request.file, from.address)
    try {
      const source = request.mode === 'netascii' ? await asNetascii(file) : file
      const agreement = agree(request.options, { size: source.size, maxBlockSize, maxWindowSize })
      const { acknowledged, ...terms } = agreement
      const oack = oackOf(agreement)
      await carry(slot, from, (port, onEnd) => {
        const beginning = { client: from.address, file: file.path, kind: file.kind, size: source.size }
        return new Session({
          transfer: new Transfer({
            ...terms,
            size: source.size,
            oack: oack !== undefined,
            sizeAsked: acknowledged.has('tsize'),
          }),
          source,
          blockSize: terms.blockSize,
          oack,
          port,
          clock,
          log: log.begin({ ...beginning, options: toldOptions(request, agreement) }),
          onEnd,
        })
      })
    } finally {
      await file.close()
    }
  }

  /** Ends when the client's file is kept, or nothing of it is left. */
  async function receive(slot: Slot, request: RequestPacket, from: Peer): Promise<void> {
    if (!dropFolder) return
    const agreement = agree(request.options, { maxBlockSize, maxWindowSize })
    const { blockSize, windowSize, timeoutMs, announcedSize } = agreement
    const file = await dropFolder.receive(request.file, from.address, announcedSize)
    const oack = oackOf(agreement)
    try {
      await carry(
        slot,
        from,
        (port, onEnd) =>
          new ReceivingSession({
            reception: new Reception({ blockSize, windowSize, timeoutMs, announcedSize, oack: oack !== undefined }),
            file,
            netascii: request.mode === 'netascii',
            oack,
            port,
            clock,
            log: log.begin({
              client: from.address,
              file: request.file,
              direction: 'received',
              kind: 'file',
              ...(announcedSize === undefined ? {} : { size: announcedSize }),
              options: toldOptions(request, agreement),
            }),
            onEnd,
          }),
      )
    } finally {
      await file.discard()
    }
  }

  /** A new transfer identifier, from the chosen address and NIC, for as long as the transfer runs. */
  async function carry(
    slot: Slot,
    from: Peer,
    begin: (
      port: ReturnType<SharedPort['join']>,
      onEnd: (outcome: TransferOutcome, error?: CodedError) => void,
    ) => Running,
  ): Promise<void> {
    if (slot.cancelled) return
    const { port, release } = await takePort()
    try {
      if (slot.cancelled) return
      await new Promise<void>((resolve) => {
        // The port knows its user before there is one: the session needs the port, and nothing comes in between.
        const user: PortUser = {
          receive: (packet) => session.receive(packet),
          sendFailed: (error) => session.sendFailed(error),
        }
        const way = port.join(from, user)
        const session = begin(way, (outcome, error) => {
          // So that the client stops waiting; it may well be gone. One that began again would take it for an answer.
          if (outcome !== 'complete' && outcome !== 'probe' && slots.get(from.key) === slot) {
            const code = error ? errorCodeFor(error) : errorCode.undefined
            way.send(encode({ op: 'error', code, message: error?.message ?? 'transfer ended by the server' }))
          }
          port.leave(from, user)
          resolve()
        })
        slot.session = session
        opening--
        session.start()
      })
    } finally {
      await release()
    }
  }

  function refuse(port: SharedPort, from: Peer, request: RequestPacket, error: CodedError): void {
    log.refuse(from.address, request.file, error, directionOf(request))
    answerError(port, from, errorCodeFor(error), error.message)
  }

  function answerError(port: SharedPort, to: Peer, code: number, message: string): void {
    // Refusing goes on while files open: by then the server may have been stopped.
    if (listening) port.socket.send(to, encode({ op: 'error', code, message }))
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
    get occupation() {
      return opening > 0 ? 'opening' : closing.size > 0 ? 'carrying' : 'idle'
    },
    get endpoint() {
      return listening && `${listening.socket.address}:${listening.socket.port}`
    },
  }
}

const directionOf = ({ op }: RequestPacket): 'received' | undefined => (op === 'wrq' ? 'received' : undefined)

const oackOf = ({ acknowledged }: Agreement): Buffer | undefined =>
  acknowledged.size > 0 ? encode({ op: 'oack', options: acknowledged }) : undefined

/** As the screen shows them. */
const toldOptions = (
  { mode }: RequestPacket,
  { blockSize, windowSize }: Agreement,
): Record<string, string | number> => ({
  blksize: blockSize,
  windowsize: windowSize,
  ...(mode === 'octet' ? {} : { mode }),
})

/** What TFTP has to say it with, RFC 1350. */
function errorCodeFor({ code }: CodedError): number {
  switch (code) {
    case 'content.notFound':
      return errorCode.fileNotFound
    case 'content.outsideRoot':
    case 'content.notAFile':
    case 'content.unreadable':
    case 'tftp.accessDenied':
    case 'upload.notAllowed':
      return errorCode.accessViolation
    case 'upload.exists':
      return errorCode.fileExists
    case 'upload.tooLarge':
    case 'upload.tooMany':
    case 'upload.diskFull':
      return errorCode.diskFull
    default:
      return errorCode.undefined
  }
}
