import { expect, it } from 'vitest'
import type { JournalEntry } from '../../src/contract/index.ts'
import { PacketJournal, type Journal } from '../../src/diagnosis/index.ts'
import { machineA, machineB, serveExam, serverUrl, unpackOverlay } from '../../src/overlay/testing.ts'
import { bundleFiles } from '../../src/house/supportBundle.ts'

// What opens an exam is on the machine that it was made for, for root alone; here is where it must not be. What a running machine and the
// data of a running console hold is looked through in test/lab/exam.spec.ts.

it('a boot is given nothing that a candidate could read or a bundle could carry away', async () => {
  const exam = await serveExam({ kiosk: 'exam' })
  const secrets: string[] = []
  for (const machine of [machineA, machineB]) {
    const script = (await exam.ask(machine.client, `/boot/${machine.mac}/script.ipxe`)).body.toString()
    const overlay = await exam.overlayOf(machine)
    const reply = await exam.ask(machine.client, overlay)
    const files = unpackOverlay(Buffer.from(reply.body))
    const text = (name: string): string => files.get(`amorce/root/etc/amorce/${name}`)?.content.toString() ?? ''
    const ticket = new URL(overlay, serverUrl).searchParams.get('ticket') ?? ''
    const token = text('secret').trim()
    const pageKey = /key=([0-9a-f]+)/.exec(text('session.conf'))?.[1] ?? ''
    expect([ticket.length, token.length, pageKey.length]).toEqual([24, 64, 32])
    secrets.push(ticket, token, pageKey)

    // What becomes /proc/cmdline: no secret of its own, and nothing that could be one.
    const kernel = script.split('\n').find((line) => line.startsWith('kernel ')) ?? ''
    expect(kernel).toContain(`amorce.mac=${machine.mac}`)
    expect(kernel).not.toMatch(/ticket|token|secret|key=|[0-9a-f]{16}/)
    // Whoever is not root reads the key of the own page, and neither the agent's token nor root's settings.
    for (const name of ['secret', 'exam.conf', 'firewall.nft'])
      expect((files.get(`amorce/root/etc/amorce/${name}`)?.mode ?? 0) & 0o077, name).toBe(0)
    for (const [path, { content }] of files)
      if (!path.endsWith('etc/amorce/secret')) expect(content.includes(token), path).toBe(false)

    await exam.beat(machine.client, token, 'stage ready\nincident usbPlugged stick\n')
    await exam.ask(machine.client, '/api/agent/papers', { headers: { 'x-amorce-boot': token } })
  }
  // Each tries what the other was given.
  const [ticketOfA = '', tokenOfA = ''] = secrets
  expect((await exam.beat(machineB.client, tokenOfA, 'stage ready\n')).status).toBe(403)
  expect((await exam.ask(machineB.client, `/boot/${machineB.mac}/exam-overlay?ticket=${ticketOfA}`)).status).toBe(403)

  const journal = exam.events.map((event, index): JournalEntry => ({ id: index + 1, at: 0, mac: machineA.mac, event }))
  expect(journal.length).toBeGreaterThan(2)
  const bundle = bundleFiles({
    ...{ language: 'fr', selfTest: null, names: [], keepsMacs: true, now: 0 },
    info: { version: '0.1.0', electron: '', platform: 'linux', demo: false, practice: false, hasKeyring: false },
    view: { seq: 1, full: true, machines: [] },
    journal: { list: () => journal } as unknown as Journal,
    packets: new PacketJournal({
      ports: () => ({ dhcp: 67, dhcpClient: 68, tftp: 69, http: 80 }),
      macOf: () => undefined,
    }),
  })
  const carried = [...Object.values(bundle), JSON.stringify(exam.said)].join('\n')
  expect(carried).toContain('usbPlugged')
  for (const secret of secrets) expect(carried).not.toContain(secret)
})
