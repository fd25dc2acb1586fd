import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { packLinux, type Packed } from '../../tools/package.mjs'
import { BootedRoot } from '../support/bootedRoot.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { drivable, PackagedWindow } from '../support/packagedWindow.ts'
import { SparedRoot } from '../support/sparedRoot.ts'
import { sha256, tftpClients } from '../support/tftpClients.ts'

const { examNic, examAddress } = LabNetwork
const user = 'technicienne'

let made: Promise<Packed> | undefined
/** Made once, for every test here. */
const packed = (): Promise<Packed> => (made ??= packLinux({ compression: 'none', archive: true }))
const fileOf = async (ending: string): Promise<string> => {
  const file = (await packed()).files.find((name) => name.endsWith(ending))
  if (!file) throw new Error(`there is no ${ending}`)
  return file
}

test('the Debian package: installed, used as a normal user, removed without a trace', async ({ network }) => {
  // A package is made first.
  test.setTimeout(480_000)
  const { folder } = await packed()
  const deb = await fileOf('.deb')
  const root = await SparedRoot.create(network.laptop)
  try {
    await root.mustRun('root', 'useradd', '--create-home', user)
    const portStart = () => root.mustRun('root', 'sysctl', '-n', 'net.ipv4.ip_unprivileged_port_start')
    expect((await portStart()).trim(), 'as the kernel begins').toBe('1024')

    await cp(deb, join(root.path, 'tmp', 'amorce.deb'))
    await root.mustRun('root', 'dpkg', '--install', '/tmp/amorce.deb')
    expect((await portStart()).trim()).toBe('67')
    const installed = (await root.mustRun('root', 'dpkg', '-L', 'amorce')).split('\n').filter((path) => path !== '')
    expect(installed).toEqual(
      expect.arrayContaining([
        '/usr/bin/amorce',
        '/opt/Amorce/resources/app.asar',
        '/usr/share/man/fr/man1/amorce.1.gz',
      ]),
    )
    expect(await root.mustRun('root', 'find', '/opt/Amorce', '-perm', '/022', '!', '-type', 'l'), 'writable').toBe('')
    expect(existsSync(join(folder, 'resources', 'app')), 'only the archive is loaded').toBe(false)

    // The command line, without a display.
    expect(await root.mustRun(user, 'amorce', 'man')).toContain('.TH AMORCE 1')
    // As a user that the system knows nothing of, such as the one that systemd makes for the room's server.
    const unknown = ['setpriv', '--reuid=61999', '--regid=61999', '--clear-groups', 'env', '-u', 'HOME'] as const
    expect(await root.mustRun('root', ...unknown, 'amorce', 'man')).toContain('.TH AMORCE 1')
    const selftest = await root.run(user, 'amorce', 'selftest', '--json')
    expect(selftest.code, selftest.stdout + selftest.stderr).toBe(0)
    const serving = root.start(user, 'amorce', 'serve', '--nic', examNic, '--data', '/tmp/served', '--accept-warnings')
    await serving.waitFor(/The room is served on exam0/, 60_000)
    const first = await network.room.addMachine('first')
    expect(await new Udhcpc(first).obtain()).toMatchObject({ serverId: examAddress })
    await serving.stop('SIGTERM', 15_000)
    expect(await network.laptop.listening()).toEqual([])

    // The window, under a virtual screen, with Chromium's sandbox.
    const window = root.start(
      user,
      ...(['xvfb-run', '-a', 'amorce', '--data', '/tmp/window', '--language', 'en'] as const),
      ...drivable,
    )
    await window.waitFor(/DevTools listening/, 60_000)
    const shown = new PackagedWindow(network.laptop, '/opt/Amorce/amorce')
    await expect
      .poll(() => shown.evaluate(`document.querySelector('[data-testid=exam-button]') !== null`), { timeout: 30_000 })
      .toBe(true)
    expect(await shown.evaluate(`amorce.call('nic.choose', '${examNic}')`)).toMatchObject({ ok: true })
    expect(await shown.evaluate(`amorce.call('exam.start', { acceptWarnings: true })`)).toMatchObject({ ok: true })
    const second = await network.room.addMachine('second')
    expect(await new Udhcpc(second).obtain()).toMatchObject({ serverId: examAddress })
    const asRoot = await root.run(
      'root',
      'sh',
      '-c',
      "ps -eo user:20,args | grep '[/]opt/Amorce/amorce' | grep -vc technicienne",
    )
    expect(asRoot.stdout.trim(), 'nothing of it runs as root').toBe('0')
    await shown.end()
    expect((await window.finished).code).toBe(0)
    await expect.poll(() => network.laptop.listening(), { timeout: 20_000 }).toEqual([])

    await root.mustRun('root', 'dpkg', '--purge', 'amorce')
    expect((await portStart()).trim()).toBe('1024')
    const left = installed
      .filter((path) => path.includes('/amorce') || path.includes('Amorce'))
      .filter((path) => existsSync(join(root.path, path)))
    expect(left).toEqual([])
  } finally {
    await root.destroy()
  }
})

test('the permanent room server, by a real systemd: serves, comes back after a kill, lets go of its ports', async ({
  network,
}) => {
  test.setTimeout(480_000)
  const deb = await fileOf('.deb')
  const root = await SparedRoot.create(network.laptop)
  try {
    await cp(deb, join(root.path, 'tmp', 'amorce.deb'))
    await root.mustRun('root', 'dpkg', '--install', '/tmp/amorce.deb')
    // Its own capability opens the ports, not the sysctl that the package has for people.
    await root.mustRun('root', 'sysctl', '-qw', 'net.ipv4.ip_unprivileged_port_start=1024')
    const dropIn = join(root.path, 'etc/systemd/system/amorce-room.service.d')
    mkdirSync(dropIn, { recursive: true })
    writeFileSync(
      join(dropIn, 'override.conf'),
      `[Service]\nEnvironment="AMORCE_OPTIONS=--nic ${examNic} --accept-warnings"\n`,
    )
    const booted = await BootedRoot.boot(root, network.laptop)
    try {
      const unit = async (property: string): Promise<string> =>
        (await booted.mustRun('systemctl', 'show', '--value', '--property', property, 'amorce-room')).trim()
      const status = async (): Promise<unknown> =>
        JSON.parse((await booted.run('amorce', 'status', '--json')).stdout || '{}') as unknown
      const journal = () => booted.mustRun('journalctl', '--unit', 'amorce-room', '--output', 'cat')
      expect((await booted.run('systemctl', 'start', 'amorce-room')).code, await journal()).toBe(0)
      const running = { ok: true, running: true, nic: examNic, address: examAddress }
      await expect.poll(status, { timeout: 60_000 }).toMatchObject(running)

      const image = randomBytes(300_001)
      writeFileSync(join(root.path, 'tmp', 'image.bin'), image, { mode: 0o644 })
      await booted.mustRun('install', '-D', '/tmp/image.bin', '/var/lib/amorce/boot/image.bin')
      const machine = await network.room.addMachine('pc')
      const lease = await new Udhcpc(machine).obtain()
      expect(lease).toMatchObject({ serverId: examAddress })
      expect(await tftpClients.curl(machine, examAddress, 'image.bin', 1468)).toBe(sha256(image))
      const served = { ...running, machines: [{ mac: await machine.macOf('eth0'), address: lease.address }] }
      expect(await status()).toMatchObject(served)
      expect(await booted.mustRun('curl', '-s', 'http://127.0.0.1:8068/status')).toContain(lease.address)
      const user = (await booted.mustRun('ps', '-o', 'user=', '-p', await unit('MainPID'))).trim()
      expect(user).not.toBe('root')

      // Killed, it is started again by systemd, after its quarter of a minute, with what it had.
      const killed = await unit('MainPID')
      await booted.mustRun('kill', '-9', killed)
      await expect.poll(status, { timeout: 60_000 }).toMatchObject(served)
      expect(await unit('MainPID')).not.toBe(killed)
      expect(await unit('NRestarts')).toBe('1')
      const other = await network.room.addMachine('other')
      expect((await new Udhcpc(other).obtain()).address).not.toBe(lease.address)
      expect((await new Udhcpc(machine).obtain()).address).toBe(lease.address)

      await booted.mustRun('systemctl', 'stop', 'amorce-room')
      expect(await unit('Result')).toBe('success')
      expect(await network.laptop.listening()).toEqual([])

      // The journal is read by more people than the database is: it tells events, and none of the house's keys.
      const told = await journal()
      expect(told).toContain('"type":"dhcp.ack"')
      expect(told).not.toMatch(/secret|password|token|PRIVATE KEY|[0-9a-f]{32}/i)
    } finally {
      await booted.stop()
    }
  } finally {
    await root.destroy()
  }
})

test('the archive: unpacked by a normal user, it runs without being installed', async ({ network }) => {
  test.setTimeout(480_000)
  const archive = await fileOf('.tar.gz')
  const root = await SparedRoot.create(network.laptop)
  try {
    await root.mustRun('root', 'useradd', '--create-home', user)
    await cp(archive, join(root.path, 'tmp', 'amorce.tar.gz'))
    const home = `/home/${user}`
    await root.mustRun(user, 'tar', '-xzf', '/tmp/amorce.tar.gz', '-C', home)
    const amorce = (await root.mustRun(user, 'find', home, '-path', '*/bin/amorce')).trim()
    const selftest = await root.run(user, amorce, 'selftest', '--json')
    expect(selftest.code, selftest.stdout + selftest.stderr).toBe(0)
    expect(JSON.parse(selftest.stdout)).toMatchObject({ ok: true })
    // In a changed root nobody may make user namespaces, as on Ubuntu 24.04: it is said what to type, and typed.
    const demo = () => root.start(user, 'xvfb-run', '-a', amorce, '--demo', '--exit-when-ready', '--disable-gpu')
    const refused = await demo().finished
    expect(refused.code).toBe(1)
    const typed = /^ {2}(sudo chown .*)$/m.exec(refused.stdout + refused.stderr)?.[1] ?? 'false'
    await root.mustRun('root', 'sh', '-c', typed.replaceAll('sudo ', ''))
    const shown = demo()
    expect((await shown.finished).code, shown.said).toBe(0)
    expect(await network.laptop.listening()).toEqual([])
  } finally {
    await root.destroy()
  }
})
