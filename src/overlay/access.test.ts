import { beforeEach, describe, expect, it } from 'vitest'
import type { HeadRouteAnswer, HeadRouteHandler, RequestHead } from '../http/index.ts'
import { guardedExamFiles } from './index.ts'
import { machineA, machineB, serveExam, serverUrl, unpackOverlay } from './testing.ts'

type Served = Awaited<ReturnType<typeof serveExam>>
let exam: Served

beforeEach(async () => {
  exam = await serveExam()
})

/** Boots a machine into the exam: what its overlay holds. */
async function booted(machine: typeof machineA): Promise<{ token: string; key: string; overlay: string }> {
  const overlay = await exam.overlayOf(machine)
  const { status, body } = await exam.ask(machine.client, overlay)
  expect(status).toBe(200)
  const files = unpackOverlay(Buffer.from(body))
  const text = (path: string) => files.get(`amorce/root/etc/amorce/${path}`)!.content.toString()
  return { token: text('secret').trim(), key: keyOf(text('session.conf')), overlay }
}
/** The code of an answer that refuses. */
const refusal = async (reply: Promise<{ status: number; body: Buffer | string }>): Promise<string> => {
  const { status, body } = await reply
  expect(status).toBe(403)
  return body.toString().trim()
}
const incidents = () =>
  exam.events.flatMap((event) =>
    event.type === 'agent.incident' && event.incident === 'accessRefused' ? [{ mac: event.mac, text: event.text }] : [],
  )
const keyOf = (session: string): string => /\?key=([0-9a-f]+)/.exec(session)?.[1] ?? ''

describe('the script of an exam', () => {
  it('adds the overlay last, and the lockdown to the command line', async () => {
    const { body } = await exam.ask(machineA.client, `/boot/${machineA.mac}/script.ipxe`)
    const script = body.toString()
    const kernel = script.split('\n').find((line) => line.startsWith('kernel'))
    expect(kernel).toContain(' boot=live fetch=http://192.168.60.1:8080/files/live/filesystem.squashfs ')
    for (const word of ['noroot', 'panic=10', 'ipv6.disable=1', 'sysctl.kernel.sysrq=0', 'initrd=exam'])
      expect(kernel).toContain(` ${word}`)
    expect(kernel).toMatch(/ module_blacklist=usb_storage,\S*virtio_blk/)
    expect(script.indexOf('initrd --name exam')).toBeGreaterThan(script.indexOf('initrd --name initrd1'))
  })

  it('has no secret on the command line, which candidates read', async () => {
    const { body } = await exam.ask(machineA.client, `/boot/${machineA.mac}/script.ipxe`)
    const kernel = body
      .toString()
      .split('\n')
      .find((line) => line.startsWith('kernel'))
    expect(kernel).not.toMatch(/ticket|token|key/)
  })
})

describe('a ticket', () => {
  it('is good for the machine it was made for, as often as a loader tries', async () => {
    const overlay = await exam.overlayOf(machineA)
    for (let i = 0; i < 3; i++) expect((await exam.ask(machineA.client, overlay)).status).toBe(200)
  })

  it('is worth nothing at another seat, for another machine, changed, or missing', async () => {
    const overlay = await exam.overlayOf(machineA)
    await exam.overlayOf(machineB)
    const ticket = new URL(overlay, serverUrl).search
    const refused = [
      [machineB.client, overlay, 'access.otherMachine'],
      [machineB.client, `/boot/${machineB.mac}/exam-overlay${ticket}`, 'access.wrongSecret'],
      [machineA.client, `/boot/${machineB.mac}/exam-overlay${ticket}`, 'access.otherMachine'],
      ['10.9.9.9', overlay, 'access.otherMachine'],
      [machineA.client, `${overlay}A`, 'access.wrongSecret'],
      [machineA.client, `/boot/${machineA.mac}/exam-overlay`, 'access.wrongSecret'],
      [machineA.client, `/boot/${machineA.mac}/exam-overlay?ticket=`, 'access.wrongSecret'],
      [machineA.client, '/boot/nobody/exam-overlay', 'access.noBoot'],
      [machineA.client, `/boot/52:54:00:00:00:0c/exam-overlay${ticket}`, 'access.noBoot'],
    ] as const
    for (const [client, target, code] of refused)
      expect({ target, code: await refusal(exam.ask(client, target)) }).toEqual({ target, code })
    // Whoever did it is told of by their own machine; what has no lease, and what asked for nothing of anybody, is not.
    expect(incidents()).toEqual([
      { mac: machineB.mac, text: 'overlay: access.otherMachine' },
      { mac: machineB.mac, text: 'overlay: access.wrongSecret' },
      { mac: machineA.mac, text: 'overlay: access.otherMachine' },
      ...Array.from({ length: 3 }, () => ({ mac: machineA.mac, text: 'overlay: access.wrongSecret' })),
    ])
  })

  it('is refused to a machine that speaks for another, before it is made', async () => {
    expect((await exam.ask(machineB.client, `/boot/${machineA.mac}/script.ipxe`)).status).toBe(403)
  })

  it('lasts ten minutes', async () => {
    const overlay = await exam.overlayOf(machineA)
    exam.clock.advance(10 * 60_000 + 1)
    expect(await refusal(exam.ask(machineA.client, overlay))).toBe('access.expired')
    expect(incidents()).toEqual([])
  })

  it('is worth nothing once the agent has spoken, nor is another to be had for this boot', async () => {
    const { token, overlay } = await booted(machineA)
    await exam.beat(machineA.client, token, 'stage system\n')
    expect(await refusal(exam.ask(machineA.client, overlay))).toBe('access.spent')
    expect(incidents()).toEqual([{ mac: machineA.mac, text: 'overlay: access.spent' }])
    const again = await exam.ask(machineA.client, `/boot/${machineA.mac}/script.ipxe`)
    expect(again.status).toBe(403)
    expect(again.body.toString()).not.toContain('ticket')
    // The agent itself is still believed.
    expect((await exam.beat(machineA.client, token, 'stage ready\n')).status).toBe(200)
    exam.boots(machineA.mac)
    expect((await booted(machineA)).token).not.toBe(token)
  })
})

describe('the agent of a machine', () => {
  it('is heard with the token of its boot only', async () => {
    const a = await booted(machineA)
    const b = await booted(machineB)
    expect((await exam.beat(machineA.client, a.token, 'stage ready\n')).status).toBe(200)
    const refused = [
      [machineA.client, b.token, 'access.wrongSecret'],
      [machineB.client, a.token, 'access.wrongSecret'],
      [machineA.client, '', 'access.wrongSecret'],
      ['10.9.9.9', a.token, 'access.noBoot'],
    ] as const
    for (const [client, token, code] of refused)
      expect({ client, code: await refusal(exam.beat(client, token, 'stage ready\n')) }).toEqual({ client, code })
    expect(incidents().map(({ mac }) => mac)).toEqual([machineA.mac, machineB.mac, machineA.mac])
    expect(exam.events.filter(({ type }) => type === 'agent.heartbeat')).toHaveLength(1)
  })

  it('tells how full its battery is, and nonsense of it is left out', async () => {
    const { token } = await booted(machineA)
    for (const line of ['73 battery', '104 mains', '', 'full battery', '73 solar'])
      await exam.beat(machineA.client, token, `stage ready\nbattery ${line}\n`)
    expect(exam.events.flatMap((event) => (event.type === 'agent.heartbeat' ? [event.battery] : []))).toEqual([
      { percent: 73, isOnMains: false },
      { percent: 100, isOnMains: true },
      ...Array<undefined>(3),
    ])
  })

  it('cannot be passed by over the heartbeat without a token', async () => {
    await booted(machineA)
    const body = Buffer.from(JSON.stringify({ mac: machineA.mac, stage: 'ready' }))
    expect((await exam.ask(machineA.client, '/api/heartbeat', { method: 'POST', body })).status).toBe(403)
    // A machine in no exam system speaks as before.
    const other = Buffer.from(JSON.stringify({ mac: machineB.mac, stage: 'ready' }))
    expect((await exam.ask(machineB.client, '/api/heartbeat', { method: 'POST', body: other })).status).toBe(200)
  })

  it('speaks for no other machine, whatever its lines say', async () => {
    const { token } = await booted(machineA)
    await exam.beat(machineA.client, token, `stage ready\nmac ${machineB.mac}\n`)
    expect(exam.events.at(-1)).toMatchObject({ type: 'agent.heartbeat', mac: machineA.mac })
  })

  it('is silenced by the next boot of its machine, and by another machine at its address', async () => {
    const first = await booted(machineA)
    await exam.beat(machineA.client, first.token, 'stage ready\n')
    exam.boots(machineA.mac)
    await booted(machineA)
    expect(await refusal(exam.beat(machineA.client, first.token, 'stage ready\n'))).toBe('access.wrongSecret')

    const second = await booted(machineB)
    exam.leases[machineB.client] = '52:54:00:00:00:0c'
    await exam.overlayOf({ mac: '52:54:00:00:00:0c', client: machineB.client })
    expect((await exam.beat(machineB.client, second.token, 'stage ready\n')).status).toBe(403)
  })

  it('is no longer needed once the machine boots something else', async () => {
    const { token } = await booted(machineA)
    exam.bootsSomethingElse()
    exam.boots(machineA.mac)
    await exam.ask(machineA.client, `/boot/${machineA.mac}/script.ipxe`)
    expect(exam.access.at(machineA.client)).toBeUndefined()
    expect((await exam.beat(machineA.client, token, 'stage ready\n')).status).toBe(403)
  })

  it('makes room for another system when it leaves, or is silent for half an hour', async () => {
    const plain = async () => {
      const body = Buffer.from(JSON.stringify({ mac: machineA.mac, stage: 'ready' }))
      return (await exam.ask(machineA.client, '/api/heartbeat', { method: 'POST', body })).status
    }
    const first = await booted(machineA)
    exam.clock.advance(29 * 60_000)
    await exam.beat(machineA.client, first.token, 'stage ready\n')
    exam.clock.advance(29 * 60_000)
    expect(await plain()).toBe(403)
    exam.clock.advance(2 * 60_000)
    expect(await plain()).toBe(200)

    exam.boots(machineA.mac)
    const second = await booted(machineA)
    expect(await plain()).toBe(403)
    await exam.beat(machineA.client, second.token, 'stage leaving\n')
    expect(await plain()).toBe(200)
    expect((await exam.beat(machineA.client, second.token, 'stage ready\n')).status).toBe(403)
  })

  it('is still believed by a console that was killed and started again', async () => {
    const { token } = await booted(machineA)
    exam.restartConsole()
    expect((await exam.beat(machineA.client, token, 'stage ready\n')).status).toBe(200)
  })

  it('tells what happened, and is told what to do, in lines', async () => {
    exam.desk.orders = {
      sitting: { id: 1, title: 'Algorithmique', state: 'running' },
      candidate: { id: 4, name: 'Éva O’Neil\n\u001b[2J', number: '22104' },
      seat: 'A4',
      remainingMs: 5_400_000.4,
      locked: { reason: 'Téléphone' },
      unlock: { salt: 'aa', iterations: 50_000, hash: 'bb' },
      orders: [
        { id: 7, kind: 'message', text: 'Il reste\r\n10 minutes' },
        { id: 8, kind: 'reboot', text: '' },
      ],
    }
    const { token } = await booted(machineA)
    const lines = [
      'stage ready',
      'received 5',
      'received x',
      'unlockedByCode yes',
      'incident usbPlugged Kingston DataTraveler',
      'incident invented x',
      'memory 8192',
      'cpu Some CPU',
      'unknown line',
      '\u0000\u0001',
    ]
    const { body } = await exam.beat(machineA.client, token, lines.join('\n'))
    expect(body.toString().split('\n')).toEqual([
      'ok',
      `time ${exam.clock.now()}`,
      'round 3',
      'sitting running',
      'candidate Éva O’Neil [2J',
      'number 22104',
      'seat A4',
      'remaining 5400000',
      'locked Téléphone',
      'unlock aa 50000 bb',
      'order 7 message Il reste 10 minutes',
      'order 8 reboot',
      '',
    ])
    expect(exam.desk.received).toEqual([5])
    expect(exam.desk.byCode).toEqual([machineA.mac])
    expect(exam.events).toContainEqual(
      expect.objectContaining({ type: 'agent.incident', incident: 'usbPlugged', text: 'Kingston DataTraveler' }),
    )
    expect(exam.events.filter(({ type }) => type === 'agent.incident')).toHaveLength(1)
    expect(exam.events).toContainEqual(
      expect.objectContaining({ type: 'agent.heartbeat', facts: { memoryMiB: 8192, cpu: 'Some CPU' } }),
    )
  })

  it('is told what there is to fetch, and fetches the list of it with its token', async () => {
    const { token } = await booted(machineA)
    const list = (client: string, secret: string) =>
      exam.ask(client, '/api/agent/papers', { headers: { 'x-amorce-boot': secret } })
    expect((await list(machineA.client, token)).status).toBe(404)
    const sha = 'e'.repeat(64)
    exam.desk.papers = {
      ...{ sitter: { id: 4, isOver: false }, isAwaited: false, isStale: false, tag: 'abcd', key: 'f'.repeat(32) },
      subjects: [{ id: 3, size: 12, sha256: sha, name: 'Sujet n° 1\n.pdf' }],
      work: { id: 9, sha256: sha },
    }
    const beat = await exam.beat(machineA.client, token, 'stage ready\n')
    expect(beat.body.toString().split('\n').slice(3, 5)).toEqual(['sitter 4 sits', 'papers abcd'])
    expect((await list(machineA.client, token)).body.toString().split('\n')).toEqual([
      'sitter 4',
      `key ${'f'.repeat(32)}`,
      `subject 3 12 ${sha} Sujet n° 1 .pdf`,
      `work 9 ${sha}`,
      '',
    ])
    Object.assign(exam.desk.papers, { isAwaited: true, isStale: true })
    expect((await list(machineA.client, token)).body.toString().split('\n').slice(0, 3)).toEqual([
      ...['sitter 4', 'awaited', 'stale'],
    ])
    const again = await exam.beat(machineA.client, token, 'stage ready\nfolder 4\n')
    expect(again.body.toString()).toContain('sitter 4 sits\nstale\n')
    expect(exam.desk.folder).toEqual({ of: 4 })
    expect(await refusal(list(machineB.client, token))).toBe('access.wrongSecret')
    expect(await refusal(list(machineA.client, ''))).toBe('access.wrongSecret')
  })

  it('measures its link when that is asked for, once', async () => {
    const { token } = await booted(machineA)
    const told = async () => (await exam.beat(machineA.client, token, 'stage ready\n')).body.toString()
    expect(await told()).not.toContain('measure')
    exam.desk.measures = true
    expect(await told()).toContain('\nmeasure /speed?mb=24\n')
    expect(await told()).not.toContain('measure')
  })

  it('has an odd stage refused, as the heartbeat does', async () => {
    const { token } = await booted(machineA)
    expect((await exam.beat(machineA.client, token, 'stage root\n')).status).toBe(400)
    expect((await exam.beat(machineA.client, token, '')).status).toBe(400)
  })
})

describe('what is logged and told', () => {
  it('never holds a ticket, a token or a key', async () => {
    const { token, key, overlay } = await booted(machineA)
    const ticket = new URL(overlay, serverUrl).searchParams.get('ticket') ?? ''
    exam.desk.papers = { isAwaited: false, isStale: false, tag: 'x', key: 'b'.repeat(32), subjects: [] }
    await exam.beat(machineA.client, token, 'stage ready\n')
    await exam.ask(machineA.client, '/api/agent/papers', { headers: { 'x-amorce-boot': token } })
    await exam.beat(machineB.client, token, 'stage ready\n')
    await exam.ask(machineB.client, overlay)
    await exam.ask(machineA.client, overlay)
    await exam.ask(machineA.client, `/boot/${machineA.mac}/script.ipxe`)
    const everything = JSON.stringify([exam.said, exam.events])
    expect(exam.said.length).toBeGreaterThan(0)
    for (const secret of [ticket, token, key, 'b'.repeat(32)].filter(Boolean)) expect(everything).not.toContain(secret)
  })
})

describe('the page of the exam', () => {
  const inner: HeadRouteHandler = ({ path }) => ({ status: 200, contentType: 'text/plain', body: path })
  const open = async (client: string, target: string, headers: RequestHead['headers'] = {}) => {
    const url = new URL(target, serverUrl)
    const head = { method: 'GET', path: url.pathname, query: url.searchParams, client, headers }
    return (await guardedExamFiles(inner, exam.access)(head)) as Extract<HeadRouteAnswer, { status: number }>
  }

  it('asks a machine in an exam system for the key of its boot', async () => {
    exam = await serveExam({ kiosk: 'exam', url: '' })
    const a = await booted(machineA)
    const b = await booted(machineB)
    expect(a.key).toMatch(/^[0-9a-f]{32}$/)
    expect((await open(machineA.client, '/exam/api/state')).status).toBe(401)
    expect((await open(machineA.client, `/exam?key=${b.key}`)).status).toBe(403)
    expect((await open(machineB.client, `/exam?key=${a.key}`)).status).toBe(403)

    const opened = await open(machineA.client, `/exam?key=${a.key}`)
    expect(opened).toMatchObject({ status: 303, headers: { Location: '/exam' } })
    const cookie = opened.headers?.['Set-Cookie'] ?? ''
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    const sent = { cookie: cookie.split(';', 1)[0] }
    expect((await open(machineA.client, '/exam/api/state', sent)).status).toBe(200)
    expect((await open(machineA.client, '/exam/api/uploads/0', sent)).status).toBe(200)
    // Carried to another seat it opens nothing.
    expect((await open(machineB.client, '/exam/api/state', sent)).status).toBe(401)
  })

  it('lets the agent in by its token, and machines in no exam system as before', async () => {
    const { token } = await booted(machineA)
    expect((await open(machineA.client, '/exam/api/state', { 'x-amorce-boot': token })).status).toBe(200)
    expect((await open(machineB.client, '/exam/api/state')).status).toBe(200)
    expect((await open(machineA.client, '/other')).status).toBe(200)
  })
})

describe('the files of an exam', () => {
  it('are for machines on their way into it', async () => {
    const { profile, access } = exam
    expect(access.mayFetch(machineA.client, profile.id)).toBe(false)
    await exam.overlayOf(machineA)
    expect(access.mayFetch(machineA.client, profile.id)).toBe(true)
    expect(access.mayFetch(machineB.client, profile.id)).toBe(false)
    expect(access.mayFetch(machineA.client, profile.id + 1)).toBe(false)
    exam.clock.advance(30 * 60_000 + 1)
    expect(access.mayFetch(machineA.client, profile.id)).toBe(false)
  })
})
