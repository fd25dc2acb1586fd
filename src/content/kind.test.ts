import { expect, it } from 'vitest'
import { kindByName } from './kind.ts'

it.each([
  ['undionly.kpxe', 'loader'],
  ['ipxe.efi', 'loader'],
  ['SNPONLY.EFI', 'loader'],
  ['grubnetx64.efi.signed', 'loader'],
  ['ipxe.pxe', 'loader'],
  ['ipxe.lkrn', 'loader'],
  ['boot/pxelinux.0', 'loader'],
  ['lpxelinux.0', 'loader'],
  ['boot.ipxe', 'script'],
  ['vmlinuz', 'kernel'],
  ['debian/vmlinuz-6.1.0-18-amd64', 'kernel'],
  ['vmlinuz.efi', 'kernel'],
  ['linux', 'kernel'],
  ['bzImage', 'kernel'],
  ['initrd.gz', 'initrd'],
  ['initrd', 'initrd'],
  ['initramfs-linux.img', 'initrd'],
  ['overlay.cpio', 'initrd'],
  ['overlay.cpio.gz', 'initrd'],
  ['exam.img', 'initrd'],
  ['linux/readme.txt', 'file'],
  ['live/filesystem.squashfs', 'file'],
  ['boot.wim', 'file'],
])('%s is a %s', (path, kind) => expect(kindByName(path)).toBe(kind))
