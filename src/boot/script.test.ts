import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodedError, profileInputSchema } from '../contract/index.ts'
import { initrdsApart } from './initrdsApart.ts'
import { checkProfile, profileScript, refusalScript, reportScript, type BootProfile } from './script.ts'
import { linuxProfile } from './testing.ts'

const context = { serverUrl: 'http://192.168.60.1:8080', mac: '52:54:00:12:34:56', language: 'en' as const }
const scriptOf = (changes: Partial<BootProfile>): string => profileScript(linuxProfile(changes), context)

const faultOf = (changes: Partial<BootProfile>): unknown => {
  try {
    checkProfile(linuxProfile(changes))
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError)
    expect((error as CodedError).code).toBe('boot.profileInvalid')
    return (error as CodedError).details.reason
  }
  return undefined
}

describe('the script that reports the machine', () => {
  it('is this, to the letter', () => {
    expect(reportScript(context)).toBe(
      `#!ipxe
set attempt:int32 1
:again
chain --autofree --replace http://192.168.60.1:8080/boot/52:54:00:12:34:56/script.ipxe?encoding=hex&manufacturer=\${manufacturer:hexraw}&product=\${product:hexraw}&serial=\${serial:hexraw}&asset=\${asset:hexraw}&biosVersion=\${smbios/0.5.0:hexraw}&biosDate=\${smbios/0.8.0:hexraw}&memory=\${smbios/0.17.12.2:hexraw}.\${smbios/1.17.12.2:hexraw}.\${smbios/2.17.12.2:hexraw}.\${smbios/3.17.12.2:hexraw}.\${smbios/4.17.12.2:hexraw}.\${smbios/5.17.12.2:hexraw}.\${smbios/6.17.12.2:hexraw}.\${smbios/7.17.12.2:hexraw}&uuid=\${uuid}&platform=\${platform}&arch=\${buildarch} || goto failed
:failed
echo Amorce: no answer from http://192.168.60.1:8080 (\${errno}) [\${attempt}/5]
iseq \${attempt} 5 && goto givenUp || inc attempt || goto givenUp
sleep 5
goto again
:givenUp
echo Amorce: http://192.168.60.1:8080 does not answer. Call the technician. Any key restarts the machine.
prompt --timeout 120000 ||
reboot || exit 1
`,
    )
  })
})

describe('the script of a Linux profile', () => {
  it('is this, to the letter', () => {
    expect(scriptOf({ initrds: ['debian/initrd.img', 'exam overlay.cpio'] })).toBe(
      `#!ipxe
echo Amorce: Debian exam on 52:54:00:12:34:56
set attempt:int32 1
:again
imgfree
set step /files/debian/vmlinuz
kernel http://192.168.60.1:8080/files/debian/vmlinuz boot=live quiet initrd=initrd1 initrd=initrd2 initrd=initrd3 BOOTIF=01-52-54-00-12-34-56 amorce.server=http://192.168.60.1:8080 amorce.mac=52:54:00:12:34:56 || goto failed
set step /files/debian/initrd.img
initrd --name initrd1 http://192.168.60.1:8080/files/debian/initrd.img || goto failed
set step /files/amorce/zeros.img
initrd --name initrd2 http://192.168.60.1:8080/files/amorce/zeros.img || goto failed
set step /files/exam%20overlay.cpio
initrd --name initrd3 http://192.168.60.1:8080/files/exam%20overlay.cpio || goto failed
set step starting the kernel
boot || goto failed
:failed
echo Amorce: \${step} failed from http://192.168.60.1:8080 (\${errno}) [\${attempt}/5]
iseq \${attempt} 5 && goto givenUp || inc attempt || goto givenUp
sleep 5
goto again
:givenUp
echo Amorce: this machine could not load \${step}. Call the technician. Any key restarts the machine.
prompt --timeout 120000 ||
reboot || exit 1
`,
    )
  })

  it('puts the server and the MAC where the command line asks for them', () => {
    expect(scriptOf({ commandLine: 'fetch={server}/files/live.squashfs hw={mac}' })).toContain(
      ' fetch=http://192.168.60.1:8080/files/live.squashfs hw=52:54:00:12:34:56 ',
    )
  })

  it('speaks French, in the letters of a screen without accents', () => {
    const text = profileScript(linuxProfile({ name: 'Épreuve d’été ; n°1' }), { ...context, language: 'fr' })
    expect(text).toContain('echo Amorce : Epreuve d ete n 1 sur 52:54:00:12:34:56\n')
    expect(text).toMatch(/^[\n -~]*$/)
  })
})

describe('the script of a Windows profile', () => {
  it('names each file for wimboot, under BIOS and under UEFI', () => {
    const text = scriptOf({
      system: 'windows',
      kernel: 'win/wimboot',
      initrds: ['win/boot/BCD', 'win/boot.sdi', 'win/sources/boot.wim'],
      commandLine: 'gui',
    })
    expect(text).toContain('\nkernel http://192.168.60.1:8080/files/win/wimboot gui || goto failed\n')
    for (const [name, path] of [
      ['BCD', 'boot/BCD'],
      ['boot.sdi', 'boot.sdi'],
      ['boot.wim', 'sources/boot.wim'],
    ])
      expect(text).toContain(
        `\ninitrd --name ${name} http://192.168.60.1:8080/files/win/${path} ${name} || goto failed\n`,
      )
    expect(text).not.toContain('BOOTIF')
  })

  it('refuses two files of one name, which wimboot could not tell apart', () => {
    expect(faultOf({ system: 'windows', initrds: ['a/boot.wim', 'b/BOOT.WIM'] })).toBe('fileNameUnusable')
    expect(faultOf({ system: 'windows', initrds: ['a/boot image.wim'] })).toBe('fileNameUnusable')
  })
})

describe('the script of the local disk', () => {
  it('starts drive 0x80 under BIOS, and under UEFI gives way to the next boot entry', () => {
    expect(profileScript(linuxProfile({ system: 'localDisk', name: 'Disque local' }), context)).toBe(
      `#!ipxe
echo Amorce: Disque local on 52:54:00:12:34:56
iseq \${platform} efi && goto next ||
sanboot --no-describe --drive 0x80 || echo Amorce: this machine has no disk that starts (drive 0x80).
sleep 5
:next
exit 1
`,
    )
  })
})

describe('the script of a profile that cannot be used', () => {
  it('says so, waits and restarts', () => {
    expect(refusalScript('Été', context).split('\n')).toEqual([
      '#!ipxe',
      'echo Amorce: the profile Ete cannot be used. Call the technician. Any key restarts the machine.',
      'prompt --timeout 120000 ||',
      'reboot || exit 1',
      '',
    ])
  })
})

describe('what no script can carry', () => {
  it.each([
    ['no kernel', { kernel: '' }, 'kernelMissing'],
    ['an accent in a path', { kernel: 'système/vmlinuz' }, 'notAscii'],
    ['an accent in an initrd', { initrds: ['été.img'] }, 'notAscii'],
    ['a line break', { commandLine: 'quiet\nexit' }, 'notAscii'],
    ['a carriage return', { commandLine: 'quiet\rexit' }, 'notAscii'],
    ['a NUL', { commandLine: 'quiet\0' }, 'notAscii'],
    ['an iPXE setting', { commandLine: 'root=${root-path}' }, 'expansion'],
    ['a setting around a placeholder', { commandLine: 'root=${server}' }, 'expansion'],
    ['a command separator', { commandLine: 'quiet ; shell' }, 'separator'],
    ['a fallback', { commandLine: 'quiet || shell' }, 'separator'],
    ['a conjunction', { commandLine: 'quiet && shell' }, 'separator'],
    ['a comment', { commandLine: 'quiet #1' }, 'separator'],
    ['an initrd of its own', { commandLine: 'initrd=initrd.img' }, 'initrdArgument'],
    ['more than a kernel reads', { commandLine: 'x'.repeat(1990) }, 'tooLong'],
  ])('%s', (_, changes, reason) => {
    expect(faultOf(changes)).toBe(reason)
    expect(() => scriptOf(changes)).toThrow(CodedError)
  })

  it('and what one can', () => {
    expect(faultOf({ commandLine: 'a;b a&&b a#b $x "quoted value" --- x=1' })).toBeUndefined()
  })

  it('and no more than a Linux kernel reads, with all that is added, on the longest addresses there are', () => {
    const added =
      'vmlinuz  initrd=initrd1 BOOTIF=01-ff-ff-ff-ff-ff-ff amorce.server=http://255.255.255.255:65535 amorce.mac=ff:ff:ff:ff:ff:ff'
    expect(faultOf({ commandLine: 'x'.repeat(2047 - added.length) })).toBeUndefined()
    expect(faultOf({ commandLine: 'x'.repeat(2048 - added.length) })).toBe('tooLong')
  })

  it('whatever a form lets through, the script keeps its shape and expands nothing but its own settings', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(fc.constantFrom('${net0/mac}', '||', '&&', ';', '#', 'a=b', '\u2028', "'", '"', '{server}'), {
          maxLength: 5,
        })
        .map((parts) => parts.join(' ')),
    )
    const path = fc.oneof(texts, fc.constantFrom('a/b', 'vmlinuz', 'x${y}', "it's;#a"))
    fc.assert(
      fc.property(texts, path, fc.array(path, { maxLength: 3 }), texts, (name, kernel, initrds, commandLine) => {
        const parsed = profileInputSchema.safeParse({ name, system: 'linux', kernel, initrds, commandLine })
        if (!parsed.success) return
        const profile = linuxProfile(parsed.data)
        try {
          checkProfile(profile)
        } catch {
          return
        }
        const lines = profileScript(profile, context).split('\n')
        // One line for each step, whatever is in it, and `||` as a word only before our own fallbacks.
        expect(lines).toHaveLength(19 + 2 * initrdsApart(profile.initrds).length)
        for (const line of lines) {
          expect(line).toMatch(/^[ -~]*$/)
          const settings = line.match(/\$\{.*?\}/g) ?? []
          expect(['${step}', '${errno}', '${attempt}']).toEqual(expect.arrayContaining(settings))
          if (/^(kernel|initrd) /.test(line))
            expect(line.split(' ').filter((word) => /^(;|&&|\|\||#.*)$/.test(word))).toEqual(['||'])
          if (/^(echo|set) /.test(line))
            expect(line.split(' ').filter((word) => /^(;|&&|\|\||#.*)$/.test(word))).toEqual([])
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a machine whose link is to be measured', () => {
  it('fetches bytes for nothing first, and boots whatever comes of that', () => {
    const lines = profileScript(linuxProfile({}), { ...context, measureLink: true }).split('\n')
    const at = lines.indexOf('imgfetch http://192.168.60.1:8080/speed?mb=24 ||')
    expect(lines[at + 1]).toBe('imgfree ||')
    expect(at).toBeGreaterThan(0)
    expect(at).toBeLessThan(lines.indexOf(':again'))
    expect(scriptOf({})).not.toContain('speed')
  })
})
