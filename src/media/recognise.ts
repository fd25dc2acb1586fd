import type { MediaFamily, MediaFile, MediaProblem, ProfileInput } from '../contract/index.ts'
import type { MediaContents, MediaEntry } from './entries.ts'

/** What a medium is, what to take from it and how to start it. */
export interface Recognised {
  family?: MediaFamily
  problem?: MediaProblem
  /** What its family must have and it does not, by the usual name. */
  missing: string[]
  files: MediaFile[]
  /** Without a name; paths below the folder that the files go to. */
  profile?: Omit<ProfileInput, 'name'>
}

export interface Medium extends MediaContents {
  /** Of the file or folder. */
  name: string
  /** Bytes of the image itself; undefined for a folder. */
  imageBytes?: number
  /** Where the files will be, below the boot-file folder. */
  folder: string
  /** BCD and boot.sdi that are there already, below the boot-file folder, for a `.wim` that comes alone. */
  windowsStarters?: readonly [bcd: string, sdi: string]
}

/** What each family is known by. The first whose mark is there has it. */
const families: readonly { family: MediaFamily; mark: RegExp; take: (medium: Medium) => Recognised }[] = [
  { family: 'casper', mark: /^casper\/(vmlinuz|.+\.squashfs)/i, take: takeCasper },
  { family: 'debianLive', mark: /^live\/.+\.squashfs$/i, take: takeDebianLive },
  { family: 'fedoraLive', mark: /^LiveOS\/.+\.img$/i, take: takeFedoraLive },
  { family: 'windows', mark: /^sources\/boot\.wim$/i, take: takeWindows },
  { family: 'windows', mark: /^[^/]+\.wim$/i, take: takeWim },
  { family: 'debianNetboot', mark: /^(.*\/)?debian-installer\/[^/]+\/linux$/i, take: takeDebianNetboot },
  { family: 'memtest', mark: memtestMark(), take: takeMemtest },
]

/** Debian's own discs: their initrd has no network and looks for the disc. */
const installerImage = /^install\.[^/]+\/(vmlinuz|initrd\.gz)$/i

/** Tells a medium by the names in it. Never throws, whatever they are. */
export function recognise(medium: Medium): Recognised {
  for (const { mark, take } of families)
    if (medium.entries.some(({ path }) => mark.test(clean(path)))) return take(medium)
  const problem = medium.entries.some(({ path }) => installerImage.test(clean(path))) ? 'installerImage' : 'unknown'
  return { problem, missing: [], files: [] }
}

// live-boot fetches the squashfs over HTTP into memory (live-boot(7), `fetch`); it wants an address, not a name.
function takeDebianLive(medium: Medium): Recognised {
  const isLernstick = [medium.name, medium.label, ...medium.entries.map(({ path }) => path)].some((text) =>
    /lernstick/i.test(text),
  )
  const pair = kernelPair(medium.entries, 'live')
  const system = largest(medium.entries, /^live\/[^/]+\.squashfs$/i)
  return {
    family: isLernstick ? 'lernstick' : 'debianLive',
    ...linux(medium, { ...pair, system, systemName: 'filesystem.squashfs' }, (url) => [
      ...['boot=live', 'components', `fetch=${url}`],
      ...['locales=fr_FR.UTF-8', 'keyboard-layouts=fr', 'timezone=Europe/Paris'],
    ]),
  }
}

// casper's `url=` takes the whole image, whose name must end in `.iso`, not a squashfs, and keeps it in the initramfs. Unless a root is
// named, that is a tmpfs, which takes half of a PC's memory at most (kernel: init_rootfs): with one it may be all of it.
function takeCasper(medium: Medium): Recognised {
  const image: MediaEntry | undefined =
    medium.imageBytes === undefined ? undefined : { path: '', size: medium.imageBytes, isFile: true }
  const pair = kernelPair(medium.entries, 'casper')
  return {
    family: 'casper',
    ...linux(medium, { ...pair, system: image, systemName: 'image.iso' }, (url) => [
      ...['boot=casper', 'root=/dev/ram0', 'ip=dhcp', `url=${url}`],
      ...['locale=fr_FR.UTF-8', 'keyboard-configuration/layoutcode=fr', 'quiet'],
    ]),
  }
}

// dracut's livenet: dracut.cmdline(7), `root=live:<url>`.
function takeFedoraLive(medium: Medium): Recognised {
  const { entries } = medium
  return {
    family: 'fedoraLive',
    ...linux(
      medium,
      {
        kernel: find(entries, /^images\/pxeboot\/vmlinuz$/i) ?? find(entries, /^boot\/[^/]+\/loader\/linux$/i),
        initrd: find(entries, /^images\/pxeboot\/initrd\.img$/i) ?? find(entries, /^boot\/[^/]+\/loader\/initrd$/i),
        system: largest(entries, /^LiveOS\/[^/]+\.img$/i),
        systemName: 'squashfs.img',
      },
      (url) => [`root=live:${url}`, 'rd.live.image', 'ip=dhcp', 'vconsole.keymap=fr', 'quiet'],
    ),
  }
}

function takeDebianNetboot(medium: Medium): Recognised {
  const kernel = find(medium.entries, /^(.*\/)?debian-installer\/[^/]+\/linux$/i)
  const folder = kernel?.path.slice(0, -'linux'.length) ?? ''
  const initrd = medium.entries.find(({ path, isFile }) => isFile && path === `${folder}initrd.gz`)
  return {
    family: 'debianNetboot',
    ...linux(medium, { kernel, initrd }, () => ['priority=high', '---', 'quiet']),
  }
}

function takeWindows(medium: Medium): Recognised {
  const { entries } = medium
  const wanted: [name: string, entry: MediaEntry | undefined][] = [
    ['BCD', find(entries, /^boot\/bcd$/i)],
    ['boot.sdi', find(entries, /^boot\/boot\.sdi$/i)],
    ['boot.wim', find(entries, /^sources\/boot\.wim$/i)],
  ]
  return windows(medium, wanted, [])
}

/** The one that has Windows PE: the only one, or the one that is called so. */
function takeWim(medium: Medium): Recognised {
  const wim = find(medium.entries, /^(boot|winpe)\.wim$/i) ?? find(medium.entries, /^[^/]+\.wim$/i)
  const own: [name: string, entry: MediaEntry | undefined][] = [
    ['BCD', find(medium.entries, /^bcd$/i)],
    ['boot.sdi', find(medium.entries, /^boot\.sdi$/i)],
  ]
  if (own.every(([, entry]) => entry)) return windows(medium, [...own, ['boot.wim', wim]], [])
  if (medium.windowsStarters) return windows(medium, [['boot.wim', wim]], medium.windowsStarters)
  return { family: 'windows', problem: 'wimAlone', missing: ['BCD', 'boot.sdi'], files: [] }
}

function memtestMark(): RegExp {
  return /(^|\/)(memtest(86)?\+?(_?x?64|_?x?32)?(\.bin)?|mt86p(lus)?(_?x?64|_?x?32)?)$/i
}

/** Memtest86+ 6 and later starts as a Linux kernel does, under BIOS and UEFI. */
function takeMemtest(medium: Medium): Recognised {
  const all = medium.entries.filter(({ path, isFile }) => isFile && memtestMark().test(clean(path)))
  const kernel = all.find(({ path }) => /64/.test(path)) ?? all[0]
  return { family: 'memtest', ...linux(medium, { kernel, kernelName: 'memtest.bin', isAlone: true }, () => []) }
}

interface LinuxParts {
  kernel?: MediaEntry | undefined
  kernelName?: string
  initrd?: MediaEntry | undefined
  system?: MediaEntry | undefined
  /** Without one, there is no system to fetch. */
  systemName?: string
  /** Needs no initrd. */
  isAlone?: boolean
}

function linux(
  { folder }: Medium,
  { kernel, kernelName = 'vmlinuz', initrd, system, systemName, isAlone = false }: LinuxParts,
  commandLine: (systemUrl: string) => string[],
): Omit<Recognised, 'family'> {
  const parts: (readonly [name: string, entry: MediaEntry | undefined])[] = [
    [kernelName, kernel],
    ...(isAlone ? [] : ([['initrd.img', initrd]] as const)),
    ...(systemName === undefined ? [] : ([[systemName, system]] as const)),
  ]
  const missing = parts.flatMap(([name, entry]) => (entry ? [] : [name]))
  if (missing.length > 0) return { problem: 'incomplete', missing, files: [] }
  return {
    missing,
    files: filesOf(parts),
    profile: {
      system: 'linux',
      kernel: `${folder}/${kernelName}`,
      initrds: isAlone ? [] : [`${folder}/initrd.img`],
      commandLine: commandLine(`{server}/files/${folder}/${systemName}`).join(' '),
    },
  }
}

/** @param starters BCD and boot.sdi that are there already */
function windows(
  { folder }: Medium,
  parts: readonly [name: string, entry: MediaEntry | undefined][],
  starters: readonly string[],
): Recognised {
  const missing = parts.flatMap(([name, entry]) => (entry ? [] : [name]))
  if (missing.length > 0) return { family: 'windows', problem: 'incomplete', missing, files: [] }
  return {
    family: 'windows',
    missing,
    files: filesOf(parts),
    profile: {
      system: 'windows',
      kernel: 'wimboot',
      initrds: [...starters, ...parts.map(([name]) => `${folder}/${name}`)],
      commandLine: '',
    },
  }
}

const filesOf = (parts: readonly (readonly [name: string, entry: MediaEntry | undefined])[]): MediaFile[] =>
  parts.flatMap(([to, entry]) => (entry ? [{ from: entry.path, to, size: entry.size }] : []))

/** ISO 9660 without extensions ends a name without a dot in one. */
const clean = (path: string): string => path.replace(/\.$/, '')

const find = (entries: readonly MediaEntry[], name: RegExp): MediaEntry | undefined =>
  entries.find(({ path, isFile }) => isFile && name.test(clean(path)))

const largest = (entries: readonly MediaEntry[], name: RegExp): MediaEntry | undefined =>
  entries
    .filter(({ path, isFile }) => isFile && name.test(clean(path)))
    .reduce<MediaEntry | undefined>((most, entry) => (entry.size > (most?.size ?? -1) ? entry : most), undefined)

/** The kernel and the initrd of one version: those without one in their names, else the last one in order. */
function kernelPair(entries: readonly MediaEntry[], folder: string): Pick<LinuxParts, 'kernel' | 'initrd'> {
  const kernels = entries.filter(({ path, isFile }) => isFile && new RegExp(`^${folder}/vmlinuz[^/]*$`, 'i').test(path))
  const version = (path: string): string =>
    clean(path).replace(/^.*?\/(vmlinuz|initrd)(\.(img|gz|lz|xz|zst))?\d?-?/i, '')
  const initrds = entries.filter(
    ({ path, isFile }) => isFile && new RegExp(`^${folder}/initrd[^/]*$`, 'i').test(path) && !/\.sig$/i.test(path),
  )
  const inOrder = [...kernels].sort((a, b) => version(a.path).localeCompare(version(b.path), 'en', { numeric: true }))
  const kernel = inOrder.find(({ path }) => version(path) === '') ?? inOrder.at(-1) ?? kernels[0]
  if (!kernel) return { initrd: initrds[0] }
  const own = version(kernel.path)
  return { kernel, initrd: initrds.find(({ path }) => version(path) === own) ?? initrds[0] }
}
