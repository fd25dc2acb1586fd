import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cpio } from '../overlay/index.ts'
import { readInitramfs } from './initramfs.ts'
import { packLz4 } from './testdata/packLz4.ts'
import { remembered } from './remembered.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-initramfs-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, ...parts: Buffer[]): string => {
  const file = join(folder, name)
  writeFileSync(file, Buffer.concat(parts))
  return file
}
const look = (...parts: Buffer[]): ReturnType<typeof readInitramfs> => readInitramfs([put('initrd', ...parts)])
const archive = (...paths: string[]): Buffer =>
  cpio(paths.map((path) => ({ path, mode: 0o100644, content: Buffer.from(`of ${path}`) })))

const initramfsTools = ['init', 'conf/initramfs.conf', 'scripts/functions']
const debianLive = archive(...initramfsTools, 'scripts/live')
const dracut = archive('init', 'usr/lib/dracut-lib.sh')
const unknown = archive('init', 'bin/busybox')
const microcode = archive('kernel/x86/microcode/GenuineIntel.bin')
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes)

describe('the make of an initramfs', () => {
  it.each([
    ['liveBoot', debianLive],
    ['casper', archive(...initramfsTools, 'scripts/casper')],
    ['initramfsTools', archive(...initramfsTools)],
    ['initramfsTools', archive(...initramfsTools.map((path) => `./${path}`))],
    ['dracut', dracut],
    ['dracut', archive('init', 'lib/dracut-lib.sh')],
    ['other', unknown],
    ['other', archive('scripts/functions', 'scripts/live')],
  ] as const)('is %s by its files', async (kind, plain) => {
    expect(await look(plain)).toEqual({ kind, damaged: [] })
    expect(await look(gzipSync(plain))).toEqual({ kind, damaged: [] })
  })

  it('is that of the main archive behind those for the processor, each padded', async () => {
    const early = [microcode, zeros(508), archive('kernel/x86/microcode/AuthenticAMD.bin'), zeros(2048)]
    expect((await look(...early, gzipSync(debianLive))).kind).toBe('liveBoot')
    expect((await look(...early, dracut)).kind).toBe('dracut')
    expect((await look(...early, gzipSync(unknown))).kind).toBe('other')
  })

  it('is that of all initrds of a profile together', async () => {
    const files = [
      put('a', microcode),
      put('b', archive('conf/initramfs.conf')),
      put('c', archive('scripts/functions')),
    ]
    expect((await readInitramfs(files)).kind).toBe('initramfsTools')
  })

  it('is that of all archives of lz4, and of what follows them behind zeros', async () => {
    const functions = archive('scripts/functions', ...Array.from({ length: 99 }, (_, index) => `scripts/x/${index}`))
    const blocks = packLz4(functions.subarray(0, 700), functions.subarray(700))
    const rest = archive('conf/initramfs.conf', 'scripts/casper')
    for (const last of [rest, gzipSync(rest), packLz4(rest)]) {
      expect(await look(microcode, zeros(300), blocks, zeros(8), last)).toEqual({ kind: 'casper', damaged: [] })
      // Without them it is nothing to the kernel; a frame may follow a frame.
      const kind = last.readUInt32LE() === blocks.readUInt32LE() ? 'casper' : 'unread'
      expect((await look(blocks, last)).kind).toBe(kind)
    }
  })

  it('is found behind megabytes of modules', async () => {
    const modules = { path: 'lib/modules', mode: 0o100644, content: Buffer.alloc(3 * 2 ** 20, 'module') }
    const main = gzipSync(Buffer.concat([cpio([modules]), debianLive]))
    expect(await look(microcode, zeros(512), main)).toEqual({ kind: 'liveBoot', damaged: [] })
  })

  // The archive of an unknown make, as each program packs it: only what was read to its end is said to be of one.
  it.each([
    [
      'xz',
      '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AGDAFZdABgN3QRjnHIbdqHAKPF176dMvuELK7hCeplKotXXjblOcsAc4q2PTGBTuc4LJAzJ7/8Npk076pqjfq3Fsz1WAPWND+sCMIWOpmnBtZjDI3EaG33JY4FNAAAA49FP4AABboQDAAAASwN4pz4wDYsCAAAAAAFZWg==',
    ],
    [
      'zstd',
      'KLUv/QRYRQMAdAMwNzA3MDEwODFhNDcwNTBpbml0AABvZiAyZWNiaW4vYnVzeWJveAAzYlRSQUlMRVIhISEAAAAAFQBMERKUABDIBcB6D3MEzYHDuwmIA0oGRPKHAyz3gAwHDwGJpQgACUDQygUDMALUNBRB',
    ],
    [
      'lzma',
      'XQAAgAD//////////wAYDd0EY5xyG3ahwCjxde+nTL7hCyu4QnqZSqLV1425TnLAHOKtj0xgU7nOCyQMye//DaZNO+qao36txbM9VgD1jQ/rAjCFjqZpwbWYwyNxGht9yuVXSP//SqEtAA==',
    ],
    [
      'bzip2',
      'QlpoOTFBWSZTWWJjE8MAADT/gEwICAhoAP7AIiQUADshjmAgAHUNJPSA0NNNBkHpACU1TTTQJhGaEwhiQR0kuUlWITMcDzRx9EwzF16bfiLiJHL5LQDJSivJxlkM4hYXIRgYKoPThEly4PmT4dBrfBuIQ3OQ8jzscSEDs/i7kinChIMTGJ4Y',
    ],
    [
      'lz4',
      'AiFMGHQAAAByMDcwNzAxMAEAAQgAXzgxYTQwAQADGzEQAC83MAEAExQ1CQCRaW5pdAAAb2YgCQAJfAAfMnwAHB9lfAAUFGMJAMFiaW4vYnVzeWJveACEAAkRAAmMAB8zVAAMLzEwAQAjFGIJAOBUUkFJTEVSISEhAAAAAA==',
    ],
  ])('is found in what %s packed', async (_, packed) => {
    const main = Buffer.from(packed, 'base64')
    expect(await look(microcode, zeros(512), main)).toEqual({ kind: 'other', damaged: [] })
    expect((await look(main.subarray(0, -20))).kind).toBe('unread')
    // As a loader pads it.
    if (_ === 'lz4') expect(await look(main, zeros(6))).toEqual({ kind: 'other', damaged: [] })
    const rest = put('rest', debianLive)
    expect((await readInitramfs([put('initrd', main), rest])).kind).toBe('liveBoot')
  })
})

describe('what cannot be read to its end', () => {
  const modules = Array.from({ length: 2000 }, (_, index) => `usr/lib/modules/${index * 7919}.ko`)

  it.each([
    ['lz4 of nothing', Buffer.from([0x02, 0x21, 0x4c, 0x18, 1, 0, 0, 0, 0])],
    ['lz4 that no kernel takes', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0, 0, 0, 0])],
    ['something else in lz4', packLz4(Buffer.from('<!DOCTYPE html>'))],
    ['an archive of lz4 with something unknown behind it', Buffer.concat([packLz4(unknown), Buffer.from('signature')])],
    ['lzo', Buffer.from([0x89, 0x4c, 0x5a, 0x4f, 0, 0, 0, 0])],
    ['zeros alone', zeros(100_000)],
    ['an archive with something unknown behind it', Buffer.concat([gzipSync(unknown), Buffer.from('signature')])],
    ['something else that is packed', gzipSync(Buffer.from('<!DOCTYPE html>'))],
    ['nothing that is packed', gzipSync(zeros(0))],
    ['what only begins as gzip does', Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), randomBytes(100_000)])],
  ])('is not said to be of another make: %s', async (_, main) => {
    expect(await look(main)).toEqual({ kind: 'unread', damaged: [] })
    if (main[0] !== 0) expect((await look(microcode, main)).kind).toBe('unread')
  })

  it('tells a file that was cut short', async () => {
    const large = archive(...modules)
    const packed = [gzipSync(large), packLz4(large), packLz4(large.subarray(0, 1000), large.subarray(1000))]
    for (const whole of [large, ...packed, Buffer.concat([microcode, zeros(512), gzipSync(large)])]) {
      const file = put('cut', whole.subarray(0, whole.length * 0.6))
      expect(await readInitramfs([file])).toEqual({ kind: 'unread', damaged: [file] })
    }
  })

  it('tells it of one whose make it has seen, too', async () => {
    const whole = gzipSync(archive(...initramfsTools, 'scripts/live', ...modules))
    const file = put('cut', whole.subarray(0, whole.length * 0.6))
    expect(await readInitramfs([file])).toEqual({ kind: 'liveBoot', damaged: [file] })
  })
})

describe('a hostile initrd', () => {
  /** A header whose fields say what they are told to. */
  const header = (fields: Record<number, string>, name = 'x\0'): Buffer => {
    const all = Array.from({ length: 13 }, (_, index) => fields[index] ?? '00000000')
    return Buffer.from(`070701${all.join('')}${name}`)
  }
  const nameSize = 11
  const size = 6

  it.each([
    ['a name of 4 GiB', header({ [nameSize]: 'ffffffff' })],
    ['a name of no bytes', header({ [nameSize]: '00000000' })],
    ['a size that is no number', header({ [nameSize]: '00000002', [size]: '-0x1z   ' })],
    ['a file of 4 GiB that is not there', header({ [nameSize]: '00000002', [size]: 'ffffffff' })],
    ['something between two files', Buffer.concat([unknown.subarray(0, 4 * 30), Buffer.from('0707xx'), unknown])],
  ])('with %s is damaged', async (_, hostile) => {
    const { kind, damaged } = await look(hostile)
    expect(kind).toBe('unread')
    expect(damaged).toHaveLength(1)
    expect(await look(gzipSync(hostile))).toMatchObject({ kind: 'unread' })
  })

  it('gets nowhere by names that lead up, and is not taken for what they end with', async () => {
    const up = initramfsTools.map((path) => `../${path}`)
    expect(await look(archive('../../etc/passwd', ...up))).toEqual({ kind: 'other', damaged: [] })
  })

  it('with more zeros than any padding has is left', async () => {
    const file = put('initrd', microcode)
    truncateSync(file, 2 ** 40)
    expect(await readInitramfs([file], 2 ** 24)).toEqual({ kind: 'unread', damaged: [] })
  })

  it('that unpacks to much more than it is is left', async () => {
    const bomb = put('initrd', gzipSync(cpio([{ path: 'zeros', mode: 0o100644, content: zeros(2 ** 24) }])))
    expect(await readInitramfs([bomb])).toEqual({ kind: 'other', damaged: [] })
    expect(await readInitramfs([bomb], 2 ** 20)).toEqual({ kind: 'unread', damaged: [] })
    // One byte, copied until the block is as long as the header says.
    const copies = Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), Buffer.alloc(30_000, 255), Buffer.from([0, 0])])
    const size = Buffer.alloc(4)
    size.writeUInt32LE(copies.length)
    const blocks = Array.from({ length: 20 }, () => [size, copies]).flat()
    const header = cpio([{ path: 'zeros', mode: 0o100644, content: zeros(2 ** 24) }]).subarray(0, 2 ** 10)
    const lz4Bomb = put('initrd', packLz4(header), ...blocks)
    expect(await readInitramfs([lz4Bomb], 2 ** 20)).toEqual({ kind: 'unread', damaged: [] })
  })
})

it('is looked into once for as long as it does not change', async () => {
  let looks = 0
  const reader = remembered({ initramfs: (files) => (looks++, readInitramfs(files)) })
  const { signal } = new AbortController()
  const file = put('initrd', dracut)
  expect((await reader.initramfs([file], signal)).kind).toBe('dracut')
  expect((await reader.initramfs([file], signal)).kind).toBe('dracut')
  expect(looks).toBe(1)
  put('initrd', unknown)
  expect((await reader.initramfs([file], signal)).kind).toBe('other')
  expect(looks).toBe(2)
})
