import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { spawn } from 'node:child_process'
import { cacheFolder } from './cache.mjs'
import { mustRun, say } from './run.mjs'

// A live system for the network, out of Debian packages: a kernel, an initrd with live-boot, and a squashfs.

/**
 * @typedef {object} LiveSystem
 * @property {string} suite of Debian: `bookworm`
 * @property {string[]} packages beside those that a live system is made of; with `=version` that one and no newer
 * @property {string} [kernel] the kernel's package
 * @property {keyof typeof initramfses} [initramfs] whose: live-boot's unless said
 * @property {string[]} [without] paths that packages do not lay, as dpkg's `path-exclude` takes them
 * @property {'most' | string[]} [drivers] in the initrd
 * @property {Record<string, string>} [files] laid in the system, by path
 * @property {string[]} [commands] run in the system by its own shell, once everything is there
 * @property {string} [mirror] where packages come from; what this computer uses when absent
 * @property {number} [date] of everything in it, seconds since the Unix epoch
 * @property {'xz' | 'zstd'} [compression]
 */

/** What every one of them needs to boot over the network and to carry an exam. */
const livePackages = [
  ...['systemd-sysv', 'udev', 'dbus', 'kmod', 'iproute2', 'nftables', 'curl', 'ca-certificates', 'kbd'],
  ...['busybox', 'zstd', 'libpam-systemd'],
]

/** The two families of live systems, by what makes their initrd. */
const initramfses = {
  'live-boot': {
    packages: ['live-boot', 'live-boot-initramfs-tools', 'initramfs-tools'],
    /** @type {(drivers: 'most' | string[]) => Record<string, string>} */
    files: (drivers) =>
      drivers === 'most'
        ? { 'etc/initramfs-tools/conf.d/live': 'MODULES=most\nCOMPRESS=zstd\n' }
        : {
            'etc/initramfs-tools/conf.d/live': 'MODULES=list\nCOMPRESS=zstd\n',
            'etc/initramfs-tools/modules': `${drivers.join('\n')}\n`,
          },
    make: 'update-initramfs -u',
  },
  /** As Fedora's: dmsquash-live, by its livenet. */
  dracut: {
    packages: [
      'dracut',
      'dracut-network',
      'dracut-live',
      'isc-dhcp-client',
      'iputils-arping',
      'iputils-ping',
      'procps',
      'dmsetup',
    ],
    /** @type {(drivers: 'most' | string[]) => Record<string, string>} */
    files: (drivers) => ({
      'etc/dracut.conf.d/live.conf': [
        ...['hostonly="no"', 'compress="zstd"', 'add_dracutmodules+=" livenet network-legacy "'],
        ...(drivers === 'most' ? [] : [`drivers="${drivers.join(' ')}"`]),
        '',
      ].join('\n'),
    }),
    make: 'for version in /lib/modules/*; do dracut --force "/boot/initrd.img-${version##*/}" "${version##*/}"; done',
  },
}

/** Nobody reads these during an exam. */
const papers = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/info/*', '/usr/share/lintian/*']

/**
 * How far a live system has come: a step of `steps`, and how much of it is done where that is known.
 * @typedef {{ step: number, steps: number, name: 'base' | 'packages' | 'initrd' | 'squashfs' | 'sums', percent?: number }} Progress
 */

const steps = /** @type {const} */ (['base', 'packages', 'initrd', 'squashfs', 'sums'])

/** Beside a finished system: what is being made. Left behind only by a computer that was switched off. */
const unfinished = '.unfinished-'

/**
 * Makes a live system in `folder`: `live/` with `vmlinuz`, `initrd.img` and `filesystem.squashfs`, as on a medium of Debian
 * Live, and beside it `packages.txt` (each with its version) and `SHA256SUMS`. Needs root, mmdebstrap and squashfs-tools.
 *
 * Everything runs in a process namespace and a mount namespace of its own: when it is cancelled, no process and no mount is
 * left. Packages that were fetched are kept for the next time, also of a run that was cancelled.
 * @param {LiveSystem} system
 * @param {string} folder
 * @param {{ onProgress?: (progress: Progress) => void, signal?: AbortSignal }} [options]
 */
export async function makeLiveSystem(system, folder, { onProgress = () => undefined, signal } = {}) {
  const { suite, kernel = 'linux-image-amd64', initramfs = 'live-boot', drivers = 'most', files = {} } = system
  const { commands = [], compression = 'xz', date } = system
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder))
    if (name.startsWith(unfinished)) rmSync(join(folder, name), { recursive: true })
  const work = mkdtempSync(join(folder, unfinished))
  const root = join(work, 'root')
  const env = { ...process.env, ...(date === undefined ? {} : { SOURCE_DATE_EPOCH: String(date) }) }
  const tell = (/** @type {Progress['name']} */ name, /** @type {number | undefined} */ percent = undefined) =>
    onProgress({
      step: steps.indexOf(name) + 1,
      steps: steps.length,
      name,
      ...(percent === undefined ? {} : { percent }),
    })
  const packageCache = join(cacheFolder(), 'live-packages')
  mkdirSync(packageCache, { recursive: true })
  try {
    // apt fetches as a user of its own.
    chmodSync(work, 0o755)
    const laid = join(work, 'laid')
    const own = { ...initramfses[initramfs].files(drivers), ...files }
    for (const [path, text] of Object.entries(own)) {
      mkdirSync(join(laid, path, '..'), { recursive: true })
      writeFileSync(join(laid, path), text)
    }
    const pins = join(work, 'pins')
    writeFileSync(pins, preferences(system.packages))
    tell('base')
    await follow(
      'mmdebstrap',
      [
        ...['--verbose', '--mode=root', '--variant=minbase', '--skip=essential/unlink'],
        ...(await aptOptions()).map((option) => `--aptopt=${option}`),
        ...[...papers, ...(system.without ?? [])].map((path) => `--dpkgopt=path-exclude=${path}`),
        `--include=${[kernel, ...livePackages, ...initramfses[initramfs].packages, ...system.packages].join(',')}`,
        // Java's packages link their pages there, whether or not anything is.
        '--setup-hook=mkdir -p "$1/usr/share/man/man1"',
        // Before the base system too, which would else be newer than what is wanted, and is not made older again.
        `--setup-hook=cp ${quoted(pins)} "$1/etc/apt/preferences.d/amorce"`,
        `--setup-hook=mkdir -p "$1/var/cache/apt/archives" && cp ${quoted(packageCache)}/*.deb "$1/var/cache/apt/archives/" || :`,
        // Before the packages, so that the one initrd that is made is the right one.
        `--essential-hook=sync-in ${quoted(laid)} /`,
        ...commands.map((command) => `--customize-hook=chroot "$1" sh -ec ${quoted(command)}`),
        `--customize-hook=echo ${initrdMark}`,
        `--customize-hook=chroot "$1" sh -ec ${quoted(initramfses[initramfs].make)}`,
        '--customize-hook=chroot "$1" dpkg-query -W -f "\\${Package}=\\${Version}\\n" > "$1/../packages.txt"',
        ...[suite, root],
        ...(system.mirror === undefined ? await ownMirrors(suite) : [system.mirror]),
      ],
      { env, signal, onLine: packageProgress(tell) },
    )
    const live = join(work, 'live')
    mkdirSync(live)
    const boot = readdirSync(join(root, 'boot'))
    for (const [prefix, name] of /** @type {const} */ ([
      ['vmlinuz-', 'vmlinuz'],
      ['initrd.img-', 'initrd.img'],
    ])) {
      const made = boot.find((each) => each.startsWith(prefix))
      if (made === undefined) throw new Error(`no ${prefix} in the system`)
      copyFileSync(join(root, 'boot', made), join(live, name))
      // Read by whoever serves them; Ubuntu's kernels and dracut's initrds are root's alone.
      chmodSync(join(live, name), 0o644)
    }

    tell('squashfs', 0)
    keepPackages(root, packageCache)
    for (const path of [...ofThisComputer, ...ofThisMoment]) emptied(root, path)
    await follow('mksquashfs', [root, join(live, 'filesystem.squashfs'), '-noappend', '-comp', compression], {
      env,
      signal,
      onLine(line) {
        const bar = /\] +\d+\/\d+ +(\d+)%$/.exec(line)
        if (bar) tell('squashfs', Number(bar[1]))
      },
    })
    tell('sums')
    const sums = []
    for (const name of liveFiles) sums.push(`${await sha256(join(live, name))}  live/${name}\n`)
    signal?.throwIfAborted()
    writeFileSync(join(work, 'SHA256SUMS'), sums.join(''))
    for (const name of ['live', 'packages.txt', 'SHA256SUMS']) {
      rmSync(join(folder, name), { recursive: true, force: true })
      renameSync(join(work, name), join(folder, name))
    }
  } catch (error) {
    if (existsSync(root)) keepPackages(root, packageCache)
    throw error
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return liveFiles.map((name) => ({ name, bytes: statSync(join(folder, 'live', name)).size }))
}

const liveFiles = /** @type {const} */ (['vmlinuz', 'initrd.img', 'filesystem.squashfs'])

/** The kernel goes beside the squashfs; the rest tells of the computer that made it. */
const ofThisComputer = ['boot', 'initrd.img', 'vmlinuz', 'initrd.img.old', 'vmlinuz.old', 'etc/resolv.conf'].concat([
  'etc/apt/sources.list',
  'etc/apt/sources.list.d',
  'etc/apt/preferences.d',
  'etc/machine-id',
  'var/cache/apt',
  'var/lib/apt/lists',
])
/** What would make each image another one. */
const ofThisMoment = ['var/log', 'var/cache/debconf', 'var/cache/ldconfig', 'var/lib/dpkg/status-old', 'tmp', 'var/tmp']
  // Whether a package was asked for by name differs between an image and the one that is pinned to it.
  .concat(['var/lib/apt/extended_states'])
  .concat(['var/lib/dpkg/diversions-old', 'var/lib/dpkg/statoverride-old', 'etc/passwd-', 'etc/shadow-', 'etc/group-'])
  .concat(['etc/gshadow-', 'etc/subuid-', 'etc/subgid-', 'etc/.pwd.lock', 'var/lib/systemd/catalog/database'])

/** A folder without what was in it, a file that boots need without its text, any other not at all. */
function emptied(/** @type {string} */ root, /** @type {string} */ path) {
  const there = join(root, path)
  const found = lstatSync(there, { throwIfNoEntry: false })
  if (path === 'etc/machine-id') writeFileSync(there, '')
  else if (found?.isDirectory()) for (const name of readdirSync(there)) rmSync(join(there, name), { recursive: true })
  else rmSync(there, { force: true })
}

/** Whole packages, and those that were being fetched. */
function keepPackages(/** @type {string} */ root, /** @type {string} */ cache) {
  const archives = join(root, 'var/cache/apt/archives')
  if (!existsSync(archives)) return
  for (const name of readdirSync(archives))
    if (name.endsWith('.deb') && !existsSync(join(cache, name))) {
      copyFileSync(join(archives, name), join(cache, `${name}.tmp`))
      renameSync(join(cache, `${name}.tmp`), join(cache, name))
    }
}

/** For apt (apt_preferences(5)): no other version of these, whatever else there is. */
const preferences = (/** @type {string[]} */ packages) =>
  packages
    .filter((each) => each.includes('='))
    .map((each) => each.split('='))
    .map(([name, version]) => `Package: ${name}\nPin: version ${version}\nPin-Priority: 1001\n\n`)
    .join('')

const initrdMark = 'amorce-initrd'

/**
 * Tells of apt and dpkg by what they print: how many packages there are, and each that is fetched, unpacked and set up. The
 * first of mmdebstrap's two rounds is the base system, which is small.
 * @param {(name: Progress['name'], percent?: number) => void} tell
 */
function packageProgress(tell) {
  let round = 0
  let packages = 0
  let fetched = 0
  let handled = 0
  return (/** @type {string} */ line) => {
    if (line === initrdMark) {
      round = 0
      tell('initrd')
    }
    const news = /(\d+) newly installed/.exec(line)
    if (news) {
      round += 1
      packages = Number(news[1])
    }
    if (round < 2) return
    if (/^Get:\d+ /.test(line)) fetched += 1
    else if (/^(Unpacking|Setting up) /.test(line)) {
      // Those that were kept from another time are not fetched.
      fetched = packages
      handled += 1
    }
    tell('packages', Math.min(100, Math.floor(((fetched + handled) / (packages * 3)) * 100)))
  }
}

/** Beside those of an image, the proxy of this computer: mmdebstrap's own apt does not ask for it. */
async function aptOptions() {
  const { stdout } = await mustRun('apt-config', ['dump', '--no-empty', 'Acquire'])
  const proxies = stdout.split('\n').filter((line) => /^Acquire::https?::(Proxy|Proxy-Auto-Detect)(::\S+)? /.test(line))
  return ['Apt::Install-Recommends "false"', 'Acquire::Retries "5"', 'Acquire::Languages "none"'].concat(
    proxies.map((line) => line.replace(/;$/, '')),
  )
}

/** Where this computer takes packages of that release from; nothing where it is of another, and mmdebstrap chooses. */
async function ownMirrors(/** @type {string} */ suite) {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  const { stdout } = await mustRun('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const own = stdout
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, release = '', component]) => release.split('-')[0] === suite && component === 'main')
    .map((parts) => `deb ${parts.join(' ')}`)
  if (!own.some((line) => line.endsWith(` ${suite} main`))) return []
  if (!own.some((line) => line.endsWith(` ${suite}-security main`)))
    say(
      `the package lists of this computer have no ${suite}-security: without apt-get update, no update is in this image`,
    )
  return [...new Set(own)].sort()
}

const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`

/**
 * Runs a program that takes minutes, telling each line it says. All that it started ends with it.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env: NodeJS.ProcessEnv, signal: AbortSignal | undefined, onLine: (line: string) => void }} options
 * @returns {Promise<void>}
 */
function follow(program, args, { env, signal, onLine }) {
  const alone = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL', '--', program, ...args]
  return new Promise((resolve, reject) => {
    // In a group of its own: Ctrl-C is for us, who have something to put away.
    const child = spawn('unshare', alone, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const cancel = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', cancel)
    if (signal?.aborted) cancel()
    /** @type {string[]} */
    const last = []
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line)
        if (last.length > 40) last.shift()
        onLine(line.trim())
      })
    child.on('error', reject)
    // Once nobody holds its output any more: all that it started has ended.
    child.on('close', (code) => {
      signal?.removeEventListener('abort', cancel)
      if (signal?.aborted) reject(signal.reason)
      else if (code === 0) resolve()
      else reject(new Error(`${program} failed (${code}):\n${last.join('\n')}`))
    })
  })
}

/**
 * @param {string} file
 * @returns {Promise<string>}
 */
function sha256(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    createReadStream(file)
      .on('error', reject)
      .on('data', (part) => hash.update(part))
      .on('end', () => resolve(hash.digest('hex')))
  })
}
