import type { IncidentKind, IncidentView } from '../../src/contract/index.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { startDnsmasq } from '../support/dnsmasq.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { holdExam, incidentsOf } from '../support/heldExam.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { runRom } from '../support/romClient.ts'

const { examNic } = LabNetwork
const routerAddress = '192.168.60.254'

test('what happens on the network becomes an incident, once, of whom it befell', async ({ launch, network }) => {
  test.setTimeout(240_000)
  const amorce = await launch()
  const { page } = amorce
  const { pcs } = await holdExam(amorce, network, 2)
  const [first, second] = pcs as [(typeof pcs)[0], (typeof pcs)[0]]
  const told = await amorce.watchNotifications()
  await amorce.watchSounds()
  const incidentOf = async (kind: IncidentKind): Promise<IncidentView> => {
    const find = async () => (await amorce.snapshot()).incidents?.filter((incident) => incident.kind === kind) ?? []
    await expect.poll(async () => (await find()).length, { timeout: 20_000 }).toBeGreaterThan(0)
    return (await find())[0]!
  }

  // A machine that stands at no seat, although each seat has its own; it asks for its address more than once.
  const stranger = await network.room.addMachine('stranger')
  const strangerMac = await stranger.macOf('eth0')
  for (let times = 0; times < 2; times++) {
    const client = new Udhcpc(stranger)
    await client.obtain()
    await client.stop()
  }
  expect(await incidentOf('foreignMachine')).toMatchObject({ severity: 'attention', mac: strangerMac })

  // It sat in its exam and boots again.
  await first.agent.stop()
  await runRom(first.machine, [{ do: 'discover', arch: 0, times: 2, every: 1 }])
  const again = await incidentOf('secondBoot')
  expect(again).toMatchObject({ severity: 'serious', mac: first.mac, seatLabel: 'A1' })

  // It finds that somebody has its address (RFC 2131 section 4.4.1), three times over.
  await second.agent.stop()
  await runRom(second.machine, [{ do: 'decline', times: 3 }])
  expect(await incidentOf('addressConflict')).toMatchObject({ severity: 'attention', mac: second.mac, seatLabel: 'A2' })

  // A router on the room's switch, which machines take for their server.
  const router = await network.room.addMachine('router', `${routerAddress}/24`)
  await startDnsmasq(router, ['--interface=eth0', '--dhcp-range=192.168.60.200,192.168.60.220,255.255.255.0,2m'])
  for (let times = 0; times < 2; times++) await runRom(stranger, [{ do: 'lease', arch: 0, from: routerAddress }])
  expect(await incidentOf('otherDhcpServer')).toMatchObject({ severity: 'serious', text: routerAddress })

  expect((await incidentsOf(amorce)).filter((incident) => !/agentSilent|machineLost/.test(incident)).sort()).toEqual(
    [
      `${(await incidentOf('foreignMachine')).text} foreignMachine attention`,
      'A1 secondBoot serious Nom1',
      'A2 addressConflict attention Nom2',
      `${routerAddress} otherDhcpServer serious`,
    ].sort(),
  )

  // Each of them was told outside the window, and heard.
  const titles = (await told()).map(({ title }) => title)
  for (const words of [
    'Machine étrangère',
    'A1 · Poste redémarré',
    'A2 · Adresse prise deux fois',
    'Autre serveur DHCP',
  ])
    expect(titles.filter((title) => title.includes(words))).toHaveLength(1)
  // Two tones for each.
  expect(await amorce.soundsMade()).toBeGreaterThanOrEqual(8)

  // It is acknowledged with what was done, and the machine is to be looked at: an intervention on its item.
  await page.getByTestId('incidents').click()
  const row = page.locator('[data-testid="incident"][data-kind="secondBoot"]')
  await expect(row).toContainText('A1 · Nom1 Éva')
  await row.getByTestId('incident-acknowledge').click()
  await row.getByTestId('incident-comment').fill('Bouton heurté du genou')
  await row.getByTestId('incident-seen').click()
  await expect(row).toContainText('Bouton heurté du genou')
  await row.getByTestId('incident-intervention').click()
  await expect(row).toContainText('Intervention n°')
  const { interventionId, itemId } = await incidentOf('secondBoot')
  const intervention = await amorce.call('intervention.get', interventionId!)
  expect(intervention).toMatchObject({ title: 'Poste redémarré – A1' })
  expect(intervention.item?.id).toBe(itemId)
  expect(intervention.item?.assetTag).toBe('PC-1')
  expect(intervention.description).toContain('Bouton heurté du genou')
  // It happened to the room, not to an item of the stock: there is nothing to open an intervention on.
  await expect(page.locator('[data-kind="otherDhcpServer"]').getByTestId('incident-intervention')).toHaveCount(0)
})

test('a sitting that begins wakes the machines of its seats, on the exam’s card alone', async ({ launch, network }) => {
  const amorce = await launch()
  await amorce.addExam()
  const macs = ['52:54:00:0a:00:01', '52:54:00:0a:00:02', '52:54:00:0a:00:03']
  const room = await amorce.call('room.add', {
    ...{ name: 'Labo', columns: 3, rows: 1, marks: [] },
    seats: macs.map((_, i) => ({ label: `A${i + 1}`, column: i, row: 0 })),
  })
  for (const [i, mac] of macs.entries()) await amorce.call('seat.setMachine', { seatId: room.seats[i]!.id, mac })
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Réseaux', module: '', roomId: room.id, durationMinutes: 60, quorum: 0.5, warnings: [], wakes: true },
  })
  // The third seat stays free, and its machine asleep.
  const candidates = ['Nom1', 'Nom2'].map((lastName, i) => ({
    ...{ number: String(i), lastName, firstName: '', group: '', extraMinutes: 0 },
  }))
  await amorce.call('roster.take', { sittingId: id, candidates })
  await amorce.call('seating.assign', {
    ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
  })

  const listen = async (segment: typeof network.room) => {
    const machine = await segment.addMachine('listener')
    const options = ['-i', 'eth0', '-nn', '-e', '-x', '-l', '--immediate-mode', '-Z', 'root', 'udp', 'port', '9']
    const tcpdump = machine.start('tcpdump', options)
    await tcpdump.waitFor(/listening on/, 10_000)
    return tcpdump
  }
  const inRoom = await listen(network.room)
  const onCampus = await listen(network.campus)
  await amorce.startExam(examNic)
  const examMac = await network.laptop.macOf(examNic)
  const magic = (mac: string) => 'f'.repeat(12) + mac.replaceAll(':', '').repeat(16)
  const heard = () => inRoom.stdout.split(/^(?=\d\d:\d\d:\d\d\.)/m).filter((frame) => frame.includes('length'))
  await expect.poll(() => heard().length, { timeout: 15_000 }).toBeGreaterThanOrEqual(6)
  // Long enough for the third, which must not come.
  await new Promise((resolve) => setTimeout(resolve, 2000))

  const payloads = heard().map((frame) => {
    expect(frame).toContain(`${examMac} > ff:ff:ff:ff:ff:ff`)
    const bytes = [...frame.matchAll(/^\s+0x[0-9a-f]+:\s+(.*)$/gm)].map(([, hex = '']) => hex.replaceAll(' ', ''))
    // After the headers of IP (20 bytes) and UDP (8).
    return bytes.join('').slice(2 * 28)
  })
  const counts = new Map(payloads.map((payload) => [payload, payloads.filter((each) => each === payload).length]))
  // Sent thrice each: nothing answers.
  expect(counts).toEqual(
    new Map([
      [magic(macs[0]!), 3],
      [magic(macs[1]!), 3],
    ]),
  )
  expect(onCampus.stdout).toBe('')
})
