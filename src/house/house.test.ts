import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CodedError, type MachineView, type ViewUpdate } from '../contract/index.ts'
import { Screen } from './testing/screen.ts'
import { useHouse } from './testing/useHouse.ts'

// The house for real: SQLite on the disk, the three services on loopback, simulated machines with real packets.

const own = useHouse()

const eventually = { timeout: 20_000, interval: 20 }
const startDemo = (): unknown => own.house.commands['exam.startDemo'](undefined)
const ready = (): MachineView[] => own.house.machines().filter(({ stage }) => stage === 'ready')
const expectedReady = (): number => own.house.simulatedMachines().filter(({ expected }) => expected === 'ready').length
const allReady = (): Promise<void> => vi.waitFor(() => expect(ready()).toHaveLength(expectedReady()), eventually)
const addresses = (): Record<string, string | undefined> =>
  Object.fromEntries(
    own.house
      .machines()
      .map(({ mac, address }) => [mac, address] as const)
      .sort(),
  )
const endpoints = async (): Promise<{ name: string; address: string; port: number }[]> =>
  ((await own.house.snapshot()).services ?? []).flatMap(({ name, endpoint }) => {
    const [address = '', port] = endpoint?.split(':') ?? []
    return endpoint ? [{ name, address, port: Number(port) }] : []
  })
const codeOf = async (task: unknown): Promise<string> => {
  try {
    await task
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error)
  }
  return 'none'
}

/** Rejects when somebody holds the port. */
async function bindOnce({ name, address, port }: { name: string; address: string; port: number }): Promise<void> {
  if (name === 'http') {
    const server = createServer().listen({ host: address, port, exclusive: true })
    await once(server, 'listening')
    await new Promise((resolve) => server.close(resolve))
    return
  }
  const socket = createSocket('udp4')
  socket.bind({ address, port, exclusive: true })
  await once(socket, 'listening')
  await new Promise<void>((resolve) => socket.close(resolve))
}

describe('an exam in the simulated room', () => {
  it('brings every machine that can boot to ready, each with an address of its own', async () => {
    await startDemo()
    await allReady()
    const given = ready().map(({ address }) => address)
    expect(new Set(given).size).toBe(given.length)
    expect(ready().every(({ progress, facts, uuid }) => progress === 1 && facts.serial && uuid)).toBe(true)
  })

  it('holds its ports while it runs and none when it was stopped', async () => {
    await startDemo()
    const bound = await endpoints()
    expect(bound.map(({ name }) => name)).toEqual(['dhcp', 'tftp', 'http'])
    for (const endpoint of bound) await expect(bindOnce(endpoint)).rejects.toThrow('EADDRINUSE')
    await own.house.commands['exam.stop'](undefined)
    for (const endpoint of bound) await bindOnce(endpoint)
    expect(own.house.session.view).toMatchObject({ phase: 'idle', resumable: undefined })
    expect(await endpoints()).toEqual([])
  })

  it('can be held again at once', async () => {
    await startDemo()
    await own.house.commands['exam.stop'](undefined)
    await startDemo()
    await vi.waitFor(() => expect(ready().length).toBeGreaterThan(0), eventually)
  })

  it('is refused while one is starting, and starts once', async () => {
    const both = await Promise.all([startDemo(), startDemo(), own.house.commands['exam.stop'](undefined)].map(codeOf))
    expect(both).toEqual(['none', 'exam.alreadyRunning', 'exam.notRunning'])
    expect((await endpoints()).length).toBe(3)
  })

  it('has a journal, of which a machine’s panel shows its part', async () => {
    await startDemo()
    await allReady()
    const [machine] = ready() as [MachineView]
    const updates: ViewUpdate[] = []
    own.house.onUpdate((update) => updates.push(update))
    await own.house.commands['machine.watch'](machine.mac)
    const detail = await vi.waitFor(() => {
      const seen = updates.findLast((update) => update.detail)?.detail
      expect(seen).toBeDefined()
      return seen!
    }, eventually)
    expect(detail.mac).toBe(machine.mac)
    expect(detail.timeline.at(-1)).toMatchObject({ stage: 'ready' })
    expect(detail.transfers.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['loader', 'script', 'kernel', 'initrd']),
    )
    expect(detail.journal.every(({ mac }) => mac === machine.mac)).toBe(true)

    const query = { groups: ['dhcp' as const], mac: machine.mac, search: '', before: 0, limit: 500 }
    const types = (await own.house.commands['journal.list'](query)).map(({ event }) => event.type)
    expect(types).toEqual(expect.arrayContaining(['dhcp.discover', 'dhcp.offer', 'dhcp.request', 'dhcp.ack']))
    expect(types.every((type) => type.startsWith('dhcp.'))).toBe(true)
  })

  it('makes a stock item of a machine with one click, and shows it on the tile', async () => {
    await startDemo()
    await allReady()
    const [machine] = ready() as [MachineView]
    const item = await own.house.commands['stock.addFromMachine'](machine.mac)
    expect(item.lastSeenAt).toBeTypeOf('number')
    expect(item).toMatchObject({
      macs: [machine.mac],
      serial: machine.facts.serial,
      manufacturer: machine.facts.manufacturer,
    })
    expect(own.house.machines().find(({ mac }) => mac === machine.mac)?.item).toMatchObject({ id: item.id })
    expect(await own.house.commands['stock.addFromMachine'](machine.mac)).toMatchObject({ id: item.id })
  })

  it('knows no stock item to make of a machine that was never heard', () => {
    expect(() => own.house.commands['stock.addFromMachine']('02:00:00:00:00:99')).toThrow(
      expect.objectContaining({ code: 'stock.machineUnknown' }) as Error,
    )
  })
})

describe('what the screen is told', () => {
  it('adds up to what a fresh snapshot says, wherever one began to listen', async () => {
    const screens: Screen[] = []
    const join = async (): Promise<void> => {
      const screen = new Screen()
      screens.push(screen)
      own.house.onUpdate((update) => screen.apply(structuredClone(update)))
      screen.apply(structuredClone(await own.house.snapshot()))
    }
    await join()
    await startDemo()
    await join()
    await vi.waitFor(() => expect(ready().length).toBeGreaterThan(0), eventually)
    await join()
    const [machine] = ready() as [MachineView]
    await own.house.commands['machine.watch'](machine.mac)
    await own.house.commands['stock.addFromMachine'](machine.mac)
    await own.house.commands['settings.save']({ roomName: 'B12' })
    await own.house.commands['profile.add']({
      name: 'Exam',
      system: 'linux',
      kernel: 'vmlinuz',
      initrds: [],
      commandLine: '',
    })
    await allReady()
    await join()
    const forgotten = own.house.machines().find(({ mac }) => mac !== machine.mac)!
    await own.house.commands['exam.stop'](undefined)
    await own.house.commands['machine.forget'](forgotten.mac)
    await join()

    // The last push is under way, and a connection that is cut may still have its last word.
    await vi.waitFor(async () => {
      const fresh = new Screen()
      fresh.apply(structuredClone(await own.house.snapshot()))
      for (const screen of screens) expect(screen.state).toEqual(fresh.state)
      const entries = await own.house.commands['journal.list']({
        groups: [],
        mac: '',
        search: '',
        before: 0,
        limit: 500,
      })
      const ids = entries.map(({ id }) => id).reverse()
      for (const screen of screens) {
        const shown = screen.journal.map(({ id }) => id)
        expect(shown).toEqual(ids.slice(ids.indexOf(shown[0]!)))
      }
    }, eventually)
  })

  it('comes at most once a frame, numbered without a gap', async () => {
    const updates: ViewUpdate[] = []
    own.house.onUpdate((update) => updates.push(update))
    await startDemo()
    await allReady()
    const numbers = updates.map(({ seq }) => seq)
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index))
    expect(updates.every((update) => Object.keys(update).length > 1)).toBe(true)
  })
})

describe('closing and opening again', () => {
  const reopen = (): Promise<void> => own.reopen()

  it('offers the exam that was running and takes it up with the same machines and leases', async () => {
    await startDemo()
    await allReady()
    const before = addresses()
    const bound = await endpoints()
    await reopen()
    for (const endpoint of bound) await bindOnce(endpoint)
    expect(own.house.machines()).toEqual([])
    const { resumable } = own.house.session.view
    expect(resumable).toMatchObject({ simulated: true, machines: 4, leases: 4 })

    await own.house.commands['exam.resume'](undefined)
    expect(own.house.session.view).toMatchObject({ phase: 'running', examId: resumable?.examId })
    expect(addresses()).toEqual(before)
    const backAgain = (): MachineView[] => ready().filter(({ boots }) => boots > 1)
    await vi.waitFor(() => expect(backAgain()).toHaveLength(expectedReady()), eventually)
    expect(addresses()).toEqual(before)
  })

  it('has nothing to offer after an exam that was stopped', async () => {
    await startDemo()
    await own.house.commands['exam.stop'](undefined)
    await reopen()
    expect(own.house.session.view.resumable).toBeUndefined()
  })

  it('forgets the exam that was cut short when another one is started and stopped', async () => {
    await startDemo()
    await reopen()
    await startDemo()
    await own.house.commands['exam.stop'](undefined)
    await reopen()
    expect(own.house.session.view.resumable).toBeUndefined()
  })

  it('gives up the exam when told to', async () => {
    await startDemo()
    await reopen()
    await own.house.commands['exam.discard'](undefined)
    await reopen()
    expect(own.house.session.view.resumable).toBeUndefined()
  })

  it('waits for a start that is under way, and leaves nothing bound nor anything to resume', async () => {
    const starting = codeOf(startDemo())
    await own.house.close()
    expect(await starting).toBe('exam.startFailed')
    await own.reopen()
    expect(own.house.session.view.resumable).toBeUndefined()
    expect(await endpoints()).toEqual([])
  })

  it('is harmless twice, and refuses to start after it', async () => {
    await Promise.all([own.house.close(), own.house.close()])
    expect(await codeOf(startDemo())).toBe('exam.startFailed')
  })
})

describe('an address given to a NIC', () => {
  const given: string[] = []
  const setAddress = async (nic: string, { address }: { address: string }) => {
    given.push(`${nic} ${address}`)
    return async () => {
      given.splice(given.indexOf(`${nic} ${address}`), 1)
    }
  }

  beforeEach(async () => {
    given.length = 0
    await own.reopen({ setAddress })
    await own.house.commands['nic.setAddress']({ nic: 'exam0', address: '192.168.60.1', prefix: 24 })
  })

  it('stays while the exam runs and is taken back when it stops', async () => {
    await startDemo()
    expect(given).toEqual(['exam0 192.168.60.1'])
    await own.house.commands['exam.stop'](undefined)
    expect(given).toEqual([])
  })

  it('is taken back when the app closes', async () => {
    await own.house.close()
    expect(given).toEqual([])
  })
})
