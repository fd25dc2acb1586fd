import type {
  Ipv4,
  Mac,
  PacketDetail,
  PacketFilter,
  PacketPage,
  PacketQuery,
  PacketView,
} from '../../contract/index.ts'
import { pcapngHead, pcapngPacket, type CapturedFrame } from '../../network/index.ts'
import { describe, type BootPorts } from './describe.ts'
import { readFrame } from './frame.ts'

/** Whichever is reached first; the oldest go. A boot is about forty packets. */
const mostPackets = 50_000
const mostBytes = 24 * 2 ** 20
/** How many go at once, so that none of them costs anything. */
const dropped = 1000

interface Kept extends PacketView {
  bytes: Buffer
}

export interface PacketJournalOptions {
  ports(): BootPorts
  macOf(address: Ipv4): Mac | undefined
}

/** The packets of the boots, decoded, as many as fit. In memory: they are kept by being exported. */
export class PacketJournal {
  readonly #options: PacketJournalOptions
  #packets: Kept[] = []
  #bytes = 0
  #dropped = 0
  #lastId = 0
  device = ''

  constructor(options: PacketJournalOptions) {
    this.#options = options
  }

  /** @returns its id; undefined when it is no packet of a boot. */
  add({ at, bytes, length, direction }: CapturedFrame): number | undefined {
    const frame = readFrame(bytes)
    if (!frame) return undefined
    const { protocol, info, mac } = describe(frame, this.#options.ports())
    const other = direction === 'in' ? frame.from : frame.to
    const id = ++this.#lastId
    this.#packets.push({
      id,
      at,
      direction,
      protocol,
      mac: mac ?? this.#options.macOf(other.address),
      from: { address: frame.from.address, port: frame.from.port },
      to: { address: frame.to.address, port: frame.to.port },
      info,
      length,
      bytes,
    })
    this.#bytes += bytes.length
    if (this.#packets.length > mostPackets || this.#bytes > mostBytes) this.#dropOldest()
    return id
  }

  markUnheard(id: number, why: 'firewall' | 'closed'): void {
    const packet = this.#find(id)
    if (packet) packet.unheard = why
  }

  clear(): void {
    this.#packets = []
    this.#bytes = 0
    this.#dropped = 0
  }

  /** Newest first. */
  list({ before, limit, ...filter }: PacketQuery): Pick<PacketPage, 'packets' | 'kept' | 'dropped'> {
    const found: PacketView[] = []
    const matches = matcher(filter)
    for (let index = this.#packets.length - 1; index >= 0 && found.length < limit; index--) {
      const packet = this.#packets[index]
      if (packet && (before === 0 || packet.id < before) && matches(packet)) found.push(viewOf(packet))
    }
    return { packets: found, kept: this.#packets.length, dropped: this.#dropped }
  }

  get(id: number): PacketDetail | undefined {
    const packet = this.#find(id)
    const frame = packet && readFrame(packet.bytes)
    if (!packet || !frame) return undefined
    const { fields } = describe(frame, this.#options.ports())
    return { ...viewOf(packet), fields, hex: packet.bytes.toString('hex').replace(/..(?!$)/g, '$& ') }
  }

  /** The packets as a pcapng file that Wireshark opens, oldest first. */
  pcapng(filter: PacketFilter, change: (bytes: Buffer) => Buffer = (bytes) => bytes): Buffer {
    const matches = matcher(filter)
    const packets = this.#packets.filter(matches).map(({ at, bytes, length, direction, unheard }) =>
      pcapngPacket({
        at,
        bytes: change(bytes),
        length,
        direction,
        comment:
          unheard && (unheard === 'firewall' ? 'arrived, held back by the firewall' : 'arrived, nothing listens there'),
      }),
    )
    return Buffer.concat([pcapngHead({ application: 'Amorce', device: this.device }), ...packets])
  }

  #find(id: number): Kept | undefined {
    const index = id - (this.#packets[0]?.id ?? 0)
    return this.#packets[index]
  }

  #dropOldest(): void {
    for (const { bytes } of this.#packets.splice(0, dropped)) this.#bytes -= bytes.length
    this.#dropped += dropped
  }
}

const viewOf = ({ bytes: _, ...view }: Kept): PacketView => view

function matcher({ protocols, mac, search, unheardOnly }: PacketFilter): (packet: PacketView) => boolean {
  const wanted = search.trim().toLowerCase()
  return (packet) =>
    (protocols.length === 0 || protocols.includes(packet.protocol)) &&
    (mac === '' || packet.mac === mac) &&
    (!unheardOnly || packet.unheard !== undefined) &&
    (wanted === '' ||
      [packet.info, packet.from.address, packet.to.address, packet.mac].some((text) =>
        text?.toLowerCase().includes(wanted),
      ))
}
