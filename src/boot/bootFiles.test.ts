import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBootFiles, type BootFiles } from './bootFiles.ts'
import type { BootProfile } from './script.ts'
import { linuxProfile } from './testing.ts'

let folder: string
let own: string
let loaders: string
let profiles: BootProfile[]
let files: BootFiles

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const pinned = { 'undionly.kpxe': 'the BIOS loader', 'ipxe.efi': 'the UEFI loader' }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amorce-boot-files-'))
  own = join(folder, 'own')
  loaders = join(folder, 'loaders')
  profiles = []
  await mkdir(loaders)
  for (const [name, text] of Object.entries(pinned)) await writeFile(join(loaders, name), text)
  const manifestPath = join(folder, 'boot-loaders.json')
  const list = Object.entries(pinned).map(([name, text]) => ({ name, size: text.length, sha256: sha256(text) }))
  const signed = [{ name: 'shimx64.efi', size: 4, sha256: sha256('shim') }]
  const packages = [
    { name: 'iPXE', version: '1', licence: 'GPL-2.0-only', files: list },
    { name: 'shim', version: '1', licence: 'BSD-2-Clause', optional: true, files: signed },
  ]
  await writeFile(manifestPath, JSON.stringify({ packages }))
  files = createBootFiles({ loaderFolder: loaders, ownFolder: own, manifestPath, profiles: () => profiles })
})
afterEach(() => rm(folder, { recursive: true }))

/** A file outside the boot-file folder, as a technician chooses one. */
async function outside(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const refusal = (code: string): object => expect.objectContaining({ code }) as object

describe('the list', () => {
  it('has the loaders, checked, even before there is an own folder', async () => {
    expect(await files.list()).toEqual({
      folder: own,
      missingLoaders: [],
      files: Object.entries(pinned).map(([path, text]) => ({
        path,
        size: text.length,
        modifiedAt: expect.any(Number),
        origin: 'loader',
        verified: true,
      })),
    })
  })

  it('does without what is optional, but not with a changed one', async () => {
    expect((await files.list()).missingLoaders).toEqual([])
    await writeFile(join(loaders, 'shimx64.efi'), 'sham')
    expect((await files.list()).missingLoaders).toEqual(['shimx64.efi'])
  })

  it('tells a loader that was changed, cut short or removed', async () => {
    await writeFile(join(loaders, 'undionly.kpxe'), 'the BIOS LOADER')
    await rm(join(loaders, 'ipxe.efi'))
    expect(await files.list()).toMatchObject({
      files: [{ path: 'undionly.kpxe', verified: false }],
      missingLoaders: ['undionly.kpxe', 'ipxe.efi'],
    })
  })

  it('looks again at a loader whose date or size changed, and only then', async () => {
    const path = join(loaders, 'ipxe.efi')
    const date = new Date('2026-01-05T08:00:00Z')
    await utimes(path, date, date)
    const verified = async (): Promise<boolean | undefined> =>
      (await files.list()).files.find((file) => file.path === 'ipxe.efi')?.verified
    expect(await verified()).toBe(true)

    await writeFile(path, 'THE uefi LOADER')
    await utimes(path, date, date)
    expect(await verified()).toBe(true)

    await utimes(path, date, new Date('2026-01-05T09:00:00Z'))
    expect(await verified()).toBe(false)
    await writeFile(path, pinned['ipxe.efi'])
    expect(await verified()).toBe(true)
  })

  it('has the own files, at any depth, and an own loader instead of the pinned one', async () => {
    await mkdir(join(own, 'debian'), { recursive: true })
    await writeFile(join(own, 'debian', 'vmlinuz'), 'kernel')
    await writeFile(join(own, 'ipxe.efi'), 'newer')
    await rm(join(loaders, 'ipxe.efi'))
    const { files: listed, missingLoaders } = await files.list()
    expect(listed.map(({ path, origin }) => [path, origin])).toEqual([
      ['undionly.kpxe', 'loader'],
      ['debian/vmlinuz', 'own'],
      ['ipxe.efi', 'own'],
    ])
    expect(missingLoaders).toEqual([])
  })
})

describe('adding a file', () => {
  it('copies it whole, and leaves nothing else', async () => {
    const source = await outside('vmlinuz', 'kernel')
    await chmod(source, 0o400)
    expect(await files.add(source)).toBe('vmlinuz')
    expect(await readFile(join(own, 'vmlinuz'), 'utf8')).toBe('kernel')
    expect(await readdir(own)).toEqual(['vmlinuz'])
  })

  it('replaces the one of the same name', async () => {
    await files.add(await outside('vmlinuz', 'old'))
    await files.add(await outside('vmlinuz', 'new'))
    expect(await readFile(join(own, 'vmlinuz'), 'utf8')).toBe('new')
  })

  it.each([
    ['Système d’épreuve.img', 'Systeme-d-epreuve.img'],
    ['.hidden', 'hidden'],
    ['éé', 'ee'],
    ['…', 'file'],
    ['a b+c_d.iso', 'a-b+c_d.iso'],
  ])('gives %s a name that loaders can ask for: %s', async (name, stored) => {
    expect(await files.add(await outside(name, 'x'))).toBe(stored)
  })

  it('refuses what is no file, and leaves nothing', async () => {
    await expect(files.add(join(folder, 'nowhere'))).rejects.toEqual(refusal('content.notFound'))
    await expect(files.add(loaders)).rejects.toEqual(refusal('content.notAFile'))
    expect((await files.list()).files.filter((file) => file.origin === 'own')).toEqual([])
  })

  it('sweeps up what a killed copy left, and never lists it', async () => {
    await mkdir(own)
    await writeFile(join(own, '.unfinished-1-1'), 'half')
    expect((await files.list()).files.filter((file) => file.origin === 'own')).toEqual([])
    await files.add(await outside('vmlinuz', 'kernel'))
    expect(await readdir(own)).toEqual(['vmlinuz'])
  })

  it('takes several at once', async () => {
    const sources = await Promise.all(['a', 'b', 'c'].map((name) => outside(name, name.repeat(100_000))))
    expect(await Promise.all(sources.map((source) => files.add(source)))).toEqual(['a', 'b', 'c'])
    for (const name of ['a', 'b', 'c']) expect(await readFile(join(own, name), 'utf8')).toBe(name.repeat(100_000))
  })
})

describe('removing a file', () => {
  it('removes it', async () => {
    await mkdir(join(own, 'debian'), { recursive: true })
    await writeFile(join(own, 'debian', 'vmlinuz'), 'kernel')
    await files.remove('debian/vmlinuz')
    expect(await readdir(join(own, 'debian'))).toEqual([])
  })

  it.each(['kernel', 'initrds'])('is refused while a profile names it among its %s', async (field) => {
    await files.add(await outside('vmlinuz', 'kernel'))
    profiles = [linuxProfile({ name: 'Exam', [field]: field === 'kernel' ? 'vmlinuz' : ['x', 'vmlinuz'] })]
    await expect(files.remove('vmlinuz')).rejects.toMatchObject({
      code: 'boot.fileInUse',
      details: { path: 'vmlinuz', profile: 'Exam' },
    })
    expect(await readdir(own)).toEqual(['vmlinuz'])
  })

  it('is refused for a pinned loader, and not for an own one of its name', async () => {
    await expect(files.remove('ipxe.efi')).rejects.toEqual(refusal('input.invalid'))
    await files.add(await outside('ipxe.efi', 'newer'))
    await files.remove('ipxe.efi')
    expect(await readFile(join(loaders, 'ipxe.efi'), 'utf8')).toBe(pinned['ipxe.efi'])
  })

  it('never leaves the folder', async () => {
    const precious = await outside('precious', 'x')
    await mkdir(own)
    await symlink(folder, join(own, 'out'))
    for (const path of ['../precious', 'a/../../precious', '/precious', 'out/precious', ''])
      await expect(files.remove(path)).rejects.toEqual(refusal('content.outsideRoot'))
    expect(await readFile(precious, 'utf8')).toBe('x')
  })

  it('of one that is not there says so', async () => {
    await expect(files.remove('nothing')).rejects.toEqual(refusal('content.notFound'))
    await expect(files.remove('no/thing')).rejects.toEqual(refusal('content.notFound'))
  })
})

describe('what a profile lacks', () => {
  it('is each file that is in neither folder, once', async () => {
    await files.add(await outside('vmlinuz', 'kernel'))
    await mkdir(join(own, 'folder'))
    const profile = linuxProfile({ kernel: 'vmlinuz', initrds: ['ipxe.efi', 'folder', 'gone', 'gone', 'no/where'] })
    expect(await files.missing(profile)).toEqual(['folder', 'gone', 'no/where'])
  })

  it('is nothing for the local disk', async () => {
    expect(await files.missing(linuxProfile({ system: 'localDisk', kernel: '', initrds: [] }))).toEqual([])
  })
})
