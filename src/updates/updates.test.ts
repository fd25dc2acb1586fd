import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { installationOf, type Installation } from './installation.ts'
import { compareVersions } from './manifest.ts'
import { Updates, type UpdateData } from './updates.ts'

const release = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const publicKey = release.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const name = 'amorce-0.2.0-linux-x64.tar.gz'

let base: string
let stick: string
let target: string
let clock: ManualClock
let restarts: number
let running: boolean
let data: UpdateData & { done: string[] }

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'amorce-updates-'))
  stick = join(base, 'stick')
  target = join(base, 'app')
  for (const folder of [stick, target]) mkdirSync(folder)
  writeFileSync(join(target, 'version'), '0.1.0')
  clock = new ManualClock()
  restarts = 0
  running = false
  const done: string[] = []
  data = {
    schema: 11,
    done,
    saveTo: (path) => {
      writeFileSync(path, 'data')
      done.push('saved')
      return Promise.resolve()
    },
    goBackTo: (path) => {
      done.push(`back to ${readFileSync(path, 'utf8')}`)
      return Promise.resolve(() => done.push('stayed'))
    },
  }
})
afterEach(() => rmSync(base, { recursive: true }))

const open = (changes: { version?: string; installation?: Partial<Installation> } = {}): Updates =>
  new Updates({
    installation: { kind: 'archive', target, arch: 'x64', publicKey, ...changes.installation },
    version: changes.version ?? '0.1.0',
    folder: join(base, 'updates'),
    clock,
    data,
    isExamRunning: () => running,
    restart: () => restarts++,
  })

/** An archive as a release has it: one folder, with the app in it. */
function archive(version: string): Buffer {
  const made = join(base, 'made', 'amorce')
  mkdirSync(made, { recursive: true })
  writeFileSync(join(made, 'version'), version)
  const file = join(base, 'made.tar.gz')
  execFileSync('tar', ['-czf', file, '-C', join(base, 'made'), 'amorce'])
  return readFileSync(file)
}

interface Written {
  manifest?: object
  file?: object
  content?: Buffer
  key?: typeof release.privateKey
}

/** Lays a release on the stick, and what is wrong with it. */
function write({ manifest = {}, file = {}, content = archive('0.2.0'), key = release.privateKey }: Written = {}): void {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const said = {
    ...{ format: 1, product: 'amorce', version: '0.2.0', date: '2026-11-28', notes: { fr: 'Mieux', en: 'Better' } },
    files: [{ name, kind: 'archive', arch: 'x64', size: content.length, sha256, ...file }],
    ...manifest,
  }
  writeFileSync(join(stick, name), content)
  writeBytes(Buffer.from(JSON.stringify(said)), key)
}

function writeBytes(bytes: Buffer, key = release.privateKey): void {
  writeFileSync(join(stick, 'amorce-update.json'), bytes)
  writeFileSync(join(stick, 'amorce-update.json.sig'), `${sign(null, bytes, key).toString('base64')}\n`)
}

const versionThere = (): string => readFileSync(join(target, 'version'), 'utf8')

describe('a release on a stick', () => {
  it('is shown with what it says, by its folder or by any file of it', async () => {
    write()
    const offer = {
      version: '0.2.0',
      date: '2026-11-28',
      notes: { fr: 'Mieux', en: 'Better' },
      file: name,
      folder: stick,
    }
    expect(await open().look(stick)).toMatchObject(offer)
    expect(await open().look(join(stick, name))).toMatchObject(offer)
    expect(versionThere(), 'looking installs nothing').toBe('0.1.0')
  })

  it('takes the place of what runs in one step; the version before stays and can be gone back to', async () => {
    write()
    const before = open()
    await before.look(stick)
    await before.install()
    expect(versionThere()).toBe('0.2.0')
    expect(restarts).toBe(1)
    expect(data.done).toEqual(['saved'])
    expect(existsSync(join(base, 'updates', 'staged'))).toBe(false)

    const after = open({ version: '0.2.0' })
    expect(after.view.previous).toEqual({ version: '0.1.0', at: clock.now() })
    await after.rollBack()
    expect(versionThere()).toBe('0.1.0')
    expect(data.done, 'the database was not changed').toEqual(['saved'])
    expect(restarts).toBe(2)
    expect(open().view.previous).toBeUndefined()
    await expect(open().rollBack()).rejects.toMatchObject({ code: 'update.noPrevious' })
  })

  it('gives the data back that the older version can read, where the newer one changed them', async () => {
    write()
    const before = open()
    await before.look(stick)
    await before.install()
    data.schema = 12
    await open({ version: '0.2.0' }).rollBack()
    expect(data.done).toEqual(['saved', 'back to data'])
  })

  it('leaves the data where they are when going back fails', async () => {
    write()
    const before = open()
    await before.look(stick)
    await before.install()
    data.schema = 12
    const after = new Updates({
      installation: { kind: 'archive', target, arch: 'x64', publicKey },
      ...{ version: '0.2.0', folder: join(base, 'updates'), clock, data },
      isExamRunning: () => false,
      restart: () => restarts++,
      installer: {
        install: () => Promise.resolve(),
        hasPrevious: () => true,
        rollBack: () => Promise.reject(new Error('no')),
      },
    })
    await expect(after.rollBack()).rejects.toThrow('no')
    expect(data.done.at(-1)).toBe('stayed')
    expect(restarts).toBe(1)
  })

  it('replaces an AppImage, which stays a program', async () => {
    const appImage = join(base, 'Amorce.AppImage')
    writeFileSync(appImage, 'old')
    write({ content: Buffer.from('new'), file: { kind: 'appImage' } })
    const updates = open({ installation: { kind: 'appImage', target: appImage } })
    await updates.look(stick)
    await updates.install()
    expect(readFileSync(appImage, 'utf8')).toBe('new')
    expect(readFileSync(`${appImage}.previous`, 'utf8')).toBe('old')
    expect(() => execFileSync('test', ['-x', appImage])).not.toThrow()
  })
})

describe('refused, with nothing changed:', () => {
  const cases: [string, () => void, string][] = [
    ['no stick at all', () => rmSync(stick, { recursive: true }), 'update.notFound'],
    ['a stick without a release', () => undefined, 'update.notFound'],
    ['a folder in the place of the manifest', () => mkdirSync(join(stick, 'amorce-update.json')), 'update.notFound'],
    [
      'a link to a manifest that is elsewhere',
      () => {
        write()
        execFileSync('mv', [join(stick, 'amorce-update.json'), join(base, 'elsewhere')])
        symlinkSync(join(base, 'elsewhere'), join(stick, 'amorce-update.json'))
      },
      'update.notFound',
    ],
    [
      'a pipe in the place of the manifest',
      () => execFileSync('mkfifo', [join(stick, 'amorce-update.json')]),
      'update.notFound',
    ],
    ['no signature', () => (write(), rmSync(join(stick, 'amorce-update.json.sig'))), 'update.notSigned'],
    ['an empty signature', () => (write(), truncateSync(join(stick, 'amorce-update.json.sig'))), 'update.notSigned'],
    ['another key', () => write({ key: stranger.privateKey }), 'update.notSigned'],
    [
      'one byte more',
      () => {
        write()
        writeFileSync(join(stick, 'amorce-update.json'), ' ', { flag: 'a' })
      },
      'update.notSigned',
    ],
    [
      'a version that was changed',
      () => {
        write()
        const path = join(stick, 'amorce-update.json')
        writeFileSync(path, readFileSync(path, 'utf8').replace('0.2.0', '9.9.9'))
      },
      'update.notSigned',
    ],
    ['a manifest of a megabyte', () => writeBytes(Buffer.alloc(1_000_000, 32)), 'update.unreadable'],
    ['a signed text that is no manifest', () => writeBytes(Buffer.from('{')), 'update.unreadable'],
    ['another product', () => write({ manifest: { product: 'other' } }), 'update.unreadable'],
    ['a format of tomorrow', () => write({ manifest: { format: 2 } }), 'update.unreadable'],
    ['a field nobody knows', () => write({ manifest: { script: 'rm -rf /' } }), 'update.unreadable'],
    ['a path upwards', () => write({ file: { name: '../../etc/passwd' } }), 'update.unreadable'],
    ['an absolute path', () => write({ file: { name: '/etc/passwd' } }), 'update.unreadable'],
    ['a Windows path', () => write({ file: { name: '..\\a.exe' } }), 'update.unreadable'],
    ['an option for a name', () => write({ file: { name: '--checkpoint-action=exec=sh' } }), 'update.unreadable'],
    ['a size past all measure', () => write({ file: { size: 1e12 } }), 'update.unreadable'],
    ['nothing for this kind of computer', () => write({ file: { arch: 'arm64' } }), 'update.otherSystem'],
    ['nothing for this kind of installation', () => write({ file: { kind: 'deb' } }), 'update.otherSystem'],
    ['an older version, well signed', () => write({ manifest: { version: '0.0.9' } }), 'update.notNewer'],
    ['the same version', () => write({ manifest: { version: '0.1.0' } }), 'update.notNewer'],
    ['a file that is gone', () => (write(), rmSync(join(stick, name))), 'update.fileDamaged'],
    ['a file cut short', () => (write(), truncateSync(join(stick, name), 20)), 'update.fileDamaged'],
    [
      'a file with more behind it',
      () => (write(), writeFileSync(join(stick, name), 'x', { flag: 'a' })),
      'update.fileDamaged',
    ],
    [
      'another file of the same size',
      () => {
        write()
        writeFileSync(join(stick, name), Buffer.alloc(readFileSync(join(stick, name)).length))
      },
      'update.fileDamaged',
    ],
    [
      'a link to the right file',
      () => {
        write()
        execFileSync('mv', [join(stick, name), join(base, 'elsewhere')])
        symlinkSync(join(base, 'elsewhere'), join(stick, name))
      },
      'update.fileDamaged',
    ],
  ]
  it.each(cases)('%s', async (_, prepare, code) => {
    prepare()
    const updates = open()
    await expect(updates.look(stick)).rejects.toMatchObject({ code })
    await expect(updates.install()).rejects.toMatchObject({ code: 'update.notFound' })
    expect([versionThere(), restarts, data.done]).toEqual(['0.1.0', 0, []])
  })

  it('a stick that was changed after it was looked at', async () => {
    write()
    const updates = open()
    await updates.look(stick)
    writeFileSync(join(stick, name), archive('6.6.6'))
    await expect(updates.install()).rejects.toMatchObject({ code: 'update.fileDamaged' })
    expect([versionThere(), restarts]).toEqual(['0.1.0', 0])
    expect(existsSync(join(base, 'updates', 'staged'))).toBe(false)
  })

  it('while an exam runs', async () => {
    write()
    const updates = open()
    await updates.look(stick)
    running = true
    await expect(updates.install()).rejects.toMatchObject({ code: 'exam.alreadyRunning' })
    await expect(updates.rollBack()).rejects.toMatchObject({ code: 'exam.alreadyRunning' })
  })

  it('twice at once', async () => {
    write()
    const updates = open()
    await updates.look(stick)
    const both = await Promise.allSettled([updates.install(), updates.install()])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(restarts).toBe(1)
  })

  it('where nobody said whose signature to believe, and in a working copy', async () => {
    write()
    await expect(open({ installation: { publicKey: undefined } }).look(stick)).rejects.toMatchObject({
      code: 'update.notHere',
    })
    await expect(open({ installation: { kind: 'other' } }).look(stick)).rejects.toMatchObject({
      code: 'update.notHere',
    })
  })

  it('what cannot be unpacked, and the one that runs stays', async () => {
    write({ content: Buffer.from('not an archive') })
    const updates = open()
    await updates.look(stick)
    await expect(updates.install()).rejects.toMatchObject({ code: 'update.failed' })
    expect(versionThere()).toBe('0.1.0')
    expect(existsSync(`${target}.new`)).toBe(false)
    expect(open({ version: '0.2.0' }).view.previous).toBeUndefined()
  })
})

describe('how it was installed', () => {
  const facts = { isInstalled: true, platform: 'linux', arch: 'x64', env: {}, publicKey: 'k' }
  it.each([
    ['an archive in a home folder', { executable: '/home/a/amorce-0.1.0/amorce' }, 'archive', '/home/a/amorce-0.1.0'],
    [
      'an AppImage',
      { executable: '/tmp/.mount_x/amorce', env: { APPIMAGE: '/home/a/Amorce.AppImage' } },
      'appImage',
      '/home/a/Amorce.AppImage',
    ],
    ['Windows', { platform: 'win32', executable: '/x/Amorce.exe' }, 'installer', '/x'],
    ['macOS', { platform: 'darwin', executable: '/x/Amorce' }, 'other', '/x'],
    ['a working copy', { isInstalled: false, executable: '/x/electron' }, 'other', '/x'],
  ])('%s', (_, more, kind, at) => {
    expect(installationOf({ ...facts, ...more })).toMatchObject({ kind, target: at, publicKey: 'k' })
  })
})

it('orders versions by number, not by letter', () => {
  const ordered = ['0.2.0', '0.10.0', '1.0.0', '1.0.10']
  expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered)
  expect(compareVersions('1.0.0', '1.0.0')).toBe(0)
})
