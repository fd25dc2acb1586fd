import { createHmac, randomBytes } from 'node:crypto'

/** What names a person, a place or a thing of the school; masked wherever it stands. */
const privateKeys = new Set([
  'serial',
  'assetTag',
  'hostName',
  'roomName',
  'location',
  'notes',
  'candidate',
  'candidateName',
  'name',
  'item',
  'firstName',
  'lastName',
  'number',
  'technician',
  'invigilator',
  'requester',
  'person',
  // What people write themselves: no pattern finds all that may stand there.
  'text',
  'note',
])
const hidden = '***'
const macPattern = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi
const uuidPattern = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const mailPattern = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g
/** Shorter ones would hide half of the words. */
const shortestName = 3
const homePattern = /(\/home\/|\/Users\/|C:\\+Users\\+)[^/\\"]+/g

/**
 * Masks what is personal, the same thing always in the same way, so that one machine can still be followed. The maker's
 * half of a MAC stays: it says which card it is. What masks is new for each bundle, so that nothing can be looked up.
 */
export class Mask {
  readonly #key = randomBytes(16)
  readonly #macs = new Map<string, string>()
  readonly #keepsMacs: boolean
  readonly #names: RegExp | undefined

  /**
   * @param options.names of people and places, masked wherever they stand as words
   * @param options.keepsMacs whole MACs stay, for who has to find a card
   */
  constructor(options: { names?: readonly string[]; keepsMacs?: boolean } = {}) {
    this.#keepsMacs = options.keepsMacs ?? false
    const names = [...new Set(options.names ?? [])].filter((name) => name.trim().length >= shortestName)
    if (names.length === 0) return
    // The longest first, or a part of a double name would stay.
    const all = names
      .sort((a, b) => b.length - a.length)
      .map((name) => name.trim().replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    this.#names = new RegExp(`(?<![\\p{L}\\p{N}])(?:${all.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
  }

  /** A copy of plain data. Values and keys are masked one by one: a person may be called as a word of JSON is. */
  value<T>(data: T): T {
    const masked = (key: string, value: unknown): unknown => {
      if (privateKeys.has(key) && value !== undefined && value !== '') return hidden
      if (typeof value === 'string') return this.text(value)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
      return Object.fromEntries(Object.entries(value).map(([name, own]) => [this.#patterns(name), own]))
    }
    return JSON.parse(JSON.stringify(data, masked)) as T
  }

  text(text: string): string {
    const named = this.#names ? text.replace(this.#names, hidden) : text
    return this.#patterns(named.replace(mailPattern, hidden))
  }

  mac(mac: string): string {
    const own = mac.toLowerCase()
    if (this.#keepsMacs || own === 'ff:ff:ff:ff:ff:ff' || own === '00:00:00:00:00:00') return own
    const known = this.#macs.get(own)
    if (known) return known
    const tail = this.#digest(own).slice(0, 6).match(/../g) ?? []
    const masked = [own.slice(0, 8), ...tail].join(':')
    this.#macs.set(own, masked)
    return masked
  }

  /** A copy of a frame: MACs, host names and UUIDs masked where DHCP carries them. */
  frame(frame: Buffer): Buffer {
    const bytes = Buffer.from(frame)
    this.#macAt(bytes, 0)
    this.#macAt(bytes, 6)
    const isUdp = bytes.length >= 42 && bytes.readUInt16BE(12) === 0x0800 && bytes[23] === 17
    if (!isUdp) return bytes
    const udp = 14 + ((bytes[14] ?? 0) & 15) * 4
    const start = udp + 8
    const isDhcp = bytes.length >= start + 240 && bytes.readUInt32BE(start + 236) === 0x63825363
    if (!isDhcp) return bytes
    // No checksum says that there is none (RFC 768).
    bytes.writeUInt16BE(0, udp + 6)
    this.#macAt(bytes, start + 28)
    for (let at = start + 240; at + 1 < bytes.length && bytes[at] !== 255;) {
      const code = bytes[at] ?? 0
      if (code === 0) {
        at += 1
        continue
      }
      const end = Math.min(bytes.length, at + 2 + (bytes[at + 1] ?? 0))
      if (code === 12 || code === 81) bytes.fill('x', at + 2, end)
      if (code === 97) bytes.fill(0, Math.min(at + 3, end), end)
      if (code === 61 && end - at === 9) this.#macAt(bytes, at + 3)
      at = end
    }
    return bytes
  }

  #patterns(text: string): string {
    return text
      .replace(macPattern, (mac) => this.mac(mac))
      .replace(uuidPattern, (uuid) =>
        this.#digest(uuid).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5'),
      )
      .replace(homePattern, `$1${hidden}`)
  }

  #macAt(bytes: Buffer, offset: number): void {
    if (bytes.length < offset + 6) return
    const mac = bytes
      .subarray(offset, offset + 6)
      .toString('hex')
      .replace(/..(?!$)/g, '$&:')
    bytes.write(this.mac(mac).replaceAll(':', ''), offset, 'hex')
  }

  #digest(text: string): string {
    return createHmac('sha256', this.#key).update(text.toLowerCase()).digest('hex')
  }
}
