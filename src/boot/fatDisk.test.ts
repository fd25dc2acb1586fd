import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readerHere } from '../media/index.ts'
import { fatDisk } from './fatDisk.ts'

it('makes a disk whose files somebody else reads as they were', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-fat-'))
  try {
    const long = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
    const files = {
      'EFI/BOOT/BOOTX64.EFI': long,
      'EFI/BOOT/GRUBX64.EFI': Buffer.alloc(1024, 1),
      'GRUB/GRUB.CFG': Buffer.from('x\n'),
    }
    const image = join(folder, 'disk.img')
    writeFileSync(image, fatDisk(files)!)
    const { entries } = await readerHere.list(image, false, new AbortController().signal)
    const sizes = entries.filter(({ isFile }) => isFile).map(({ path, size }) => [path, size])
    expect(Object.fromEntries(sizes)).toEqual({
      'EFI/BOOT/BOOTX64.EFI': 300_000,
      'EFI/BOOT/GRUBX64.EFI': 1024,
      'GRUB/GRUB.CFG': 2,
    })
    const into = mkdtempSync(join(folder, 'out-'))
    const taken = [{ from: 'EFI/BOOT/BOOTX64.EFI', to: 'shim', size: long.length }]
    const order = { source: image, isFolder: false, files: taken, into }
    await readerHere.take(order, () => {}, new AbortController().signal)
    expect(readFileSync(join(into, 'shim')).equals(long)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('makes none of what is too large for one', () => {
  expect(fatDisk({ 'A.BIN': Buffer.alloc(65 * 2 ** 20) })).toBeUndefined()
})
