import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, labTest as test } from '../support/fixtures.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { LabNetwork, type Namespace } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { sha256, tftpClients, tftpSenders } from '../support/tftpClients.ts'

const { examNic, examAddress } = LabNetwork

test('a boot file arrives whole over TFTP and HTTP, whatever the client', async ({ launch, network }) => {
  const files = {
    'lab/image.bin': randomBytes(5_000_003),
    // With blocks of 1024 and of 512 it ends on a block's end, and only an empty block more tells so.
    'lab/whole-blocks.bin': randomBytes(1024 * 1024),
    'lab/empty.bin': Buffer.alloc(0),
  }
  const amorce = await launch()
  await amorce.call('settings.save', { tftpUploads: true })
  await amorce.addExam()
  amorce.addBootFiles(files)
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  const { address } = await new Udhcpc(machine).obtain()

  for (const [path, content] of Object.entries(files)) {
    for (const [name, fetch] of Object.entries(tftpClients)) {
      for (const blksize of [1024, 1468])
        expect(await fetch(machine, examAddress, path, blksize), `${path} by ${name}`).toBe(sha256(content))
    }
  }

  // And the other way: into the drop folder, whole, and never over what is there.
  const local = join(temporaryFolder('sent'), 'report.bin')
  writeFileSync(local, files['lab/whole-blocks.bin'])
  for (const [name, put] of Object.entries(tftpSenders)) {
    const kept = join(amorce.dataFolder, 'drop', address, `${name}.bin`)
    await put(machine, examAddress, local, `${name}.bin`)
    await expect.poll(() => existsSync(kept), name).toBe(true)
    expect(sha256(readFileSync(kept)), name).toBe(sha256(files['lab/whole-blocks.bin']))
  }
  const again = await machine.run('curl', ['-sS', '-T', local, `tftp://${examAddress}/curl.bin`])
  expect(again.code, 'curl: file already exists').toBe(73)

  const { httpPort } = await amorce.settings()
  const url = `http://${examAddress}:${httpPort}/files/lab/image.bin`
  const image = files['lab/image.bin']
  expect(sha256(await curl(machine, url))).toBe(sha256(image))
  expect(sha256(await curl(machine, url, '--range', '1000000-1999999'))).toBe(
    sha256(image.subarray(1_000_000, 2_000_000)),
  )
  expect((await curl(machine, url, '--head')).toString()).toMatch(/^content-length: 5000003\r$/im)

  const missing = await machine.run('curl', ['-sS', `tftp://${examAddress}/lab/absent.bin`])
  expect(missing.code, 'curl says that the file is not there').toBe(68)
  const outside = await machine.run('curl', ['-sS', '--path-as-is', `tftp://${examAddress}/../../amorce.sqlite`])
  expect(outside).toMatchObject({ stdout: '' })
  expect(outside.code).not.toBe(0)
})

test('a large boot file over HTTP: cut off and resumed, never of two versions, by curl and wget', async ({
  launch,
  network,
}) => {
  const first = randomBytes(30_000_001)
  const second = randomBytes(30_000_001)
  const amorce = await launch()
  await amorce.addExam()
  amorce.addBootFiles({ 'lab/system.squashfs': first })
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  await new Udhcpc(machine).obtain()
  const { httpPort } = await amorce.settings()
  const url = `http://${examAddress}:${httpPort}/files/lab/system.squashfs`
  const folder = temporaryFolder('downloads')
  const got = join(folder, 'system.squashfs')
  const hashOf = () => sha256(readFileSync(got))

  const log = readFileSync(join(amorce.dataFolder, 'logs', 'amorce.log'), 'utf8')
  expect(log, 'the way that is to be tried here').toContain('files are sent by the kernel')

  // Cut off in the middle, and taken up where it stopped.
  await machine.run('sh', ['-c', `curl -sf --limit-rate 20M '${url}' | head -c 9000000 > ${got}`])
  await machine.mustRun('curl', ['-sSf', '--continue-at', '-', '-o', got, url])
  expect(hashOf(), 'resumed by curl').toBe(sha256(first))

  const etag = /^etag: (.*)\r$/im.exec((await curl(machine, url, '--head')).toString())?.[1] ?? ''
  const resume = ['--range', '9000000-', '--header', `If-Range: ${etag}`]
  expect(sha256(await curl(machine, url, ...resume))).toBe(sha256(first.subarray(9_000_000)))
  expect(sha256(await curl(machine, url, '--range', '-1000'))).toBe(sha256(first.subarray(-1000)))
  const unchanged = ['--header', `If-None-Match: ${etag}`, '--write-out', '%{http_code}']
  expect((await curl(machine, url, ...unchanged)).toString()).toBe('304')

  writeFileSync(got, '')
  await machine.mustRun('wget', ['-q', '-O', got, url])
  expect(hashOf(), 'by wget').toBe(sha256(first))

  // Replaced while it is fetched: who began with the old one gets all of it, and a resumption starts afresh.
  const slow = machine.start('curl', ['-sSf', '--limit-rate', '10M', '-o', got, url])
  await expect.poll(async () => (await amorce.services()).find(({ name }) => name === 'http')?.count).toBeGreaterThan(0)
  amorce.addBootFiles({ 'lab/next': second })
  const boot = join(amorce.dataFolder, 'boot', 'lab')
  renameSync(join(boot, 'next'), join(boot, 'system.squashfs'))
  expect((await slow.finished).code).toBe(0)
  expect([sha256(first), sha256(second)], 'one of the two, whole').toContain(hashOf())
  expect(sha256(await curl(machine, url, ...resume)), 'If-Range of the old one').toBe(sha256(second))

  // Cut short on the disk while it is fetched: the client is told that it has not got all.
  const cut = machine.start('curl', ['-sS', '--limit-rate', '10M', '-o', '/dev/null', url])
  await new Promise((resolve) => setTimeout(resolve, 500))
  truncateSync(join(boot, 'system.squashfs'), 15_000_000)
  expect((await cut.finished).code, 'curl: transfer closed with data remaining, or reset').toBeGreaterThan(0)
})

test('a cable that is pulled in mid-transfer: both protocols go on when it is back, and nothing stays where it is not', async ({
  launch,
  network,
}) => {
  const image = randomBytes(6_000_007)
  const amorce = await launch()
  await amorce.addExam()
  // The second is more than the kernel takes from the server before a slow client has read it.
  amorce.addBootFiles({ 'lab/image.bin': image, 'lab/large.bin': Buffer.alloc(60_000_000) })
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  await new Udhcpc(machine).obtain()
  const { httpPort } = await amorce.settings()
  const folder = temporaryFolder('pulled')
  const got = { http: join(folder, 'http'), tftp: join(folder, 'tftp') }
  const download = (protocol: keyof typeof got, file: string) => {
    const url =
      protocol === 'http' ? `http://${examAddress}:${httpPort}/files/lab/${file}` : `tftp://${examAddress}/lab/${file}`
    return machine.start('curl', ['-sS', '--limit-rate', '1M', '-o', got[protocol], url])
  }
  const mac = await machine.macOf('eth0')
  const transfers = async () => (await amorce.call('transfer.list', { ...everyTransfer, mac })).transfers

  const running = [download('http', 'image.bin'), download('tftp', 'image.bin')]
  await expect.poll(async () => (await transfers()).filter(({ bytes }) => bytes > 500_000).length).toBe(2)
  await network.laptop.ip('link', 'set', examNic, 'down')
  await new Promise((resolve) => setTimeout(resolve, 2000))
  await network.laptop.ip('link', 'set', examNic, 'up')
  for (const each of running) expect((await each.finished).code, each.said).toBe(0)
  for (const path of Object.values(got)) expect(sha256(readFileSync(path))).toBe(sha256(image))
  expect((await transfers()).map(({ state }) => state)).toEqual(['complete', 'complete'])
  expect((await transfers()).find(({ protocol }) => protocol === 'tftp')?.retransmissions).toBeGreaterThan(0)

  // Once more, and the exam is stopped while the cable is out.
  const lost = [download('http', 'large.bin'), download('tftp', 'large.bin')]
  await expect.poll(async () => (await transfers()).filter(({ state }) => state === 'running').length).toBe(2)
  await network.laptop.ip('link', 'set', examNic, 'down')
  await amorce.stopExam()
  await expect.poll(() => network.laptop.listening()).toEqual([])
  for (const each of lost) await each.stop()
})

const everyTransfer = {
  ...{ search: '', states: [], protocols: [], directions: [] },
  ...{ sort: 'startedAt' as const, descending: true, offset: 0, limit: 500 },
}

async function curl(machine: Namespace, url: string, ...options: string[]): Promise<Buffer> {
  const text = await machine.mustRun('sh', ['-c', 'curl -sSf "$@" | base64', 'sh', ...options, url])
  return Buffer.from(text, 'base64')
}

test('boot files over HTTPS, to a client that was given the certificate and to no other', async ({
  launch,
  network,
}) => {
  const image = randomBytes(3_000_001)
  const amorce = await launch()
  await amorce.call('settings.save', { httpsPort: 8443 })
  await amorce.addExam()
  amorce.addBootFiles({ 'lab/image.bin': image })
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  await new Udhcpc(machine).obtain()
  const url = `https://${examAddress}:8443/files/lab/image.bin`
  const certificate = join(amorce.dataFolder, 'tls', 'amorce.crt')

  expect(sha256(await curl(machine, url, '--cacert', certificate))).toBe(sha256(image))
  const distrustful = await machine.run('curl', ['-sS', url])
  expect(distrustful.code, 'curl does not trust the certificate').toBe(60)
  await amorce.stopExam()
  await expect.poll(() => network.laptop.listening()).toEqual([])
})
