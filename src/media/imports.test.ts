import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CodedError, type MediaProgress, type ProfileInput } from '../contract/index.ts'
import { MediaImports } from './imports.ts'
import { readerHere, type MediaReader } from './reader.ts'
import { readListing } from './sevenZip.ts'
import { smallIso } from './testdata/smallIso.ts'

let folder: string
let profiles: ProfileInput[]
let seen: (MediaProgress | null)[]
let refusal: Error | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-media-'))
  profiles = []
  seen = []
  refusal = undefined
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (...parts: string[]): string => join(folder, ...parts)
const put = (path: string, bytes: Buffer | string): string => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), bytes)
  return at(path)
}

function imports(reader: MediaReader = readerHere, ownFiles: string[] = []): MediaImports {
  const made: MediaImports = new MediaImports({
    reader,
    ownFolder: at('boot'),
    stagingFolder: at('unfinished'),
    bootFiles: async () => ({
      folder: at('boot'),
      missingLoaders: [],
      files: ownFiles.map((path) => ({ path, size: 1, modifiedAt: 0, origin: 'own' as const })),
    }),
    addProfile(profile) {
      if (refusal) throw refusal
      return { id: profiles.push(profile) }
    },
    pcsBelow: (memoryMiB) => (memoryMiB > 1000 ? 2 : 0),
    onProgress: () => seen.push(made.progress),
  })
  return made
}

const netboot = (): string => {
  put('netboot/debian-installer/amd64/linux', 'kernel')
  put('netboot/debian-installer/amd64/initrd.gz', 'initrd')
  put('netboot/pxelinux.0', 'loader')
  return at('netboot')
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const code = async (task: Promise<unknown>): Promise<string> =>
  task.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
  )

describe('MediaImports', () => {
  it('takes a netboot folder and makes its profile', async () => {
    const media = imports()
    const draft = await media.open(netboot())
    expect(draft).toMatchObject({ family: 'debianNetboot', folder: 'netboot', source: 'netboot', tooSmall: 0 })
    expect(existsSync(at('boot'))).toBe(false)
    const result = await media.take('Installation', draft.profile!.commandLine)
    expect(result).toEqual({
      profileId: 1,
      files: [
        { path: 'netboot/vmlinuz', size: 6, sha256: sha256('kernel') },
        { path: 'netboot/initrd.img', size: 6, sha256: sha256('initrd') },
      ],
    })
    expect(profiles).toEqual([{ ...draft.profile, name: 'Installation' }])
    expect(readFileSync(at('boot/netboot/initrd.img'), 'utf8')).toBe('initrd')
    expect(seen.at(-1)).toBeNull()
    expect(seen).toContainEqual({ phase: 'copying', done: 12, total: 12 })
  })

  it('takes an ISO 9660 image', async () => {
    const files = { 'LIVE/VMLINUZ': 'kernel', 'LIVE/INITRD.IMG': 'initrd', 'LIVE/FILESYST.SQUASHFS': 'system' }
    const media = imports()
    const draft = await media.open(put('Ma clé.iso', smallIso(files)))
    expect(draft).toMatchObject({ family: 'debianLive', folder: 'Ma-cle', tooSmall: 2 })
    const { files: taken } = await media.take('Live', '')
    expect(taken.map(({ sha256: hash }) => hash)).toEqual(['kernel', 'initrd', 'system'].map(sha256))
    expect(readdirSync(at('boot/Ma-cle')).sort()).toEqual(['filesystem.squashfs', 'initrd.img', 'vmlinuz'])
  })

  it('gives each medium a folder of its own', async () => {
    put('boot/NETBOOT/x', '')
    expect((await imports().open(netboot())).folder).toBe('netboot-2')
  })

  it('says when wimboot is not there', async () => {
    put('winpe/boot/BCD', 'b')
    put('winpe/boot/boot.sdi', 's')
    put('winpe/sources/boot.wim', 'w')
    expect((await imports().open(at('winpe'))).needsWimboot).toBe(true)
    expect((await imports(readerHere, ['wimboot']).open(at('winpe'))).needsWimboot).toBe(false)
  })

  it.each([0, 1, 3000, 40_000, 50_000])('refuses an image that ends after %i bytes', async (length) => {
    const whole = smallIso({ 'LIVE/VMLINUZ': 'k', 'LIVE/INITRD.IMG': 'i', 'LIVE/FILESYST.SQUASHFS': 's'.repeat(5000) })
    const path = put('cut.iso', whole.subarray(0, length))
    const media = imports()
    const outcome = await media.open(path).then(
      (draft) => (draft.profile ? code(media.take('Cut', '')) : draft.problem),
      (error: CodedError) => error.code,
    )
    expect(['media.unreadable', 'unknown', 'incomplete']).toContain(outcome)
    expect(existsSync(at('boot')) ? readdirSync(at('boot')) : []).toEqual([])
    expect(existsSync(at('unfinished/medium'))).toBe(false)
    expect(profiles).toEqual([])
  })

  it('keeps nothing when the profile is refused', async () => {
    const media = imports()
    await media.open(netboot())
    refusal = new CodedError('boot.profileInvalid', 'no', {})
    expect(await code(media.take('x', ''))).toBe('boot.profileInvalid')
    expect(readdirSync(at('boot'))).toEqual([])
    refusal = undefined
    expect((await media.take('x', '')).profileId).toBe(1)
  })

  it('keeps nothing when it is cancelled, and can begin again', async () => {
    let begun = (): void => {}
    const isTaking = new Promise<void>((resolve) => (begun = resolve))
    const slow: MediaReader = {
      list: readerHere.list,
      initramfs: readerHere.initramfs,
      take: (order, _, signal) =>
        new Promise((_resolve, reject) => {
          writeFileSync(join(order.into, 'vmlinuz'), 'half')
          signal.addEventListener('abort', () => reject(signal.reason as Error))
          begun()
        }),
    }
    const media = imports(slow)
    await media.open(netboot())
    const taking = code(media.take('x', ''))
    await isTaking
    expect(await code(media.open(at('netboot')))).toBe('media.busy')
    media.cancel()
    expect(await taking).toBe('media.cancelled')
    expect([readdirSync(at('unfinished')), readdirSync(at('boot'))]).toEqual([[], []])
    expect((await media.open(at('netboot'))).family).toBe('debianNetboot')
  })

  it('finds files that changed since they were looked at', async () => {
    const media = imports()
    await media.open(netboot())
    put('netboot/debian-installer/amd64/linux', 'another kernel')
    expect(await code(media.take('x', ''))).toBe('media.unreadable')
    expect(readdirSync(at('boot'))).toEqual([])
  })

  it('follows no links in a folder', async () => {
    const path = netboot()
    rmSync(at('netboot/debian-installer/amd64/linux'))
    symlinkSync('/etc/passwd', at('netboot/debian-installer/amd64/linux'))
    symlinkSync(path, at('netboot/loop'))
    expect(await imports().open(path)).toMatchObject({ problem: 'unknown' })
  })

  it('tells what it cannot open', async () => {
    expect(await code(imports().open(at('absent.iso')))).toBe('content.notFound')
    expect(await code(imports().open('relative.iso'))).toBe('input.invalid')
    expect(await code(imports().open('/dev/null'))).toBe('content.notAFile')
    expect(await code(imports().take('x', ''))).toBe('media.noDraft')
  })
})

describe('readListing', () => {
  const listing = (...blocks: string[]): string => ['Type = Iso\nVolume: LERNSTICK', '----------', ...blocks].join('\n')

  it('reads names, sizes, folders and links, and the label', () => {
    const said = listing(
      'Path = live\nFolder = +\nSize = \n',
      'Path = live\\vmlinuz\nFolder = -\nSize = 12\nMode = -r--r--r--\nSymbolic Link = \n',
      'Path = live/evil\nFolder = -\nSize = 0\nMode = lr-xr-xr-x\nSymbolic Link = ../../etc/passwd\n',
      'Path = huge\nFolder = -\nSize = 99999999999999999999\n',
    )
    expect(readListing(said, 'x.iso')).toEqual({
      label: 'LERNSTICK',
      entries: [
        { path: 'live', size: 0, isFile: false },
        { path: 'live/vmlinuz', size: 12, isFile: true },
        { path: 'live/evil', size: 0, isFile: false },
        { path: 'huge', size: 0, isFile: false },
      ],
    })
  })

  it('refuses what is no listing', () => {
    expect(() => readListing('ERROR: not an archive', 'x.iso')).toThrow(CodedError)
  })
})
