import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import tftp from 'tftp'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../base/index.ts'
import { createContent } from '../content/index.ts'
import type { AmorceEvent, CodedError } from '../contract/index.ts'
import { openUdpSocket } from '../network/index.ts'
import { createTftpServer, type TftpServer, type TftpServerDeps } from './index.ts'

// The server in its own thread, with the client of the `tftp` package. What it does with packets is server.test.ts's.

const address = '127.0.0.1'
/** Inside the project, where the built program finds its packages. */
const buildFolder = join(import.meta.dirname, '../../out')
let workerFolder: string
let workerPath: string
let root: string
let events: AmorceEvent[]
let failures: CodedError[]
let server: TftpServer

/** As the app's own build does. */
const buildWorker = () =>
  build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'worker.ts'),
      outDir: workerFolder,
      emptyOutDir: false,
      target: 'node18',
      rollupOptions: { output: { entryFileNames: 'worker.mjs' }, external: ['koffi'] },
    },
  })

beforeAll(async () => {
  await mkdir(buildFolder, { recursive: true })
  workerFolder = await mkdtemp(join(buildFolder, 'tftp-worker-'))
  workerPath = join(workerFolder, 'worker.mjs')
  await buildWorker()
})
afterAll(() => rm(workerFolder, { recursive: true, force: true }))

beforeEach(async () => {
  root = await mkdtemp(join(workerFolder, 'root-'))
  events = []
  failures = []
})
afterEach(() => server.stop())

async function serve(deps: Partial<TftpServerDeps> = {}): Promise<void> {
  server = createTftpServer({
    openSocket: openUdpSocket,
    address,
    port: 0,
    content: createContent({
      roots: [root],
      virtual: (path) => (path === 'made' ? Buffer.from('for you') : undefined),
    }),
    clock: systemClock,
    emit: (event) => events.push(event),
    logger: silentLogger,
    workerPath,
    onFailure: (error) => failures.push(error),
    ...deps,
  })
  await server.start()
}

const port = () => Number(server.endpoint?.split(':')[1])
const client = (windowSize = 4) => tftp.createClient({ host: address, port: port(), blockSize: 1468, windowSize })
const copy = () => join(root, 'copy')
const fetched = async (name: string): Promise<Buffer> => {
  await new Promise<void>((resolve, reject) =>
    client().get(name, copy(), (error) => (error ? reject(error) : resolve())),
  )
  return readFile(copy())
}
const until = async (true_: () => boolean): Promise<void> => {
  while (!true_()) await new Promise((resolve) => setTimeout(resolve, 2))
}
const ofType = (type: AmorceEvent['type']) => events.filter((event) => event.type === type)
const descriptors = () => readdirSync('/proc/self/fd').length

describe.skipIf(process.platform !== 'linux')('a server in its own thread', () => {
  it('gives files, what is made for a client, and says what is not there', async () => {
    const bytes = randomBytes(1_000_000)
    await writeFile(join(root, 'x'), bytes)
    await serve()
    expect((await fetched('x')).equals(bytes)).toBe(true)
    expect((await fetched('made')).toString()).toBe('for you')
    await expect(fetched('absent')).rejects.toThrow(/no such file|not found/i)
    await until(() => ofType('transfer.end').length === 2)
    expect(ofType('transfer.end')).toMatchObject([{ outcome: 'complete', bytes: 1_000_000 }, { outcome: 'complete' }])
    await until(() => ofType('transfer.refused').length === 1)
    expect(ofType('transfer.refused')).toMatchObject([{ file: 'absent', code: 'content.notFound' }])
    expect(server).toMatchObject({ transfers: 2, activeTransfers: 0 })
  })

  it('takes files where it may', async () => {
    const bytes = randomBytes(300_000)
    await writeFile(join(root, 'x'), bytes)
    const folder = join(root, 'drop')
    await serve({ dropFolder: { folder, maxBytes: 1e6, maxFiles: 2 } })
    const put = (name: string) =>
      new Promise<void>((resolve, reject) =>
        client().put(join(root, 'x'), name, (error) => (error ? reject(error) : resolve())),
      )
    await put('report')
    expect((await readFile(join(folder, address, 'report'))).equals(bytes)).toBe(true)
    await expect(put('report')).rejects.toThrow()
    expect(await readdir(join(folder, address))).toEqual(['report'])
    await until(() => ofType('transfer.end').length === 1)
    expect(ofType('transfer.end')).toMatchObject([
      { outcome: 'complete', direction: 'received', savedAs: `${address}/report`, bytes: 300_000 },
    ])
  })

  it('leaves nothing open when it stops, and starts again', async () => {
    await writeFile(join(root, 'x'), 'again')
    await serve()
    await server.stop()
    const before = descriptors()
    await server.start()
    const held = port()
    expect((await fetched('x')).toString()).toBe('again')
    await server.stop()
    expect(server.endpoint).toBeUndefined()
    expect(descriptors()).toBe(before)
    await (await openUdpSocket({ address, port: held })).close()
  })

  it('whole transfers from one port, when asked', async () => {
    const bytes = randomBytes(200_000)
    await writeFile(join(root, 'x'), bytes)
    await serve({ singlePort: true })
    expect((await fetched('x')).equals(bytes)).toBe(true)
  })

  it('tells its packets where it is asked to, the beginnings of transfers alone', async () => {
    await writeFile(join(root, 'x'), randomBytes(100_000))
    const told: { direction: string; data: Buffer }[] = []
    await serve({ onDatagram: ({ direction, data }) => told.push({ direction, data: Buffer.from(data) }) })
    await fetched('x')
    const sent = (op: number) =>
      told.filter(({ direction, data }) => direction === 'out' && data.readUInt16BE() === op).map(({ data }) => data)
    await until(() => told.some(({ direction, data }) => direction === 'in' && data.readUInt32BE() === 0x0004_0004))
    expect(told[0]).toMatchObject({ direction: 'in' })
    expect(told[0]?.data.toString('latin1', 2, 4)).toBe('x\0')
    expect(sent(6)).toHaveLength(1)
    expect(sent(3).map((data) => data.readUInt16BE(2))).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(sent(3)[0]).toHaveLength(4 + 1468)
  })

  it('a worker that dies: said so, nothing stays bound, and what it carried has failed', async () => {
    const start = { type: 'transfer.start', id: 'tftp-1', protocol: 'tftp', client: address, file: 'x', kind: 'file' }
    const dying = `import { parentPort } from 'node:worker_threads'
      parentPort.postMessage({ type: 'started' })
      parentPort.postMessage({ type: 'events', events: [${JSON.stringify(start)}], active: 1, transfers: 1 })
      setTimeout(() => { throw new Error('out of luck') }, 20)`
    await writeFile(join(root, 'dying.mjs'), dying)
    await serve({ workerPath: join(root, 'dying.mjs') })
    const held = port()
    await until(() => failures.length === 1)
    expect(failures).toMatchObject([{ code: 'tftp.failed', message: expect.stringContaining('out of luck') as string }])
    expect(ofType('transfer.end')).toMatchObject([{ id: 'tftp-1', outcome: 'failed' }])
    expect(server).toMatchObject({ activeTransfers: 0, endpoint: undefined })
    await (await openUdpSocket({ address, port: held })).close()
  })

  it('a program that is not there: the transfers are carried in this thread', async () => {
    await writeFile(join(root, 'x'), 'all the same')
    await serve({ workerPath: join(root, 'absent.mjs') })
    expect((await fetched('x')).toString()).toBe('all the same')
  })

  it('says which port is in use', async () => {
    await serve()
    const held = port()
    const first = server
    const other = createTftpServer({
      openSocket: openUdpSocket,
      address,
      port: held,
      content: createContent({ roots: [] }),
      clock: systemClock,
      emit: () => {},
      logger: silentLogger,
      workerPath,
    })
    await expect(other.start()).rejects.toMatchObject({ code: 'socket.portInUse' })
    await other.stop()
    server = first
  })
})
