import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDropFolder, type DropFolder } from './dropFolder.ts'

const client = '192.168.60.51'
let top: string
let folder: string
let drop: DropFolder

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'amorce-drop-'))
  folder = join(top, 'drop')
  drop = createDropFolder({ folder, maxBytes: 1000, maxFiles: 3 })
})
afterEach(() => rm(top, { recursive: true, force: true }))

const put = async (name: string, bytes = 'work', from = client): Promise<string> => {
  const file = await drop.receive(name, from)
  file.write(Buffer.from(bytes))
  await file.keep()
  return file.path
}
const present = (from = client) => readdir(join(folder, from)).then((names) => names.sort())

describe('a drop folder', () => {
  it('has a folder for each machine', async () => {
    expect(await put('report.txt', 'mine')).toBe(`${client}/report.txt`)
    await put('report.txt', 'theirs', '192.168.60.52')
    expect(await readFile(join(folder, client, 'report.txt'), 'utf8')).toBe('mine')
    expect(await readFile(join(folder, '192.168.60.52', 'report.txt'), 'utf8')).toBe('theirs')
  })

  it('shows nothing under its name before it is whole', async () => {
    const file = await drop.receive('report.txt', client)
    file.write(Buffer.from('half'))
    expect(await present()).toEqual([expect.stringMatching(/^\.[0-9a-f]{16}\.part$/)])
    await file.discard()
    await file.discard()
    expect(await present()).toEqual([])
  })

  it('never overwrites, not even what came while it was on its way', async () => {
    await put('report.txt', 'first')
    await expect(put('report.txt', 'second')).rejects.toMatchObject({ code: 'upload.exists' })
    await expect(put('REPORT.TXT', 'second')).rejects.toMatchObject({ code: 'upload.exists' })
    const late = await drop.receive('other.txt', client)
    await writeFile(join(folder, client, 'other.txt'), 'theirs')
    await expect(late.keep()).rejects.toMatchObject({ code: 'upload.exists' })
    await late.discard()
    expect(await present()).toEqual(['other.txt', 'report.txt'])
    expect(await readFile(join(folder, client, 'report.txt'), 'utf8')).toBe('first')
    expect(await readFile(join(folder, client, 'other.txt'), 'utf8')).toBe('theirs')
  })

  it('has a limit of size, announced or not', async () => {
    await expect(drop.receive('x', client, 1001)).rejects.toMatchObject({ code: 'upload.tooLarge' })
    const file = await drop.receive('x', client)
    file.write(Buffer.alloc(1000))
    expect(() => file.write(Buffer.alloc(1))).toThrow(expect.objectContaining({ code: 'upload.tooLarge' }) as Error)
    await file.discard()
    expect(await present()).toEqual([])
  })

  it('has a limit of files for each machine, those on their way included', async () => {
    await put('a')
    const waiting = await Promise.all([drop.receive('b', client), drop.receive('c', client)])
    await expect(put('d')).rejects.toMatchObject({ code: 'upload.tooMany' })
    await put('d', 'work', '192.168.60.52')
    await waiting[0].discard()
    await put('d')
    await waiting[1].discard()
  })

  it('removes what a process that was killed had begun', async () => {
    await mkdir(join(folder, client), { recursive: true })
    await writeFile(join(folder, client, '.0123456789abcdef.part'), 'half')
    await put('x')
    expect(await present()).toEqual(['x'])
  })

  it.each([
    ['sub/dir/x.txt', 'sub_dir_x.txt'],
    ['C\\temp\\x.txt', 'C_temp_x.txt'],
    ['/x.txt', 'x.txt'],
  ])('folders in a name become part of it: %j', async (asked, name) => {
    expect(await put(asked)).toBe(`${client}/${name}`)
  })

  it.each(['../x', '..\\x', '/', 'a/../../x', 'NUL', 'com1.txt', 'x:y', 'x.', 'bad\nname', '.hidden', 'a'.repeat(300)])(
    'refuses %j',
    async (name) => {
      await expect(put(name)).rejects.toMatchObject({
        code: expect.stringMatching(/content\.(outsideRoot|notAFile)/) as string,
      })
    },
  )

  it.skipIf(process.platform === 'win32')('follows no link out', async () => {
    await mkdir(folder)
    await mkdir(join(top, 'elsewhere'))
    await symlink(join(top, 'elsewhere'), join(folder, client))
    await expect(put('x')).rejects.toMatchObject({ code: 'content.outsideRoot' })
    expect(await readdir(join(top, 'elsewhere'))).toEqual([])
  })

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'disk full: said so, and nothing is left',
    async () => {
      await mkdir(folder)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
      try {
        drop = createDropFolder({ folder, maxBytes: 1e6, maxFiles: 3 })
        await expect(drop.receive('x', client, 200_000)).rejects.toMatchObject({ code: 'upload.diskFull' })
        const file = await drop.receive('x', client)
        expect(() => {
          for (let n = 0; n < 100; n++) file.write(Buffer.alloc(1468))
        }).toThrow(expect.objectContaining({ code: 'upload.diskFull' }) as Error)
        await file.discard()
        expect(await present()).toEqual([])
      } finally {
        execFileSync('umount', [folder])
      }
    },
  )
})
