import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// What clients ask for, and people who mean harm: one list for TFTP and for HTTP, since one check answers both.

/** What must never come out, under whatever name it is asked for. */
export const secret = 'not for the network'

/** Lays a folder to serve from, with what leads out of it, and a secret beside it. Not on Windows, which has no such links. */
export function layServedFolder(top: string): string {
  const root = join(top, 'served')
  mkdirSync(join(root, 'Boot', 'x64'), { recursive: true })
  mkdirSync(join(root, 'empty'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content)
  writeFileSync(join(top, 'secret'), secret)
  mkdirSync(join(top, 'served-too'))
  writeFileSync(join(top, 'served-too', 'secret'), secret)
  const links = {
    'same.efi': 'Boot/x64/loader.efi',
    leak: '../secret',
    'absolute-leak': join(top, 'secret'),
    up: '..',
    'Boot/beside': '../../served-too',
    'a-loop': 'b-loop',
    'b-loop': 'a-loop',
    zero: '/dev/zero',
    memory: '/proc/self/environ',
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name))
  execFileSync('mkfifo', [join(root, 'pipe')])
  return root
}

const files = {
  'vmlinuz-6.1': 'kernel',
  'Boot/BCD': 'store',
  'Boot/x64/loader.efi': 'loader',
  'sujet n°1 (été).pdf': 'subject',
  '100%.txt': 'percent',
  'a+b&c=d;e.txt': 'marks',
  '.hidden': 'dotted',
}

/** Each request, and the content it gets. */
export const servedRequests: readonly (readonly [request: string, content: string])[] = [
  ['vmlinuz-6.1', 'kernel'],
  ['/vmlinuz-6.1', 'kernel'],
  ['//./vmlinuz-6.1', 'kernel'],
  ['Boot/../vmlinuz-6.1', 'kernel'],
  ['VMLINUZ-6.1', 'kernel'],
  ['/boot/bcd', 'store'],
  ['\\Boot\\BCD', 'store'],
  ['\\\\Boot\\\\BCD', 'store'],
  ['BOOT\\bcd', 'store'],
  ['Boot/x64\\LOADER.EFI', 'loader'],
  ['Boot\\x64\\..\\x64\\loader.efi', 'loader'],
  ['same.efi', 'loader'],
  ['SAME.EFI', 'loader'],
  ['tftp://192.168.60.1/Boot/BCD', 'store'],
  ['http://192.168.60.1/Boot/BCD', 'store'],
  ['sujet n°1 (été).pdf', 'subject'],
  ['100%.txt', 'percent'],
  ['a+b&c=d;e.txt', 'marks'],
  ['.hidden', 'dotted'],
]

type Refused = 'content.outsideRoot' | 'content.notAFile' | 'content.notFound'

/** Each request that gets nothing, and why. */
export const refusedRequests: readonly (readonly [request: string, code: Refused])[] = [
  // Climbing
  ['../secret', 'content.outsideRoot'],
  ['/../secret', 'content.outsideRoot'],
  ['..\\secret', 'content.outsideRoot'],
  ['\\..\\secret', 'content.outsideRoot'],
  ['..//secret', 'content.outsideRoot'],
  ['./../secret', 'content.outsideRoot'],
  ['Boot/../../secret', 'content.outsideRoot'],
  ['Boot\\..\\..\\secret', 'content.outsideRoot'],
  ['Boot/x64/../../../secret', 'content.outsideRoot'],
  ['../served-too/secret', 'content.outsideRoot'],
  ['../served/vmlinuz-6.1', 'content.outsideRoot'],
  ['../../../../../../../../etc/passwd', 'content.outsideRoot'],
  ['tftp://192.168.60.1/../secret', 'content.outsideRoot'],
  ['..', 'content.outsideRoot'],
  // Climbing that was written in some other way is a name like any other, and there is no such file
  ['%2e%2e/secret', 'content.notFound'],
  ['..%2fsecret', 'content.notFound'],
  ['..%5csecret', 'content.notFound'],
  ['%252e%252e/secret', 'content.notFound'],
  ['..%c0%afsecret', 'content.notFound'],
  ['%u002e%u002e/secret', 'content.notFound'],
  ['\u2025/secret', 'content.notFound'],
  ['\uff0e\uff0e\uff0fsecret', 'content.notFound'],
  ['..\u2215secret', 'content.notFound'],
  ['..;/secret', 'content.notFound'],
  ['.../secret', 'content.notAFile'],
  ['....//secret', 'content.notAFile'],
  ['.. /secret', 'content.notAFile'],
  ['. ./secret', 'content.notAFile'],
  // Absolute, and what Windows takes for absolute
  ['/etc/passwd', 'content.notFound'],
  ['C:\\Windows\\win.ini', 'content.notAFile'],
  ['c:secret', 'content.notAFile'],
  ['\\\\server\\share\\secret', 'content.notFound'],
  ['\\\\?\\C:\\secret', 'content.notAFile'],
  ['\\\\.\\PhysicalDrive0', 'content.notFound'],
  ['file:///etc/passwd', 'content.notAFile'],
  // Names that Windows takes for devices and streams, or writes otherwise
  ['NUL', 'content.notAFile'],
  ['nul.efi', 'content.notAFile'],
  ['Boot/CON', 'content.notAFile'],
  ['aux .txt', 'content.notAFile'],
  ['COM1', 'content.notAFile'],
  ['LPT\u00b9.img', 'content.notAFile'],
  ['CONOUT$', 'content.notAFile'],
  ['vmlinuz-6.1::$DATA', 'content.notAFile'],
  ['Boot/BCD:stream', 'content.notAFile'],
  ['vmlinuz-6.1.', 'content.notAFile'],
  ['vmlinuz-6.1 ', 'content.notAFile'],
  ['VMLINU~1', 'content.notFound'],
  // Links and what is no plain file
  ['leak', 'content.outsideRoot'],
  ['LEAK', 'content.outsideRoot'],
  ['absolute-leak', 'content.outsideRoot'],
  ['up/secret', 'content.outsideRoot'],
  ['Boot/beside/secret', 'content.outsideRoot'],
  ['zero', 'content.outsideRoot'],
  ['memory', 'content.outsideRoot'],
  ['a-loop', 'content.notAFile'],
  ['pipe', 'content.notAFile'],
  ['Boot', 'content.notAFile'],
  ['Boot/', 'content.notAFile'],
  ['empty', 'content.notAFile'],
  ['vmlinuz-6.1/x', 'content.notFound'],
  ['vmlinuz-6.1/../../secret', 'content.outsideRoot'],
  // No name at all, and names that no file has
  ['/', 'content.notAFile'],
  ['.', 'content.notAFile'],
  ['\\', 'content.notAFile'],
  ['bad\nname', 'content.notAFile'],
  ['bad\x7fname', 'content.notAFile'],
  ['a'.repeat(300), 'content.notAFile'],
  ['a/'.repeat(200) + 'a', 'content.notFound'],
]
