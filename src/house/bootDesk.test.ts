import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { createProfiles, type BootProfile } from '../boot/index.ts'
import type { AmorceEvent, ProfileInput } from '../contract/index.ts'
import type { Journeys } from '../exam/index.ts'
import { openDatabase } from '../storage/index.ts'
import { BootDesk } from './bootDesk.ts'
import { ExamDay } from './examDay.ts'

const mac = '52:54:00:00:00:01'
const seatless = '52:54:00:00:00:02'
const linux: Omit<ProfileInput, 'name'> = { system: 'linux', kernel: 'vmlinuz', initrds: [], commandLine: '' }
const minute = 60_000

let clock: ManualClock
let desk: BootDesk
let day: ExamDay
let boots: number
let own: string[]
let exam: BootProfile
let repair: BootProfile
let roomId: number
let seatId: number

beforeEach(() => {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env.AMORCE_SQLITE_BINDING })
  clock = new ManualClock(1_700_000_000_000)
  boots = 1
  own = []
  const profiles = createProfiles(database, clock)
  exam = profiles.add({ ...linux, name: 'Exam' })
  repair = profiles.add({ ...linux, name: 'Repair', purpose: 'maintenance' })
  const itemOf = (): undefined => undefined
  day = new ExamDay({
    ...{ database, clock, itemOf, roomId: () => 0, simulatedMachines: () => [] },
    ...{ onChange() {}, onSeatsChanged() {}, onIncident() {} },
  })
  const startedAt = clock.now()
  desk = new BootDesk({
    ...{
      database,
      clock,
      examDay: day,
      itemOf,
      kernelFolders: [],
      bootFiles: () => ['shimx64.efi', 'grubx64.efi'],
      ownBootFiles: () => new Set(own),
      onChange() {},
    },
    journeys: { get: () => ({ boots, firmware: 'uefi-x64' }), machineOf: () => mac } as unknown as Journeys,
    profiles: () => ({ list: profiles.list(), default: profiles.default(), everyday: profiles.everyday() }),
    examStartedAt: () => startedAt,
  })
  const room = day.rooms.add({
    ...{ name: 'B104', columns: 2, rows: 2, marks: [] },
    seats: [{ label: 'A1', column: 0, row: 0, mac }],
  })
  roomId = room.id
  seatId = room.seats[0]!.id
  return () => database.close()
})

const nextBoot = (of = mac): string => {
  const { nextBoot: next } = desk.detailOf(of)
  return `${next?.source}: ${next?.profileName}`
}
const served = (): void => {
  const { id, name } = desk.profileFor(mac)
  const event = { type: 'boot.script', at: clock.now(), mac, client: '10.0.0.9', profileId: id, profileName: name }
  desk.hear({ ...event, localDisk: false } as AmorceEvent)
}
function sitting(changes: { plannedAt?: number } = {}): number {
  const { id } = day.sittings.add({
    ...{ title: 'R2.04', module: '', roomId, profileId: exam.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
    ...{ collectMinutes: 0, wakes: false },
    ...changes,
  })
  day.sittings.takeRoster(id, [{ number: '1', lastName: 'Durand', firstName: 'Ana', group: 'B', extraMinutes: 0 }])
  day.sittings.seat(day.sittings.get(id).candidates[0]!.id, seatId, '')
  return id
}

describe('the boot desk', () => {
  it('boots the default where nothing is said', () => {
    expect(nextBoot()).toBe('default: Disque local')
  })

  it('follows the sitting of the room, its groups, the seat and the machine', () => {
    const id = sitting()
    desk.rules.set({ target: { scope: 'room', roomId }, profileId: repair.id, once: false })
    expect(nextBoot()).toBe('sitting: Exam')
    // Without a seat, it is taken to stand in the only room there is.
    expect(nextBoot(seatless)).toBe('sitting: Exam')
    desk.rules.set({ target: { scope: 'group', sittingId: id, group: 'B' }, profileId: repair.id, once: false })
    expect(nextBoot()).toBe('group: Repair')
    expect(nextBoot(seatless)).toBe('sitting: Exam')
    desk.rules.set({ target: { scope: 'seat', seatId }, profileId: exam.id, once: false })
    expect(nextBoot()).toBe('seat: Exam')
    desk.rules.set({ target: { scope: 'machine', mac }, profileId: repair.id, once: false })
    expect(nextBoot()).toBe('machine: Repair')
  })

  it('leaves a sitting of another day out', () => {
    sitting({ plannedAt: clock.now() + 24 * 60 * minute })
    expect(nextBoot()).toBe('default: Disque local')
  })

  it('gives the machines back to their disks once the sitting is closed', () => {
    const id = sitting()
    day.sittings.begin(id, '')
    clock.advance(minute)
    expect(desk.profileFor(mac)).toMatchObject({ name: 'Exam' })
    expect(desk.modeOf(mac)).toBe('exam')
    desk.rules.set({ target: { scope: 'machine', mac }, profileId: exam.id, once: false })
    clock.advance(minute)
    day.sittings.close(id, '')
    expect(desk.profileFor(mac)).toMatchObject({ name: 'Disque local' })
    expect(desk.modeOf(mac)).toBe('everyday')
    expect(desk.detailOf(mac).nextBoot).toMatchObject({ source: 'machine', over: 'Exam' })
  })

  it('gives the next boot once, and again to a machine that asks twice in it', () => {
    desk.rules.set({ target: { scope: 'room', roomId }, profileId: repair.id, once: true })
    expect(nextBoot()).toBe('room: Repair')
    served()
    expect(desk.profileFor(mac).name).toBe('Repair')
    served()
    expect(nextBoot()).toBe('default: Disque local')
    boots = 2
    expect(desk.profileFor(mac).name).toBe('Disque local')
    expect(desk.view.rules).toMatchObject([{ scope: 'room', uses: 1 }])
  })

  it('takes a choice for several machines at once, writes it down, and has it as it was again', () => {
    const id = sitting()
    const [candidate] = day.sittings.get(id).candidates
    const before = { target: { scope: 'machine', mac } as const, profileId: null, once: true }
    desk.rules.set(before)
    const boots = [{ candidateId: candidate!.id, profileId: repair.id }]
    const set = desk.setSeveral({ sittingId: id, boots, once: true, who: 'Durand' })
    expect(nextBoot()).toBe('machine: Repair')
    expect(set.before).toEqual([{ candidateId: candidate!.id, profileId: null }])
    const { before: repaired } = desk.setSeveral({ sittingId: id, boots: set.before, once: true, who: 'Durand' })
    expect(desk.view.rules).toMatchObject([{ mac, once: true }])
    expect(desk.detailOf(mac).nextBoot).toMatchObject({ isMenu: true })
    expect(repaired).toEqual(boots)
    desk.setSeveral({ sittingId: id, boots: [{ ...boots[0]!, profileId: 'none' }], once: true, who: 'Durand' })
    expect(desk.view.rules).toEqual([])
    expect(
      day.sittings
        .journal(id)
        .entries.filter(({ action }) => action.startsWith('boot'))
        .map(({ who, action, details }) => [who, action, details['candidateId'], details['profile']]),
    ).toEqual([
      ['Durand', 'bootOnce', candidate!.id, 'Repair'],
      ['Durand', 'bootOnce', candidate!.id, undefined],
      ['Durand', 'bootUsual', candidate!.id, undefined],
    ])
  })

  it('takes no choice for several machines where one of them cannot be', () => {
    const id = sitting()
    const [candidate] = day.sittings.get(id).candidates
    const boots = [
      { candidateId: candidate!.id, profileId: repair.id },
      { candidateId: candidate!.id, profileId: 999 },
    ]
    expect(() => desk.setSeveral({ sittingId: id, boots, once: false, who: '' })).toThrow(/no profile 999/)
    expect(desk.view.rules).toEqual([])
  })

  it('asks for the code for all but what is booted anyway', () => {
    desk.rules.set({ target: { scope: 'machine', mac }, profileId: null, once: false })
    desk.menu.save({ timeoutSeconds: 9, code: 'Sesame42' })
    const menu = desk.menuDesk.menuFor(mac)
    expect(menu).toMatchObject({ timeoutSeconds: 9, usual: { name: 'Disque local' } })
    expect(menu?.entries.map(({ profile, needsCode }) => [profile.name, needsCode])).toEqual([
      ['Disque local', false],
      ['Exam', true],
      ['Repair', true],
    ])
    expect(desk.menuDesk.pick(mac, repair.id, '')).toBeUndefined()
    expect(desk.menuDesk.pick(mac, repair.id, 'Sesame42')).toMatchObject({ name: 'Repair' })
    expect(desk.menuDesk.pick(seatless, exam.id, 'Sesame42')).toBeUndefined()
  })

  it('hands the iPXE that leaves its NIC to the firmware to a machine that goes to its disk', () => {
    expect(desk.uefiLoaderFor(mac)).toBe('snponly.efi')
    own = ['ipxe.efi']
    expect(desk.uefiLoaderFor(mac)).toBe('ipxe.efi')
    own = []
    desk.rules.set({ target: { scope: 'machine', mac }, profileId: exam.id, once: true })
    expect(desk.uefiLoaderFor(mac)).toBe('ipxe.efi')
  })

  it('restarts a machine after its task only into something else', () => {
    desk.rules.set({ target: { scope: 'machine', mac }, profileId: repair.id, once: true })
    served()
    expect(desk.winpeTaskOf(mac)).toEqual({ task: 'none', restarts: true })
    desk.rules.set({ target: { scope: 'machine', mac }, profileId: repair.id, once: false })
    expect(desk.winpeTaskOf(mac)).toEqual({ task: 'none', restarts: false })
  })

  it('says what the signed chain cannot do', () => {
    desk.rules.set({ target: { scope: 'machine', mac }, profileId: exam.id, once: false })
    expect(desk.detailOf(mac).chain).toEqual({ choice: 'auto', isSigned: false, needsSigned: false, limits: [] })
    desk.chains.choose(mac, 'signed')
    expect(desk.detailOf(mac).chain).toMatchObject({ isSigned: true, limits: ['unsignedKernel'] })
  })
})
