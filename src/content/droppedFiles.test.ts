import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDropFolder } from './dropFolder.ts'
import { listDropped, removeDropped } from './droppedFiles.ts'

const client = '192.168.60.51'
let top: string
let folder: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'amorce-dropped-'))
  folder = join(top, 'drop')
})
afterEach(() => rm(top, { recursive: true, force: true }))

const put = async (name: string, at: number, from = client): Promise<void> => {
  await mkdir(join(folder, from), { recursive: true })
  await writeFile(join(folder, from, name), 'x'.repeat(at))
  await utimes(join(folder, from, name), at, at)
}

describe('what machines dropped', () => {
  it('is nothing before the folder is there', async () => expect(await listDropped(folder)).toEqual([]))

  it('is listed with its machine, latest first, without what is on its way, links and strays', async () => {
    await put('first.txt', 10)
    await put('second.txt', 20, '192.168.60.52')
    await put('notes', 30, 'notes')
    await writeFile(join(top, 'secret'), 'secret')
    await symlink(join(top, 'secret'), join(folder, client, 'link'))
    await symlink(join(folder, 'notes'), join(folder, '192.168.60.53'))
    await createDropFolder({ folder, maxBytes: 10, maxFiles: 10 }).receive('half.txt', client)
    expect(await listDropped(folder)).toEqual([
      { client: '192.168.60.52', name: 'second.txt', size: 20, arrivedAt: 20_000 },
      { client, name: 'first.txt', size: 10, arrivedAt: 10_000 },
    ])
  })

  it('is removed, and the folder of a machine with its last file', async () => {
    await put('a', 1)
    await put('b', 1)
    await removeDropped(folder, client, 'a')
    expect(await readdir(join(folder, client))).toEqual(['b'])
    await removeDropped(folder, client, 'b')
    expect(await readdir(folder)).toEqual([])
    await expect(removeDropped(folder, client, 'b')).rejects.toMatchObject({ code: 'content.notFound' })
  })

  it('is all that can be removed', async () => {
    await put('a', 1)
    await writeFile(join(top, 'secret'), 'secret')
    await symlink(top, join(folder, '192.168.60.53'))
    const attempts: [string, string][] = [
      [client, '../../secret'],
      [client, '..'],
      [client, '..\\a'],
      ['..', 'secret'],
    ]
    for (const [from, name] of attempts)
      await expect(removeDropped(folder, from, name)).rejects.toMatchObject({ code: 'content.outsideRoot' })
    await expect(removeDropped(folder, '192.168.60.53', 'secret')).rejects.toMatchObject({ code: 'content.notFound' })
    expect(await readdir(top)).toContain('secret')
  })
})
