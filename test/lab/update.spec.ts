import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { packLinux } from '../../tools/package.mjs'
import { expect, labTest as test } from '../support/fixtures.ts'
import { drivable, PackagedWindow } from '../support/packagedWindow.ts'
import { publisherKey, signRelease } from '../support/release.ts'
import { SparedRoot } from '../support/sparedRoot.ts'
import { temporaryFolder } from '../support/temporary.ts'

// polkit needs a system bus with its daemon, which a namespace has not: what pkexec would start as root is started as root here,
// and the normal user is seen to get no further than pkexec.

const user = 'technicienne'
const helper = '/usr/lib/amorce/install-update'

const publisher = publisherKey()
const kept = temporaryFolder('packages')
const releases = new Map<string, Promise<string>>()

/** A signed release as it lies on a stick, with its package and its archive; made once, for every test here. */
function release(version: string): Promise<string> {
  const made = releases.get(version) ?? pack(version)
  releases.set(version, made)
  return made
}

async function pack(version: string): Promise<string> {
  const folder = join(kept, version)
  await mkdir(folder)
  process.env['AMORCE_UPDATE_KEY'] = publisher.privatePem
  try {
    const { files } = await packLinux({ compression: 'none', archive: true, version })
    for (const file of files) await cp(file, join(folder, basename(file)))
  } finally {
    delete process.env['AMORCE_UPDATE_KEY']
  }
  signRelease(folder, version, publisher.privatePem)
  return folder
}

/** The file of one kind in a release. */
const nameIn = async (folder: string, ending: string): Promise<string> =>
  (await readdir(folder)).find((name) => name.endsWith(ending)) ?? ''

// Both packages may have to be made first.
test.setTimeout(1_500_000)
test.afterAll(() => rmSync(kept, { recursive: true, force: true }))

test('an installed Debian package takes a signed release from a stick, and goes back', async ({ network }) => {
  const [first, second] = [await release('0.1.0'), await release('0.2.0')]
  const [firstDeb, secondDeb] = [await nameIn(first, '.deb'), await nameIn(second, '.deb')]

  const root = await SparedRoot.create(network.laptop)
  try {
    await root.mustRun('root', 'useradd', '--create-home', user)
    for (const [folder, at] of [
      [first, 'old'],
      [second, 'stick'],
    ] as const)
      await cp(folder, join(root.path, 'tmp', at), { recursive: true })
    await root.mustRun('root', 'chmod', '-R', 'a+rX', '/tmp/old', '/tmp/stick')
    await root.mustRun('root', 'dpkg', '--install', `/tmp/old/${firstDeb}`)
    const version = async (): Promise<string> =>
      (await root.mustRun('root', 'dpkg-query', '--show', '--showformat=${Version}', 'amorce')).replace(/~.*/, '')
    // It packs the installed version, which takes minutes on a slow disk.
    const install = async (...words: string[]): Promise<number | null> =>
      (await root.start('root', helper, ...words).finished).code
    expect(await version()).toBe('0.1.0')

    // As its user: what is on the stick is told, and nothing is installed without an administrator.
    const told = await root.run(user, 'amorce', 'update', '/tmp/stick', '--json')
    expect(JSON.parse(told.stdout)).toMatchObject({ ok: true, version: '0.2.0', file: secondDeb })
    expect((await root.run(user, helper, '/tmp/stick', secondDeb)).code).not.toBe(0)
    expect(await version()).toBe('0.1.0')

    // Refused before anything is touched, as root too.
    expect(await install('/tmp/stick', '../stick/x.deb')).toBe(64)
    expect(await install('/tmp/stick', 'amorce-update.json')).toBe(64)
    expect(await install('/tmp/old', firstDeb), 'not newer').toBe(65)
    await root.mustRun('root', 'cp', '-r', '/tmp/stick', '/tmp/swapped')
    await root.mustRun('root', 'cp', `/tmp/old/${firstDeb}`, `/tmp/swapped/${secondDeb}`)
    expect(await install('/tmp/swapped', secondDeb), 'another package under the signed name').toBe(65)
    await root.mustRun('root', 'cp', '-r', '/tmp/stick', '/tmp/unsigned')
    writeFileSync(join(root.path, 'tmp', 'unsigned', 'amorce-update.json.sig'), `${'A'.repeat(86)}==\n`)
    expect(await install('/tmp/unsigned', secondDeb), 'not signed').toBe(65)
    expect(await version()).toBe('0.1.0')

    // Installed, and the version before is a package again that holds what was there.
    expect(await install('/tmp/stick', secondDeb)).toBe(0)
    expect(await version()).toBe('0.2.0')
    expect(await root.mustRun(user, 'amorce', 'man')).toContain('Amorce 0.2.0')
    expect(await root.mustRun('root', 'dpkg', '--verify', 'amorce'), 'as the package has it').toBe('')
    expect(existsSync(join(root.path, 'var/lib/amorce-previous/amorce.deb'))).toBe(true)

    expect(await install('--previous')).toBe(0)
    expect(await version()).toBe('0.1.0')
    expect(await root.mustRun(user, 'amorce', 'man')).toContain('Amorce 0.1.0')
    expect(await root.mustRun('root', 'dpkg', '--verify', 'amorce')).toBe('')
    expect(await root.mustRun('root', 'stat', '--format=%a', '/opt/Amorce/chrome-sandbox')).toContain('4755')
    expect(await install('--previous'), 'there is none any more').not.toBe(0)
    const selftest = await root.run(user, 'amorce', 'selftest', '--json')
    expect(selftest.code, selftest.stdout + selftest.stderr).toBe(0)

    await root.mustRun('root', 'dpkg', '--purge', 'amorce')
    expect(existsSync(join(root.path, 'var/lib/amorce-previous')), 'gone with the package').toBe(false)
  } finally {
    await root.destroy()
  }
})

test('an unpacked archive is replaced in its own window, and goes back', async ({ network }) => {
  const [first, second] = [await release('0.1.0'), await release('0.2.0')]
  const root = await SparedRoot.create(network.laptop)
  try {
    await root.mustRun('root', 'useradd', '--create-home', user)
    await cp(second, join(root.path, 'tmp', 'stick'), { recursive: true })
    await cp(join(first, await nameIn(first, '.tar.gz')), join(root.path, 'tmp', 'amorce.tar.gz'))
    await root.mustRun('root', 'chmod', '-R', 'a+rX', '/tmp/stick', '/tmp/amorce.tar.gz')
    const installed = `/home/${user}/Amorce`
    await root.mustRun(user, 'mkdir', installed)
    await root.mustRun(user, 'tar', '-xzf', '/tmp/amorce.tar.gz', '--strip-components=1', '-C', installed)
    // In a changed root nobody may make user namespaces, as on Ubuntu 24.04: what is said to be typed there was typed once.
    const sandbox = `${installed}/chrome-sandbox`
    await root.mustRun('root', 'sh', '-c', `chown root:root ${sandbox} && chmod 4755 ${sandbox}`)
    const versionOnDisk = async (): Promise<string> =>
      (await root.mustRun(user, `${installed}/bin/amorce`, 'man')).match(/Amorce (\d+\.\d+\.\d+)/)?.[1] ?? ''
    expect(await versionOnDisk()).toBe('0.1.0')

    // It is started anew by itself: a screen that does not go with its first process.
    const screen = root.start(user, 'Xvfb', ':97', '-screen', '0', '1280x800x24', '-nolisten', 'tcp')
    const words = [`${installed}/bin/amorce`, '--data', '/tmp/data', '--language', 'en', ...drivable]
    const began = root.start(user, 'env', 'DISPLAY=:97', ...words)
    await began.waitFor(/DevTools listening/, 60_000)
    const window = new PackagedWindow(network.laptop, `${installed}/amorce`)
    const state = () => window.evaluate(`amorce.call('update.state')`).catch(String)
    const shows = (view: object) => expect.poll(state, { timeout: 60_000 }).toMatchObject({ ok: true, value: view })
    await shows({ version: '0.1.0', kind: 'archive', hasKey: true })
    expect(await window.evaluate(`amorce.call('update.look', { path: '/tmp/stick' })`)).toMatchObject({ ok: true })

    expect(await window.evaluate(`amorce.call('update.install')`)).toMatchObject({ ok: true })
    await shows({ version: '0.2.0', previous: { version: '0.1.0' } })
    expect(await versionOnDisk()).toBe('0.2.0')
    expect(await window.status()).toMatch(/^NoNewPrivs:\t0$/m)

    expect(await window.evaluate(`amorce.call('update.rollBack')`)).toMatchObject({ ok: true })
    await shows({ version: '0.1.0' })
    expect(await versionOnDisk()).toBe('0.1.0')

    await window.end()
    await expect.poll(() => window.processes(), { timeout: 20_000 }).toBe(0)
    await screen.stop('SIGTERM', 5_000)
  } finally {
    await root.destroy()
  }
})
