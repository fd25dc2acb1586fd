import type { BootProfile } from './script.ts'

/** A Linux profile for tests; say only what the test is about. */
export const linuxProfile = (changes: Partial<BootProfile> = {}): BootProfile => ({
  id: 7,
  name: 'Debian exam',
  system: 'linux',
  purpose: 'exam',
  kernel: 'debian/vmlinuz',
  initrds: ['debian/initrd.img'],
  commandLine: 'boot=live quiet',
  winpeTask: 'none',
  isDefault: false,
  ...changes,
})
