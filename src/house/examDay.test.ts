import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SittingView } from '../contract/index.ts'
import { openRoomHere, type OpenRoom, type SimulatedMachine } from '../simulator/index.ts'
import type { House } from './index.ts'
import { openTestHouse, temporaryFolder } from './testing/testHouse.ts'

// A rehearsal: the simulated machines stand for those of the room, and their agents do what the console says.

let folder: ReturnType<typeof temporaryFolder>
let house: House
/** What the machines themselves know. */
let machines: readonly SimulatedMachine[]
const openSimulatedRoom: OpenRoom = async (wanted) => {
  const room = await openRoomHere(wanted)
  ;({ machines } = room)
  return room
}

beforeEach(async () => {
  folder = temporaryFolder()
  house = await openTestHouse(folder.path, { openSimulatedRoom })
})

afterEach(async () => {
  await house.close()
  folder.remove()
})

const eventually = { timeout: 20_000, interval: 20 }
const machineAt = (seat: string): SimulatedMachine => {
  const mac = house.machines().find((machine) => machine.seat?.label === seat)?.mac
  return machines.find((machine) => machine.mac === mac)!
}
const readySeats = (): string[] =>
  house.machines().flatMap(({ stage, seat }) => (stage === 'ready' && seat ? [seat.label] : []))
const incidents = async () => (await house.snapshot()).incidents ?? []

const seatNames = ['A1', 'A2', 'B1', 'B2']

/** A sitting with somebody at each of four seats, and the machines switched on. */
async function openRehearsal(): Promise<SittingView> {
  const room = await house.commands['room.add']({
    name: 'B104',
    columns: 2,
    rows: 2,
    seats: seatNames.map((label, i) => ({ label, column: i % 2, row: Math.floor(i / 2) })),
    marks: [],
  })
  const { id } = await house.commands['sitting.add']({
    title: 'Algorithmique',
    module: 'R2.04',
    roomId: room.id,
    durationMinutes: 120,
    quorum: 0.9,
    warnings: [15, 5],
    collectMinutes: 0,
    wakes: true,
  })
  const candidates = seatNames.map((_, i) => ({
    number: String(i + 1),
    lastName: `Nom${i + 1}`,
    firstName: 'Prénom',
    group: 'A',
    extraMinutes: 0,
  }))
  await house.commands['roster.take']({ sittingId: id, candidates })
  const sitting = await house.commands['seating.assign']({
    sittingId: id,
    order: 'list',
    separateGroups: false,
    extraTimeTogether: false,
  })
  await house.commands['exam.startDemo'](undefined)
  return sitting
}

/** The seat of a machine that came to be ready. */
const someReadySeat = async (): Promise<string> => {
  await vi.waitFor(() => expect(readySeats().length).toBeGreaterThan(0), eventually)
  return readySeats()[0]!
}
const at = ({ candidates }: SittingView, room: { seats: { id: number; label: string }[] }, seat: string) =>
  candidates.find(({ seatId }) => seatId === room.seats.find(({ label }) => label === seat)?.id)!
const roomNow = async () => (await house.snapshot()).rooms![0]!

describe('a rehearsed sitting', () => {
  it('has each machine at a seat, showing whose it is, and the time once it has begun', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    await vi.waitFor(() => expect(machineAt(seat).screen?.seat).toBe(seat), eventually)
    expect(machineAt(seat).screen).toMatchObject({ sitting: { title: 'Algorithmique' }, remainingMs: null })
    await house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    await vi.waitFor(() => expect(machineAt(seat).screen?.remainingMs).toBeGreaterThan(119 * 60_000), eventually)
  })

  it('carries a message and a lock to the machine, once each', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    const { id } = at(sitting, await roomNow(), seat)
    const to = { sittingId: sitting.id, candidateIds: [id], who: 'Ana' }
    await house.commands['candidate.message']({ ...to, text: 'Rangez vos affaires' })
    await house.commands['candidate.lock']({ ...to, reason: 'Téléphone' })
    await vi.waitFor(
      () =>
        expect(machineAt(seat).screen).toMatchObject({
          messages: ['Rangez vos affaires'],
          locked: { reason: 'Téléphone' },
        }),
      eventually,
    )
    await house.commands['candidate.unlock'](to)
    await vi.waitFor(() => expect(machineAt(seat).screen?.locked).toBeNull(), eventually)
    expect(machineAt(seat).screen?.messages).toEqual(['Rangez vos affaires'])
  })

  it('restarts a machine that is told to, and counts what comes of it', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    const { id } = at(sitting, await roomNow(), seat)
    const { boots } = machineAt(seat)
    await house.commands['candidate.power']({ sittingId: sitting.id, candidateIds: [id], action: 'reboot', who: '' })
    await vi.waitFor(() => expect(machineAt(seat).boots).toBe(boots + 1), eventually)
  })

  it('has what an agent tells as an incident of its candidate, once it has begun', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    const { id } = at(sitting, await roomNow(), seat)
    await house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    machineAt(seat).witness('usbPlugged', 'Kingston DataTraveler')
    await vi.waitFor(
      async () =>
        expect(await incidents()).toMatchObject([
          { kind: 'usbPlugged', severity: 'serious', text: 'Kingston DataTraveler', candidateId: id, seatLabel: seat },
        ]),
      eventually,
    )
    const { entries, intact } = await house.commands['sitting.journal'](sitting.id)
    expect(entries.at(-1)).toMatchObject({ action: 'incident', details: { kind: 'usbPlugged', candidateId: id } })
    expect(intact).toBe(true)
  })

  it('tells machines that fall silent apart, and has each as one incident of its candidate', async () => {
    await house.close()
    house = await openTestHouse(folder.path, {
      simulatedFailures: ['cablePulled', 'agentCrashed', 'startsItsDisk'],
      simulatedAtOnce: true,
    })
    const sitting = await openRehearsal()
    await house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    const kinds = { cablePulled: 'machineLost', agentCrashed: 'agentSilent', startsItsDisk: 'otherSystem' } as const
    const failing = house.simulatedMachines().filter(({ behaviour }) => behaviour !== 'normal')
    await vi.waitFor(async () => expect(await incidents()).toHaveLength(3), { timeout: 60_000, interval: 100 })
    const found = await incidents()
    for (const { mac, behaviour, expected } of failing) {
      const machine = house.machines().find((each) => each.mac === mac)
      expect(machine?.trouble?.code).toBe(expected)
      const own = found.filter((incident) => incident.mac === mac)
      expect(own).toMatchObject([{ kind: kinds[behaviour as keyof typeof kinds], seatLabel: machine?.seat?.label }])
      expect(own[0]?.candidateId).toBe(at(sitting, await roomNow(), machine?.seat?.label ?? '').id)
    }
  }, 90_000)

  it('is found as it was when Amorce was killed', async () => {
    const sitting = await openRehearsal()
    await house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    const before = (await house.snapshot()).sittings
    await house.close()
    house = await openTestHouse(folder.path)
    expect((await house.snapshot()).sittings).toEqual(before)
  })
})

describe('the room', () => {
  it('gives its seats back when the rehearsal ends: simulated machines stand nowhere', async () => {
    await openRehearsal()
    await someReadySeat()
    await house.commands['exam.stop'](undefined)
    expect((await roomNow()).seats.every(({ mac }) => mac === undefined)).toBe(true)
  })
})
