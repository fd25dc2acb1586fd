import { describe, expect, it, vi } from 'vitest'
import type { SittingView } from '../contract/index.ts'
import { openRoomHere, type OpenRoom, type SimulatedMachine } from '../simulator/index.ts'
import { useHouse } from './testing/useHouse.ts'

// A rehearsal: the simulated machines stand for those of the room, and their agents do what the console says.

/** What the machines themselves know. */
let machines: readonly SimulatedMachine[]
const openSimulatedRoom: OpenRoom = async (wanted) => {
  const room = await openRoomHere(wanted)
  ;({ machines } = room)
  return room
}

const own = useHouse({ openSimulatedRoom })

const eventually = { timeout: 20_000, interval: 20 }
const machineAt = (seat: string): SimulatedMachine => {
  const mac = own.house.machines().find((machine) => machine.seat?.label === seat)?.mac
  return machines.find((machine) => machine.mac === mac)!
}
const readySeats = (): string[] =>
  own.house.machines().flatMap(({ stage, seat }) => (stage === 'ready' && seat ? [seat.label] : []))
const incidents = async () => (await own.house.snapshot()).incidents ?? []

const seatNames = ['A1', 'A2', 'B1', 'B2']

/** A sitting with somebody at each of four seats, and the machines switched on. */
async function openRehearsal(): Promise<SittingView> {
  const room = await own.house.commands['room.add']({
    name: 'B104',
    columns: 2,
    rows: 2,
    seats: seatNames.map((label, i) => ({ label, column: i % 2, row: Math.floor(i / 2) })),
    marks: [],
  })
  const { id } = await own.house.commands['sitting.add']({
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
  await own.house.commands['roster.take']({ sittingId: id, candidates })
  const sitting = await own.house.commands['seating.assign']({
    sittingId: id,
    order: 'list',
    separateGroups: false,
    extraTimeTogether: false,
  })
  await own.house.commands['exam.startDemo'](undefined)
  return sitting
}

/** The seat of a machine that came to be ready. */
const someReadySeat = async (): Promise<string> => {
  await vi.waitFor(() => expect(readySeats().length).toBeGreaterThan(0), eventually)
  return readySeats()[0]!
}
const at = ({ candidates }: SittingView, room: { seats: { id: number; label: string }[] }, seat: string) =>
  candidates.find(({ seatId }) => seatId === room.seats.find(({ label }) => label === seat)?.id)!
const roomNow = async () => (await own.house.snapshot()).rooms![0]!

describe('a rehearsed sitting', () => {
  it('has each machine at a seat, showing whose it is, and the time once it has begun', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    await vi.waitFor(() => expect(machineAt(seat).screen?.seat).toBe(seat), eventually)
    expect(machineAt(seat).screen).toMatchObject({ sitting: { title: 'Algorithmique' }, remainingMs: null })
    await own.house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    await vi.waitFor(() => expect(machineAt(seat).screen?.remainingMs).toBeGreaterThan(119 * 60_000), eventually)
  })

  it('carries a message and a lock to the machine, once each', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    const { id } = at(sitting, await roomNow(), seat)
    const to = { sittingId: sitting.id, candidateIds: [id], who: 'Ana' }
    await own.house.commands['candidate.message']({ ...to, text: 'Rangez vos affaires' })
    await own.house.commands['candidate.lock']({ ...to, reason: 'Téléphone' })
    await vi.waitFor(
      () =>
        expect(machineAt(seat).screen).toMatchObject({
          messages: ['Rangez vos affaires'],
          locked: { reason: 'Téléphone' },
        }),
      eventually,
    )
    await own.house.commands['candidate.unlock'](to)
    await vi.waitFor(() => expect(machineAt(seat).screen?.locked).toBeNull(), eventually)
    expect(machineAt(seat).screen?.messages).toEqual(['Rangez vos affaires'])
  })

  it('restarts a machine that is told to, and counts what comes of it', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    const { id } = at(sitting, await roomNow(), seat)
    const { boots } = machineAt(seat)
    await own.house.commands['candidate.power']({
      sittingId: sitting.id,
      candidateIds: [id],
      action: 'reboot',
      who: '',
    })
    await vi.waitFor(() => expect(machineAt(seat).boots).toBe(boots + 1), eventually)
  })

  it('has what an agent tells as an incident of its candidate, once it has begun', async () => {
    const sitting = await openRehearsal()
    const seat = await someReadySeat()
    const { id } = at(sitting, await roomNow(), seat)
    await own.house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    machineAt(seat).witness('usbPlugged', 'Kingston DataTraveler')
    await vi.waitFor(
      async () =>
        expect(await incidents()).toMatchObject([
          { kind: 'usbPlugged', severity: 'serious', text: 'Kingston DataTraveler', candidateId: id, seatLabel: seat },
        ]),
      eventually,
    )
    const { entries, intact } = await own.house.commands['sitting.journal'](sitting.id)
    expect(entries.at(-1)).toMatchObject({ action: 'incident', details: { kind: 'usbPlugged', candidateId: id } })
    expect(intact).toBe(true)
  })

  it('tells machines that fall silent apart, and has each as one incident of its candidate', async () => {
    await own.reopen({
      simulatedFailures: ['cablePulled', 'agentCrashed', 'startsItsDisk'],
      simulatedAtOnce: true,
    })
    const sitting = await openRehearsal()
    await own.house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    const kinds = { cablePulled: 'machineLost', agentCrashed: 'agentSilent', startsItsDisk: 'otherSystem' } as const
    const failing = own.house.simulatedMachines().filter(({ behaviour }) => behaviour !== 'normal')
    await vi.waitFor(async () => expect(await incidents()).toHaveLength(3), { timeout: 60_000, interval: 100 })
    const found = await incidents()
    for (const { mac, behaviour, expected } of failing) {
      const machine = own.house.machines().find((each) => each.mac === mac)
      expect(machine?.trouble?.code).toBe(expected)
      const ofIt = found.filter((incident) => incident.mac === mac)
      expect(ofIt).toMatchObject([{ kind: kinds[behaviour as keyof typeof kinds], seatLabel: machine?.seat?.label }])
      expect(ofIt[0]?.candidateId).toBe(at(sitting, await roomNow(), machine?.seat?.label ?? '').id)
    }
  }, 90_000)

  it('is found as it was when Amorce was killed', async () => {
    const sitting = await openRehearsal()
    await own.house.commands['sitting.begin']({ id: sitting.id, who: 'Ana' })
    const before = (await own.house.snapshot()).sittings
    await own.reopen({})
    expect((await own.house.snapshot()).sittings).toEqual(before)
  })
})

describe('the room', () => {
  it('gives its seats back when the rehearsal ends: simulated machines stand nowhere', async () => {
    await openRehearsal()
    await someReadySeat()
    await own.house.commands['exam.stop'](undefined)
    expect((await roomNow()).seats.every(({ mac }) => mac === undefined)).toBe(true)
  })
})
