import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../base/index.ts'
import { createContent } from '../content/index.ts'
import type { TftpAttemptView, TftpRequest } from '../contract/index.ts'
import { openUdpSocket } from '../network/index.ts'
import { createTftpServer, type TftpServer } from '../tftp/index.ts'
import { TftpTool } from './tftpTool.ts'

const host = '127.0.0.1'
let folder: string
let server: TftpServer
let port: number
let tool: TftpTool
let silent: Socket | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amorce-tftp-tool-'))
  const content = createContent({ roots: [folder] })
  const { clock, logger } = { clock: systemClock, logger: silentLogger }
  server = createTftpServer({
    openSocket: openUdpSocket,
    address: host,
    port: 0,
    content,
    clock,
    emit: () => {},
    logger,
  })
  await server.start()
  port = Number(server.endpoint?.split(':')[1])
  tool = new TftpTool({ clock, logger, onChange: () => {} })
})

afterEach(async () => {
  tool.cancel()
  await tool.idle()
  await server.stop()
  silent?.close()
  silent = undefined
  await rm(folder, { recursive: true, force: true })
})

const usual: TftpRequest = {
  ...{ action: 'get', host, port: 0, file: 'boot.bin', mode: 'octet', blockSize: 1468, windowSize: 4 },
  ...{ timeoutSeconds: 0, askSize: true, nic: '' },
}

async function attempt(request: Partial<TftpRequest>, path = join(folder, 'fetched')): Promise<TftpAttemptView> {
  tool.start({ ...usual, port, ...request }, path)
  await tool.idle()
  return tool.view.attempts[0]!
}

describe('fetching', () => {
  it.each([
    ['windows and large blocks', {}],
    ['no option at all', { blockSize: 512, windowSize: 1, askSize: false }],
    ['a timeout of its own', { timeoutSeconds: 3 }],
  ])('%s', async (_, options) => {
    const content = randomBytes(300_001)
    await writeFile(join(folder, 'boot.bin'), content)
    const done = await attempt(options)
    expect(done).toMatchObject({ state: 'complete', bytes: content.length, address: host })
    expect(await readFile(join(folder, 'fetched'))).toEqual(content)
    expect(await readdir(folder)).toEqual(['boot.bin', 'fetched'])
  })

  it('netascii is written with the line ends of this machine', async () => {
    await writeFile(join(folder, 'boot.bin'), 'one\ntwo\n')
    expect(await attempt({ mode: 'netascii' })).toMatchObject({ state: 'complete' })
    expect(await readFile(join(folder, 'fetched'), 'utf8')).toBe('one\ntwo\n')
  })

  it('a file that is not there: said in the words of the server, and nothing is left', async () => {
    const failed = await attempt({ file: 'absent.bin' })
    expect(failed).toMatchObject({ state: 'failed', failure: { kind: 'fileNotFound', facts: { code: 1 } } })
    expect(failed.failure?.facts['message']).toEqual(expect.stringMatching(/./))
    expect(await readdir(folder)).toEqual([])
  })

  it('a folder that cannot be written to is told as such', async () => {
    await writeFile(join(folder, 'boot.bin'), 'x')
    const failed = await attempt({}, join(folder, 'nowhere', 'fetched'))
    expect(failed).toMatchObject({ state: 'failed', failure: { kind: 'localFile' } })
  })
})

describe('putting', () => {
  it('what the server does not take is told', async () => {
    await writeFile(join(folder, 'mine'), 'x')
    const failed = await attempt({ action: 'put', file: 'upload.bin' }, join(folder, 'mine'))
    expect(failed.state).toBe('failed')
    expect(failed.failure?.kind).toMatch(/accessDenied|serverError/)
    expect(existsSync(join(folder, 'mine'))).toBe(true)
  })

  it('a server that takes it has it to the byte', async () => {
    const content = randomBytes(1468 * 10)
    await writeFile(join(folder, 'mine'), content)
    // A block may come again where the answer took long.
    const blocks = new Map<number, Buffer>()
    silent = createSocket('udp4')
    silent.on('message', (packet, from) => {
      const opcode = packet.readUInt16BE(0)
      if (opcode === 3) blocks.set(packet.readUInt16BE(2), packet.subarray(4))
      const answer =
        opcode === 2
          ? Buffer.from('\0\x06blksize\x001468\0tsize\x0014680\0', 'latin1')
          : Buffer.from([0, 4, ...packet.subarray(2, 4)])
      silent?.send(answer, from.port, from.address)
    })
    await new Promise<void>((resolve) => silent?.bind(0, host, resolve))
    const done = await attempt({ action: 'put', port: silent.address().port, windowSize: 1 }, join(folder, 'mine'))
    expect(done).toMatchObject({ state: 'complete', bytes: content.length, options: { blksize: '1468' } })
    expect(Buffer.concat([...blocks.values()])).toEqual(content)
  })
})

describe('what went wrong', () => {
  it('nobody listens there: ICMP says so', async () => {
    await server.stop()
    const failed = await attempt({ timeoutSeconds: 1 })
    expect(failed).toMatchObject({ state: 'failed', failure: { kind: 'refused', facts: { port } } })
  }, 15_000)

  it('somebody listens and never answers, until it is cancelled', async () => {
    silent = createSocket('udp4')
    await new Promise<void>((resolve) => silent?.bind(0, host, resolve))
    tool.start({ ...usual, port: silent.address().port }, join(folder, 'fetched'))
    await new Promise<void>((resolve) => silent?.once('message', () => resolve()))
    tool.cancel()
    await tool.idle()
    expect(tool.view.attempts[0]).toMatchObject({ state: 'failed', failure: { kind: 'cancelled' } })
    expect(await readdir(folder)).toEqual([])
  })

  it('a name that leads nowhere', async () => {
    expect(await attempt({ host: 'no-such-host.invalid' })).toMatchObject({ failure: { kind: 'unknownHost' } })
  })

  it('options that the server knows nothing of are noted', async () => {
    silent = createSocket('udp4')
    silent.on('message', (packet, from) => {
      if (packet.readUInt16BE(0) === 1) silent?.send(Buffer.from([0, 3, 0, 1, 1, 2, 3]), from.port, from.address)
    })
    await new Promise<void>((resolve) => silent?.bind(0, host, resolve))
    const done = await attempt({ port: silent.address().port })
    expect(done).toMatchObject({ state: 'complete', bytes: 3 })
    expect(done.notes).toContainEqual({ kind: 'optionsIgnored', facts: { options: 'blksize, windowsize, tsize' } })
  })
})
