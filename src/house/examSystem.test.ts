import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import { createProfiles } from '../boot/index.ts'
import {
  defaultDhcpChoices,
  presetRules,
  type AmorceEvent,
  type ExamRulesInput,
  type SettingsView,
} from '../contract/index.ts'
import { openDatabase } from '../storage/index.ts'
import { ExamSystem } from './examSystem.ts'

const resources = fileURLToPath(new URL('../../resources', import.meta.url))
const settings = { httpPort: 8080, httpsPort: 8443, ...defaultDhcpChoices } as SettingsView
const mac = '52:54:00:00:00:0a'
const client = '192.168.60.10'

function openSystem(macOf: (address: string) => string | undefined = () => mac) {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const clock = new ManualClock()
  const events: AmorceEvent[] = []
  const sittings = { of: undefined as number | undefined, noted: [] as unknown[] }
  const profiles = createProfiles(database, clock)
  const system = new ExamSystem({
    ...{ database, clock, logger: silentLogger, loaderManifest: join(resources, 'boot-loaders.json') },
    bootOf: () => '1',
    ...{ macOf, papersAt: () => undefined, emit: (event: AmorceEvent) => void events.push(event) },
    sittingOf: () => sittings.of,
    noteSittingRules: (...all) => void sittings.noted.push(all),
    profiles: () => profiles.list(),
    round: () => 0,
    lookUp: (host) =>
      host === 'moodle.example.org'
        ? Promise.resolve(['10.1.2.4', '10.1.2.3', '10.1.2.4'])
        : Promise.reject(new Error('ENOTFOUND')),
  })
  const linux = profiles.add({
    ...{ name: 'Debian Live', system: 'linux', kernel: 'live/vmlinuz', initrds: ['live/initrd.img'] },
    commandLine: 'boot=live fetch={server}/files/live/filesystem.squashfs',
  })
  return { profiles, system, linux, events, sittings, database }
}

const input = (changes: Partial<ExamRulesInput> = {}): ExamRulesInput => ({
  ...presetRules.web,
  url: 'https://moodle.example.org/',
  allowed: [],
  ...changes,
})

describe('the rules of a profile', () => {
  it('are kept with the addresses of their names, and taken away again', async () => {
    const { system, linux } = openSystem()
    const moodle = { host: 'moodle.example.org', ports: [443] }
    const network = { host: '10.2.0.0/16', ports: [80, 443] }
    const rules = await system.setRules(linux, input({ allowed: [moodle, network] }))
    expect(rules?.allowed).toEqual([
      { ...moodle, addresses: ['10.1.2.3', '10.1.2.4'] },
      { ...network, addresses: ['10.2.0.0/16'] },
    ])
    expect(system.rules.of(linux.id)).toEqual(rules)
    expect(system.rules.profiles()).toEqual([linux.id])
    expect(await system.setRules(linux, null)).toBeNull()
    expect(system.rules.of(linux.id)).toBeUndefined()
  })

  it('are refused as a whole when a name has no address', async () => {
    const { system, linux } = openSystem()
    await system.setRules(linux, input())
    const unknown = { host: 'nowhere.example.org', ports: [443] }
    await expect(system.setRules(linux, input({ allowed: [unknown] }))).rejects.toMatchObject({
      code: 'examRules.hostUnknown',
      details: { host: 'nowhere.example.org' },
    })
    expect(system.rules.of(linux.id)?.allowed).toEqual([])
  })

  it('are for Linux, and for command lines that have room for them', async () => {
    const { system, profiles } = openSystem()
    const disk = profiles.default()
    await expect(system.setRules(disk, input())).rejects.toMatchObject({ code: 'examRules.notLinux' })
    const long = profiles.add({
      ...{ name: 'Long', system: 'linux', kernel: 'k', initrds: [], commandLine: 'x'.repeat(1700) },
    })
    await expect(system.setRules(long, input())).rejects.toMatchObject({
      code: 'boot.profileInvalid',
      details: { field: 'commandLine', reason: 'tooLong' },
    })
  })

  it('are not for a command line that would open the machines', async () => {
    const { system, profiles } = openSystem()
    const open = profiles.add({
      ...{
        name: 'Open',
        system: 'linux',
        kernel: 'k',
        initrds: [],
        commandLine: 'boot=live systemd.unit=rescue.target',
      },
    })
    await expect(system.setRules(open, input())).rejects.toMatchObject({
      code: 'examRules.opensMachine',
      details: { profile: 'Open', word: 'systemd.unit=rescue.target' },
    })
    expect(system.rules.of(open.id)).toBeUndefined()
  })

  it('go with their profile', async () => {
    const { system, profiles, linux } = openSystem()
    await system.setRules(linux, input())
    expect(system.rules.of(linux.id)).toBeDefined()
    profiles.remove(linux.id)
    // SQLite gives the number of the last row again.
    const { id } = profiles.add({ name: 'Next', system: 'linux', kernel: 'k', initrds: [], commandLine: '' })
    expect(id).toBe(linux.id)
    expect(system.rules.of(id)).toBeUndefined()
    expect(system.rules.profiles()).toEqual([])
  })
})

describe('the rules of a sitting', () => {
  it('stand in for those of its profile, on the machines of the sitting, and are taken away again', async () => {
    const { system, linux, sittings, database } = openSystem()
    database.exec(
      "INSERT INTO sittings (id, title, duration_minutes, state, secret, created_at) VALUES (5, 'Algo', 60, 'draft', x'00', 0)",
    )
    const venue = await system.at('192.168.60.1', settings)
    const programs = async () => {
      const boot = venue.boot(linux, mac, client)
      if (boot === undefined || boot === 'refused') throw new Error('it is given none')
      const { pathname, searchParams } = new URL(boot.overlay, 'http://x')
      const request = { method: 'GET', path: pathname, query: searchParams, client, headers: {}, body: Buffer.alloc(0) }
      const reply = await venue.routes(() => undefined)(request)
      const overlay = Buffer.from(reply!.body)
      // Behind the zeros.
      const archive = gunzipSync(overlay.subarray(overlay.findIndex((byte) => byte !== 0)))
      return /applications='(.*)'/.exec(archive.toString('latin1'))?.[1]
    }
    const own = { kiosk: 'applications', applications: ['geany'], url: '' } as const
    await system.setSittingRules(5, input({ ...own, applications: ['geany'] }), 'Ana')
    expect(sittings.noted).toEqual([[5, 'Ana', true]])
    sittings.of = 5
    // A profile that locks nothing goes on locking nothing.
    expect(venue.boot(linux, mac, client)).toBeUndefined()
    expect(system.rulesSourceOf(linux.id, mac)).toBeUndefined()

    await system.setRules(linux, input({ ...own, applications: ['evince'] }))
    expect(system.rulesSourceOf(linux.id, mac)).toEqual({ sittingId: 5 })
    expect(await programs()).toBe('geany')
    sittings.of = 6
    expect(system.rulesSourceOf(linux.id, mac)).toBe('profile')
    expect(await programs()).toBe('evince')
    sittings.of = 5
    await system.setSittingRules(5, null, 'Ana')
    expect(sittings.noted.at(-1)).toEqual([5, 'Ana', false])
    expect(await programs()).toBe('evince')
  })

  it('are refused as a whole, and not written down, when a name has no address', async () => {
    const { system, sittings } = openSystem()
    const unknown = { host: 'nowhere.example.org', ports: [443] }
    await expect(system.setSittingRules(5, input({ allowed: [unknown] }), '')).rejects.toMatchObject({
      code: 'examRules.hostUnknown',
    })
    expect(sittings.noted).toEqual([])
  })
})

describe('at a venue', () => {
  it('a profile with rules boots with an overlay, and its files are for machines that boot it', async () => {
    const { system, profiles, linux } = openSystem()
    const venue = await system.at('192.168.60.1', settings)
    const files = ['live/vmlinuz', 'live/initrd.img', 'live/filesystem.squashfs']
    const given = () => files.map((path) => venue.mayFetch(path, client))
    expect(venue.boot(linux, mac, client)).toBeUndefined()
    expect(given()).toEqual([true, true, true])

    await system.setRules(linux, input())
    expect(given()).toEqual([false, false, false])
    expect(venue.mayFetch('ipxe.efi', client)).toBe(true)
    expect(venue.boot(linux, mac, client)).toMatchObject({
      overlay: expect.stringContaining(`/boot/${mac}/exam-overlay`),
    })
    expect(given()).toEqual([true, true, true])
    expect(venue.mayFetch('live/vmlinuz', '192.168.60.11')).toBe(false)

    // Back on its disk it is given nothing of the exam any more.
    expect(venue.boot(profiles.default(), mac, client)).toBeUndefined()
    expect(given()).toEqual([false, false, false])
  })

  it('a machine is given its exam at the address of its own lease only', async () => {
    let leasedTo: string | undefined
    const { system, linux, events } = openSystem(() => leasedTo)
    await system.setRules(linux, input())
    const full = await system.at('192.168.60.1', settings)
    expect(full.boot(linux, mac, client)).toBe('refused')
    leasedTo = '52:54:00:00:00:0b'
    expect(full.boot(linux, mac, client)).toBe('refused')
    expect(system.access.at(client)).toBeUndefined()
    expect(events).toEqual([])

    // Where another server gives the addresses, an address may be nobody's, but not another one's.
    const proxy = await system.at('192.168.60.1', { ...settings, dhcpMode: 'proxy' })
    expect(proxy.boot(linux, mac, client)).toBe('refused')
    leasedTo = undefined
    expect(proxy.boot(linux, mac, client)).toMatchObject({ overlay: expect.any(String) })
  })

  it('a second script within a boot whose agent has spoken is an incident', async () => {
    const { system, linux, events } = openSystem()
    await system.setRules(linux, input())
    const venue = await system.at('192.168.60.1', settings)
    const boot = venue.boot(linux, mac, client)
    if (boot === undefined || boot === 'refused') throw new Error('it is given none')
    const ticket = new URL(boot.overlay, 'http://x').searchParams.get('ticket') ?? ''
    const secrets = system.access.redeem(mac, client, ticket)
    if (typeof secrets === 'string') throw new Error(secrets)
    expect(system.access.agentAt(client, secrets.token)).toBeDefined()
    expect(venue.boot(linux, mac, client)).toBe('refused')
    expect(events).toEqual([
      expect.objectContaining({ type: 'agent.incident', mac, incident: 'accessRefused', text: 'script: access.spent' }),
    ])
  })

  it('a file that a profile without rules names too is everybody’s', async () => {
    const { system, profiles, linux } = openSystem()
    await system.setRules(linux, input())
    profiles.add({ name: 'Free', system: 'linux', kernel: 'live/vmlinuz', initrds: [], commandLine: '' })
    const venue = await system.at('192.168.60.1', settings)
    expect(venue.mayFetch('live/vmlinuz', client)).toBe(true)
    expect(venue.mayFetch('live/initrd.img', client)).toBe(false)
  })
})
