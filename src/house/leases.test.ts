import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ManualClock } from '../base/index.ts'
import type { LeaseQuery, LeaseView, MachineView, PoolView, ViewUpdate } from '../contract/index.ts'
import { createLeaseStore, readConfig } from '../dhcp/index.ts'
import { parseIpv4 } from '../network/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import type { House } from './index.ts'
import { Leases } from './leases.ts'
import { leasesAsCsv } from './leasesCsv.ts'
import { openTestHouse, temporaryFolder } from './testing/testHouse.ts'

// The leases of the simulated room, whose machines get them with real packets.

const everything: LeaseQuery = { search: '', states: [], sort: 'address', descending: false, offset: 0, limit: 500 }
const eventually = { timeout: 20_000, interval: 20 }

const macOf = (n: number): string => `52:54:00:00:00:0${n}`
const at = (text: string): number => parseIpv4(text) ?? 0

let folder: ReturnType<typeof temporaryFolder>
let house: House
let savedTo: string | undefined

beforeEach(async () => {
  folder = temporaryFolder()
  savedTo = join(folder.path, 'leases.csv')
  const refuse = (): never => {
    throw new Error('there is no desktop here')
  }
  const chooseSaveFile = (): Promise<string | undefined> => Promise.resolve(savedTo)
  house = await openTestHouse(folder.path, {
    desktop: {
      chooseFiles: refuse,
      openFolder: refuse,
      reopen: refuse,
      restart: refuse,
      practise: refuse,
      chooseTable: () => Promise.resolve([]),
      fetchLoaders: refuse,
      chooseSaveFile,
    },
  })
})

afterEach(async () => {
  await house.close()
  folder.remove()
})

const list = async (query: Partial<LeaseQuery> = {}): Promise<LeaseView[]> =>
  (await house.commands['lease.list']({ ...everything, ...query })).leases
const pool = async (): Promise<PoolView> => {
  const view = await house.commands['lease.pool'](undefined)
  if (!view) throw new Error('there is no pool')
  return view
}
const leased = (): Promise<LeaseView[]> => list({ states: ['leased'] })
const holdsOne = ({ address }: MachineView): boolean => address !== undefined

/** The room once each of its machines has its lease, which they then keep for an hour. */
async function settledRoom(): Promise<LeaseView[]> {
  await house.commands['exam.startDemo'](undefined)
  await vi.waitFor(async () => {
    expect(house.machines().filter(holdsOne)).toHaveLength(house.simulatedMachines().length)
    expect(await list({ states: ['offered'] })).toEqual([])
  }, eventually)
  return leased()
}

describe('the leases of an exam', () => {
  it('are those that its machines say they have', async () => {
    const leases = await settledRoom()
    const told = house.machines().map(({ mac, address }) => `${mac} ${address}`)
    expect(leases.map(({ mac, address }) => `${mac} ${address}`).sort()).toEqual(told.sort())
    for (const { startsAt = 0, expiresAt = 0, isReserved } of leases) {
      expect(expiresAt).toBeGreaterThan(startsAt)
      expect(isReserved).toBe(false)
    }
  })

  it('are filtered, sorted and handed out by the page', async () => {
    const leases = await settledRoom()
    const macs = leases.map(({ mac = '' }) => mac).sort()
    expect((await list({ sort: 'mac', descending: true })).map(({ mac }) => mac)).toEqual([...macs].reverse())
    expect(await list({ search: macs[1] })).toMatchObject([{ mac: macs[1] }])
    expect(await list({ states: ['declined'] })).toEqual([])
    const page = await house.commands['lease.list']({ ...everything, search: '127.60', offset: 1, limit: 2 })
    expect(page.leases.map(({ address }) => address)).toEqual(leases.slice(1, 3).map(({ address }) => address))
    expect(page).toMatchObject({ total: leases.length, all: leases.length })
  })

  it('carry the stock item of their machine, and are found by it', async () => {
    const [first] = await settledRoom()
    await vi.waitFor(() => expect(house.machines().find(({ mac }) => mac === first?.mac)?.facts).toBeDefined())
    const item = await house.commands['stock.addFromMachine'](first?.mac ?? '')
    const found = await list({ search: item.assetTag })
    expect(found).toMatchObject([{ address: first?.address, item: { id: item.id, assetTag: item.assetTag } }])
    expect((await list({ sort: 'machine' })).map(({ address }) => address)).toContain(first?.address)
  })

  it('make a picture of the pool in which every address is counted once', async () => {
    const leases = await settledRoom()
    const { network, first, last, counts, runs } = await pool()
    expect([network, first, last]).toEqual(['127.60.0.0/24', '127.60.0.10', '127.60.0.250'])
    expect(runs.reduce((sum, { length }) => sum + length, 0)).toBe(241)
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(241)
    expect(counts).toMatchObject({ leased: leases.length, declined: 0 })
    const states = runs.flatMap(({ state, length }) => Array.from({ length }, () => state))
    for (const { address } of leases) expect(states[Number(address.split('.')[3]) - 10]).toBe('leased')
  })

  it('say where an address is in the list, and who has it', async () => {
    const [first, second] = await settledRoom()
    const { sort, descending, search, states } = everything
    const filter = { sort, descending, search, states }
    const find = (address = '', changes: Partial<typeof filter> = {}) =>
      house.commands['lease.find']({ ...filter, ...changes, address })
    expect(await find(second?.address)).toMatchObject({ lease: { mac: second?.mac }, index: 1 })
    expect(await find(second?.address, { search: first?.mac })).toEqual({ lease: expect.anything() as unknown })
    expect(await find('127.60.0.249')).toEqual({})
  })

  it('tell the screen when they change', async () => {
    const updates: ViewUpdate[] = []
    house.onUpdate((update) => updates.push(update))
    await settledRoom()
    const told = (): number => updates.findLast((update) => update.leasesRevision)?.leasesRevision ?? 0
    const known = async (): Promise<number> => (await house.snapshot()).leasesRevision ?? 0
    // The last machines may still be asking: what is told catches up with what is.
    await vi.waitFor(async () => expect(told()).toBe(await known()), eventually)
    const before = told()
    await house.commands['lease.free']((await leased())[0]?.address ?? '')
    await vi.waitFor(() => expect(told()).toBeGreaterThan(before), eventually)
  })
})

describe('an address', () => {
  it('is freed, for good, and only once', async () => {
    const [first] = await settledRoom()
    const address = first?.address ?? ''
    await house.commands['lease.free'](address)
    expect(await list({ search: address })).toMatchObject([{ address, mac: first?.mac, state: 'released' }])
    expect((await pool()).counts.leased).toBe(house.machines().length - 1)
    await expect(house.commands['lease.free'](address)).rejects.toMatchObject({ code: 'lease.notHeld' })
  })

  it('is reserved for its machine, and no longer, as the running service hears at once', async () => {
    const [first, second] = await settledRoom()
    const { address = '', mac = '' } = first ?? {}
    expect(await house.commands['lease.reserve']({ address, mac })).toBeNull()
    expect(await list({ search: address })).toMatchObject([{ state: 'leased', isReserved: true }])
    await house.commands['lease.free'](address)
    expect(await list({ search: address })).toMatchObject([{ mac, state: 'reserved', isReserved: true }])
    expect((await pool()).counts.reserved).toBe(1)

    const another = { address, mac: second?.mac ?? '' }
    expect(() => house.commands['lease.reserve'](another)).toThrow(
      expect.objectContaining({ code: 'lease.reservedForOther' }) as Error,
    )
    expect(await house.commands['lease.unreserve'](address)).toEqual({ address, mac })
    expect(await list({ search: address })).toMatchObject([{ state: 'released', isReserved: false }])
    expect(() => house.commands['lease.unreserve'](address)).toThrow(
      expect.objectContaining({ code: 'lease.notReserved' }) as Error,
    )
  })

  it('takes the place of the one its machine had reserved before, which is told so that it can be undone', async () => {
    const [first] = await settledRoom()
    const { address = '', mac = '' } = first ?? {}
    await house.commands['lease.reserve']({ address, mac })
    const elsewhere = { address: '127.60.0.249', mac }
    expect(await house.commands['lease.reserve'](elsewhere)).toEqual({ address, mac })
    expect(await list({ states: ['reserved'] })).toMatchObject([elsewhere])
    await house.commands['lease.reserve']({ address, mac })
    expect(await list({ states: ['reserved'] })).toEqual([])
  })

  it('that is the network’s own, or another network’s, cannot be reserved', async () => {
    await settledRoom()
    for (const address of ['127.60.0.0', '10.0.0.5'])
      expect(() => house.commands['lease.reserve']({ address, mac: '02:00:00:00:00:01' })).toThrow(
        expect.objectContaining({ code: 'input.invalid' }) as Error,
      )
  })
})

describe('without an exam', () => {
  it('there is nothing to show, and nothing to free, while no NIC is chosen', async () => {
    expect(await house.commands['lease.list'](everything)).toEqual({ leases: [], total: 0, all: 0 })
    expect(await house.commands['lease.pool'](undefined)).toBeNull()
    await expect(house.commands['lease.free']('192.168.60.5')).rejects.toMatchObject({ code: 'exam.noNic' })
  })

  it('nothing of the simulated room is left on the screen', async () => {
    await settledRoom()
    await house.commands['exam.stop'](undefined)
    expect(await list()).toEqual([])
  })
})

describe('the leases of a network where no exam is held', () => {
  const [network, address] = ['192.168.60.0/24', '192.168.60.51']
  const hour = 3_600_000
  let database: Database
  let clock: ManualClock
  let leases: Leases

  beforeEach(() => {
    database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
    clock = new ManualClock()
    const now = clock.now()
    const record = { hostName: '', startsAt: now, expiresAt: now + hour }
    createLeaseStore(database).commit(network, [
      { ...record, address: at(address), mac: macOf(1), key: `mac:${macOf(1)}`, state: 'leased', hostName: 'A1' },
      { ...record, address: at('192.168.60.52'), mac: macOf(2), key: `mac:${macOf(2)}`, state: 'declined' },
    ])
    const pool = { poolStart: '192.168.60.50', poolEnd: '192.168.60.59', leaseSeconds: 3600, authoritative: true }
    const settings = readConfig({ serverAddress: '192.168.60.50', prefix: 24, ...pool })
    const itemOf = (): undefined => undefined
    leases = new Leases({ database, clock, place: () => ({ settings }), itemOf, onChange: () => {} })
  })
  afterEach(() => database.close())

  const states = (): string[] => leases.list(everything).leases.map(({ address: text, state }) => `${text} ${state}`)

  it('are as they were saved, and run out by the clock', () => {
    expect(states()).toEqual([`${address} leased`, '192.168.60.52 declined'])
    expect(leases.pool()).toMatchObject({
      network,
      runs: [
        { state: 'excluded', length: 1 },
        { state: 'leased', length: 1 },
        { state: 'declined', length: 1 },
        { state: 'free', length: 7 },
      ],
    })
    const before = leases.revision
    leases.tick()
    expect(leases.revision).toBe(before)
    clock.advance(hour)
    leases.tick()
    expect(leases.revision).toBe(before + 1)
    expect(states()).toEqual([`${address} expired`, '192.168.60.52 expired'])
    expect(leases.pool()?.counts).toMatchObject({ free: 9, excluded: 1 })
  })

  it('are freed for the next exam', async () => {
    await leases.free(address)
    expect(states()).toEqual([`${address} released`, '192.168.60.52 declined'])
    expect(createLeaseStore(database).load(network)).toMatchObject([{ state: 'released', hostName: 'A1' }, {}])
    await expect(leases.free(address)).rejects.toMatchObject({ code: 'lease.notHeld' })
  })

  it('show a reservation that was never leased, of a machine that is known by its UUID alone', () => {
    const uuid = '4c4c4544-0042-3510-8054-b4c04f4d3132'
    leases.reserve({ address: '192.168.60.55', uuid })
    expect(leases.list({ ...everything, search: '4c4c' }).leases).toEqual([
      { address: '192.168.60.55', uuid, state: 'reserved', isReserved: true },
    ])
    expect(leases.pool()?.counts.reserved).toBe(1)
  })
})

describe('the CSV file', () => {
  it('has every lease, and nothing is written when the dialogue is cancelled', async () => {
    const leases = await settledRoom()
    const path = savedTo ?? ''
    savedTo = undefined
    expect(await house.commands['lease.exportCsv'](undefined)).toBeNull()
    savedTo = path
    expect(await house.commands['lease.exportCsv'](undefined)).toBe(path)
    const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\r\n')
    expect(head).toBe('address;mac;uuid;hostName;assetTag;location;seat;state;reserved;startsAt;expiresAt;clientKey')
    expect(lines.map((line) => line.split(';').slice(0, 2))).toEqual(leases.map(({ address, mac }) => [address, mac]))
  })

  it('says why when it cannot be written', async () => {
    await settledRoom()
    savedTo = join(folder.path, 'nowhere', 'leases.csv')
    await expect(house.commands['lease.exportCsv'](undefined)).rejects.toMatchObject({
      code: 'file.notWritten',
      details: { file: 'leases.csv' },
    })
  })

  it('makes texts of formulas that a machine calls itself by, and quotes what would break a line', () => {
    const lease = { address: '10.0.0.5', state: 'leased', isReserved: false } as const
    const line = (hostName: string) => leasesAsCsv([{ ...lease, hostName }], 'en').split('\r\n')[1]
    expect(line('=HYPERLINK("http://x")')).toContain(`,"'=HYPERLINK(""http://x"")",`)
    expect(line('A1;B2')).toContain(',"A1;B2",')
    expect(line('B104-A1')).toBe('10.0.0.5,,,B104-A1,,,,leased,no,,,')
  })
})
