import { describe, expect, it } from 'vitest'
import { linuxProfile } from '../testing.ts'
import { resolveBoot, type AskedBoot, type BootSituation } from './resolve.ts'

const exam = linuxProfile({ id: 1, name: 'Linux exam' })
const disk = linuxProfile({ id: 2, name: 'Disk', system: 'localDisk', purpose: 'everyday' })
const windowsExam = linuxProfile({ id: 3, name: 'Windows exam', system: 'localDisk', purpose: 'exam' })
const repair = linuxProfile({ id: 4, name: 'Repair', purpose: 'maintenance' })

const asks = (profile: AskedBoot['profile'], since = 100): AskedBoot => ({ ruleId: since, profile, since })
const decide = (situation: Partial<BootSituation> = {}): ReturnType<typeof resolveBoot> =>
  resolveBoot({ rules: {}, default: exam, everyday: disk, ...situation })

/** What says something, and what is booted by which of them. */
const cases: [string, Partial<BootSituation>, { source: string; once?: boolean; profile: typeof exam }][] = [
  ['nothing: the default', {}, { source: 'default', profile: exam }],
  ['the room', { rules: { room: { always: asks(disk) } } }, { source: 'room', profile: disk }],
  [
    'a sitting before its room',
    { sitting: windowsExam, rules: { room: { always: asks(disk) } } },
    { source: 'sitting', profile: windowsExam },
  ],
  [
    'a group before its sitting',
    { sitting: exam, rules: { group: { always: asks(windowsExam) } } },
    { source: 'group', profile: windowsExam },
  ],
  [
    'a seat before its group',
    { rules: { seat: { always: asks(repair) }, group: { always: asks(disk) } } },
    { source: 'seat', profile: repair },
  ],
  [
    'a machine before its seat',
    { rules: { machine: { always: asks(disk) }, seat: { always: asks(repair) } } },
    { source: 'machine', profile: disk },
  ],
  [
    'the next boot before always',
    { rules: { machine: { once: asks(repair), always: asks(disk) } } },
    { source: 'machine', once: true, profile: repair },
  ],
  [
    'always for a machine before the next boot of its room',
    { rules: { machine: { always: asks(disk) }, room: { once: asks(repair) } } },
    { source: 'machine', profile: disk },
  ],
]

describe('what a machine boots', () => {
  it.each(cases)('%s', (_what, situation, { source, once = false, profile }) => {
    expect(decide(situation)).toMatchObject({ source, once, profile, isMenu: false })
  })

  it('says which rules do not count', () => {
    const { overruled } = decide({ rules: { machine: { always: asks(disk) }, room: { once: asks(repair) } } })
    expect(overruled.map(({ source, profile }) => [source, profile])).toEqual([
      ['room', repair],
      ['default', exam],
    ])
  })

  it('leaves rules out that say the same', () => {
    expect(decide({ rules: { room: { always: asks(exam) } } }).overruled).toEqual([])
  })
})

describe('a menu', () => {
  it('stands for what the steps below it say', () => {
    const rules = { machine: { always: asks('menu') }, room: { always: asks(disk) } }
    expect(decide({ rules })).toMatchObject({ source: 'machine', isMenu: true, profile: disk })
  })

  it('over another menu ends at the default', () => {
    const rules = { seat: { always: asks('menu') }, room: { always: asks('menu') } }
    expect(decide({ rules })).toMatchObject({ source: 'seat', isMenu: true, profile: exam })
  })
})

describe('after the exam', () => {
  const overSince = 500

  it.each([
    ['the default', {}],
    ['the sitting', { sitting: windowsExam }],
    ['a rule for always', { rules: { machine: { always: asks(windowsExam) } } }],
  ] as const)('%s gives way to everyday', (_what, situation) => {
    const { profile, over } = decide({ ...situation, overSince })
    expect(profile).toBe(disk)
    expect(over?.purpose).toBe('exam')
  })

  it('maintenance stays', () => {
    const { profile, over } = decide({ rules: { room: { always: asks(repair) } }, overSince })
    expect([profile, over]).toEqual([repair, undefined])
  })

  it('an exam that was asked for after the end is booted', () => {
    expect(decide({ rules: { machine: { once: asks(exam, 501) } }, overSince }).profile).toBe(exam)
  })
})
