import { randomBytes } from 'node:crypto'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import {
  dhcpMessages,
  floodTcp,
  floodUdp,
  httpMessages,
  nextBytes,
  randomFrom,
  tftpMessages,
} from '../support/flood.ts'
import { inside, LabNetwork } from '../support/namespaces.ts'
import { starve } from '../support/starvation.ts'
import { sha256, tftpClients } from '../support/tftpClients.ts'

const { examNic, examAddress } = LabNetwork

// Datagrams in all; AMORCE_FUZZ=3000000 for the long run, a few minutes. AMORCE_FUZZ_SEED repeats a run.
const count = Number(process.env['AMORCE_FUZZ'] ?? 300_000)
const seed = Number(process.env['AMORCE_FUZZ_SEED'] ?? Date.now() % 2 ** 32)

test(`the services answer after ${count} hostile datagrams`, async ({ launch, network }, info) => {
  await info.attach('AMORCE_FUZZ_SEED', { body: String(seed) })
  test.setTimeout(120_000 + count)
  const file = 'lab/image.bin'
  const image = randomBytes(1_000_003)
  const amorce = await launch()
  await amorce.addExam()
  amorce.addBootFiles({ [file]: image })
  await amorce.startExam(examNic)
  const { httpPort } = await amorce.settings()

  const machine = await network.room.addMachine('pc')
  const client = new Udhcpc(machine)
  const lease = await client.obtain()
  const hostile = await network.room.addMachine('hostile', '192.168.60.250/24')

  const random = randomFrom(seed)
  const from = (messages: readonly Buffer[]) => () => nextBytes(random, messages)
  const dhcp = from(dhcpMessages)
  const tftp = from(tftpMessages(file))
  const http = from(httpMessages(examAddress, `/files/${file}`))
  const whenRead = () => amorce.whenDatagramsRead()
  const before = await network.laptop.datagramsRead()
  await inside(hostile, async () => {
    await floodUdp({ address: '192.168.60.255', port: 67 }, Math.floor(count * 0.3), dhcp, whenRead)
    await floodUdp({ address: examAddress, port: 67 }, Math.floor(count * 0.3), dhcp, whenRead)
    await floodUdp({ address: examAddress, port: 69 }, Math.floor(count * 0.4), tftp, whenRead)
    await floodTcp({ address: examAddress, port: httpPort }, Math.floor(count / 100), http)
  })
  // Heard, and not dropped on the way by one of the two systems.
  expect((await network.laptop.datagramsRead()) - before).toBeGreaterThan(count * 0.99)

  expect((await amorce.services()).map(({ name, state }) => `${name} ${state}`)).toEqual([
    'dhcp running',
    'tftp running',
    'http running',
  ])
  expect(await client.renew()).toMatchObject({ address: lease.address, serverId: examAddress })
  expect(await tftpClients.curl(machine, examAddress, file, 1468)).toBe(sha256(image))
  const url = `http://${examAddress}:${httpPort}/files/${file}`
  expect(await machine.mustRun('sh', ['-c', `curl -sSf '${url}' | sha256sum`])).toContain(sha256(image))

  // Addresses promised to made-up machines are free again after a while.
  const newcomer = new Udhcpc(await network.room.addMachine('pc'))
  newcomer.begin()
  expect((await newcomer.waitForEvent(['bound'], 1, 90_000)).serverId).toBe(examAddress)
  await amorce.stopExam()
  await expect.poll(() => network.laptop.listening()).toEqual([])
})

// The rule itself is tried with 100,000 machines (src/dhcp/protection.test.ts); here is one laptop on a real network.
test('a starvation attack leaves known, reserved and leased machines served, and the screen says so', async ({
  launch,
  network,
}) => {
  const amorce = await launch()
  await amorce.addExam()
  await amorce.call('settings.save', { poolStart: '192.168.60.50', poolEnd: '192.168.60.99' })
  const [owned, reserved, leased, newcomer] = await Promise.all(
    ['owned', 'reserved', 'leased', 'newcomer'].map((name) => network.room.addMachine(name)),
  )
  await amorce.call('stock.add', {
    ...{ assetTag: 'PC-1', type: 'pc', manufacturer: '', model: '', serial: '', uuid: '', location: '', notes: '' },
    ...{ macs: [await owned!.macOf('eth0')], state: 'inService' as const },
  })
  await amorce.chooseNic(examNic)
  await amorce.call('lease.reserve', { address: '192.168.60.20', mac: await reserved!.macOf('eth0') })
  await amorce.startExam(examNic)
  const client = new Udhcpc(leased!)
  const lease = await client.obtain()

  const hostile = await network.room.addMachine('hostile', '192.168.60.250/24')
  const taken = await inside(hostile, () =>
    starve('192.168.60.255', 20_000, examAddress, () => amorce.whenDatagramsRead()),
  )
  expect(taken, 'it had what was for strangers').toBeGreaterThan(10)

  await expect(amorce.page.getByTestId('dhcp-limited')).toBeVisible()
  expect(await client.renew()).toMatchObject({ address: lease.address })
  expect(await new Udhcpc(owned!).obtain()).toMatchObject({ serverId: examAddress })
  expect(await new Udhcpc(reserved!).obtain()).toMatchObject({ address: '192.168.60.20' })
  // A stranger is not: what is left is kept for the machines of the stock, and the screen names it.
  const late = new Udhcpc(newcomer!)
  late.begin()
  const mac = await newcomer!.macOf('eth0')
  await expect
    .poll(async () => (await amorce.journal(['dhcp'], mac)).map((event) => 'reason' in event && event.reason))
    .toContain('poolEmpty')
  await late.stop()
})
