import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'
import { mustRun } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary.ts'

// Images as other people's programs make them, and as nobody should, given to the real app.

/** What the Linux kernel's boot protocol looks for in a kernel: 0x55aa at 510, `HdrS` at 514. */
function kernel(): Buffer {
  const bytes = randomBytes(64 * 1024)
  bytes.set([0x55, 0xaa], 510)
  bytes.write('HdrS', 514, 'latin1')
  return bytes
}

const debianLive = {
  'live/vmlinuz': kernel(),
  'live/initrd.img': Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), randomBytes(100_000)]),
  'live/filesystem.squashfs': Buffer.concat([Buffer.from('hsqs'), randomBytes(3_000_000)]),
}
const windows = {
  'boot/bcd': Buffer.concat([Buffer.from('regf'), randomBytes(8_000)]),
  'boot/boot.sdi': Buffer.concat([Buffer.from('$SDI'), randomBytes(60_000)]),
  'sources/boot.wim': Buffer.concat([Buffer.from('MSWIM\0\0\0', 'latin1'), randomBytes(2_000_000)]),
}

async function makeImage(name: string, files: Record<string, Buffer>, command: string[]): Promise<string> {
  const folder = temporaryFolder('image')
  const source = join(folder, 'tree')
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(source, path)), { recursive: true })
    writeFileSync(join(source, path), bytes)
  }
  const image = join(folder, name)
  const [program = '', ...words] = command
  await mustRun(program, [...words, '-quiet', '-o', image, source])
  return image
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const debianLiveName = (path: string): string =>
  ({ 'live/vmlinuz': 'vmlinuz', 'live/initrd.img': 'initrd.img', 'live/filesystem.squashfs': 'filesystem.squashfs' })[
    path
  ] ?? ''
const windowsName = (path: string): string =>
  ({ 'boot/bcd': 'BCD', 'boot/boot.sdi': 'boot.sdi', 'sources/boot.wim': 'boot.wim' })[path] ?? ''

const layouts = [
  { name: 'iso9660', command: ['genisoimage', '-iso-level', '3'], files: debianLive, family: 'debianLive' },
  { name: 'joliet', command: ['genisoimage', '-J', '-V', 'LIVE'], files: debianLive, family: 'debianLive' },
  { name: 'rockRidge', command: ['genisoimage', '-R'], files: debianLive, family: 'debianLive' },
  { name: 'xorriso', command: ['xorriso', '-as', 'mkisofs', '-R', '-J'], files: debianLive, family: 'debianLive' },
  // As Windows' own discs are: what counts is in the UDF part alone.
  { name: 'udf', command: ['genisoimage', '-udf', '-hide', '*'], files: windows, family: 'windows' },
] as const

test('systems are taken from images of every layout', async ({ launch }) => {
  test.setTimeout(120_000)
  const amorce = await launch()
  for (const { name, command, files, family } of layouts) {
    const image = await makeImage(`${name}.iso`, files, [...command])
    expect(await amorce.call('media.open', { path: image }), name).toMatchObject({ family, folder: name, missing: [] })
    const { profileId, files: taken } = await amorce.call('media.take', { name, commandLine: '' })
    const nameOf = family === 'windows' ? windowsName : debianLiveName
    expect(taken, name).toEqual(
      Object.entries(files).map(([path, bytes]) => ({
        path: `${name}/${nameOf(path)}`,
        size: bytes.length,
        sha256: sha256(bytes),
      })),
    )
    for (const { path, sha256: said } of taken)
      expect(sha256(readFileSync(join(amorce.dataFolder, 'boot', path))), path).toBe(said)
    const { findings } = await amorce.call('profile.inspect', profileId)
    // Nobody has brought wimboot.
    expect(findings.map(({ finding }) => finding)).toEqual(family === 'windows' ? ['wimbootMissing'] : [])
  }
})

/** Every place where `from` is in an image becomes `to`, of the same length. */
function patched(image: string, from: Buffer, to: Buffer): string {
  const bytes = readFileSync(image)
  let found = 0
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1), found++) to.copy(bytes, at)
  expect(found).toBeGreaterThan(0)
  writeFileSync(image, bytes)
  return image
}

/** A number as ISO 9660 writes it in directory records, in both orders (ECMA-119 section 7.3.3). */
function both(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(value, 0)
  bytes.writeUInt32BE(value, 4)
  return bytes
}

/** Whatever the app makes of it: it says so, and leaves nothing behind. */
async function refuses(amorce: Amorce, image: string): Promise<string> {
  const boot = join(amorce.dataFolder, 'boot')
  const there = (): string[] =>
    existsSync(boot) ? readdirSync(boot, { recursive: true, encoding: 'utf8' }).sort() : []
  const before = there()
  const outcome = await amorce
    .call('media.open', { path: image })
    .then(async ({ profile, problem }) => {
      if (!profile) return `problem ${problem}`
      await amorce.call('media.take', { name: 'hostile', commandLine: '' })
      return 'taken'
    })
    .catch((error: Error) => /^media\.\w+: ([\w.]+): /.exec(error.message)?.[1] ?? error.message)
  expect(there()).toEqual(before)
  expect(readdirSync(amorce.dataFolder).filter((name) => /evil/.test(name))).toEqual([])
  return outcome
}

const unreadable = 'media.unreadable'

test('images that are broken or hostile are refused whole', async ({ launch }) => {
  test.setTimeout(180_000)
  const amorce = await launch()
  const live = (name: string): Promise<string> => makeImage(name, debianLive, ['genisoimage', '-R'])

  const short = await live('short.iso')
  truncateSync(short, 1_000_000)
  expect(await refuses(amorce, short)).toBe(unreadable)

  const barelyBegun = await live('begun.iso')
  truncateSync(barelyBegun, 40_000)
  expect(await refuses(amorce, barelyBegun)).toBe(unreadable)

  const udf = await makeImage('shortUdf.iso', windows, ['genisoimage', '-udf', '-hide', '*'])
  truncateSync(udf, 1_500_000)
  expect(await refuses(amorce, udf)).toBe(unreadable)

  // Its squashfs says that it is nearly 4 GB long.
  const squashfs = debianLive['live/filesystem.squashfs'].length
  const absurd = patched(await live('absurd.iso'), both(squashfs), both(0xfffff000))
  expect(await refuses(amorce, absurd)).toBe(unreadable)

  const climbing = patched(
    await makeImage('climbing.iso', { ...debianLive, 'live/xx_xx_evil.squashfs': randomBytes(4_000_000) }, [
      'genisoimage',
      '-R',
    ]),
    Buffer.from('xx_xx_evil.squashfs'),
    Buffer.from('../../evil.squashfs'),
  )
  // A name that climbs out is no name of a live system; what is beside it may be taken.
  const climbed = await amorce.call('media.open', { path: climbing })
  expect(climbed.files.every(({ to }) => /^[\w.]+$/.test(to))).toBe(true)
  if (climbed.profile) await amorce.call('media.take', { name: 'climbing', commandLine: '' })
  expect(existsSync(join(amorce.dataFolder, 'evil.squashfs'))).toBe(false)
  expect(existsSync(join(amorce.dataFolder, '..', 'evil.squashfs'))).toBe(false)

  // A folder that is its own parent: its record leads to where the root's does.
  const looping = await makeImage('looping.iso', { ...debianLive, 'live/round/x': Buffer.from('x') }, ['genisoimage'])
  const bytes = readFileSync(looping)
  const rootExtent = bytes.subarray(16 * 2048 + 156 + 2, 16 * 2048 + 156 + 18)
  // After the path tables, which name it too, comes its record: 33 bytes and its name (ECMA-119 section 9.1).
  rootExtent.copy(bytes, bytes.lastIndexOf(Buffer.from('\x05ROUND', 'latin1')) - 32 + 2)
  writeFileSync(looping, bytes)
  expect(await refuses(amorce, looping)).toBe(unreadable)

  const noise = join(temporaryFolder('noise'), 'noise.iso')
  writeFileSync(noise, randomBytes(500_000))
  expect(await refuses(amorce, noise)).toBe(unreadable)

  // And it still works.
  const whole = await live('whole.iso')
  await amorce.call('media.open', { path: whole })
  expect((await amorce.call('media.take', { name: 'whole', commandLine: '' })).files).toHaveLength(3)
})
