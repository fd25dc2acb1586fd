import { describe, expect, it } from 'vitest'
import { grubConfig, grubDiskConfig, grubMenu } from './grubConfig.ts'
import { linuxProfile } from './testing.ts'

const context = {
  ...{ serverUrl: 'http://192.168.60.1:8080', serverAddress: '192.168.60.1', mac: '52:54:00:12:34:56' },
  language: 'fr' as const,
}
const disk = linuxProfile({ id: 2, name: 'Disque local', system: 'localDisk', purpose: 'everyday' })

describe('what GRUB is told', () => {
  it('starts the kernel with the profile’s words, and without those for iPXE', () => {
    expect(grubConfig(linuxProfile(), context)).toBe(`# Amorce
set superusers=amorce
echo 'Amorce : Debian exam sur 52:54:00:12:34:56'
linux '(tftp,192.168.60.1)/debian/vmlinuz' 'boot=live' 'quiet' 'BOOTIF=01-52-54-00-12-34-56' 'amorce.server=http://192.168.60.1:8080' 'amorce.mac=52:54:00:12:34:56'
initrd '(tftp,192.168.60.1)/debian/initrd.img'
boot
echo 'Amorce : Debian exam ne demarre pas par la chaine signee (Secure Boot). Prevenez le technicien.'
sleep --interruptible 120
reboot
`)
  })

  it('puts zeros between initrds, so that a kernel finds one behind another that lz4 packed', () => {
    const profile = linuxProfile({ initrds: ['debian/initrd.lz4', 'drivers.img', 'more.img'] })
    const exam = { overlay: '/boot/exam', words: { first: [], last: [] } }
    const files = [
      'debian/initrd.lz4',
      'amorce/zeros.img',
      'drivers.img',
      'amorce/zeros.img',
      'more.img',
      'grub/exam.cpio',
    ]
    expect(grubConfig(profile, { ...context, exam })).toContain(
      `\ninitrd ${files.map((path) => `'(tftp,192.168.60.1)/${path}'`).join(' ')}\n`,
    )
  })

  it('quotes whatever a profile says', () => {
    const text = grubConfig(linuxProfile({ commandLine: `a'b;reboot $root "c"` }), context)
    expect(text).toContain(String.raw`'a'\''b;reboot' '$root' '"c"'`)
  })

  it('sends a machine to its disk: Windows when it is there, else the firmware goes on', () => {
    expect(grubConfig(disk, context)).toMatch(/chainloader[^\n]+bootmgfw\.efi"\n {2}boot\nfi\nexit\n$/)
  })

  it('says what it cannot start', () => {
    const windows = linuxProfile({ name: 'WinPE', system: 'windows', kernel: 'wimboot', initrds: ['boot.wim'] })
    const text = grubConfig(windows, context)
    expect(text).toContain('WinPE ne demarre pas')
    expect(text).not.toContain('linux ')
  })

  it('leads one that came on a disk to where the others find their configuration', () => {
    expect(grubDiskConfig(context)).toMatch(
      /^# Amorce\nset superusers=amorce\nnet_dhcp\nconfigfile '\(tftp,192\.168\.60\.1\)\/grub\/grub\.cfg'\necho 'Amorce : http:\/\/192\.168\.60\.1:8080 ne repond pas/,
    )
  })

  it('shows in a menu what needs no code, the usual one first to go', () => {
    const entries = [
      { profile: linuxProfile(), needsCode: false },
      { profile: disk, needsCode: true },
    ]
    const text = grubMenu({ entries, usual: linuxProfile(), timeoutSeconds: 15 }, context)
    expect(text).toContain("set timeout=15\nset default='7'\nmenuentry 'Debian exam' --unrestricted --id '7' {")
    expect(text).not.toContain('Disque local')
  })
})
