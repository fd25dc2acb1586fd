import { createSocket } from 'node:dgram'
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { expect, describe, it, onTestFinished } from 'vitest'
import { Bpf, type bootFilter } from './bpf.ts'
import { openCapture, type CapturedFrame } from './index.ts'
import { pcapngHead, pcapngPacket, PcapngReader } from './pcapng.ts'

const isRoot = process.platform === 'linux' && process.getuid?.() === 0

describe('a BPF program', () => {
  it('knows how far it is to a label', () => {
    const program = new Bpf().do('ldh', 12).if('jumpEqual', 0x0800, undefined, 'no').do('ret', 9).label('no').do('ret')
    expect([...program.assemble()].map((byte) => byte.toString(16)).join(' ')).toBe(
      '28 0 0 0 c 0 0 0 15 0 0 1 0 8 0 0 6 0 0 0 9 0 0 0 6 0 0 0 0 0 0 0',
    )
  })

  it('never goes back, which the kernel refuses', () => {
    expect(() => new Bpf().label('again').goTo('again').assemble()).toThrow(RangeError)
  })
})

describe.runIf(isRoot)('what the kernel shows of a NIC', () => {
  const capture = async (ports: Parameters<typeof bootFilter>[0]) => {
    const frames: CapturedFrame[] = []
    const opened = await openCapture({ device: 'lo', mac: '00:00:00:00:00:00', ports, onFrame: (f) => frames.push(f) })
    if (typeof opened === 'string') throw new Error(`no capture: ${opened}`)
    onTestFinished(() => opened.close())
    // The loopback shows each frame going out and coming in.
    const incoming = () => {
      opened.flush()
      return frames.filter(({ direction }) => direction === 'in')
    }
    return { opened, incoming }
  }

  it('is DHCP whole, of a TFTP transfer its beginning, and nothing of other people’s datagrams', async () => {
    const { opened, incoming } = await capture({ http: 8067, dhcp: 26767, dhcpClient: 26868, tftp: 26969 })
    expect(opened.source).toBe('packetSocket')
    const socket = createSocket('udp4')
    onTestFinished(() => void socket.close())
    const send = (bytes: Buffer, port: number) =>
      new Promise<void>((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()))
    const block = (number: number) => Buffer.concat([Buffer.from([0, 3, number >> 8, number & 255]), Buffer.alloc(500)])
    await send(Buffer.alloc(300), 26767)
    await send(block(1), 23333)
    await send(block(9), 23333)
    await send(block(1025), 23333)
    await send(Buffer.from('\0\x05\0\x01not found\0', 'latin1'), 23333)
    await send(Buffer.from('hello there, this is none of your business'), 23333)
    await expect
      .poll(() => incoming().map(({ length, bytes }) => [length - 42, bytes.length - 42]))
      .toEqual([
        [300, 300],
        [504, 278],
        [504, 278],
        [14, 14],
      ])
    for (const { at } of incoming()) expect(Math.abs(at - Date.now())).toBeLessThan(60_000)
  })

  it('is of HTTP how connections begin and end and the heads, not the content', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        setTimeout(() => socket.end(Buffer.alloc(100_000, 'x')), 30)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const { incoming } = await capture({ http: port })
    const client = connect(port, '127.0.0.1')
    client.write('GET /files/x HTTP/1.1\r\n\r\n')
    client.resume()
    await once(client, 'close')
    const texts = () => incoming().map(({ bytes }) => bytes.subarray(66).toString('latin1'))
    await expect.poll(() => texts().some((text) => text.startsWith('GET /files/x'))).toBe(true)
    expect(texts().some((text) => text.startsWith('HTTP/1.1 200'))).toBe(true)
    expect(texts().filter((text) => text.startsWith('xxxx')).length).toBeLessThanOrEqual(1)
  })

  it('says so when there is no such NIC', async () => {
    const opened = await openCapture({ device: 'nowhere0', mac: '', ports: { http: 1 }, onFrame: () => {} })
    expect(opened).toBe('failed')
  })
})

describe('pcapng', () => {
  const packets = [
    { at: 1_767_600_000_123.456, bytes: Buffer.from('a frame of odd length'), direction: 'in' as const },
    { at: 1_767_600_000_124, bytes: Buffer.from('cut'), length: 1500, comment: 'DISCOVER' },
  ]
  const written = Buffer.concat([pcapngHead({ application: 'Amorce', device: 'eth0' }), ...packets.map(pcapngPacket)])

  it('is read as it was written, however it is cut', () => {
    for (const size of [1, 7, 1000]) {
      const reader = new PcapngReader()
      const read = []
      for (let offset = 0; offset < written.length; offset += size)
        read.push(...reader.read(written.subarray(offset, offset + size)))
      expect(read).toEqual([
        { at: packets[0]?.at, bytes: packets[0]?.bytes, length: 21 },
        { at: packets[1]?.at, bytes: packets[1]?.bytes, length: 1500 },
      ])
    }
  })

  it('is not taken for anything else', () => {
    expect(() => new PcapngReader().read(Buffer.from('definitely not pcapng, not at all'))).toThrow(RangeError)
  })
})
