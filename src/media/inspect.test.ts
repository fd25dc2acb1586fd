import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cpio } from '../overlay/index.ts'
import { fetchedBy, inspectProfile, judge } from './inspect.ts'
import { readerHere } from './reader.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-media-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (path: string, bytes: Buffer | string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), bytes)
}
const kernel = Buffer.concat([Buffer.alloc(0x202), Buffer.from('HdrS'), Buffer.alloc(100)])
const gzip = gzipSync(cpio([{ path: 'init', mode: 0o100755 }]))
const inspect = (profile: Partial<Parameters<typeof inspectProfile>[0]>, below = 0, hasExamRules = false) =>
  inspectProfile(
    { system: 'linux', kernel: 'k', initrds: ['i'], commandLine: '', ...profile },
    { folders: [folder], pcsBelow: () => below, reader: readerHere, hasExamRules },
  )

describe('inspectProfile', () => {
  it('finds nothing wrong with a system that is whole', async () => {
    put('k', kernel)
    put('i', gzip)
    put('live/filesystem.squashfs', Buffer.concat([Buffer.from('hsqs'), Buffer.alloc(2 ** 20)]))
    const commandLine = 'boot=live fetch={server}/files/live/filesystem.squashfs'
    expect(await inspect({ commandLine }, 3)).toMatchObject({ findings: [], memoryMiB: 1026, tooSmall: 3 })
  })

  it('knows wimboot from any other kernel', async () => {
    const windows = { system: 'windows' as const, kernel: 'wimboot', initrds: [] }
    expect((await inspect(windows)).findings).toEqual([{ path: 'wimboot', finding: 'wimbootMissing' }])
    put('wimboot', kernel)
    expect((await inspect(windows)).findings).toEqual([{ path: 'wimboot', finding: 'notWimboot' }])
    put('wimboot', gzip)
    expect((await inspect(windows)).findings).toEqual([{ path: 'wimboot', finding: 'notAKernel' }])
    put('wimboot', Buffer.concat([kernel, Buffer.from('-- https://ipxe.org/wimboot\n')]))
    expect((await inspect(windows)).findings).toEqual([])
  })

  it('says of each file what is wrong with it', async () => {
    put('k', gzip)
    put('i', '')
    put('live/x.squashfs', 'not')
    const commandLine = 'fetch={server}/files/live/x.squashfs url={server}/files/absent.iso'
    expect((await inspect({ commandLine })).findings).toEqual([
      { path: 'k', finding: 'notAKernel' },
      { path: 'i', finding: 'empty' },
      { path: 'live/x.squashfs', finding: 'notASquashfs' },
      { path: 'absent.iso', finding: 'missing' },
    ])
  })

  it('knows the files of Windows by their names', async () => {
    put('w/BCD', 'regf....')
    put('w/boot.sdi', 'nothing')
    put('w/boot.wim', 'MSWIM\0\0\0....')
    put('w/startnet.cmd', '@echo off')
    const initrds = ['w/BCD', 'w/boot.sdi', 'w/boot.wim', 'w/startnet.cmd']
    expect((await inspect({ system: 'windows', kernel: 'wimboot', initrds })).findings).toEqual([
      { path: 'wimboot', finding: 'wimbootMissing' },
      { path: 'w/boot.sdi', finding: 'notASdi' },
    ])
  })

  it('says that no exam can be laid over an initramfs of another make, to who would lay one', async () => {
    put('k', kernel)
    put('i', gzip)
    expect(await inspect({})).toMatchObject({ findings: [], initramfs: 'other' })
    expect(await inspect({}, 0, true)).toMatchObject({
      findings: [{ path: 'i', finding: 'initramfsNotLockable' }],
      initramfs: 'other',
    })
  })

  it('says which initrd was cut short, and no word of its make', async () => {
    put('k', kernel)
    put('i', gzip)
    put('j', gzip.subarray(0, 60))
    expect(await inspect({ initrds: ['i', 'j'] }, 0, true)).toMatchObject({
      findings: [{ path: 'j', finding: 'initrdDamaged' }],
      initramfs: 'unread',
    })
  })

  it('knows no make where an initrd is not there, or its reader gave up', async () => {
    put('k', kernel)
    expect(await inspect({}, 0, true)).not.toHaveProperty('initramfs')
    put('i', gzip)
    const reader = { initramfs: () => Promise.reject(new Error('it took too long')) }
    const profile = { system: 'linux' as const, kernel: 'k', initrds: ['i'], commandLine: '' }
    expect(
      await inspectProfile(profile, { folders: [folder], pcsBelow: () => 0, reader, hasExamRules: true }),
    ).toMatchObject({ findings: [], initramfs: 'unread' })
  })

  it('has nothing to look at for a local disk', async () => {
    expect(await inspect({ system: 'localDisk', kernel: '', initrds: [] })).toEqual({
      findings: [],
      bytes: 0,
      memoryMiB: 0,
      tooSmall: 0,
    })
  })

  it('never looks outside for a path on the command line that leads there', async () => {
    const commandLine = 'fetch={server}/files/..%2f..%2f..%2fetc%2fpasswd url={server}/files/%zz'
    put('k', kernel)
    put('i', gzip)
    expect((await inspect({ commandLine })).findings.map(({ finding }) => finding)).toEqual(['missing', 'missing'])
  })
})

describe('judge', () => {
  it.each([
    ['kernel', Buffer.from('MZ')],
    ['kernel', kernel],
    ['initrd', Buffer.from('070701')],
    ['initrd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
    ['initrd', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ['other', Buffer.alloc(0)],
  ] as const)('%s may begin with %o', (role, head) => expect(judge(role, head)).toBeUndefined())

  it.each([
    ['kernel', Buffer.from('<!DOCTYPE html>'), 'notAKernel'],
    ['initrd', Buffer.from('<!DOCTYPE html>'), 'notAnInitrd'],
    ['wim', Buffer.from('MS'), 'notAWim'],
    ['bcd', Buffer.alloc(0), 'notABcd'],
  ] as const)('%s does not begin with %o', (role, head, finding) => expect(judge(role, head)).toBe(finding))
})

it('finds what a command line has fetched, each once', () => {
  expect(
    fetchedBy('a={server}/files/x/y.iso b={server}/files/x/y.iso c=http://other/z d={server}/files/%C3%A9'),
  ).toEqual(['x/y.iso', 'é'])
})
