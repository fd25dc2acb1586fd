import { describe, expect, it } from 'vitest'
import { recognise, type Medium } from './recognise.ts'

const MiB = 1024 * 1024

const isList = (paths: object): paths is readonly string[] => Array.isArray(paths)

const medium = (paths: Record<string, number> | readonly string[], change: Partial<Medium> = {}): Medium => ({
  entries: (isList(paths) ? paths.map((path) => [path, 1000] as const) : Object.entries(paths)).map(([path, size]) => ({
    path,
    size,
    isFile: true,
  })),
  label: '',
  name: 'image.iso',
  imageBytes: 3000 * MiB,
  folder: 'image',
  ...change,
})

const debian = { 'live/vmlinuz': 8 * MiB, 'live/initrd.img': 60 * MiB, 'live/filesystem.squashfs': 900 * MiB }

describe('recognise', () => {
  it.each([
    ['debianLive', Object.keys(debian), ['vmlinuz', 'initrd.img', 'filesystem.squashfs']],
    ['casper', ['casper/vmlinuz', 'casper/initrd', 'casper/minimal.squashfs'], ['vmlinuz', 'initrd.img', 'image.iso']],
    [
      'fedoraLive',
      ['images/pxeboot/vmlinuz', 'images/pxeboot/initrd.img', 'LiveOS/squashfs.img'],
      ['vmlinuz', 'initrd.img', 'squashfs.img'],
    ],
    [
      'fedoraLive',
      ['boot/x86_64/loader/linux', 'boot/x86_64/loader/initrd', 'LiveOS/squashfs.img'],
      ['vmlinuz', 'initrd.img', 'squashfs.img'],
    ],
    [
      'debianNetboot',
      ['pxelinux.0', 'debian-installer/amd64/linux', 'debian-installer/amd64/initrd.gz'],
      ['vmlinuz', 'initrd.img'],
    ],
    ['windows', ['BOOT/BCD', 'BOOT/BOOT.SDI', 'SOURCES/BOOT.WIM', 'SETUP.EXE'], ['BCD', 'boot.sdi', 'boot.wim']],
    ['memtest', ['boot/memtest.bin', 'EFI/BOOT/BOOTX64.EFI'], ['memtest.bin']],
    ['memtest', ['boot/mt86p_x32', 'boot/mt86p_x64'], ['memtest.bin']],
  ] as const)('%s: %j', (family, paths, taken) => {
    const found = recognise(medium(paths))
    expect(found).toMatchObject({ family, missing: [] })
    expect(found.problem).toBeUndefined()
    expect(found.files.map(({ to }) => to)).toEqual(taken)
    expect(found.profile?.initrds.every((path) => path.startsWith('image/'))).toBe(true)
  })

  it('has a Debian live system fetched over HTTP', () => {
    expect(recognise(medium(debian)).profile).toEqual({
      system: 'linux',
      kernel: 'image/vmlinuz',
      initrds: ['image/initrd.img'],
      commandLine:
        'boot=live components fetch={server}/files/image/filesystem.squashfs locales=fr_FR.UTF-8 keyboard-layouts=fr timezone=Europe/Paris',
    })
  })

  it('takes the whole image of Ubuntu', () => {
    const { files } = recognise(medium(['casper/vmlinuz', 'casper/initrd.lz', 'casper/filesystem.squashfs']))
    expect(files.at(-1)).toEqual({ from: '', to: 'image.iso', size: 3000 * MiB })
  })

  it('wants Ubuntu as an image', () => {
    const paths = ['casper/vmlinuz', 'casper/initrd', 'casper/filesystem.squashfs']
    expect(recognise(medium(paths, { imageBytes: undefined }))).toMatchObject({
      problem: 'incomplete',
      missing: ['image.iso'],
    })
  })

  it('keeps kernel and initrd of one version together, the newest', () => {
    const { files } = recognise(
      medium([
        'live/initrd.img-6.1.0-9-amd64',
        'live/vmlinuz-6.1.0-9-amd64',
        'live/vmlinuz-6.1.0-18-amd64',
        'live/initrd.img-6.1.0-18-amd64',
        'live/filesystem.squashfs',
      ]),
    )
    expect(files.map(({ from }) => from).slice(0, 2)).toEqual([
      'live/vmlinuz-6.1.0-18-amd64',
      'live/initrd.img-6.1.0-18-amd64',
    ])
  })

  it('takes the largest squashfs', () => {
    const { files } = recognise(medium({ ...debian, 'live/extra.squashfs': 10, 'live/filesystem.squashfs': 900 }))
    expect(files.at(-1)?.from).toBe('live/filesystem.squashfs')
  })

  it.each([{ name: 'lernstick-2025.iso' }, { label: 'LERNSTICK' }])('knows Lernstick by its name: %j', (change) => {
    expect(recognise(medium(debian, change)).family).toBe('lernstick')
  })

  it('says what an incomplete medium lacks', () => {
    expect(recognise(medium(['live/filesystem.squashfs']))).toEqual({
      family: 'debianLive',
      problem: 'incomplete',
      missing: ['vmlinuz', 'initrd.img'],
      files: [],
    })
  })

  it('knows a Debian installation disc, which cannot start over the network', () => {
    expect(recognise(medium(['install.amd/vmlinuz', 'install.amd/initrd.gz', 'pool/x.deb']))).toMatchObject({
      problem: 'installerImage',
    })
  })

  it.each([[[]], [['readme.txt', 'casper.txt', 'mylive/filesystem.squashfs']]])('does not know %j', (paths) => {
    expect(recognise(medium(paths))).toEqual({ problem: 'unknown', missing: [], files: [] })
  })

  it('wants BCD and boot.sdi with a .wim, and takes those that are there', () => {
    const alone = medium(['boot.wim'], { name: 'boot.wim' })
    expect(recognise(alone)).toMatchObject({ family: 'windows', problem: 'wimAlone', missing: ['BCD', 'boot.sdi'] })
    expect(recognise({ ...alone, windowsStarters: ['win/BCD', 'win/boot.sdi'] }).profile?.initrds).toEqual([
      'win/BCD',
      'win/boot.sdi',
      'image/boot.wim',
    ])
  })

  it('takes nothing that is no file', () => {
    const entries = medium(debian).entries.map((entry) => ({ ...entry, isFile: entry.path !== 'live/vmlinuz' }))
    expect(recognise({ ...medium(debian), entries })).toMatchObject({ problem: 'incomplete', missing: ['vmlinuz'] })
  })
})
