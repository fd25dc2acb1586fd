import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { packLinux } from '../../tools/package.mjs'
import { expect, labTest as test } from '../support/fixtures.ts'
import { publisherKey, signRelease } from '../support/release.ts'
import { SparedRoot } from '../support/sparedRoot.ts'
import { temporaryFolder } from '../support/temporary.ts'

// polkit needs a system bus with its daemon, which a namespace has not: what pkexec would start as root is started as root here,
// and the normal user is seen to get no further than pkexec.

const user = 'technicienne'
const helper = '/usr/lib/amorce/install-update'

test('an installed Debian package takes a signed release from a stick, and goes back', async ({ network }) => {
  // Two packages are made first.
  test.setTimeout(1_500_000)
  const publisher = publisherKey()
  const kept = temporaryFolder('packages')
  const packed = async (version: string): Promise<string> => {
    process.env['AMORCE_UPDATE_KEY'] = publisher.privatePem
    try {
      const { files } = await packLinux({ compression: 'none', version })
      const deb = files.find((file) => file.endsWith('.deb'))
      if (!deb) throw new Error('there is no package')
      const folder = join(kept, version)
      await mkdir(folder)
      await cp(deb, join(folder, deb.replace(/^.*\//, '')))
      return folder
    } finally {
      delete process.env['AMORCE_UPDATE_KEY']
    }
  }
  const [first, second] = [await packed('0.1.0'), await packed('0.2.0')]
  signRelease(first, '0.1.0', publisher.privatePem)
  signRelease(second, '0.2.0', publisher.privatePem)
  const nameIn = async (folder: string): Promise<string> =>
    (await readdir(folder)).find((name) => name.endsWith('.deb')) ?? ''
  const [firstDeb, secondDeb] = [await nameIn(first), await nameIn(second)]

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
    rmSync(kept, { recursive: true, force: true })
  }
})
