import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeSampleMedia } from './sampleMedia.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amorce-media-'))
})

afterEach(() => rm(folder, { recursive: true }))

it('writes a kernel, an initrd and stand-ins for the loaders, each saying that it is none', async () => {
  const { kernel, initrd } = await writeSampleMedia(folder)
  for (const path of [kernel, initrd, 'undionly.kpxe', 'ipxe.efi', 'snponly.efi']) {
    const bytes = await readFile(join(folder, path))
    expect(bytes.toString('latin1', 0, 80)).toMatch(/^AMORCE SIMULATED (KERNEL|INITRD|LOADER): .*CANNOT BE STARTED\n/)
  }
  expect((await stat(join(folder, kernel))).size).toBe(4 * 1024 * 1024)
  expect((await stat(join(folder, initrd))).size).toBe(12 * 1024 * 1024)
})

it('leaves what is there, repairs what was cut short, and never touches a real loader', async () => {
  const { kernel, initrd } = await writeSampleMedia(folder)
  const before = await readFile(join(folder, initrd))
  const longAgo = new Date('2020-01-01')
  await utimes(join(folder, kernel), longAgo, longAgo)
  await writeFile(join(folder, initrd), 'cut short')
  await writeFile(join(folder, 'ipxe.efi'), 'a real one')

  await writeSampleMedia(folder)

  expect((await stat(join(folder, kernel))).mtime).toEqual(longAgo)
  expect(before.equals(await readFile(join(folder, initrd)))).toBe(true)
  expect(await readFile(join(folder, 'ipxe.efi'), 'utf8')).toBe('a real one')
})
