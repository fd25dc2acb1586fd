import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBootFiles } from '../../tools/bootFiles.mjs'
import { ensureBuilt } from '../../tools/build.mjs'
import { projectRoot } from '../../tools/run.mjs'
import { ensureSqliteBinding } from '../../tools/sqlite.mjs'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { sha256, tftpClients } from '../support/tftpClients.ts'

// The command line, in Node as it is: no Electron, no display.

const { examNic, examAddress, otherNic } = LabNetwork

test('amorce serve gives a lease and a file; the probe finds it; SIGTERM leaves nothing bound', async ({ network }) => {
  await ensureBootFiles()
  await ensureBuilt({ announce: false })
  const binding = await ensureSqliteBinding()
  const env = { ...process.env, LANG: 'C', ...(binding ? { AMORCE_SQLITE_BINDING: binding } : {}) }
  const cli = join(projectRoot, 'out', 'main', 'cli.cjs')
  const data = temporaryFolder('data')
  const image = randomBytes(3_000_001)
  mkdirSync(join(data, 'boot'), { recursive: true })
  writeFileSync(join(data, 'boot', 'image.bin'), image)
  const amorce = (...args: string[]) => network.laptop.run(process.execPath, [cli, ...args], { env, timeoutMs: 20_000 })

  const serving = network.laptop.start(
    process.execPath,
    [cli, 'serve', '--nic', examNic, '--data', data, '--accept-warnings'],
    { env },
  )
  await serving.waitFor(/The room is served on exam0, 192\.168\.60\.1/, 30_000)

  const machine = await network.room.addMachine('pc')
  const lease = await new Udhcpc(machine).obtain()
  expect(lease).toMatchObject({ serverId: examAddress })
  expect(await tftpClients.curl(machine, examAddress, 'image.bin', 1468)).toBe(sha256(image))

  const status = await amorce('status', '--json')
  expect(status.code).toBe(0)
  const mac = await machine.macOf('eth0')
  expect(JSON.parse(status.stdout)).toMatchObject({
    ...{ ok: true, running: true, nic: examNic, address: examAddress, simulated: false },
    machines: [{ mac, address: lease.address }],
  })
  expect(await network.laptop.listening(), 'the status is for this computer alone').not.toContainEqual(
    expect.stringContaining(':8068'),
  )

  const second = await amorce('serve', '--data', data, '--status-port', '0')
  expect(second).toMatchObject({ code: 3 })
  expect(second.stderr).toContain('storage.inUse')
  expect((await amorce('backup', '--data', data)).code).toBe(0)

  // As another machine of the room sees it, with the same command.
  const visitor = await network.room.addMachine('visitor', '192.168.60.250/24')
  const probe = await visitor.run(process.execPath, [cli, 'probe', '--nic', 'eth0', '--json'], { env })
  expect(probe.code).toBe(1)
  expect(JSON.parse(probe.stdout)).toMatchObject({ ok: false, servers: [{ address: examAddress }] })
  const copy = join(data, 'copy.bin')
  const got = await visitor.run(process.execPath, [cli, 'tftp', 'get', examAddress, 'image.bin', copy, '--json'], {
    env,
  })
  expect(got.code).toBe(0)
  expect(JSON.parse(got.stdout)).toMatchObject({ ok: true, attempt: { state: 'complete', bytes: image.length } })

  const { code } = await serving.stop('SIGTERM', 15_000)
  expect(code, serving.said).toBe(0)
  expect(await network.laptop.listening()).toEqual([])
  expect((await amorce('status')).code).toBe(1)
  const quiet = await amorce('probe', '--nic', otherNic, '--json')
  expect(JSON.parse(quiet.stdout)).toMatchObject({ ok: true, servers: [] })
})
