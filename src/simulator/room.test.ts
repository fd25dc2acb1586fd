import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../base/index.ts'
import { freeSimulatedLink, type SimulatedLink } from './link.ts'
import type { Milestone } from './machine.ts'
import { seededRandom } from './random.ts'
import { createSimulatedRoom, type SimulatedRoom, type SimulatedRoomOptions } from './room.ts'
import { startTestServices, type TestServices } from './testServices.ts'

const patience = { timeout: 60_000 }

let link: SimulatedLink
let services: TestServices
let room: SimulatedRoom | undefined
let milestones: Milestone[]

beforeEach(async () => {
  link = await freeSimulatedLink()
  milestones = []
})

afterEach(async () => {
  await room?.stop()
  room = undefined
  await services.stop()
})

function openRoom(options: Partial<SimulatedRoomOptions>): SimulatedRoom {
  room = createSimulatedRoom({
    machines: 1,
    link,
    clock: systemClock,
    random: seededRandom(7),
    pace: 0.05,
    failures: 'none',
    logger: silentLogger,
    onMilestone: (milestone) => milestones.push(milestone),
    ...options,
  })
  return room
}

const stagesOf = (mac: string): string[] => milestones.filter((each) => each.mac === mac).map(({ stage }) => stage)
const wholeWay = ['poweredOn', 'leased', 'loader', 'script', 'kernel', 'initrd', 'system', 'ready']

describe('the simulated room', patience, () => {
  it('boots from the real services, and the console sees what was meant to happen', async () => {
    services = await startTestServices(link)
    const { machines, ...running } = openRoom({ machines: 6, failures: 'demo' })
    await running.start()
    await running.whenSettled()

    expect(machines.map(({ behaviour }) => behaviour).sort()).toEqual([
      'normal',
      'normal',
      'normal',
      'otherBootServer',
      'restartsMidway',
      'secureBootRefusal',
    ])
    const { journeys } = services
    // As if a minute had gone by since the machines that hang were last heard of.
    journeys.tick(Date.now() + 60_000)
    for (const machine of machines) {
      const journey = journeys.get(machine.mac)
      expect(machine.error, machine.behaviour).toBeUndefined()
      expect(journey?.address, machine.behaviour).toBe(machine.address)
      if (machine.expected === 'ready') {
        expect(stagesOf(machine.mac).slice(-wholeWay.length)).toEqual(wholeWay)
        expect(journey).toMatchObject({ reached: 'ready', facts: machine.facts })
      } else expect(journey?.trouble?.code, machine.behaviour).toBe(machine.expected)
    }
    const restarted = machines.find(({ behaviour }) => behaviour === 'restartsMidway')
    expect(restarted?.boots).toBe(2)
  })

  it('fetches every file whole, the loader by TFTP and the rest by HTTP', async () => {
    services = await startTestServices(link)
    const { machines, ...running } = openRoom({ machines: 3 })
    await running.start()
    await running.whenSettled()

    const ends = services.events.filter((event) => event.type === 'transfer.end')
    for (const { address, mac } of machines) {
      const own = ends.filter(({ client }) => client === address)
      expect(own.map(({ protocol, kind, outcome }) => [protocol, kind, outcome])).toEqual([
        ['tftp', 'loader', 'probe'],
        ['tftp', 'loader', 'complete'],
        ['http', 'script', 'complete'],
        ['http', 'script', 'complete'],
        ['http', 'kernel', 'complete'],
        ['http', 'initrd', 'complete'],
      ])
      const fetched = milestones.filter((milestone) => milestone.mac === mac && milestone.bytes !== undefined)
      for (const { stage, bytes } of fetched) {
        const served = own.find(({ kind, outcome }) => kind === stage && outcome === 'complete')
        expect(served).toMatchObject({ bytes, size: bytes })
      }
    }
  })

  it.each(['otherDhcpServer', 'loaderHang', 'systemWithoutNetwork', 'cablePulled', 'agentCrashed'] as const)(
    'shows %s for what it is',
    async (failure) => {
      services = await startTestServices(link)
      const { machines, ...running } = openRoom({ machines: 2, failures: [failure] })
      await running.start()
      await running.whenSettled()

      const failing = machines.find(({ behaviour }) => behaviour === failure)
      expect(failing?.stage).toBe('stuck')
      const mac = failing?.mac ?? ''
      if (failing?.address && ['machineGone', 'agentSilent'].includes(failing.expected))
        services.journeys.accept({
          ...{ type: 'machine.asked', at: Date.now(), mac },
          ...{ address: failing.address, answer: failing.answers },
        })
      services.journeys.tick(Date.now() + 180_000)
      expect(services.journeys.get(mac)?.trouble?.code).toBe(failing?.expected)
    },
  )

  it('keeps its addresses: leases are renewed by unicast', async () => {
    services = await startTestServices(link, { leaseSeconds: 10 })
    const { machines, ...running } = openRoom({ machines: 2 })
    await running.start()
    await running.whenSettled()
    const renewals = (): Set<string> =>
      new Set(services.events.flatMap((event) => (event.type === 'dhcp.ack' && event.renewal ? [event.mac] : [])))
    await expect.poll(renewals, patience).toEqual(new Set(machines.map(({ mac }) => mac)))
    expect(machines.map(({ error }) => error)).toEqual([undefined, undefined])
  })

  it('switches machines off, on and over', async () => {
    services = await startTestServices(link)
    const { machines, ...running } = openRoom({ machines: 2 })
    await running.start()
    await running.whenSettled()
    const [first, second] = machines.map(({ mac }) => mac) as [string, string]
    const stageOf = (mac: string) => machines.find((machine) => machine.mac === mac)?.stage
    const journeyOf = (mac: string) => services.journeys.get(mac)

    await running.powerOff(first)
    expect(stageOf(first)).toBe('off')
    await running.reboot(second)
    const said = services.events.filter((event) => event.type === 'agent.heartbeat' && event.stage === 'leaving')
    expect(said).toMatchObject([{ mac: second }])
    running.powerOn(first)
    for (const mac of [first, second]) {
      await expect.poll(() => stageOf(mac), patience).toBe('ready')
      expect(journeyOf(mac)).toMatchObject({ stage: 'ready', boots: 2 })
    }
    expect(() => running.powerOn('00:00:00:00:00:00')).toThrow(/no simulated machine/)
  })

  it('sends machines to their own disk when the profile says so', async () => {
    services = await startTestServices(link)
    services.profile = { ...services.profile, system: 'localDisk', kernel: '', initrds: [] }
    const { machines, ...running } = openRoom({ machines: 2 })
    await running.start()
    await running.whenSettled()
    expect(machines.map(({ stage }) => stage)).toEqual(['localDisk', 'localDisk'])
  })

  it('says what went wrong, and goes on trying, when a file is missing', async () => {
    services = await startTestServices(link)
    services.profile = { ...services.profile, kernel: 'gone/vmlinuz' }
    const { machines, settled, ...running } = openRoom({ pace: 0.002 })
    await running.start()
    await expect.poll(() => machines[0]?.boots, patience).toBeGreaterThan(1)
    expect(settled).toBe(false)
    expect(machines[0]?.error).toMatch(/gave up/)
  })

  it('stops in the middle of everything', async () => {
    services = await startTestServices(link)
    const { machines, ...running } = openRoom({ machines: 12 })
    await running.start()
    await expect.poll(() => stagesOf(machines[0]?.mac ?? ''), patience).toContain('kernel')
    await running.stop()
    expect(new Set(machines.map(({ stage }) => stage))).toEqual(new Set(['off']))

    // The wire's port is free again.
    const again = openRoom({ machines: 1 })
    await again.start()
    await again.whenSettled()
  })

  it('says when its network cannot be had', async () => {
    services = await startTestServices(link)
    await openRoom({}).start()
    const second = createSimulatedRoom({
      machines: 1,
      link,
      clock: systemClock,
      random: seededRandom(8),
      pace: 0.05,
      failures: 'none',
      logger: silentLogger,
    })
    await expect(second.start()).rejects.toMatchObject({ code: 'socket.portInUse' })
    await second.stop()
  })
})
