import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, vi } from 'vitest'
import type { AmorceEvent, MachineView, ViewUpdate } from '../contract/index.ts'
import { openDatabase } from '../storage/index.ts'
import { RelayedClients } from './testing/relayedClients.ts'
import { useHouse } from './testing/useHouse.ts'

// A machine that invents a MAC address for every packet must cost the room nothing but those packets.

const discovers = 100_000
const maxMachines = 2000
/** The pool of the simulated room: .10 to .250. */
const poolSize = 241
const megabyte = 2 ** 20

const own = useHouse()

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

it('bears a flood of invented machines: what it keeps is bounded, the room keeps its tiles and leases', async () => {
  let heard = 0
  let mostMachines = 0
  let mostEntries = 0
  own.house.onEvent(({ type }: AmorceEvent) => {
    if (type === 'dhcp.discover') heard++
  })
  own.house.onUpdate(({ journal = [] }: ViewUpdate) => {
    mostMachines = Math.max(mostMachines, own.house.machines().length)
    mostEntries = Math.max(mostEntries, journal.length)
  })
  await own.house.commands['exam.startDemo'](undefined)
  const meant = own.house.simulatedMachines().filter(({ expected }) => expected === 'ready')
  const room = (): MachineView[] =>
    own.house.machines().filter(({ mac, stage }) => stage === 'ready' && meant.some((machine) => machine.mac === mac))
  await vi.waitFor(() => expect(room()).toHaveLength(meant.length), { timeout: 30_000, interval: 50 })
  const before = room().map(({ mac, address }) => [mac, address])

  const { services = [] } = await own.house.snapshot()
  const endpoint = services.find(({ name }) => name === 'dhcp')?.endpoint ?? ''
  const flood = await RelayedClients.open(Number(endpoint.split(':')[1]))
  const flooded = async (until: number): Promise<void> => {
    for (let n = heard; heard < until;) {
      for (let burst = 0; burst < 100; burst++, n++)
        flood.shout([0x06, n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255, 1], n)
      // The server is in this process too: it reads between two bursts.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  await flooded(discovers / 5)
  const heapEarly = heapUsed()
  await flooded(discovers)
  const heapLate = heapUsed()

  expect(mostMachines).toBeLessThanOrEqual(maxMachines)
  expect(mostEntries).toBeLessThanOrEqual(500)
  expect(heapLate - heapEarly).toBeLessThan(40 * megabyte)
  expect(room().map(({ mac, address }) => [mac, address])).toEqual(before)
  await flood.close()

  await own.house.close()
  const path = `${own.folder}/amorce.sqlite`
  const database = openDatabase({ path, nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const rows = (table: string): number | undefined =>
    database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()
  const [leases, waiting] = [rows('leases'), rows('lease_journal')]
  database.close()
  expect(leases).toBeLessThanOrEqual(poolSize)
  expect(waiting).toBe(0)
}, 300_000)
