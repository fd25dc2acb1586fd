import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../base/index.ts'
import { openDatabase, type Database } from '../../storage/index.ts'
import { createProfiles } from '../profiles.ts'
import { createBootMenu, createBootRules, createChains, type BootRules } from './index.ts'

const nativeBinding = process.env.AMORCE_SQLITE_BINDING
const mac = '52:54:00:00:00:01'
const other = '52:54:00:00:00:02'

let database: Database
let clock: ManualClock
let rules: BootRules
let exam: number

beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding })
  clock = new ManualClock(1_000_000)
  rules = createBootRules(database, clock)
  exam = createProfiles(database, clock).add({
    ...{ name: 'Exam', system: 'linux', kernel: 'vmlinuz', initrds: [], commandLine: '' },
  }).id
  database.exec(`
    INSERT INTO rooms (id, name, columns, rows, created_at, updated_at) VALUES (1, 'B104', 4, 4, 0, 0);
    INSERT INTO seats (id, room_id, label, column_, row_) VALUES (11, 1, 'A1', 0, 0)`)
  return () => database.close()
})

describe('rules', () => {
  it('are about a machine, its seat and its room', () => {
    rules.set({ target: { scope: 'room', roomId: 1 }, profileId: null, once: false })
    rules.set({ target: { scope: 'machine', mac }, profileId: exam, once: false })
    rules.set({ target: { scope: 'seat', seatId: 11 }, profileId: exam, once: true })
    expect(rules.about({ mac, seatId: 11, roomId: 1 }).map(({ scope }) => scope)).toEqual(['machine', 'seat', 'room'])
    expect(rules.about({ mac: other, roomId: 1 }).map(({ scope }) => scope)).toEqual(['room'])
    expect(rules.about({ mac: other })).toEqual([])
  })

  it('replace the one of the same target for as many boots', () => {
    const target = { scope: 'machine', mac } as const
    rules.set({ target, profileId: exam, once: false })
    rules.set({ target, profileId: null, once: true })
    rules.set({ target, profileId: null, once: false })
    const about = rules.about({ mac })
    expect(about.map(({ once }) => once)).toEqual([true, false])
    expect(about.every(({ profileId }) => profileId === undefined)).toBe(true)
  })

  it('for one boot count once for each machine', () => {
    rules.set({ target: { scope: 'room', roomId: 1 }, profileId: exam, once: true })
    const [rule] = rules.list()
    rules.use(rule!.id, mac)
    rules.tidy()
    expect(rules.about({ mac, roomId: 1 })).toEqual([])
    expect(rules.about({ mac: other, roomId: 1 })).toHaveLength(1)
    expect(rules.list()[0]).toMatchObject({ uses: 1 })
  })

  it('for one boot of one machine are gone after it', () => {
    rules.set({ target: { scope: 'machine', mac }, profileId: exam, once: true })
    rules.use(rules.list()[0]!.id, mac)
    rules.tidy()
    expect(rules.list()).toEqual([])
  })

  it('go with what they are about', () => {
    rules.set({ target: { scope: 'seat', seatId: 11 }, profileId: exam, once: false })
    database.exec('DELETE FROM rooms')
    expect(rules.list()).toEqual([])
  })

  it.each([
    [{ scope: 'seat', seatId: 99 } as const, 'seat.notFound'],
    [{ scope: 'room', roomId: 99 } as const, 'room.notFound'],
    [{ scope: 'group', sittingId: 99, group: 'A' } as const, 'sitting.notFound'],
  ])('refuse %j', (target, code) => {
    expect(() => rules.set({ target, profileId: exam, once: false })).toThrow(expect.objectContaining({ code }))
  })

  it('refuse a profile that is not there', () => {
    expect(() => rules.set({ target: { scope: 'machine', mac }, profileId: 99, once: false })).toThrow(
      expect.objectContaining({ code: 'boot.profileNotFound' }),
    )
  })
})

describe('the technician’s code', () => {
  const makeMenu = (): ReturnType<typeof createBootMenu> => createBootMenu(database, clock, (n) => Buffer.alloc(n, 7))

  it('is not asked for when there is none', () => {
    const menu = makeMenu()
    expect(menu.view).toEqual({ timeoutSeconds: 20, hasCode: false })
    expect(menu.accepts('', mac)).toBe(true)
  })

  it('is kept as a digest, and can be taken away', () => {
    const menu = makeMenu()
    menu.save({ timeoutSeconds: 5, code: 'Sesame42' })
    expect(JSON.stringify(database.prepare('SELECT * FROM boot_menu').get())).not.toContain('Sesame42')
    expect([menu.accepts('Sesame42', mac), menu.accepts('sesame42', mac), menu.accepts('', mac)]).toEqual([
      true,
      false,
      false,
    ])
    menu.save({ timeoutSeconds: 6 })
    expect(menu.view).toEqual({ timeoutSeconds: 6, hasCode: true })
    menu.save({ timeoutSeconds: 6, code: '' })
    expect(menu.view.hasCode).toBe(false)
  })

  it('cannot be guessed in a row: the right one waits too, on that machine', () => {
    const menu = makeMenu()
    menu.save({ timeoutSeconds: 5, code: 'Sesame42' })
    for (let guess = 0; guess < 5; guess++) expect(menu.accepts(`guess${guess}`, mac)).toBe(false)
    expect(menu.accepts('Sesame42', mac)).toBe(false)
    expect(menu.accepts('Sesame42', other)).toBe(true)
    clock.advance(60_001)
    expect(menu.accepts('Sesame42', mac)).toBe(true)
  })
})

describe('signed loaders', () => {
  const client = '192.168.60.10'
  const fetched = (file: string): Parameters<ReturnType<typeof createChains>['hear']>[0] => ({
    ...{ type: 'transfer.end', id: '1', protocol: 'tftp', client, file, kind: 'loader' },
    ...{ bytes: 1, durationMs: 1, retransmissions: 0, outcome: 'complete', at: clock.now() },
  })

  it('are for a machine whose firmware asks again right after it got its loader', () => {
    const chains = createChains(database, clock)
    expect(chains.firmwareAsks(mac)).toBe(false)
    chains.hear(fetched('ipxe.efi'), mac)
    clock.advance(4000)
    expect(chains.firmwareAsks(mac)).toBe(true)
    expect(createChains(database, clock).isSigned(mac)).toBe(true)
  })

  it('are not for one that was restarted later, nor for one whose loader spoke', () => {
    const chains = createChains(database, clock)
    chains.hear(fetched('ipxe.efi'), mac)
    clock.advance(400_000)
    expect(chains.firmwareAsks(mac)).toBe(false)
    chains.hear(fetched('ipxe.efi'), mac)
    chains.hear({ type: 'dhcp.discover', at: 0, mac, client: { firmware: 'ipxe', secs: 0, xid: 1 } }, mac)
    expect(chains.firmwareAsks(mac)).toBe(false)
  })

  it('give way to the others when they are refused themselves', () => {
    const chains = createChains(database, clock)
    chains.hear(fetched('ipxe.efi'), mac)
    chains.firmwareAsks(mac)
    chains.hear(fetched('shimx64.efi'), mac)
    chains.hear(fetched('grubx64.efi'), mac)
    expect(chains.firmwareAsks(mac)).toBe(false)
    chains.hear(fetched('ipxe.efi'), mac)
    expect(chains.firmwareAsks(mac)).toBe(true)
    chains.hear(fetched('signed.img'), mac)
    expect(chains.firmwareAsks(mac)).toBe(false)
  })

  it('are what a technician says, whatever the boots show', () => {
    const chains = createChains(database, clock)
    chains.choose(mac, 'signed')
    expect(chains.isSigned(mac)).toBe(true)
    chains.choose(mac, 'plain')
    chains.hear(fetched('ipxe.efi'), mac)
    expect([chains.firmwareAsks(mac), chains.needsSigned(mac)]).toEqual([false, true])
  })
})
