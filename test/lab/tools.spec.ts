import { join } from 'node:path'
import { systemClock } from '../../src/base/index.ts'
import { measuredLink } from '../../src/contract/index.ts'
import { runSelfTest } from '../../src/diagnosis/index.ts'
import { openUdpSocket, type CapturedFrame } from '../../src/network/index.ts'
import { openDumpcap } from '../../src/network/capture/dumpcap.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { inside, LabNetwork } from '../support/namespaces.ts'

const { examNic, examAddress } = LabNetwork

test('the self-test passes on a real NIC, from the laptop itself and from a second machine over the wire; the speed of a cable is measured', async ({
  launch,
  network,
}) => {
  const amorce = await launch()
  await amorce.addExam()
  await amorce.startExam(examNic)
  const { page } = amorce
  await amorce.goTo('diagnosis')
  await amorce.choose('diagnosis-tab', 'Autotest')
  await page.getByTestId('self-test-run').click()
  const steps = page.getByTestId('self-test').getByRole('listitem')
  await expect(steps.and(page.locator('[data-verdict="ok"]'))).toHaveCount(6, { timeout: 60_000 })

  const { httpPort } = await amorce.settings()
  const second = await network.room.addMachine('second', '192.168.60.200/24')
  const view = await inside(second, () =>
    runSelfTest({
      openSocket: openUdpSocket,
      clock: systemClock,
      device: 'eth0',
      serverAddress: examAddress,
      dhcp: { serverPort: 67, clientPort: 68, broadcastAddress: '255.255.255.255' },
      expect: () => undefined,
      tftpPort: 69,
      httpPort,
      folder: join(amorce.dataFolder, 'self-test'),
      onProgress: () => undefined,
    }),
  )
  expect(view.lines.map(({ step, verdict, reason }) => [step, verdict, reason])).toEqual(
    view.lines.map(({ step }) => [step, 'ok', undefined]),
  )

  // A booted machine, and its cable: what curl saw and what its panel says are the same transfer.
  const pc = await network.room.addMachine('pc')
  await new Udhcpc(pc).obtain()
  const url = `http://${examAddress}:${httpPort}/speed?mb=8`
  expect(await pc.mustRun('curl', ['-sSf', '-o', '/dev/null', '-w', '%{size_download}', url])).toBe('8000000')
  expect((await pc.run('curl', ['-sf', `http://${examAddress}:${httpPort}/speed?mb=99999`])).code).not.toBe(0)
  await amorce.goTo('exam')
  await amorce.tile(await pc.macOf('eth0')).click()
  await expect(page.getByTestId('link-measured')).toContainText('bit/s')
  expect(measuredLink((await amorce.machineDetail()).transfers)?.mbps).toBeGreaterThan(1)
})

test('a firewall that holds machines back is opened by its remedy, and as it was once the exam has stopped', async ({
  launch,
  network,
}) => {
  const { laptop } = network
  const rules = [
    'add table inet school',
    'add chain inet school input { type filter hook input priority 0; policy drop; }',
    'add rule inet school input iif lo accept',
    'add rule inet school input ct state established,related accept',
  ]
  for (const rule of rules) await laptop.mustRun('nft', [rule])
  const ruleset = () => laptop.mustRun('nft', ['list', 'ruleset'])
  const before = await ruleset()

  const amorce = await launch()
  await amorce.addExam()
  await amorce.chooseNic(examNic)
  await expect(amorce.preflight).toContainText('UDP 67')
  await amorce.preflight.getByTestId('remedy-openFirewall').click()
  await amorce.expectFace('ready', 20_000)
  await amorce.examButton.click()
  await amorce.expectFace('running', 30_000)
  const pc = await network.room.addMachine('pc')
  expect(await new Udhcpc(pc).obtain()).toMatchObject({ serverId: examAddress })

  await amorce.stopExam()
  await expect.poll(ruleset).toBe(before)
})

test('Debian’s dumpcap shows what arrives, where a packet socket may not be opened', async ({ network }) => {
  const { laptop, room } = network
  const pc = await room.addMachine('pc')
  const mac = await pc.macOf('eth0')
  const frames: CapturedFrame[] = []
  const capture = await inside(laptop, async () =>
    openDumpcap(examNic, { http: 8067 }, await laptop.macOf(examNic), (frame) => frames.push(frame)),
  )
  expect(capture?.source).toBe('dumpcap')
  try {
    // Nobody answers: what counts is that it was asked, and that other talk is left out.
    const client = pc.start('udhcpc', ['-i', 'eth0', '-f', '-q', '-n', '-t', '3', '-T', '1', '-s', '/bin/true'])
    const isAsked = ({ bytes, direction }: CapturedFrame): boolean =>
      direction === 'in' && bytes.subarray(6, 12).toString('hex') === mac.replaceAll(':', '')
    await expect.poll(() => frames.some(isAsked), { timeout: 15_000 }).toBe(true)
    expect(frames.every(({ bytes }) => bytes.readUInt16BE(12) === 0x0800)).toBe(true)
    await client.stop()
  } finally {
    await capture?.close()
  }
})
