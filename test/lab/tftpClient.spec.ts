import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TftpAttemptView, TftpRequest } from '../../src/contract/index.ts'
import type { Amorce } from '../support/amorce.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { sha256 } from '../support/tftpClients.ts'
import { tftpServers } from '../support/tftpServers.ts'
import { temporaryFolder } from '../support/temporary.ts'

const address = '10.99.0.2'
const usual: TftpRequest = {
  ...{ action: 'get', host: address, port: 69, file: 'image.bin', mode: 'octet', blockSize: 1468, windowSize: 1 },
  ...{ timeoutSeconds: 0, askSize: true, nic: '' },
}

async function attempt(amorce: Amorce, request: Partial<TftpRequest>): Promise<TftpAttemptView> {
  const before = (await amorce.snapshot()).tftpClient?.attempts[0]?.id ?? 0
  expect(await amorce.call('tftpClient.start', { ...usual, ...request })).toBe(true)
  const latest = async (): Promise<TftpAttemptView | undefined> => (await amorce.snapshot()).tftpClient?.attempts[0]
  await expect
    .poll(async () => ((await latest())?.id ?? 0) > before && (await latest())?.state, { timeout: 40_000 })
    .toMatch(/complete|failed/)
  return (await latest())!
}

const content = randomBytes(2_000_003)

/** Every file is one that these servers give to all. */
function servedFolder(): string {
  const folder = temporaryFolder('tftp-served')
  chmodSync(folder, 0o777)
  for (const [name, bytes] of [
    ['image.bin', content],
    ['empty.bin', ''],
    ['mine.bin', ''],
  ] as const) {
    writeFileSync(join(folder, name), bytes)
    chmodSync(join(folder, name), 0o666)
  }
  return folder
}

for (const [name, start] of Object.entries(tftpServers)) {
  test(`the TFTP client fetches from ${name}, and says what it has against a file`, async ({ launch, network }) => {
    const amorce = await launch()
    const machine = await network.campus.addMachine('server', `${address}/24`)
    const served = servedFolder()
    const server = await start(machine, served)
    const target = join(temporaryFolder('fetched'), 'file')
    await amorce.answerDialogs({ save: target, open: [target] })

    for (const options of [{}, { blockSize: 512, askSize: false }, { windowSize: 8 }, { nic: LabNetwork.otherNic }]) {
      const done = await attempt(amorce, options)
      expect(done, JSON.stringify(done.failure)).toMatchObject({ state: 'complete', bytes: content.length })
      expect(sha256(readFileSync(target))).toBe(sha256(content))
    }
    expect(await attempt(amorce, { file: 'empty.bin' })).toMatchObject({ state: 'complete', bytes: 0 })
    const absent = await attempt(amorce, { file: 'absent.bin' })
    expect(absent).toMatchObject({ state: 'failed', failure: { kind: 'fileNotFound' } })

    writeFileSync(target, content.subarray(0, 300_000))
    const put = await attempt(amorce, { action: 'put', file: 'mine.bin' })
    if (name === 'dnsmasq')
      expect(put.failure?.kind, 'dnsmasq takes nothing').toMatch(/serverError|accessDenied|noAnswer/)
    else {
      expect(put, JSON.stringify(put.failure)).toMatchObject({ state: 'complete', bytes: 300_000 })
      await expect.poll(() => sha256(readFileSync(join(served, 'mine.bin')))).toBe(sha256(content.subarray(0, 300_000)))
    }

    // The service is gone, the machine is not: ICMP tells the two apart.
    await server.stop()
    expect(await attempt(amorce, {})).toMatchObject({ failure: { kind: 'refused' } })
  })
}

test('the TFTP client fetches from our own server, and tells a firewall from an absent machine', async ({
  launch,
  network,
}) => {
  const amorce = await launch()
  await amorce.addExam()
  amorce.addBootFiles({ 'lab/image.bin': content })
  await amorce.startExam(LabNetwork.examNic)
  const target = join(temporaryFolder('fetched'), 'file')
  await amorce.answerDialogs({ save: target })

  // As the technician does it.
  const { page } = amorce
  await amorce.goTo('diagnosis')
  await amorce.choose('diagnosis-tab', 'Outils')
  await page.getByTestId('tftp-host').fill(LabNetwork.examAddress)
  await page.getByTestId('tftp-file').fill('lab/image.bin')
  await page.getByTestId('tftp-start').click()
  const first = page.getByTestId('tftp-attempt').first()
  await expect(first).toHaveAttribute('data-state', 'complete', { timeout: 20_000 })
  await expect(first).toContainText('blksize 1468')
  expect(sha256(readFileSync(target))).toBe(sha256(content))

  await page.getByTestId('tftp-file').fill('lab/Image.BIN.absent')
  await page.getByTestId('tftp-start').click()
  await expect(page.getByTestId('tftp-attempt').first()).toHaveAttribute('data-failure', 'fileNotFound')

  const walled = await network.campus.addMachine('walled', `${address}/24`)
  await walled.mustRun('ip', ['route', 'add', 'blackhole', '10.99.0.1/32'])
  await page.getByTestId('tftp-host').fill(address)
  await page.getByTestId('tftp-start').click()
  await expect(page.getByTestId('tftp-attempt').first()).toHaveAttribute('data-failure', /noAnswer|unreachable/, {
    timeout: 30_000,
  })
  const nobody = await attempt(amorce, { host: '10.99.0.77' })
  // Linux keeps to itself that ARP found nobody, unless a socket asks for every error.
  expect(nobody.failure?.kind).toBe('noAnswer')
})
