import { startDnsmasq } from '../support/dnsmasq.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'

const { examNic, examAddress } = LabNetwork
/** Of the TFTP server's thread, on Linux. */
const sharedTransferPorts = 4

test('another DHCP server on the segment is found and named before anything starts', async ({ launch, network }) => {
  const router = await network.room.addMachine('router', '192.168.60.254/24')
  await startDnsmasq(router, ['--interface=eth0', '--dhcp-range=192.168.60.50,192.168.60.60,255.255.255.0,2m'])

  const amorce = await launch()
  await amorce.addExam()
  await amorce.chooseNic(examNic)
  await amorce.expectFace('blocked')
  await expect(amorce.preflight).toContainText('192.168.60.254')
  expect(await amorce.exam()).toMatchObject({ phase: 'idle' })
  await expectNothingBound(network)

  // Started all the same, it stays in sight for as long as it answers.
  await amorce.page.getByTestId('continue-anyway').click()
  await amorce.expectFace('running', 30_000)
  const strip = amorce.page.getByTestId('dhcp-other-server')
  await expect(strip).toContainText('192.168.60.254', { timeout: 15_000 })
  await expect(strip).toContainText('carte ')
  await amorce.stopExam()
  await expect(strip).toHaveCount(0)
})

test('a DHCP server on another NIC of the laptop is none of the room', async ({ launch, network }) => {
  const campus = await network.campus.addMachine('campus-dhcp', '10.99.0.254/24')
  await startDnsmasq(campus, ['--interface=eth0', '--dhcp-range=10.99.0.50,10.99.0.60,255.255.255.0,2m'])

  const amorce = await launch()
  await amorce.addExam()
  await amorce.chooseNic(examNic)
  await amorce.expectFace('ready')
})

const holders = {
  67: "require('node:dgram').createSocket('udp4').bind(67, () => console.log('bound'))",
  69: `require('node:dgram').createSocket('udp4').bind(69, '${examAddress}', () => console.log('bound'))`,
}

for (const [port, program] of Object.entries(holders)) {
  test(`who holds port ${port} is named, and the exam starts once it is gone`, async ({ launch, network }) => {
    const holder = network.laptop.start(process.execPath, ['-e', program])
    await holder.waitFor(/bound/, 10_000)

    const amorce = await launch()
    await amorce.addExam()
    await amorce.chooseNic(examNic)
    await amorce.expectFace('blocked')
    await expect(amorce.preflight).toContainText(port)
    await expect(amorce.preflight).toContainText(/\bnode\b/)
    await expect(amorce.preflight).toContainText(String(holder.child.pid))

    await holder.stop()
    await amorce.preflight.getByTestId('remedy-retry').click()
    await amorce.expectFace('ready')
    await amorce.examButton.click()
    await amorce.expectFace('running')
  })
}

test('a start binds to the chosen NIC alone and a stop lets go of every port', async ({ launch, network }) => {
  const amorce = await launch()
  await amorce.addExam()
  const { httpPort } = await amorce.settings()
  expect(await network.laptop.listening()).toEqual([])

  // Twice: what was let go of can be taken again.
  for (let time = 1; time <= 2; time++) {
    await (time === 1 ? amorce.startExam(examNic) : amorce.examButton.click())
    await amorce.expectFace('running')
    const bound = await network.laptop.listening()
    const named = [`tcp ${examAddress}:${httpPort}`, `udp 0.0.0.0%${examNic}:67`, `udp ${examAddress}%${examNic}:69`]
    expect(bound).toEqual(expect.arrayContaining(named))
    // Beside them the ports that TFTP transfers share, on the same NIC and address.
    // (The search for other DHCP servers may be under way, as a client on this NIC.)
    const search = `udp 0.0.0.0%${examNic}:68`
    const shared = bound.filter((socket) => !named.includes(socket) && socket !== search)
    expect(shared).toHaveLength(sharedTransferPorts)
    for (const socket of shared) expect(socket.replace(/\d+$/, '')).toBe(`udp ${examAddress}%${examNic}:`)
    await new Udhcpc(await network.room.addMachine('pc')).obtain()
    await amorce.stopExam()
    await expectNothingBound(network)
  }
})

test('a stop in the middle of a transfer lets go of its port too', async ({ launch, network }) => {
  const amorce = await launch()
  await amorce.addExam()
  amorce.addBootFiles({ 'lab/large.bin': Buffer.alloc(64 << 20, 'amorce') })
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  await new Udhcpc(machine).obtain()
  // Slow enough to be still under way, each over its own protocol.
  const folder = temporaryFolder('slow')
  const { httpPort } = await amorce.settings()
  const url = `http://${examAddress}:${httpPort}/files/lab/large.bin`
  const downloads = [
    machine.start('curl', ['-sS', '--limit-rate', '200k', '-o', `${folder}/http`, url]),
    machine.start('curl', [
      '-sS',
      '--limit-rate',
      '200k',
      '-o',
      `${folder}/tftp`,
      `tftp://${examAddress}/lab/large.bin`,
    ]),
  ]
  const mac = await machine.macOf('eth0')
  await expect.poll(async () => (await amorce.journal(['transfer'], mac)).length).toBeGreaterThanOrEqual(2)

  await amorce.stopExam()
  await expectNothingBound(network)
  for (const download of downloads) await download.stop()
})

/** No service is left at once; the checks that follow a stop ask for other servers from port 68 a moment longer. */
async function expectNothingBound({ laptop }: LabNetwork): Promise<void> {
  expect((await laptop.listening()).filter((socket) => !socket.endsWith(':68'))).toEqual([])
  await expect.poll(() => laptop.listening()).toEqual([])
}
