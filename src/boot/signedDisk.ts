import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fatDisk } from './fatDisk.ts'

/**
 * The signed chain as a disk: shim by the name that firmware starts, GRUB beside it, and its configuration where GRUB looks for it
 * on the disk that it came from.
 * @param roots the first that has a loader wins
 * @returns undefined when a loader is missing
 */
export function signedDisk(roots: readonly string[], configuration: string): Buffer | undefined {
  const shim = firstOf(roots, 'shimx64.efi')
  const grub = firstOf(roots, 'grubx64.efi')
  if (!shim || !grub) return undefined
  return fatDisk({
    'EFI/BOOT/BOOTX64.EFI': shim,
    'EFI/BOOT/GRUBX64.EFI': grub,
    'GRUB/GRUB.CFG': Buffer.from(configuration),
  })
}

function firstOf(roots: readonly string[], name: string): Buffer | undefined {
  for (const root of roots) {
    try {
      return readFileSync(join(root, name))
    } catch {
      // Missing here; one that cannot be read is of no use either.
    }
  }
  return undefined
}
