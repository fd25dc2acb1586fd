import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from 'vite'
import { createLeaseStore } from '../dhcp/index.ts'
import { formatIpv4 } from '../network/index.ts'
import { openDatabase } from '../storage/index.ts'
import { RelayedClients } from './testing/relayedClients.ts'
import { openTestHouse, temporaryFolder } from './testing/testHouse.ts'

// Group commit promises that no acknowledged lease is lost, whenever the app dies: it is killed while leases stream out.

let built: string

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'amorce-built-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'testing', 'houseProcess.ts'),
      outDir: built,
      target: 'node18',
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'houseProcess.cjs' } },
    },
  })
})

afterAll(() => rmSync(built, { recursive: true, force: true }))

async function killedAfter(leases: number, dataFolder: string): Promise<RelayedClients> {
  const child = spawn(process.execPath, [join(built, 'houseProcess.cjs'), dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // What is not bundled is found from where the bundle is not.
    env: { ...process.env, NODE_PATH: join(process.cwd(), 'node_modules') },
  })
  try {
    const [endpoint] = (await once(createInterface(child.stdout), 'line')) as [string]
    const clients = await RelayedClients.open(Number(endpoint.split(':')[1]))
    for (let n = 1; n <= 200; n++) clients.begin(n)
    await clients.whenAcked(leases)
    return clients
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}

describe('killed while it gives leases', () => {
  it.each([1, 30, 120])(
    'loses none that it acknowledged, after %i of them',
    async (count) => {
      const folder = temporaryFolder()
      try {
        const clients = await killedAfter(count, folder.path)
        // What had left the server before it died and still waits in our socket is read by then.
        await new Promise((resolve) => setTimeout(resolve, 200))
        await clients.close()
        const { acked } = clients
        expect(acked.length).toBeGreaterThanOrEqual(count)

        const database = openDatabase({
          path: join(folder.path, 'amorce.sqlite'),
          nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
        })
        const kept = createLeaseStore(database)
          .load('127.60.0.0/24')
          .filter(({ state }) => state === 'leased')
          .map(({ mac, address }) => ({ mac, address: formatIpv4(address) }))
        database.close()
        expect(kept).toEqual(expect.arrayContaining(acked))

        const house = await openTestHouse(folder.path)
        expect(house.session.view.resumable?.leases).toBe(kept.length)
        await house.commands['exam.resume'](undefined)
        expect(house.session.view.phase).toBe('running')
        await house.close()
      } finally {
        folder.remove()
      }
    },
    60_000,
  )
})
