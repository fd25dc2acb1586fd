import { existsSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { packLinux } from '../../tools/package.mjs'
import { projectRoot } from '../../tools/run.mjs'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork, type Namespace } from '../support/namespaces.ts'
import { mustRun } from '../support/processes.ts'
import { SparedRoot } from '../support/sparedRoot.ts'

const { examNic, examAddress } = LabNetwork
const user = 'technicienne'
const debuggingPort = 9333

test('the Debian package: installed, used as a normal user, removed without a trace', async ({ network }) => {
  // A package is made first.
  test.setTimeout(480_000)
  const { files, folder } = await packLinux({ compression: 'none' })
  const deb = files.find((file) => file.endsWith('.deb'))
  if (!deb) throw new Error('there is no package')
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

    // The window, under a virtual screen, with Chromium's sandbox. Its fuses refuse Node's inspector, so it is driven as a
    // web page is.
    const window = root.start(
      user,
      ...(['xvfb-run', '-a', 'amorce', '--data', '/tmp/window', '--language', 'en'] as const),
      ...['--disable-gpu', `--remote-debugging-port=${debuggingPort}`],
    )
    await window.waitFor(/DevTools listening/, 60_000)
    const inPage = async (expression: string): Promise<unknown> => {
      const script = join(projectRoot, 'test', 'support', 'page.mjs')
      const args = ['--no-warnings', '--experimental-websocket', script, String(debuggingPort), expression]
      return JSON.parse(await network.laptop.mustRun(process.execPath, args, { timeoutMs: 30_000 })) as unknown
    }
    await expect
      .poll(() => inPage(`document.querySelector('[data-testid=exam-button]') !== null`), { timeout: 30_000 })
      .toBe(true)
    expect(await inPage(`amorce.call('nic.choose', '${examNic}')`)).toMatchObject({ ok: true })
    expect(await inPage(`amorce.call('exam.start', { acceptWarnings: true })`)).toMatchObject({ ok: true })
    const second = await network.room.addMachine('second')
    expect(await new Udhcpc(second).obtain()).toMatchObject({ serverId: examAddress })
    const asRoot = await root.run(
      'root',
      'sh',
      '-c',
      "ps -eo user:20,args | grep '[/]opt/Amorce/amorce' | grep -vc technicienne",
    )
    expect(asRoot.stdout.trim(), 'nothing of it runs as root').toBe('0')
    await endWindow(network.laptop)
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

/** Between it and this test are programs that hand no signal on. */
async function endWindow({ name }: Namespace): Promise<void> {
  const pids = (await mustRun('ip', ['netns', 'pids', name])).split('\n').filter(Boolean).map(Number)
  const isWindow = (pid: number): boolean =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/opt/Amorce/amorce\0--data\0')
  const window = pids.find(isWindow)
  if (window === undefined) throw new Error('the window is not there')
  process.kill(window, 'SIGTERM')
}
