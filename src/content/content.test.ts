import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { CodedError } from '../contract/index.ts'
import { createContent, type Content, type ContentFile } from './content.ts'
import { blockSize } from './openFile.ts'

const client = '192.168.60.20'
const onWindows = process.platform === 'win32'

let top: string
let own: string
let loaders: string
let content: Content
let opened: ContentFile[]

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'amorce-content-'))
  own = join(top, 'own')
  loaders = join(top, 'loaders')
  await mkdir(join(own, 'Boot'), { recursive: true })
  await mkdir(loaders)
  await writeFile(join(own, 'vmlinuz'), 'kernel')
  await writeFile(join(own, 'Boot', 'BCD'), 'bcd')
  await writeFile(join(loaders, 'ipxe.efi'), 'loader')
  await writeFile(join(top, 'secret'), 'not for the network')
  content = createContent({ roots: [own, loaders] })
  opened = []
})

afterEach(async () => {
  await Promise.all(opened.map((file) => file.close()))
  await rm(top, { recursive: true, force: true })
})

const open = async (path: string, from = content) => {
  const file = await from.open(path, client)
  opened.push(file)
  return file
}

const textOf = async (path: string, from = content) => {
  const file = await open(path, from)
  return (await file.read(0, file.size)).toString()
}

const refusalOf = async (path: string, from = content) => {
  const outcome = await from.open(path, client).then(
    () => 'opened' as const,
    (error: unknown) => error,
  )
  if (!(outcome instanceof CodedError)) throw new Error(`${path}: ${String(outcome)}`)
  return outcome
}

/** Root may read everything: for as long as `task` lasts, this process is nobody in particular. */
async function asOrdinaryUser<T>(task: () => Promise<T>): Promise<T> {
  const nobody = 65_534
  if (process.geteuid?.() !== 0) return task()
  process.seteuid?.(nobody)
  try {
    return await task()
  } finally {
    process.seteuid?.(0)
  }
}

describe('finding', () => {
  it('serves a file below any root, the first root first', async () => {
    await writeFile(join(loaders, 'vmlinuz'), 'another kernel')
    expect(await textOf('vmlinuz')).toBe('kernel')
    expect(await textOf('/ipxe.efi')).toBe('loader')
  })

  it.each(['/boot/bcd', '\\BOOT\\BCD', 'Boot\\bcd', 'tftp://192.168.60.1/boot/BCD'])(
    'resolves %s, as Windows loaders ask, to the real file',
    async (path) => {
      const file = await open(path)
      expect((await file.read(0, 10)).toString()).toBe('bcd')
      if (process.platform === 'linux') expect(file.path).toBe('Boot/BCD')
    },
  )

  it.runIf(process.platform === 'linux')(
    'takes the exact spelling first and guesses between variants never',
    async () => {
      await writeFile(join(own, 'BOOTX64.EFI'), 'upper')
      await writeFile(join(own, 'bootx64.efi'), 'lower')
      expect(await textOf('BOOTX64.EFI')).toBe('upper')
      expect(await textOf('bootx64.efi')).toBe('lower')
      expect((await refusalOf('BootX64.efi')).code).toBe('content.notFound')
    },
  )

  it('passes over a root that is not there yet', async () => {
    expect(await textOf('vmlinuz', createContent({ roots: [join(top, 'later'), own] }))).toBe('kernel')
  })

  it('names the closest file when there is none', async () => {
    const error = await refusalOf('boot/vmlinux')
    expect(error.code).toBe('content.notFound')
    expect(error.details).toEqual({ path: 'boot/vmlinux', nearest: 'vmlinuz' })
    expect((await refusalOf('nothing-like-it')).details).toEqual({ path: 'nothing-like-it' })
  })

  it('lists again for suggestions only after a while', async () => {
    const clock = new ManualClock()
    const watched = createContent({ roots: [own], clock })
    expect((await refusalOf('grub.cf', watched)).details.nearest).toBeUndefined()
    await writeFile(join(own, 'grub.cfg'), '')
    expect((await refusalOf('grub.cf', watched)).details.nearest).toBeUndefined()
    clock.advance(3001)
    expect((await refusalOf('grub.cf', watched)).details.nearest).toBe('grub.cfg')
  })

  it('asks for a virtual file first, made for this client', async () => {
    const made = createContent({
      roots: [own],
      virtual: (path, from) => (path === 'boot.ipxe' ? Buffer.from(`#!ipxe\n# ${from}\n`) : undefined),
    })
    const file = await open('\\boot.ipxe', made)
    expect((await file.read(0, file.size)).toString()).toBe(`#!ipxe\n# ${client}\n`)
    expect(file.kind).toBe('script')
    expect(file.etag).toMatch(/^"[0-9a-f]{32}"$/)
    expect(await textOf('vmlinuz', made)).toBe('kernel')
  })

  it('lets the caller say what a file is', async () => {
    const told = createContent({ roots: [own], kindOf: (path) => (path === 'Boot/BCD' ? 'kernel' : 'file') })
    expect((await open('Boot/BCD', told)).kind).toBe('kernel')
    expect((await open('vmlinuz', told)).kind).toBe('file')
  })
})

describe('containment', () => {
  it.each([
    '../secret',
    '/../secret',
    '..\\secret',
    'Boot/../../secret',
    '/./../secret',
    'tftp://192.168.60.1/../secret',
    '../own/../secret',
    '../../../../../../etc/passwd',
  ])('%s is outside', async (path) => expect((await refusalOf(path)).code).toBe('content.outsideRoot'))

  it.each([
    '/etc/passwd',
    '%2e%2e/secret',
    '..%2fsecret',
    '....//secret',
    '.. /secret',
    '\u2025/secret',
    'own/vmlinuz',
  ])('%s is nothing', async (path) => expect((await refusalOf(path)).code).toMatch(/^content\.not(Found|AFile)$/))

  it('refuses an absolute path of the file system', async () => {
    expect((await refusalOf(join(top, 'secret'))).code).toMatch(/^content\.not(Found|AFile)$/)
  })

  it.skipIf(onWindows)('follows links that stay inside and no others', async () => {
    await symlink('vmlinuz', join(own, 'linux'))
    await symlink('../secret', join(own, 'leak'))
    await symlink(join(top, 'secret'), join(own, 'absolute-leak'))
    await symlink('..', join(own, 'up'))
    await symlink('../loaders/ipxe.efi', join(own, 'sideways'))
    expect(await textOf('linux')).toBe('kernel')
    for (const path of ['leak', 'LEAK', 'absolute-leak', 'up/secret', 'sideways'])
      expect((await refusalOf(path)).code, path).toBe('content.outsideRoot')
    for (const path of ['UP/SECRET', 'up/nothing']) expect((await refusalOf(path)).code, path).toBe('content.notFound')
    expect((await content.list()).map((file) => file.path)).toEqual(['Boot/BCD', 'ipxe.efi', 'linux', 'vmlinuz'])
  })

  it.skipIf(onWindows)('accepts a root that is itself reached through a link', async () => {
    await symlink(own, join(top, 'link'))
    expect(await textOf('vmlinuz', createContent({ roots: [join(top, 'link')] }))).toBe('kernel')
  })

  it('refuses what is not a plain file', async () => {
    expect((await refusalOf('Boot')).code).toBe('content.notAFile')
    expect((await refusalOf('/')).code).toBe('content.notAFile')
  })

  it.skipIf(onWindows)('refuses pipes and devices without opening them', async () => {
    execFileSync('mkfifo', [join(own, 'pipe')])
    await symlink('/dev/zero', join(own, 'zero'))
    expect((await refusalOf('pipe')).code).toBe('content.notAFile')
    expect((await refusalOf('zero')).code).toBe('content.outsideRoot')
    expect((await refusalOf('pipe', createContent({ roots: [own] }))).code).toBe('content.notAFile')
    expect((await refusalOf('zero', createContent({ roots: ['/dev'] }))).details.reason).toBe('special')
  })

  it.skipIf(onWindows)('is not caught in a loop of links', async () => {
    await symlink('b', join(own, 'a'))
    await symlink('a', join(own, 'b'))
    await symlink('.', join(own, 'self'))
    expect((await refusalOf('a')).code).toBe('content.notAFile')
    expect((await content.list()).map((file) => file.path)).toEqual(['Boot/BCD', 'ipxe.efi', 'vmlinuz'])
  })

  it.skipIf(onWindows)('says so when the system will not let a file be read', async () => {
    await chmod(join(own, 'vmlinuz'), 0)
    await chmod(top, 0o755)
    const refusal = await asOrdinaryUser(() => refusalOf('vmlinuz'))
    expect(refusal.code).toBe('content.unreadable')
  })

  it('never opens the file outside, whatever is asked', async () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'own', 'Boot', 'secret', 'tftp://h/', '%2e%2e', '\0', ' ')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 9 }), async (pieces) => {
        const file = await content.open(pieces.join(''), client).catch(() => undefined)
        if (!file) return
        expect((await file.read(0, 100)).toString()).not.toContain('not for the network')
        await file.close()
      }),
      { numRuns: 300 },
    )
  })
})

describe('reading', () => {
  const bytes = Buffer.alloc(3 * blockSize + 1000, 0).map((_, index) => (index * 31 + (index >> 8)) & 0xff)

  it('gives any part of the file, across blocks and up to the end', async () => {
    await writeFile(join(own, 'big.bin'), bytes)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length + 10), fc.nat(2 * blockSize), async (offset, length) => {
        const file = await content.open('big.bin', client)
        const part = await file.read(offset, length)
        expect(part.equals(bytes.subarray(offset, offset + length))).toBe(true)
        await file.close()
      }),
      { numRuns: 100 },
    )
  })

  it('answers at once what is in memory', async () => {
    await writeFile(join(own, 'big.bin'), bytes)
    const first = await open('big.bin')
    expect(first.read(0, 1468)).toBeInstanceOf(Promise)
    await first.read(0, 1468)
    const second = await open('big.bin')
    expect(second.read(1468, 1468)).toBeInstanceOf(Buffer)
  })

  it('reads an empty file', async () => {
    await writeFile(join(own, 'empty'), '')
    const file = await open('empty')
    expect(file.size).toBe(0)
    expect((await file.read(0, 512)).length).toBe(0)
  })

  it.runIf(process.platform === 'linux')('holds one descriptor for all who read the same file', async () => {
    const before = readdirSync('/proc/self/fd').length
    const files = await Promise.all(Array.from({ length: 64 }, () => open('vmlinuz')))
    expect(readdirSync('/proc/self/fd').length).toBe(before + 1)
    await Promise.all(files.map((file) => file.close()))
    expect(readdirSync('/proc/self/fd').length).toBe(before)
  })

  it('keeps the file open for the others when one closes, twice', async () => {
    const [one, other] = [await open('vmlinuz'), await open('vmlinuz')]
    await one.close()
    await one.close()
    expect((await other.read(0, 10)).toString()).toBe('kernel')
    expect(() => one.read(0, 10)).toThrow('read after close')
  })
})

describe('a file that changes while it is served', () => {
  const old = Buffer.alloc(3 * blockSize, 'o')
  const fresh = Buffer.alloc(3 * blockSize, 'n')

  beforeEach(() => writeFile(join(own, 'image'), old))

  const readAll = async (file: ContentFile) => {
    const parts: Buffer[] = []
    for (let at = 0; at < file.size; at += blockSize) parts.push(await file.read(at, blockSize))
    return Buffer.concat(parts)
  }

  it.skipIf(onWindows)('stays the old one for who has it open when it is replaced', async () => {
    const before = await open('image')
    await before.read(0, 10)
    await writeFile(join(own, 'image.new'), fresh)
    await rename(join(own, 'image.new'), join(own, 'image'))
    const after = await open('image')
    expect((await readAll(before)).equals(old)).toBe(true)
    expect((await readAll(after)).equals(fresh)).toBe(true)
    expect(after.etag).not.toBe(before.etag)
  })

  it.each([
    ['overwritten', () => writeFile(join(own, 'image'), fresh)],
    ['cut short', () => writeFile(join(own, 'image'), old.subarray(0, blockSize + 5))],
    ['lengthened', () => writeFile(join(own, 'image'), Buffer.concat([old, fresh]))],
  ])('is given up when it is %s in place', async (_, change) => {
    const file = await open('image')
    await file.read(0, 10)
    await change()
    await utimes(join(own, 'image'), new Date(), new Date(Date.now() + 5000))
    await expect(readAll(file)).rejects.toMatchObject({ code: 'content.changed' })
    const again = await open('image')
    expect((await readAll(again)).length).toBe(again.size)
  })
})
