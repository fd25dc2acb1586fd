import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, type Logger } from '../base/index.ts'
import type { AmorceEvent, Language } from '../contract/index.ts'
import type { RouteHandler, RouteReply, RouteRequest } from '../http/index.ts'
import { createBootRoutes } from './routes.ts'
import type { BootProfile } from './script.ts'
import { linuxProfile } from './testing.ts'

const mac = '52:54:00:12:34:56'
const client = '192.168.60.20'

let events: AmorceEvent[]
let warnings: string[]
let leases: Record<string, string>
let profile: BootProfile
let language: Language
let clock: ManualClock
let routes: RouteHandler

beforeEach(() => {
  events = []
  warnings = []
  leases = { [client]: mac }
  profile = linuxProfile()
  language = 'en'
  clock = new ManualClock()
  const logger: Logger = { debug() {}, info() {}, warn: (message) => warnings.push(message), error() {} }
  routes = createBootRoutes({
    profileFor: () => profile,
    macOf: (address) => leases[address],
    serverUrl: 'http://192.168.60.1:8080',
    language: () => language,
    clock,
    emit: (event) => events.push(event),
    logger,
  })
})

async function ask(path: string, changes: Partial<RouteRequest> = {}): Promise<RouteReply | undefined> {
  const url = new URL(path, 'http://192.168.60.1:8080')
  const query = url.searchParams
  return routes({
    method: 'GET',
    path: decodeURIComponent(url.pathname),
    query,
    client,
    headers: {},
    body: Buffer.alloc(0),
    ...changes,
  })
}

const hexOf = (text: string | Buffer): string => Buffer.from(text).toString('hex')

describe('the script that reports the machine', () => {
  it('leads to the second one, and is no event yet', async () => {
    const reply = await ask(`/boot/${mac}.ipxe`)
    expect(reply).toMatchObject({ status: 200, kind: 'script' })
    expect(reply?.body).toContain(`/boot/${mac}/script.ipxe?encoding=hex&`)
    expect(events).toEqual([])
  })

  it('is found by a MAC with hyphens and in capitals, and by iPXE escaping its colons', async () => {
    for (const path of ['/boot/52-54-00-AB-CD-EF.ipxe', '/boot/52%3A54%3a00%3Aab%3Acd%3Aef.ipxe'])
      expect((await ask(path, { client: '192.168.60.99' }))?.body).toContain('/boot/52:54:00:ab:cd:ef/script.ipxe')
  })

  it.each([
    '/boot/',
    '/boot/nonsense.ipxe',
    `/boot/${mac}`,
    `/boot/${mac}/x/script.ipxe`,
    '/files/x',
    '/',
    '/api/other',
  ])('leaves %s to others', async (path) => {
    expect(await ask(path)).toBeUndefined()
  })
})

describe('the real script', () => {
  it('is made for the machine, which is reported with what its loader says', async () => {
    const query = `encoding=hex&manufacturer=${hexOf('Dell & Co. é')}&product=${hexOf('Opti "Plex" +1')}&serial=${hexOf(
      'To Be Filled By O.E.M.',
    )}&asset=&uuid=4C4C4544-0042-3510-8052-B4C04F4E4831&platform=efi&arch=x86_64`
    const reply = await ask(`/boot/${mac}/script.ipxe?${query}`)
    expect(reply).toMatchObject({ status: 200, kind: 'script' })
    expect(reply?.body).toContain('kernel http://192.168.60.1:8080/files/debian/vmlinuz ')
    expect(reply?.body).toContain(`amorce.mac=${mac}`)
    expect(events).toEqual([
      {
        type: 'boot.report',
        at: clock.now(),
        mac,
        client,
        facts: {
          manufacturer: 'Dell & Co. é',
          product: 'Opti "Plex" +1',
          uuid: '4c4c4544-0042-3510-8052-b4c04f4e4831',
        },
      },
      { type: 'boot.script', at: clock.now(), mac, client, profileId: 7, profileName: 'Debian exam', localDisk: false },
    ])
  })

  it('takes plain text, Latin-1 bytes, and nothing at all', async () => {
    await ask(`/boot/${mac}/script.ipxe?manufacturer=LENOVO&product=ThinkCentre%20M70q`)
    await ask(`/boot/${mac}/script.ipxe?encoding=hex&product=${hexOf(Buffer.from('Système', 'latin1'))}&serial=4g`)
    await ask(`/boot/${mac}/script.ipxe`)
    expect(events.filter((event) => event.type === 'boot.report').map((event) => event.facts)).toEqual([
      { manufacturer: 'LENOVO', product: 'ThinkCentre M70q' },
      { product: 'Système' },
      {},
    ])
  })

  it('that is only looked at with HEAD is no event', async () => {
    expect((await ask(`/boot/${mac}/script.ipxe`, { method: 'HEAD' }))?.status).toBe(200)
    expect(events).toEqual([])
  })

  it('says when it sends the machine to its own disk', async () => {
    profile = linuxProfile({ system: 'localDisk', kernel: '', initrds: [] })
    expect((await ask(`/boot/${mac}/script.ipxe`))?.body).toContain('sanboot')
    expect(events[1]).toMatchObject({ type: 'boot.script', localDisk: true })
  })

  it('of a profile that no script can carry says so on the screen of the machine', async () => {
    profile = linuxProfile({ name: 'Cassé', commandLine: 'x ; reboot' })
    language = 'fr'
    const reply = await ask(`/boot/${mac}/script.ipxe`)
    expect(reply?.status).toBe(200)
    expect(reply?.body).toContain('echo Amorce : le profil Casse est inutilisable.')
    expect(reply?.body).not.toContain('kernel')
    expect(warnings).toHaveLength(1)
    expect(events).toEqual([])
  })

  it('is not given to another machine', async () => {
    leases[client] = '52:54:00:00:00:09'
    for (const path of [`/boot/${mac}.ipxe`, `/boot/${mac}/script.ipxe`]) expect((await ask(path))?.status).toBe(403)
    expect(events).toEqual([])
    expect(warnings).toHaveLength(2)
  })

  it('is not written to', async () => {
    expect(await ask(`/boot/${mac}/script.ipxe`, { method: 'POST' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    })
  })
})

describe('the heartbeat', () => {
  const beat = (body: string, changes: Partial<RouteRequest> = {}, query = ''): ReturnType<typeof ask> =>
    ask(`/api/heartbeat${query}`, { method: 'POST', body: Buffer.from(body), ...changes })
  const answer = (reply: RouteReply | undefined): unknown => JSON.parse(String(reply?.body))

  it('is taken as JSON and answered with the time', async () => {
    const reply = await beat(
      JSON.stringify({ mac: mac.toUpperCase(), stage: 'ready', facts: { memoryMiB: 8192, cpu: 'i5', serial: 'None' } }),
    )
    expect(reply?.status).toBe(200)
    expect(answer(reply)).toEqual({ ok: true, serverTime: clock.now() })
    expect(events).toEqual([
      { type: 'agent.heartbeat', at: clock.now(), mac, client, stage: 'ready', facts: { memoryMiB: 8192, cpu: 'i5' } },
    ])
  })

  it('is taken as a form, as wget in an initramfs sends it, with facts beside', async () => {
    expect((await beat(`mac=${mac}&stage=system&memoryMiB=512&cpu=A%20B&unheard-of=1`))?.status).toBe(200)
    expect(events).toMatchObject([{ stage: 'system', facts: { memoryMiB: 512, cpu: 'A B' } }])
  })

  it('is taken from the query', async () => {
    expect((await beat('', {}, `?mac=${mac}&stage=leaving`))?.status).toBe(200)
    expect(events).toMatchObject([{ mac, stage: 'leaving', facts: {} }])
  })

  it.each(['{"stage":"ready"}', 'stage=ready', 'mac=&stage=ready'])(
    'without a MAC is that of the lease: %s',
    async (body) => {
      expect((await beat(body))?.status).toBe(200)
      expect(events).toMatchObject([{ mac, stage: 'ready' }])
    },
  )

  it('without a MAC from an address under no lease is refused', async () => {
    expect((await beat('stage=ready', { client: '192.168.60.99' }))?.status).toBe(400)
    expect(events).toEqual([])
  })

  it('with a MAC from an address under no lease is believed', async () => {
    expect((await beat(`mac=${mac}&stage=ready`, { client: '192.168.60.99' }))?.status).toBe(200)
    expect(events).toMatchObject([{ mac, client: '192.168.60.99' }])
  })

  it('for another machine is refused and logged', async () => {
    const reply = await beat('mac=52:54:00:00:00:09&stage=ready')
    expect(reply?.status).toBe(403)
    expect(events).toEqual([])
    expect(warnings).toEqual(['a machine spoke for another one'])
  })

  it.each([
    ['nothing', ''],
    ['broken JSON', '{"stage":'],
    ['another stage', 'stage=asleep'],
    ['a number for a stage', '{"stage":3}'],
    ['a MAC that is none', 'mac=nonsense&stage=ready'],
    ['facts that are no object', '{"stage":"ready","facts":[1]}'],
    ['a fact that is an object', '{"stage":"ready","facts":{"cpu":{}}}'],
    ['an endless fact', JSON.stringify({ stage: 'ready', facts: { cpu: 'x'.repeat(2000) } })],
    ['bytes', '\0\x01\xff'],
  ])('of %s is refused', async (_, body) => {
    const reply = await beat(body)
    expect(reply?.status).toBe(400)
    expect(answer(reply)).toMatchObject({ ok: false, reason: expect.any(String) })
    expect(events).toEqual([])
  })

  it('that is too long is refused unread', async () => {
    expect((await beat(`{"stage":"ready"}${' '.repeat(20_000)}`))?.status).toBe(413)
    expect(events).toEqual([])
  })

  it('is only ever posted', async () => {
    expect(await ask('/api/heartbeat?stage=ready')).toMatchObject({ status: 405, headers: { allow: 'POST' } })
    expect(events).toEqual([])
  })
})
