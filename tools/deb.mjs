import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { mustRun, projectRoot } from './run.mjs'

// The Debian package, made of the folder that electron-builder packed, with dpkg-deb: electron-builder's own target needs a tool
// that it downloads, and can lay nothing outside of /opt but a desktop file.

const architectures = /** @type {Record<string, string>} */ ({ x64: 'amd64', arm64: 'arm64' })

/** Debian's and Ubuntu's names for what Electron needs, newest first. */
const depends = [
  'libgtk-3-0t64 | libgtk-3-0',
  'libnss3',
  'libasound2t64 | libasound2',
  'libgbm1',
  'libatk-bridge2.0-0t64 | libatk-bridge2.0-0',
  'libdrm2',
  'libnotify4',
  'libsecret-1-0',
  'libxss1',
  'procps',
]
const recommends = ['iputils-ping', 'policykit-1 | polkitd', 'xdg-utils']

/**
 * @param {object} options
 * @param {string} options.unpacked the app's folder as electron-builder packed it
 * @param {string} options.arch as Node names it
 * @param {string} options.version as Debian orders it
 * @param {string} options.target the file to write
 * @param {'xz' | 'gzip' | 'none'} [options.compression] xz takes minutes and makes the smallest
 */
export async function makeDeb({ unpacked, arch, version, target, compression = 'xz' }) {
  const architecture = architectures[arch]
  if (!architecture) throw new Error(`there is no Debian package for ${arch}`)
  const root = mkdtempSync(join(tmpdir(), 'amorce-deb-'))
  try {
    chmodSync(root, 0o755)
    await lay(root, unpacked)
    writeControl(root, { architecture, version })
    rmSync(target, { force: true })
    await mustRun('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', root, target])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** @type {(root: string, unpacked: string) => Promise<void>} */
async function lay(root, unpacked) {
  const into = (/** @type {string} */ path) => {
    const full = join(root, path)
    mkdirSync(dirname(full), { recursive: true })
    return full
  }
  cpSync(unpacked, into('opt/Amorce'), { recursive: true, verbatimSymlinks: true })
  readable(join(root, 'opt/Amorce'))
  // Where a system keeps normal users from making namespaces (Ubuntu 24.04), Chromium's sandbox needs this one.
  chmodSync(join(root, 'opt/Amorce/chrome-sandbox'), 0o4755)
  symlinkSync('/opt/Amorce/bin/amorce', into('usr/bin/amorce'))

  const build = join(projectRoot, 'build')
  /** @type {[string, string, number?][]} */
  const files = [
    ['linux/amorce.desktop', 'usr/share/applications/amorce.desktop'],
    ['icon.svg', 'usr/share/icons/hicolor/scalable/apps/amorce.svg'],
    ['icon.png', 'usr/share/icons/hicolor/1024x1024/apps/amorce.png'],
    ['linux/60-amorce.conf', 'usr/lib/sysctl.d/60-amorce.conf'],
    ['linux/amorce-room.service', 'usr/lib/systemd/system/amorce-room.service'],
    ['linux/app.amorce.console.policy', 'usr/share/polkit-1/actions/app.amorce.console.policy'],
    ['linux/install-update', 'usr/lib/amorce/install-update', 0o755],
    ['../LICENSE', 'usr/share/doc/amorce/copyright'],
  ]
  for (const [from, path, mode = 0o644] of files) {
    cpSync(join(build, from), into(path))
    chmodSync(join(root, path), mode)
  }
  for (const [path, content] of await pages()) writeFileSync(into(path), content, { mode: 0o644 })
}

/**
 * What is made from the table of commands.
 * @returns {Promise<[string, string | Buffer][]>}
 */
async function pages() {
  const cli = join(projectRoot, 'out', 'main', 'cli.cjs')
  const said = async (/** @type {string[]} */ ...args) => (await mustRun(process.execPath, [cli, ...args])).stdout
  const zipped = (/** @type {string} */ text) => gzipSync(text, { level: 9 })
  return [
    ['usr/share/man/man1/amorce.1.gz', zipped(await said('man', '--language', 'en'))],
    ['usr/share/man/fr/man1/amorce.1.gz', zipped(await said('man', '--language', 'fr'))],
    ['usr/share/bash-completion/completions/amorce', await said('completion', 'bash')],
    ['usr/share/zsh/vendor-completions/_amorce', await said('completion', 'zsh')],
    ['usr/share/fish/vendor_completions.d/amorce.fish', await said('completion', 'fish')],
  ]
}

/** Whoever made the folder, and under whatever mask: everybody may read what is installed, nobody but root may write it. */
function readable(/** @type {string} */ path) {
  const status = lstatSync(path)
  if (status.isSymbolicLink()) return
  const runs = status.isDirectory() || (status.mode & 0o100) !== 0
  chmodSync(path, runs ? 0o755 : 0o644)
  if (status.isDirectory()) for (const name of readdirSync(path)) readable(join(path, name))
}

/** @type {(root: string, about: { architecture: string, version: string }) => void} */
function writeControl(root, { architecture, version }) {
  const folder = join(root, 'DEBIAN')
  const files = filesIn(root)
  const kibibytes = Math.ceil(files.reduce((sum, file) => sum + lstatSync(file).size, 0) / 1024)
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'control'),
    `Package: amorce
Version: ${version}
Architecture: ${architecture}
Maintainer: Amorce contributors <contributors@amorce.invalid>
Installed-Size: ${kibibytes}
Depends: ${depends.join(', ')}
Recommends: ${recommends.join(', ')}
Section: net
Priority: optional
Description: network boot server of an exam room, and its hardware stock
 A console that makes a technician's computer the DHCP, TFTP and HTTP boot
 server of an exam room, shows where each machine stands and why one is stuck,
 and keeps the hardware stock. It also serves a room without a window.
 .
 Normal users may open UDP and TCP ports from 67 on while it is installed.
`,
  )
  writeFileSync(
    join(folder, 'md5sums'),
    files
      .filter((file) => !lstatSync(file).isSymbolicLink())
      .map((file) => `${createHash('md5').update(readFileSync(file)).digest('hex')}  ${relative(root, file)}\n`)
      .join(''),
  )
  for (const script of ['postinst', 'prerm', 'postrm']) {
    cpSync(join(projectRoot, 'build', 'linux', script), join(folder, script))
    chmodSync(join(folder, script), 0o755)
  }
}

/** @type {(folder: string) => string[]} */
const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesIn(join(folder, entry.name))
        : [join(folder, entry.name)].filter((file) => existsSync(file) || entry.isSymbolicLink()),
    )
