import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { commands, guardedCommands, type AmorceEvent, type CommandName } from '../contract/index.ts'
import { TechnicianPin } from './technicianPin.ts'

let folder: string
let file: string
let clock: ManualClock
let events: AmorceEvent[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-pin-'))
  file = join(folder, 'pin.json')
  clock = new ManualClock()
  events = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (): TechnicianPin =>
  new TechnicianPin({ file, clock, emit: (event) => events.push(event), onChange: () => undefined })
const allows = (pin: TechnicianPin, name: CommandName, argument?: unknown): boolean => {
  try {
    pin.mustAllow(name, argument)
    return true
  } catch {
    return false
  }
}
const withPin = async (): Promise<TechnicianPin> => {
  const pin = open()
  await pin.set({ current: '', pin: '2580', minutes: 10 })
  pin.lock()
  return pin
}

describe('what it guards', () => {
  it('nothing while there is none', () => {
    expect(open()).toMatchObject({ isLocked: false, view: { isSet: false } })
    expect(allows(open(), 'exam.stop')).toBe(true)
  })

  it('start, stop and settings, and nothing of the stock or of a sitting', async () => {
    const pin = await withPin()
    for (const name of ['exam.start', 'exam.stop', 'profile.remove', 'backup.restore'] as const)
      expect(allows(pin, name), name).toBe(false)
    for (const name of ['stock.remove', 'candidate.extend', 'view.snapshot', 'pin.unlock'] as const)
      expect(allows(pin, name), name).toBe(true)
  })

  it('not how the console looks, unless something else comes with it', async () => {
    const pin = await withPin()
    expect(allows(pin, 'settings.save', { theme: 'dark', language: 'en' })).toBe(true)
    expect(allows(pin, 'settings.save', { invigilator: 'Ana' })).toBe(true)
    expect(allows(pin, 'settings.save', { theme: 'dark', httpPort: 80 })).toBe(false)
  })

  it('every command of the exam itself, of profiles and of boot choices that changes something', () => {
    const changes = /^(exam|service|settings|nic|profile|bootFiles|bootMenu|bootRule|bootChain|practice|examRules)\./
    const looks = /\.(list|get|ofSitting|profiles|inspect|openFolder|preflight)$/
    const missed = (Object.keys(commands) as CommandName[]).filter(
      (name) => changes.test(name) && !looks.test(name) && !guardedCommands.has(name),
    )
    expect(missed).toEqual([])
  })
})

describe('opening and locking', () => {
  it('opens for as long as was chosen, and then locks by itself', async () => {
    const pin = await withPin()
    expect(await pin.unlock('2580')).toEqual({ isSet: true, minutes: 10, openUntil: clock.now() + 600_000 })
    clock.advance(599_000)
    expect(allows(pin, 'exam.stop')).toBe(true)
    clock.advance(1001)
    expect(pin).toMatchObject({ isLocked: true, view: { isSet: true } })
    expect(allows(pin, 'exam.stop')).toBe(false)
  })

  it('a new start is locked, and knows the PIN', async () => {
    await withPin()
    const again = open()
    expect(again.isLocked).toBe(true)
    await again.unlock('2580')
    expect(again.isLocked).toBe(false)
  })

  it('another one takes the one that holds, and an open console is not enough', async () => {
    const pin = await withPin()
    await pin.unlock('2580')
    await expect(pin.set({ current: '', pin: '1111', minutes: 5 })).rejects.toMatchObject({ code: 'pin.wrong' })
    await expect(pin.remove('1111')).rejects.toMatchObject({ code: 'pin.wrong' })
    await pin.set({ current: '2580', pin: '1111', minutes: 5 })
    pin.lock()
    await expect(pin.unlock('2580')).rejects.toMatchObject({ code: 'pin.wrong' })
    await pin.remove('1111')
    expect(open().view.isSet).toBe(false)
  })
})

describe('guessing', () => {
  const guess = (pin: TechnicianPin, n: number): Promise<string> =>
    pin.unlock(String(n).padStart(4, '0')).then(
      () => 'open',
      (error: { code: string }) => error.code,
    )

  it('waits after five, longer each time, also after another start', async () => {
    const pin = await withPin()
    for (let n = 0; n < 5; n++) expect(await guess(pin, n)).toBe('pin.wrong')
    expect(await guess(pin, 2580)).toBe('pin.wait')
    expect(await guess(open(), 2580)).toBe('pin.wait')
    clock.advance(30_000)
    expect(await guess(pin, 5)).toBe('pin.wrong')
    clock.advance(59_000)
    expect(await guess(pin, 2580)).toBe('pin.wait')
    clock.advance(1000)
    expect(await guess(pin, 2580)).toBe('open')
    pin.lock()
    expect(await guess(pin, 6), 'the right one begins anew').toBe('pin.wrong')
  })

  it('a hundred at once are five', async () => {
    const pin = await withPin()
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => guess(pin, n)))
    expect(answers.filter((answer) => answer === 'pin.wrong')).toHaveLength(5)
    expect(answers.filter((answer) => answer === 'pin.wait')).toHaveLength(95)
  })

  it('a clock that was set back does not lock for longer than a quarter of an hour', async () => {
    const pin = await withPin()
    for (let n = 0; n < 5; n++) await guess(pin, n)
    const kept = JSON.parse(readFileSync(file, 'utf8')) as object
    writeFileSync(file, JSON.stringify({ ...kept, failures: 40, failedAt: clock.now() + 1e12 }))
    await expect(open().unlock('2580')).rejects.toMatchObject({ code: 'pin.wait', details: { seconds: 900 } })
  })
})

describe('what is on the disk', () => {
  it('is for its owner, and has no PIN in it', async () => {
    await withPin()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain('2580')
  })

  it.each(['', '{}', '{"salt":"00","hash":"00"}', 'null'])('spoilt as %j it locks', async (text) => {
    writeFileSync(file, text)
    const pin = open()
    expect(allows(pin, 'exam.start')).toBe(false)
    await expect(pin.unlock('')).rejects.toMatchObject({ code: 'pin.damaged' })
    expect(pin.forget()).toBe(true)
    expect(allows(open(), 'exam.start')).toBe(true)
  })
})

it('the journal hears of it, without the PIN', async () => {
  const pin = await withPin()
  await pin.unlock('0000').catch(() => undefined)
  await pin.unlock('2580')
  pin.forget()
  expect(events).toEqual([
    { type: 'pin.changed', at: clock.now(), change: 'set' },
    { type: 'pin.refused', at: clock.now(), failures: 1 },
    { type: 'pin.unlocked', at: clock.now() },
    { type: 'pin.changed', at: clock.now(), change: 'forgotten' },
  ])
})
