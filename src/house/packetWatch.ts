import type { Cancel, Clock, Emit, Logger } from '../base/index.ts'
import type { Ipv4, Mac, PacketsStatus, SettingsView } from '../contract/index.ts'
import { frameAround, PacketJournal, readFrame, Unheard, type BootPorts, type Frame } from '../diagnosis/index.ts'
import { bootServerPort } from '../dhcp/index.ts'
import type { Venue } from '../exam/index.ts'
import {
  openCapture,
  openUdpSocket,
  tapped,
  type Capture,
  type CapturedFrame,
  type OpenUdpSocket,
  type TappedDatagram,
} from '../network/index.ts'
import type { SimulatedLink } from '../simulator/index.ts'
import { isDeepInATransfer } from '../tftp/index.ts'

const unknownMac = '00:00:00:00:00:00'
const broadcastMac = 'ff:ff:ff:ff:ff:ff'

export interface PacketWatchOptions {
  clock: Clock
  logger: Logger
  emit: Emit
  macOf(address: Ipv4): Mac | undefined
  /** HTTP's socket is Node's own, and TFTP may live in a thread of its own: no tap sees them. */
  isRunning(service: 'tftp' | 'http'): boolean
}

/**
 * Keeps the packets of an exam: those at the NIC, where the system lets us see them, else those that our own sockets are
 * handed. Where both are known, what did not get from the one to the other is told.
 */
export class PacketWatch {
  readonly journal: PacketJournal
  /** How the services open their sockets, so that what they are handed is known. */
  readonly openSocket: OpenUdpSocket
  readonly #options: PacketWatchOptions
  readonly #openPorts = new Map<number, number>()
  #ports: BootPorts = { dhcp: 67, dhcpClient: 68, tftp: 69, http: 0 }
  #ownMac = unknownMac
  #capture: Capture | undefined
  #unheard: Unheard | undefined
  #cancelTick: Cancel | undefined
  #source: PacketsStatus['source'] = 'none'
  #noCapture: PacketsStatus['noCapture']
  /** One start or stop after the other. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: PacketWatchOptions) {
    this.#options = options
    this.journal = new PacketJournal({ ports: () => this.#ports, macOf: (address) => options.macOf(address) })
    this.openSocket = tapped(openUdpSocket, {
      onDatagram: (datagram) => this.heard(datagram),
      onOpen: (port) => this.#openPorts.set(port, (this.#openPorts.get(port) ?? 0) + 1),
      onClose: (port) => {
        const left = (this.#openPorts.get(port) ?? 1) - 1
        if (left > 0) this.#openPorts.set(port, left)
        else this.#openPorts.delete(port)
      },
    })
  }

  get source(): Pick<PacketsStatus, 'source' | 'noCapture'> {
    return { source: this.#source, noCapture: this.#noCapture }
  }

  /** Begins anew at a venue; its sockets are opened after this. Never rejects: without it an exam goes on all the same. */
  start(venue: Venue, ports: BootPorts, mac: Mac | undefined): Promise<void> {
    return this.#inTurn(async () => {
      await this.#close()
      this.journal.clear()
      this.journal.device = venue.nic
      this.#ports = ports
      this.#ownMac = mac ?? unknownMac
      this.#source = 'sockets'
      this.#noCapture = 'simulated'
      if (venue.simulated) return
      const { clock, emit, macOf } = this.#options
      const unheard = new Unheard({
        ownAddress: venue.address,
        isWatched: (protocol, port) =>
          protocol === 'tcp' ? port === ports.http : [ports.dhcp, ports.tftp, bootServerPort].includes(port),
        isOpen: (protocol, port) => {
          if (protocol === 'tcp') return this.#options.isRunning('http')
          return this.#openPorts.has(port) || (port === ports.tftp && this.#options.isRunning('tftp'))
        },
        macOf: (frame) => machineIn(frame, ports) ?? macOf(frame.from.address) ?? frame.from.mac,
        tell: (event, id) => {
          this.journal.markUnheard(id, event.closed ? 'closed' : 'firewall')
          emit(event)
        },
      })
      const opened = await openCapture({
        device: venue.nic,
        mac: this.#ownMac,
        ports,
        onFrame: (frame) => this.#captured(frame),
      })
      if (typeof opened === 'string') {
        this.#noCapture = opened
        return
      }
      this.#capture = opened
      this.#unheard = unheard
      this.#source = opened.source
      this.#noCapture = undefined
      this.#cancelTick = clock.every(500, () => unheard.tick(clock.now()))
    })
  }

  /** Harmless when it is not watching; the packets stay to be looked at. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#close())
  }

  async #close(): Promise<void> {
    this.#cancelTick?.()
    this.#cancelTick = undefined
    const capture = this.#capture
    capture?.flush()
    this.#capture = undefined
    this.#unheard = undefined
    await capture?.close()
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn
      .then(task)
      .catch((error: unknown) => this.#options.logger.warn('packets are not watched', { error: String(error) }))
    return this.#turn
  }

  #captured(captured: CapturedFrame): void {
    const id = this.journal.add(captured)
    const frame = id === undefined ? undefined : readFrame(captured.bytes)
    if (id !== undefined && frame) this.#unheard?.captured(frame, captured.direction, id, captured.at)
  }

  /** What one of our sockets was handed, or sent. */
  readonly heard = ({ direction, local, remote, data }: TappedDatagram): void => {
    const now = this.#options.clock.now()
    if (this.#unheard) {
      if (direction === 'in') this.#unheard.heard(remote, local.port, data, now)
      return
    }
    if (this.#source !== 'sockets' || isLeftOut(data, local.port, this.#ports)) return
    const own = { mac: this.#ownMac, ...local }
    const other = { mac: this.#options.macOf(remote.address) ?? unknownMac, ...remote }
    const [from, to] = direction === 'in' ? [other, own] : [own, other]
    const bytes = frameAround(data, {
      fromMac: from.mac,
      toMac: to.address === '255.255.255.255' ? broadcastMac : to.mac,
      from,
      to,
    })
    this.journal.add({ at: now, bytes, length: bytes.length, direction })
  }
}

/** Where a boot speaks at a venue. */
export const bootPorts = (settings: SettingsView, link?: SimulatedLink): BootPorts => ({
  dhcp: link?.dhcpPort ?? 67,
  dhcpClient: link?.clientPort ?? 68,
  tftp: link?.tftpPort ?? 69,
  http: link?.httpPort ?? settings.httpPort,
})

/** As the capture's filter does: of a TFTP transfer only its beginnings are kept. */
function isLeftOut(data: Uint8Array, port: number, { dhcp, dhcpClient, tftp }: BootPorts): boolean {
  const isTransfer = port !== dhcp && port !== dhcpClient && port !== tftp && port !== bootServerPort
  return isTransfer && data.length >= 4 && isDeepInATransfer(new DataView(data.buffer, data.byteOffset).getUint32(0))
}

/** The machine that a DHCP message is about: its `chaddr`. */
function machineIn({ to, payload }: Frame, ports: BootPorts): Mac | undefined {
  if ((to.port !== ports.dhcp && to.port !== bootServerPort) || payload.length < 34) return undefined
  return payload
    .subarray(28, 34)
    .toString('hex')
    .replace(/..(?!$)/g, '$&:')
}
