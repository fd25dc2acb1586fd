import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../base/index.ts'
import type { CodedError } from '../contract/index.ts'
import { freeSimulatedLink, type SimulatedLink } from './link.ts'
import type { OpenedRoom } from './openRoom.ts'
import { openRoomInThread } from './roomInThread.ts'
import { startTestServices, type TestServices } from './testServices.ts'

// The room in its own thread. How its machines boot is room.test.ts's.

/** Inside the project, where the built program finds its packages. */
const buildFolder = join(import.meta.dirname, '../../out')
const patience = { timeout: 60_000 }

let folder: string
let link: SimulatedLink
let services: TestServices
let room: OpenedRoom | undefined
let failures: CodedError[]

beforeAll(async () => {
  await mkdir(buildFolder, { recursive: true })
  folder = await mkdtemp(join(buildFolder, 'room-worker-'))
  // As the app's own build does.
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'worker.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node18',
      rollupOptions: { output: { entryFileNames: 'worker.mjs' }, external: ['koffi'] },
    },
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(async () => {
  link = await freeSimulatedLink()
  services = await startTestServices(link)
  failures = []
})
afterEach(async () => {
  await room?.stop()
  room = undefined
  await services.stop()
})

const open = async (file = join(folder, 'worker.mjs')): Promise<OpenedRoom> =>
  (room = await openRoomInThread(file)({
    machines: 2,
    link,
    pace: 0.05,
    failures: ['agentCrashed'],
    atOnce: true,
    seed: 7,
    logger: silentLogger,
    onFailure: (error) => failures.push(error),
  }))

/** A room whose thread runs this. */
async function openProgram(program: string): Promise<OpenedRoom> {
  const file = join(folder, 'program.cjs')
  await writeFile(file, `const { parentPort } = require('node:worker_threads')\n${program}`)
  return open(file)
}
const opened = `parentPort.postMessage({ type: 'opened', machines: [
  { mac: '02:00:00:00:00:01', behaviour: 'normal', expected: 'ready', answers: 'echo' }] })`

describe('a simulated room in a thread', patience, () => {
  it('boots from the services of this one, tells how its machines answer, and leaves nothing bound', async () => {
    const { machines, stop } = await open()
    expect(machines.map(({ expected }) => expected).sort()).toEqual(['agentSilent', 'ready'])
    const stageOf = (mac: string) => services.journeys.get(mac)?.stage
    for (const { mac } of machines) await vi.waitFor(() => expect(stageOf(mac)).toBe('ready'), patience)
    for (const machine of machines) await vi.waitFor(() => expect(machine.answers).toBe('echo'), patience)
    await stop()
    expect(machines.map(({ answers }) => answers)).toEqual(['none', 'none'])
    await open()
    expect(failures).toEqual([])
  })

  it('says when its network cannot be had', async () => {
    await open()
    await expect(open()).rejects.toMatchObject({ code: 'socket.portInUse' })
  })

  it.each([
    ['throws', `throw new Error('out of memory')`],
    ['ends without a word', `process.exit(0)`],
  ])('whose thread %s at once is not opened', async (_, program) => {
    await expect(openProgram(program)).rejects.toMatchObject({ code: 'simulation.failed' })
    expect(failures).toEqual([])
  })

  it('that breaks down later is said to have, once, and no machine of it answers', async () => {
    const { machines } = await openProgram(`${opened}; setTimeout(() => { throw new Error('out of memory') }, 50)`)
    expect(machines).toMatchObject([{ answers: 'echo' }])
    await vi.waitFor(() => expect(failures).toMatchObject([{ code: 'simulation.failed' }]))
    expect(failures[0]?.message).toContain('out of memory')
    expect(machines).toMatchObject([{ answers: 'none' }])
    await room?.stop()
    expect(failures).toHaveLength(1)
  })
})
