import { createHash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { mustRun } from './run.mjs'

// A live system for the network, out of Debian packages: a kernel, an initrd with live-boot, and a squashfs.

/**
 * @typedef {object} LiveSystem
 * @property {string} suite of Debian: `bookworm`
 * @property {string[]} packages beside those that a live system is made of, with `=version` where one is wanted
 * @property {string} [kernel] the kernel's package
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
  ...['live-boot', 'live-boot-initramfs-tools', 'initramfs-tools', 'busybox', 'zstd', 'libpam-systemd'],
]

/** Nobody reads these during an exam. */
const papers = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/info/*', '/usr/share/lintian/*']

/**
 * Makes a live system in `folder`: `vmlinuz`, `initrd.img`, `filesystem.squashfs`, `packages.txt` (each with its version)
 * and `SHA256SUMS`. Needs root, mmdebstrap and squashfs-tools.
 * @param {LiveSystem} system
 * @param {string} folder
 * @param {(step: string) => void} [onStep]
 */
export async function makeLiveSystem(system, folder, onStep = () => undefined) {
  const {
    suite,
    kernel = 'linux-image-amd64',
    drivers = 'most',
    files = {},
    commands = [],
    compression = 'xz',
  } = system
  const work = mkdtempSync(join(tmpdir(), 'amorce-live-'))
  const root = join(work, 'root')
  const env = { ...process.env, ...(system.date === undefined ? {} : { SOURCE_DATE_EPOCH: String(system.date) }) }
  try {
    // apt fetches as a user of its own.
    mkdirSync(folder, { recursive: true })
    await mustRun('chmod', ['755', work])
    const laid = join(work, 'laid')
    const initramfs = drivers === 'most' ? 'MODULES=most\nCOMPRESS=zstd\n' : 'MODULES=list\nCOMPRESS=zstd\n'
    const own = {
      'etc/initramfs-tools/conf.d/live': initramfs,
      ...(drivers === 'most' ? {} : { 'etc/initramfs-tools/modules': `${drivers.join('\n')}\n` }),
      ...files,
    }
    for (const [path, text] of Object.entries(own)) {
      mkdirSync(join(laid, path, '..'), { recursive: true })
      writeFileSync(join(laid, path), text)
    }
    onStep('packages')
    await follow(
      'mmdebstrap',
      [
        ...['--mode=root', '--variant=minbase', '--components=main', '--aptopt=Apt::Install-Recommends "false"'],
        ...['--aptopt=Acquire::Retries "5"', '--aptopt=Acquire::Languages "none"'],
        ...[...papers, ...(system.without ?? [])].map((path) => `--dpkgopt=path-exclude=${path}`),
        `--include=${[kernel, ...livePackages, ...system.packages].join(',')}`,
        // Before the packages, so that the one initrd that is made is the right one.
        `--essential-hook=sync-in ${quoted(laid)} /`,
        ...commands.map((command) => `--customize-hook=chroot "$1" sh -ec ${quoted(command)}`),
        '--customize-hook=chroot "$1" update-initramfs -u',
        ...[suite, root],
        ...(system.mirror === undefined ? [] : [system.mirror]),
      ],
      env,
      onStep,
    )
    const { stdout: packages } = await mustRun('chroot', [root, 'dpkg-query', '-W', '-f', '${Package}=${Version}\\n'])
    const boot = readdirSync(join(root, 'boot'))
    const find = (/** @type {string} */ prefix) => {
      const name = boot.find((each) => each.startsWith(prefix))
      if (name === undefined) throw new Error(`no ${prefix} in the system`)
      return join(root, 'boot', name)
    }
    copyFileSync(find('vmlinuz-'), join(folder, 'vmlinuz'))
    copyFileSync(find('initrd.img-'), join(folder, 'initrd.img'))
    writeFileSync(join(folder, 'packages.txt'), packages)

    onStep('squashfs')
    // What was specific to the computer that made it, and what a next boot makes by itself.
    const left = [
      'boot',
      'initrd.img',
      'vmlinuz',
      'initrd.img.old',
      'vmlinuz.old',
      'var/lib/apt/lists',
      'var/cache/apt',
    ]
    for (const path of left) rmSync(join(root, path), { recursive: true, force: true })
    for (const path of ['boot', 'var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'])
      mkdirSync(join(root, path), { recursive: true })
    writeFileSync(join(root, 'etc/machine-id'), '')
    const image = join(folder, 'filesystem.squashfs')
    rmSync(image, { force: true })
    await follow('mksquashfs', [root, image, '-noappend', '-comp', compression, '-no-progress'], env, onStep)
    const sums = []
    for (const name of ['vmlinuz', 'initrd.img', 'filesystem.squashfs'])
      sums.push(`${await sha256(join(folder, name))}  ${name}\n`)
    writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return ['vmlinuz', 'initrd.img', 'filesystem.squashfs'].map((name) => ({
    name,
    bytes: statSync(join(folder, name)).size,
  }))
}

const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`

/**
 * Runs a program that takes minutes, telling each line it says.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} onLine
 * @returns {Promise<void>}
 */
function follow(program, args, env, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {string[]} */
    const last = []
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
          last.push(line)
          if (last.length > 40) last.shift()
          onLine(line)
        }
      })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
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
