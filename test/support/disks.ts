import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unpackedDebianPackage } from './debianPackage.ts'
import { temporaryFolder } from './temporary.ts'

// A PC's own disk: all that its system does is to say a word on the serial line.

/** @returns QEMU's arguments for a disk that a BIOS starts. */
export function biosDisk(word: string): string[] {
  const image = join(temporaryFolder('disk'), 'disk.img')
  writeFileSync(image, bootSector(word), { flag: 'wx' })
  return ['-drive', `if=ide,format=raw,file=${image}`]
}

/** @returns QEMU's arguments for a disk with an EFI system partition, after the NIC in the order of boots. */
export async function uefiDisk(word: string): Promise<string[]> {
  const signed = join(await unpackedDebianPackage('grub-efi-amd64-signed'), 'usr/lib/grub/x86_64-efi-signed')
  const partition = temporaryFolder('esp')
  // The path of a disk that no firmware has an entry for (UEFI 2.10 section 3.5.1.1).
  mkdirSync(join(partition, 'EFI', 'BOOT'), { recursive: true })
  copyFileSync(join(signed, 'grubx64.efi.signed'), join(partition, 'EFI', 'BOOT', 'BOOTX64.EFI'))
  mkdirSync(join(partition, 'EFI', 'debian'))
  writeFileSync(join(partition, 'EFI', 'debian', 'grub.cfg'), `echo '${word}'\nsleep 60\n`)
  return [
    ...['-drive', `if=none,id=own,format=raw,file=fat:rw:${partition}`],
    ...['-device', 'virtio-blk-pci,drive=own,bootindex=2'],
  ]
}

/** A master boot record: 16 bits of real mode at 0000:7C00, for the first serial port. */
function bootSector(word: string): Buffer {
  const program = [
    ...[0xfc, 0x31, 0xc0, 0x8e, 0xd8], // cld; xor ax, ax; mov ds, ax
    ...[0xbe, 0x16, 0x7c], // mov si, text
    ...[0xba, 0xf8, 0x03], // mov dx, COM1
    ...[0xac, 0x84, 0xc0, 0x74, 0x03], // next: lodsb; test al, al; jz end
    ...[0xee, 0xeb, 0xf8], // out dx, al; jmp next
    ...[0xf4, 0xeb, 0xfd], // end: hlt; jmp end
  ]
  const sector = Buffer.alloc(64 * 1024)
  sector.set(program)
  sector.write(`${word}\r\n\0`, program.length, 'latin1')
  sector.set([0x55, 0xaa], 510)
  return sector
}
