import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { die, mustRun, run, say } from './run.mjs'

/**
 * What shows that a package is there: a program on the path, a shared library, or a file.
 * @typedef {{ packages: string[], program?: string, library?: string, file?: string }} Need `packages` are the names
 *   it goes by on different releases of Debian and Ubuntu, the newest first
 */

/** @type {(program: string, ...packages: string[]) => Need} */
const program = (name, ...packages) => ({ program: name, packages })
/** @type {(library: string, ...packages: string[]) => Need} */
const library = (name, ...packages) => ({ library: name, packages })
/** @type {(file: string, ...packages: string[]) => Need} */
const file = (name, ...packages) => ({ file: name, packages })

/** What the machine needs, by what it is needed for. */
export const needs = {
  /** To run Electron at all. */
  electron: [
    library('libgtk-3.so.0', 'libgtk-3-0t64', 'libgtk-3-0'),
    library('libnss3.so', 'libnss3'),
    library('libasound.so.2', 'libasound2t64', 'libasound2'),
    library('libgbm.so.1', 'libgbm1'),
    library('libXss.so.1', 'libxss1'),
    library('libatk-bridge-2.0.so.0', 'libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'),
    library('libdrm.so.2', 'libdrm2'),
    library('libnotify.so.4', 'libnotify4'),
    library('libsecret-1.so.0', 'libsecret-1-0'),
    // With it the app asks a machine whether it is there.
    program('ping', 'iputils-ping'),
  ],
  /** To run it where there is no display. */
  display: [program('Xvfb', 'xvfb'), program('xauth', 'xauth')],
  /** To compile better-sqlite3. */
  build: [program('g++', 'g++'), program('make', 'make'), program('python3', 'python3')],
  /** To unpack packages without installing them. */
  unpack: [program('dpkg', 'dpkg'), program('apt-get', 'apt')],
  /**
   * For the unit tests: what reads the completion and the man page, without which these are skipped, and `ss`, which tells a
   * socket's device.
   */
  readers: [program('ss', 'iproute2'), program('zsh', 'zsh'), program('fish', 'fish'), program('man', 'man-db')],
  /** What compiles the Windows installer's own part, for the unit tests. */
  installer: [program('makensis', 'nsis')],
  /** Real clients and real machines, for test/lab. */
  lab: [
    program('ip', 'iproute2'),
    program('qemu-system-x86_64', 'qemu-system-x86'),
    file('/usr/lib/ipxe/qemu/pxe-virtio.rom', 'ipxe-qemu'),
    file('/usr/share/OVMF/OVMF_CODE_4M.fd', 'ovmf'),
    program('udhcpc', 'udhcpc'),
    program('dhclient', 'isc-dhcp-client'),
    program('dhcpcd', 'dhcpcd-base', 'dhcpcd5'),
    program('nmap', 'nmap'),
    program('curl', 'curl'),
    program('wget', 'wget'),
    // The browser of a candidate.
    program('chromium', 'chromium'),
    program('atftp', 'atftp'),
    program('tftp', 'tftp-hpa'),
    // What the TFTP servers need to run; those are unpacked and not installed.
    library('libwrap.so.0', 'libwrap0'),
    program('tcpdump', 'tcpdump'),
    program('tshark', 'tshark'),
    program('dumpcap', 'wireshark-common'),
    program('nft', 'nftables'),
    program('tc', 'iproute2'),
    program('dnsmasq', 'dnsmasq-base'),
    // What an exam is shown with.
    program('openbox', 'openbox'),
    program('dzen2', 'dzen2'),
    program('xrandr', 'x11-xserver-utils'),
    program('setxkbmap', 'x11-xkb-utils'),
    // To make images in each layout.
    program('xorriso', 'xorriso'),
    program('genisoimage', 'genisoimage'),
    // What kea-dhcp4 needs to check a file; that program itself is unpacked and not installed, as dhcpd is.
    program('kea-lfc', 'kea-common'),
    // For the live system that test/lab/exam.spec.ts boots.
    program('mmdebstrap', 'mmdebstrap'),
    program('mksquashfs', 'squashfs-tools'),
    // The room's server, as a service of a real one.
    file('/lib/systemd/systemd', 'systemd'),
    // The file that tells the static busybox, which runs in an initramfs, from the other package's.
    file('/usr/share/doc/busybox-static', 'busybox-static'),
  ],
  /** To make a live system, `npm run exam-image`. */
  image: [program('mmdebstrap', 'mmdebstrap'), program('mksquashfs', 'squashfs-tools')],
  /** To look at printed pages, for test/e2e. */
  paper: [program('pdftoppm', 'poppler-utils')],
  /** The servers that test/bench compares with. */
  bench: [
    program('ip', 'iproute2'),
    program('dnsmasq', 'dnsmasq-base'),
    program('nginx', 'nginx-light'),
    program('curl', 'curl'),
    program('perfdhcp', 'kea-admin'),
    program('tc', 'iproute2'),
    // For the TFTP clients.
    program('cc', 'gcc'),
    // What the TFTP servers need to run; those are unpacked and not installed.
    library('libwrap.so.0', 'libwrap0'),
    // What kea-dhcp4 needs to run; that program itself is unpacked and not installed, as dhcpd is.
    program('kea-lfc', 'kea-common'),
  ],
}

/** @typedef {keyof typeof needs} NeedGroup */

/** Debian keeps administrators' programs out of a normal user's path. */
const programFolders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
const multiarch = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[/** @type {string} */ (process.arch)] ?? ''
const libraryFolders = [
  join('/usr/lib', multiarch),
  join('/lib', multiarch),
  '/usr/lib64',
  '/lib64',
  '/usr/lib',
  '/lib',
]

/** @param {Need} need */
function isThere(need) {
  if (need.program)
    return programFolders.some((folder) => existsSync(join(folder, /** @type {string} */ (need.program))))
  if (need.library)
    return libraryFolders.some((folder) => existsSync(join(folder, /** @type {string} */ (need.library))))
  return existsSync(/** @type {string} */ (need.file))
}

/** @param {NeedGroup[]} groups */
export const missingNeeds = (groups) => {
  const missing = groups.flatMap((group) => needs[group]).filter((need) => !isThere(need))
  return missing.filter((need, index) => missing.findIndex((other) => other.packages[0] === need.packages[0]) === index)
}

export const isRoot = () => process.getuid?.() === 0

const hasApt = () => existsSync('/usr/bin/apt-get') && existsSync('/etc/debian_version')

/**
 * Makes sure that what `groups` need is on this machine. Asks nothing of the network when it already is. On Debian and
 * Ubuntu, as root, installs what is missing; anywhere else says what to type.
 * @param {...NeedGroup} groups
 * @returns {Promise<boolean>} whether all of it is there now
 */
export async function ensureSystemPackages(...groups) {
  if (process.platform !== 'linux') return true
  const missing = missingNeeds(groups)
  if (missing.length === 0) return true
  if (!hasApt()) {
    const names = missing.map((need) => need.program ?? need.library ?? need.file)
    say(`missing on this system: ${names.join(' ')}. Install them with its package manager.`)
    return false
  }
  if (!isRoot()) {
    const names = await Promise.all(missing.map(nameHere))
    const sudo = isThere(program('sudo')) ? 'sudo ' : ''
    // A fresh installation has no lists of packages yet.
    const lists = (await isKnown(names[0] ?? '')) ? '' : `${sudo}apt-get update && `
    const command = `${lists}${sudo}apt-get install --no-install-recommends ${names.join(' ')}`
    say(`missing system packages. Type${sudo ? '' : ' as root'}:  ${command}`)
    return false
  }
  const names = await installWithApt(missing)
  const stillMissing = missingNeeds(groups)
  if (stillMissing.length === 0) return true
  say(`installed ${names.join(' ')}, and still missing: ${stillMissing.map((need) => need.packages.at(-1)).join(' ')}`)
  return false
}

/**
 * Which of a need's names this release of the distribution knows.
 * @param {Need} need
 * @returns {Promise<string>}
 */
async function nameHere(need) {
  for (const name of need.packages) if (await isKnown(name)) return name
  return /** @type {string} */ (need.packages.at(-1))
}

/** @type {(name: string) => Promise<boolean>} whether the lists that apt has name it */
async function isKnown(name) {
  const shown = await run('apt-cache', ['show', '--no-all-versions', name])
  return shown.code === 0 && shown.stdout.trim() !== ''
}

/** @param {Need[]} missing */
async function installWithApt(missing) {
  if (!(await isKnown(missing[0]?.packages.at(-1) ?? ''))) {
    say("fetching the distribution's package lists")
    await updateApt()
  }
  let names = await Promise.all(missing.map(nameHere))
  say(`installing system packages: ${names.join(' ')}`)
  await withoutStartingServices(async () => {
    const first = await aptGet('install', names)
    if (first.code === 0) return
    // Lists that are too old name files which the mirror no longer has.
    await updateApt()
    names = await Promise.all(missing.map(nameHere))
    const second = await aptGet('install', names)
    if (second.code !== 0) throw new Error(`apt-get install ${names.join(' ')} failed:\n${second.output.slice(-2000)}`)
  })
  if (names.includes('nginx-light') && existsSync('/run/systemd/system'))
    await mustRun('systemctl', ['disable', '--quiet', 'nginx.service'])
  return names
}

/** @type {(verb: string, names: string[]) => ReturnType<typeof run>} */
const aptGet = (verb, names) =>
  run('apt-get', [verb, '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })

export const updateApt = () => mustRun('apt-get', ['update', '-qq', '-o', 'DPkg::Lock::Timeout=300'])

/**
 * Debian starts a service as soon as its package is installed. Nothing here wants that: a DHCP or web server coming up
 * on the technician's own network is exactly what Amorce promises not to do.
 * @param {() => Promise<void>} install
 */
async function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return install()
  const content = '#!/bin/sh\n# Laid by Amorce while it installs packages\nexit 101\n'
  const remove = () => {
    if (existsSync(policy) && readFileSync(policy, 'utf8') === content) rmSync(policy)
  }
  writeFileSync(policy, content, { mode: 0o755 })
  process.once('exit', remove)
  try {
    await install()
  } finally {
    process.off('exit', remove)
    remove()
  }
}

// By its name too: bundled into another program, it is not the command that was typed.
if (
  import.meta.url === pathToFileURL(process.argv[1] ?? '').href &&
  basename(import.meta.url) === 'systemPackages.mjs'
) {
  const groups = /** @type {NeedGroup[]} */ (process.argv.slice(2))
  const unknown = groups.filter((group) => !(group in needs))
  if (groups.length === 0 || unknown.length > 0)
    die(`usage: node tools/systemPackages.mjs ${Object.keys(needs).join('|')} ...`)
  process.exitCode = (await ensureSystemPackages(...groups).catch(die)) ? 0 : 1
}
