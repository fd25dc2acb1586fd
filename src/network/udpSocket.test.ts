import { readdirSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import { openUdpSocket, type UdpOptions, type UdpSocket } from './udpSocket.ts'

const onLinux = process.platform === 'linux'
const open: UdpSocket[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((socket) => socket.close()))
})

async function opened(options: Partial<UdpOptions> = {}): Promise<UdpSocket> {
  const socket = await openUdpSocket({ address: '127.0.0.1', port: 0, ...options })
  open.push(socket)
  return socket
}

const nextMessage = (socket: UdpSocket) =>
  new Promise<{ text: string; port: number; address: string }>((resolve) =>
    socket.onMessage((data, from) => resolve({ text: data.toString(), port: from.port, address: from.address })),
  )

const descriptors = () => readdirSync('/proc/self/fd').length

// Both ways of opening keep the same promises.
const ways: [string, Partial<UdpOptions>][] = [['an address', {}]]
if (onLinux) ways.push(['a device', { device: 'lo' }])

describe.each(ways)('a socket bound to %s', (_, way) => {
  it('exchanges datagrams and says where it listens', async () => {
    const server = await opened(way)
    const client = await opened(way)
    expect(server.address).toBe('127.0.0.1')
    expect(server.port).toBeGreaterThan(0)
    server.onMessage((data, from) => server.send(Buffer.concat([data, Buffer.from('!')]), from.port, from.address))
    const answer = nextMessage(client)
    client.send(Buffer.from('hello'), server.port, '127.0.0.1')
    expect(await answer).toEqual({ text: 'hello!', port: server.port, address: '127.0.0.1' })
  })

  it('refuses a port that is held, and holds its own against who would share it', async () => {
    const first = await opened(way)
    await expect(openUdpSocket({ address: '127.0.0.1', port: first.port, ...way })).rejects.toMatchObject({
      code: 'socket.portInUse',
      details: { protocol: 'udp', address: '127.0.0.1', port: first.port },
    })
    await expect(openUdpSocket({ address: '127.0.0.1', port: first.port, reuse: true, ...way })).rejects.toMatchObject({
      code: 'socket.portInUse',
    })
  })

  it('shares a port when both say so', async () => {
    const first = await opened({ ...way, reuse: true })
    const second = await opened({ ...way, reuse: true, port: first.port })
    expect(second.port).toBe(first.port)
  })

  it('refuses an address that is nobody of ours', async () => {
    await expect(openUdpSocket({ ...way, address: '203.0.113.9', port: 0 })).rejects.toMatchObject({
      code: 'socket.addressNotAvailable',
    })
  })

  it('frees its port when closed, and closes twice', async () => {
    const first = await opened(way)
    await first.close()
    await first.close()
    const second = await opened({ ...way, port: first.port })
    expect(second.port).toBe(first.port)
  })

  it('sends broadcasts only when asked to', async () => {
    const outcome = (socket: UdpSocket) =>
      new Promise<Error | null>((resolve) => socket.send(Buffer.from('x'), 9, '127.255.255.255', resolve))
    expect(await outcome(await opened(way))).toMatchObject({ code: 'EACCES' })
    expect(await outcome(await opened({ ...way, broadcast: true }))).toBeNull()
  })

  it('leaves no descriptor open, whether it opens or fails', async () => {
    const holder = await opened(way)
    await openUdpSocket({ address: '127.0.0.1', port: holder.port, ...way }).catch(() => {})
    const before = descriptors()
    for (let round = 0; round < 20; round++) {
      await (await openUdpSocket({ address: '127.0.0.1', port: 0, ...way })).close()
      await openUdpSocket({ address: '127.0.0.1', port: holder.port, ...way }).catch(() => {})
      await openUdpSocket({ address: '203.0.113.9', port: 0, ...way }).catch(() => {})
      await openUdpSocket({ address: '127.0.0.1', port: 0, receiveBufferBytes: -1, ...way }).catch(() => {})
    }
    expect(descriptors()).toBe(before)
  })
})

describe('sending what cannot be sent', () => {
  const failureOf = (socket: UdpSocket, port: number, address: string) =>
    new Promise<Error | null>((resolve) => socket.send(Buffer.from('x'), port, address, resolve))

  it('tells done, and never throws', async () => {
    const socket = await opened()
    expect(await failureOf(socket, 0, '127.0.0.1')).toBeInstanceOf(Error)
    expect(await failureOf(socket, 9, 'example.org')).toMatchObject({ message: 'not an IPv4 address: example.org' })
    await socket.close()
    expect(await failureOf(socket, 9, '127.0.0.1')).toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' })
  })

  it('tells onError without done', async () => {
    const socket = await opened()
    const told = new Promise((resolve) => socket.onError(resolve))
    socket.send(Buffer.from('x'), 0, '127.0.0.1')
    expect(await told).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' })
  })

  it('goes on after an error that nobody listens to', async () => {
    const socket = await opened()
    socket.send(Buffer.from('x'), 0, '127.0.0.1')
    const heard = nextMessage(socket)
    socket.send(Buffer.from('still here'), socket.port, '127.0.0.1')
    expect((await heard).text).toBe('still here')
  })
})

describe.runIf(onLinux)('a device', () => {
  it.each(['nosuchnic0', '', 'lo\0', 'a-name-longer-than-linux-has', 'lo-and-many-more-letters'])(
    'that is not there is refused: %j',
    async (device) => {
      await expect(openUdpSocket({ device, address: '0.0.0.0', port: 0 })).rejects.toMatchObject({
        code: 'nic.notFound',
      })
    },
  )

  it('and an address that is none are refused', async () => {
    await expect(openUdpSocket({ device: 'lo', address: 'localhost', port: 0 })).rejects.toMatchObject({
      code: 'socket.failed',
    })
  })

  it('clashes with a plain socket of any address on its port', async () => {
    const plain = createSocket('udp4')
    await new Promise<void>((resolve) => plain.bind({ address: '0.0.0.0', port: 0 }, resolve))
    const { port } = plain.address()
    await expect(openUdpSocket({ device: 'lo', address: '0.0.0.0', port })).rejects.toMatchObject({
      code: 'socket.portInUse',
    })
    await new Promise<void>((resolve) => plain.close(resolve))
  })
})
