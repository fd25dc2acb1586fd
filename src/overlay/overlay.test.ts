import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { examRulesInputSchema, presetRules, type ExamRules } from '../contract/index.ts'
import { cpio, fileMode, foldersOf, folderMode } from './cpio.ts'
import { firewallRules } from './firewall.ts'
import { kernelWords, overlayFor, readOverlaySources, refusedWordIn } from './index.ts'
import { overlayFolder, serverUrl, unpackCpio, unpackOverlay } from './testing.ts'

const machine = {
  serverUrl,
  serverAddress: '192.168.60.1',
  serverPorts: [8080, 8443],
  mac: '52:54:00:00:00:0a',
  token: 'ab'.repeat(32),
  pageKey: 'cd'.repeat(16),
}
const moodle = { host: 'moodle.example.org', ports: [443], addresses: ['10.1.2.3', '10.1.2.4'] }

const sources = await readOverlaySources(overlayFolder)
const made = (rules: Partial<ExamRules> = {}) =>
  unpackOverlay(overlayFor(sources, { ...presetRules.web, ...rules }, machine))
const textOf = (files: ReturnType<typeof made>, path: string) => files.get(path)?.content.toString()

describe('a cpio archive', () => {
  it('holds what was put into it, at any length', () => {
    const content = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-zé]{1,9}$/), content), (files) => {
        const archive = cpio(Object.entries(files).map(([path, bytes]) => ({ path, mode: fileMode, content: bytes })))
        expect(archive.length % 4).toBe(0)
        const found = [...unpackCpio(archive)].map(([path, file]) => [path, file.content])
        expect(Object.fromEntries(found)).toEqual(files)
      }),
    )
  })

  it('has each folder once, before what is in it', () => {
    expect(foldersOf(['a/b/c', 'a/d', 'e']).map(({ path, mode }) => [path, mode])).toEqual([
      ['a', folderMode],
      ['a/b', folderMode],
    ])
  })
})

describe('the overlay', () => {
  it('is the same bytes for the same machine and rules', () => {
    expect(overlayFor(sources, presetRules.web, machine)).toEqual(overlayFor(sources, presetRules.web, machine))
  })

  it('begins with zeros, without which it would be a block of an initrd of lz4 before it', () => {
    const overlay = overlayFor(sources, presetRules.web, machine)
    const gzip = overlay.indexOf(Buffer.from([0x1f, 0x8b, 8]))
    expect(overlay.subarray(0, gzip).every((byte) => byte === 0)).toBe(true)
    // The kernel reads four bytes from wherever the initrd before it ended.
    expect(gzip).toBeGreaterThanOrEqual(7)
    // A plain archive in front of it is aligned to four.
    expect(gzip % 4).toBe(0)
  })

  it('touches nothing of the initramfs', () => {
    // A folder of ours in place of a link of theirs (lib, bin) would leave the initramfs without its programs.
    expect([...made().keys()].filter((path) => !/^amorce(\/|$)/.test(path))).toEqual([])
    const inRoot = [...made().keys()].filter((path) => /^amorce\/root\/[^/]+$/.test(path))
    expect(inRoot).toEqual(['amorce/root/etc', 'amorce/root/usr'])
  })

  it('holds the sums of all that it brings', () => {
    const files = made()
    const brought = [...files].filter(([path, { mode }]) => mode !== folderMode && path !== 'amorce/sums')
    const sumOf = (content: Buffer) => createHash('sha256').update(content).digest('hex')
    const sums = brought.map(([path, { content }]) => `${sumOf(content)} ${path.slice('amorce/'.length)}`)
    const listed = textOf(files, 'amorce/sums')!.trim().split('\n')
    // It is the last of the archive, and says so where it ends.
    expect(listed.pop()).toBe('end')
    expect([...files.keys()].at(-1)).toBe('amorce/sums')
    expect(listed.sort()).toEqual(sums.sort())
  })

  it('lets root alone read the secret of the agent, and has it nowhere else', () => {
    const files = made()
    expect(files.get('amorce/root/etc/amorce/secret')?.mode).toBe(0o100600)
    expect(files.get('amorce/root/etc/amorce/exam.conf')?.mode).toBe(0o100600)
    const holders = [...files].filter(([, { content }]) => content.includes(machine.token)).map(([path]) => path)
    expect(holders).toEqual(['amorce/root/etc/amorce/secret'])
  })

  it('makes programs of what is to run, whatever the file system of the console knows', () => {
    const files = made()
    for (const path of [
      'amorce/init',
      'amorce/enter-root',
      'amorce/root/usr/lib/amorce/agent',
      'amorce/root/usr/lib/amorce/lockdown',
    ])
      expect(files.get(path)?.mode).toBe(0o100755)
  })

  it('opens the page of this seat and boot, or the address of the rules', () => {
    const session = (rules: Partial<ExamRules>) => textOf(made(rules), 'amorce/root/etc/amorce/session.conf')
    expect(session({ kiosk: 'exam' })).toContain(`url='${serverUrl}/exam?key=${machine.pageKey}'`)
    expect(session({ url: 'https://moodle.example.org/' })).toContain("url='https://moodle.example.org/'")
  })

  it('leaves a browser with one page no key to another window, and no page of its own', () => {
    const openbox = (kiosk: ExamRules['kiosk']) =>
      textOf(made({ kiosk, url: 'http://10.0.0.9/', applications: ['geany'] }), 'amorce/root/etc/amorce/openbox.xml')
    const taken = (key: string): string => `<keybind key="${key}"><action name="Focus"/></keybind>`
    for (const key of ['C-n', 'C-t', 'C-o', 'F1', 'S-Escape']) expect(openbox('exam')).toContain(taken(key))
    // A terminal in a page has some for itself.
    expect(openbox('address')).toContain(taken('C-n'))
    expect(openbox('address')).not.toContain(taken('C-u'))
    // An editor has them for its files.
    expect(openbox('applications')).not.toContain('key="C-')
    const { URLBlocklist: blocked } = JSON.parse(
      textOf(made({ kiosk: 'exam' }), 'amorce/root/etc/chromium/policies/managed/amorce.json') ?? '',
    ) as { URLBlocklist: string[] }
    expect(blocked).toEqual(expect.arrayContaining(['*', 'chrome://*']))
  })

  it('starts no terminal unless one was allowed, and gives the candidate no shell', () => {
    const rules = { kiosk: 'applications' as const, applications: ['geany', 'xterm'] }
    const without = made(rules)
    expect(textOf(without, 'amorce/root/etc/amorce/session.conf')).toContain("applications='geany'")
    expect(textOf(without, 'amorce/root/etc/amorce/menu.xml')).not.toContain('xterm')
    expect(textOf(without, 'amorce/root/etc/amorce/exam.conf')).toContain("candidate_shell='/usr/sbin/nologin'")
    const allowed = made({ ...rules, terminal: true })
    expect(textOf(allowed, 'amorce/root/etc/amorce/session.conf')).toContain("applications='geany xterm'")
    expect(textOf(allowed, 'amorce/root/etc/amorce/exam.conf')).toContain("candidate_shell='/bin/bash'")
  })

  it('names the hosts of the whitelist, and no networks, to a system that asks no DNS', () => {
    const network = { host: '10.2.0.0/16', ports: [443], addresses: ['10.2.0.0/16'] }
    expect(textOf(made({ allowed: [moodle, network] }), 'amorce/hosts')).toBe(
      '10.1.2.3 moodle.example.org\n10.1.2.4 moodle.example.org\n',
    )
  })

  it('holds shell scripts that a POSIX shell can read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'amorce-overlay-'))
    try {
      for (const [path, { content, mode }] of made({ allowed: [moodle] })) {
        const isShell =
          content.toString('latin1', 0, 9) === '#!/bin/sh' || (path.endsWith('.conf') && path.includes('etc/amorce'))
        if (mode === folderMode || !isShell) continue
        writeFileSync(join(folder, 'script'), content)
        const { status, stderr } = spawnSync('sh', ['-n', join(folder, 'script')], { encoding: 'utf8' })
        expect({ path, status, stderr }).toEqual({ path, status: 0, stderr: '' })
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a command line', () => {
  const pattern = (word: string) => {
    // As the shell of an initramfs matches them.
    const script = 'while read -r pattern; do case $0 in $pattern) echo "$pattern" ;; esac; done'
    return spawnSync('sh', ['-c', script, word], { input: textOf(made(), 'amorce/refused-words') }).stdout.toString()
  }
  it.each([
    ...['init=/bin/sh', 'rdinit=/bin/sh', 'break', 'break=premount', 'single', '1', '3', 's', 'rescue', 'emergency'],
    ...['systemd.unit=rescue.target', 'systemd.unit=a.target', 'systemd.debug_shell', 'systemd.debug_shell=1'],
    ...['systemd.mask=amorce-lockdown.service', 'systemd.wants=debug-shell.service', 'hooks=http://10.0.0.1/x'],
    ...['systemd.run=/bin/sh', 'systemd.set_credential=passwd.plaintext-password.root:x', 'rd.break'],
  ])('that says %s opens the machine', (word) => {
    expect(refusedWordIn(`boot=live ${word} quiet`)).toBe(word)
    expect(pattern(word)).not.toBe('')
  })

  it('of an exam says none of these', () => {
    const words = ['boot=live', 'components', 'toram', 'BOOTIF=01-52-54-00-00-00-0a', 'initrd=exam', 'initrd=initrd1']
    const own = ['rdinit=/amorce/init', 'init=/usr/lib/amorce/start']
    for (const word of [...kernelWords.first, ...kernelWords.last, ...words].filter((each) => !own.includes(each))) {
      expect(refusedWordIn(word)).toBeUndefined()
      expect(pattern(word)).toBe('')
    }
  })
})

describe('the firewall', () => {
  const rules = (changes: Partial<ExamRules> = {}) => firewallRules({ ...presetRules.web, ...changes }, machine)

  it('drops everything in, out and through but the server', () => {
    const text = rules()
    expect(text.match(/policy drop;/g)).toHaveLength(3)
    const accepted = text.split('\n').filter((line) => line.endsWith('accept'))
    expect(accepted.map((line) => line.trim())).toEqual([
      'iifname "lo" accept',
      'udp sport 67 udp dport 68 accept',
      'ip saddr 192.168.60.1 tcp sport { 8080, 8443 } accept',
      'ip saddr 192.168.60.1 icmp type echo-request accept',
      'oifname "lo" accept',
      'udp sport 68 udp dport 67 accept',
      'ip daddr 192.168.60.1 tcp dport { 8080, 8443 } accept',
      'ip daddr 192.168.60.1 icmp type echo-reply accept',
    ])
  })

  it('opens the whitelist on its ports', () => {
    expect(rules({ allowed: [moodle] })).toContain('ip daddr { 10.1.2.3, 10.1.2.4 } tcp dport { 443 } accept')
    expect(rules({ allowed: [moodle] })).toContain('ip saddr { 10.1.2.3, 10.1.2.4 } tcp sport { 443 } accept')
  })

  it('offline lets nobody but root out, and forgets the whitelist', () => {
    const text = rules({ offline: true, allowed: [moodle] })
    expect(text).not.toContain('10.1.2.3')
    expect(text.indexOf('meta skuid != 0 reject')).toBeLessThan(text.indexOf('ip daddr 192.168.60.1 tcp'))
    expect(text.indexOf('meta skuid != 0 reject')).toBeGreaterThan(0)
  })
})

describe('rules as they are typed in', () => {
  const input = { ...presetRules.web, url: 'https://moodle.example.org/', allowed: [] }
  const takes = (changes: object): boolean => examRulesInputSchema.safeParse({ ...input, ...changes }).success

  it('are taken when they make sense', () => {
    expect(takes({})).toBe(true)
    for (const host of ['moodle.example.org', 'moodle', '10.1.2.3', '10.2.0.0/16', 'a-b.fr'])
      expect({ host, taken: takes({ allowed: [{ host, ports: [443] }] }) }).toEqual({ host, taken: true })
  })

  it.each([
    '0.0.0.0/0',
    '10.0.0.0/7',
    '300.1.2.3',
    '1.2.3',
    'a b',
    'x;reboot',
    '$(reboot)',
    '-x.fr',
    'a..b',
    "a'b",
    '',
    '::1',
    'a'.repeat(64),
  ])('do not allow the host %j', (host) => {
    expect(takes({ allowed: [{ host, ports: [443] }] })).toBe(false)
  })

  it('hold nothing that a shell, nft or XML would take for more than a word', () => {
    for (const applications of [['a b'], ['$(x)'], ["'"], ['../x'], ['<x>'], ['x;y'], ['']])
      expect(takes({ applications })).toBe(false)
    for (const url of ["http://x/'", 'http://x/$(y)', 'javascript:x', 'file:///etc', 'http://x y', 'http://x/`y`'])
      expect({ url, taken: takes({ url }) }).toEqual({ url, taken: false })
    for (const keyboard of ['fr; x', "fr'", '']) expect(takes({ keyboard })).toBe(false)
  })

  it('need a page, or programs, or none of both', () => {
    expect(takes({ kiosk: 'address', url: '' })).toBe(false)
    expect(takes({ kiosk: 'applications', applications: [] })).toBe(false)
    expect(takes({ kiosk: 'exam', url: '' })).toBe(true)
    expect(takes({ kiosk: 'exam', offline: true })).toBe(false)
  })
})
