import protocol from 'dhcp/lib/protocol.js'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PacketEvent, PacketQuery } from '../../contract/index.ts'
import { frameAround, PacketJournal, readFrame, Unheard, type Frame } from './index.ts'

const ports = { dhcp: 67, dhcpClient: 68, tftp: 69, http: 8067 }
const mac = '52:54:00:12:34:56'
const own = '192.168.60.1'
const machine = { address: '192.168.60.50', port: 2070 }

const framed = (payload: Uint8Array, from: { address: string; port: number }, to: { address: string; port: number }) =>
  frameAround(payload, { fromMac: mac, toMac: '02:00:00:00:00:01', from, to })

function discover(xid = 0x1234): Buffer {
  const { _data, _w } = protocol.format({
    op: 1,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid,
    secs: 4,
    flags: 0x8000,
    ciaddr: '0.0.0.0',
    yiaddr: '0.0.0.0',
    siaddr: '0.0.0.0',
    giaddr: '0.0.0.0',
    chaddr: mac,
    sname: '',
    file: '',
    options: { 53: 1, 60: 'PXEClient:Arch:00007', 55: [1, 3, 6] },
  })
  return Buffer.from(_data.subarray(0, _w))
}
const anyone = { address: '0.0.0.0', port: 68 }
const everyone = { address: '255.255.255.255', port: 67 }

const request = Buffer.from('\0\x01ipxe.efi\0octet\0blksize\x001468\0tsize\x000\0', 'latin1')

describe('a frame', () => {
  it('is read as it was made', () => {
    expect(readFrame(framed(request, machine, { address: own, port: 69 }))).toEqual({
      protocol: 'udp',
      from: { mac, ...machine },
      to: { mac: '02:00:00:00:00:01', address: own, port: 69 },
      payload: request,
    })
  })

  it('that is cut, or carries something else, is none', () => {
    const whole = framed(request, machine, { address: own, port: 69 })
    for (let length = 0; length < 42; length++) expect(readFrame(whole.subarray(0, length))).toBeUndefined()
    const arp = Buffer.from(whole)
    arp.writeUInt16BE(0x0806, 12)
    expect(readFrame(arp)).toBeUndefined()
    const laterFragment = Buffer.from(whole)
    laterFragment.writeUInt16BE(185, 20)
    expect(readFrame(laterFragment)).toBeUndefined()
  })
})

describe('the packet journal', () => {
  let journal: PacketJournal
  const everything: PacketQuery = { protocols: [], mac: '', search: '', unheardOnly: false, before: 0, limit: 100 }
  const add = (bytes: Buffer, direction: 'in' | 'out' = 'in') =>
    journal.add({ at: 1000, bytes, length: bytes.length, direction })

  beforeEach(() => {
    journal = new PacketJournal({
      ports: () => ports,
      macOf: (address) => (address === machine.address ? mac : undefined),
    })
  })

  it('says what each packet says', () => {
    add(framed(discover(), anyone, everyone))
    add(framed(request, machine, { address: own, port: 69 }))
    add(framed(Buffer.from('\0\x06blksize\x001468\0', 'latin1'), { address: own, port: 40000 }, machine), 'out')
    add(framed(Buffer.from('\0\x05\0\x01no such file\0', 'latin1'), { address: own, port: 40000 }, machine), 'out')
    add(framed(Buffer.from([0, 4, 0, 7]), machine, { address: own, port: 40000 }))
    const { packets } = journal.list(everything)
    expect(packets.map(({ info }) => info).reverse()).toEqual([
      'DISCOVER xid 0x00001234 secs 4',
      'RRQ ipxe.efi blksize=1468 tsize=0',
      'OACK blksize=1468',
      'ERROR 1 no such file',
      'ACK 7',
    ])
    expect(packets.every((packet) => packet.mac === mac)).toBe(true)
  })

  it('tells every field of one', () => {
    const id = add(framed(discover(), anyone, everyone)) ?? 0
    const detail = journal.get(id)
    expect(detail?.fields).toContainEqual({ name: 'secs', value: '4' })
    expect(detail?.fields.find(({ name }) => name.startsWith('option 60'))?.value).toBe('PXEClient:Arch:00007')
    expect(detail?.hex).toMatch(/^02 00 00 00 00 01 52 54 00/)
    expect(journal.get(99)).toBeUndefined()
  })

  it('filters by protocol, machine, text and what was not heard', () => {
    const id = add(framed(discover(), anyone, everyone)) ?? 0
    add(framed(request, machine, { address: own, port: 69 }))
    journal.markUnheard(id, 'firewall')
    const infos = (query: Partial<PacketQuery>) =>
      journal.list({ ...everything, ...query }).packets.map(({ info }) => info)
    expect(infos({ protocols: ['tftp'] })).toEqual(['RRQ ipxe.efi blksize=1468 tsize=0'])
    expect(infos({ search: 'IPXE' })).toEqual(['RRQ ipxe.efi blksize=1468 tsize=0'])
    expect(infos({ unheardOnly: true })).toEqual(['DISCOVER xid 0x00001234 secs 4'])
    expect(infos({ mac: '00:00:00:00:00:09' })).toEqual([])
    expect(infos({ before: 2 })).toEqual(['DISCOVER xid 0x00001234 secs 4'])
  })

  it('lets the oldest go, and still finds the others', () => {
    const frame = framed(request, machine, { address: own, port: 69 })
    for (let count = 0; count < 50_500; count++) add(frame)
    const { kept, dropped, packets } = journal.list({ ...everything, limit: 1 })
    expect(kept + dropped).toBe(50_500)
    expect(kept).toBeLessThanOrEqual(50_000)
    expect(journal.get(packets[0]?.id ?? 0)?.info).toContain('RRQ')
    expect(journal.get(1)).toBeUndefined()
  })

  it('takes whatever bytes come', () => {
    const sizes = Array.from({ length: 300 }, (_, size) => size)
    for (const size of sizes) {
      const noise = Buffer.from(Array.from({ length: size }, (_, index) => (index * 197 + size * 31) & 255))
      add(noise)
      for (const port of [67, 69, 4011]) add(framed(noise, machine, { address: own, port }))
    }
    expect(journal.list({ ...everything, limit: 500 }).kept).toBe(900)
  })
})

describe('what arrives and is not heard', () => {
  let told: PacketEvent[]
  let watch: Unheard
  let open: Set<number>
  const frameOf = (bytes: Buffer): Frame => {
    const frame = readFrame(bytes)
    if (!frame) throw new Error('no frame')
    return frame
  }
  const arrived = (payload: Buffer, from: typeof machine, to: typeof machine, now = 0) =>
    watch.captured(frameOf(framed(payload, from, to)), 'in', 1, now)

  beforeEach(() => {
    told = []
    open = new Set([67, 69])
    watch = new Unheard({
      ownAddress: own,
      isWatched: (protocol, port) => (protocol === 'udp' ? [67, 69, 4011].includes(port) : port === 8067),
      isOpen: (protocol, port) => (protocol === 'udp' ? open.has(port) : true),
      macOf: () => mac,
      tell: (event) => told.push(event),
    })
  })

  it('is told after two seconds, with the port', () => {
    arrived(discover(), anyone, everyone)
    watch.tick(1_999)
    expect(told).toEqual([])
    watch.tick(2_000)
    expect(told).toMatchObject([{ mac, protocol: 'udp', port: 67, closed: false }])
  })

  it('is nothing when the socket was handed it, before or after', () => {
    watch.heard(anyone, 67, discover(1), 0)
    arrived(discover(1), anyone, everyone, 1)
    arrived(discover(2), anyone, everyone, 2)
    watch.heard(anyone, 67, discover(2), 3)
    watch.tick(10_000)
    expect(told).toEqual([])
  })

  it('is told as closed where nothing listens', () => {
    arrived(discover(), machine, { address: own, port: 4011 })
    watch.tick(3_000)
    expect(told).toMatchObject([{ port: 4011, closed: true }])
  })

  it('is nothing when it is for somebody else, from ourselves, or on another port', () => {
    arrived(request, machine, { address: '192.168.60.9', port: 69 })
    arrived(request, { address: own, port: 2000 }, { address: own, port: 69 })
    arrived(request, machine, { address: own, port: 5353 })
    watch.tick(10_000)
    expect(told).toEqual([])
  })

  it('is told once in five seconds for a machine and a port', () => {
    for (let second = 0; second < 8; second++) {
      arrived(discover(second), anyone, everyone, second * 1000)
      watch.tick(second * 1000)
    }
    watch.tick(60_000)
    expect(told.map(({ at }) => at)).toEqual([0, 5000])
  })

  it('is a SYN that nothing answers', () => {
    const tcp = (flags: number, from: typeof machine, to: typeof machine): Frame => ({
      protocol: 'tcp',
      from: { mac, ...from },
      to: { mac, ...to },
      flags,
      payload: Buffer.alloc(0),
    })
    const http = { address: own, port: 8067 }
    watch.captured(tcp(2, machine, http), 'in', 1, 0)
    watch.captured(tcp(0x12, http, machine), 'out', 2, 1)
    watch.tick(5_000)
    expect(told).toEqual([])
    watch.captured(tcp(2, machine, http), 'in', 3, 6_000)
    watch.tick(9_000)
    expect(told).toMatchObject([{ protocol: 'tcp', port: 8067 }])
  })
})
