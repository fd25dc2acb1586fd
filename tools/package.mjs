import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBootFiles } from './bootFiles.mjs'
import { ensureBuilt } from './build.mjs'
import { makeDeb } from './deb.mjs'
import { ensureElectron, wantedVersion } from './electron.mjs'
import { die, mustRun, projectRoot, say } from './run.mjs'
import { ensureSqliteBinding } from './sqlite.mjs'
import { updateKey, writeManifest } from './updateManifest.mjs'

// `npm run package`: on Linux the app's folder, an archive and a Debian package for this kind of machine, their hashes and sizes, and,
// with AMORCE_UPDATE_KEY, the signed manifest by which an installed Amorce takes them as an update.
// Other targets are named after it, as electron-builder names them: npm run package -- --linux AppImage, -- --win, -- --mac.

const dist = join(projectRoot, 'dist')
const platformOptions = {
  linux: ['-l', '--linux'],
  darwin: ['-m', '-o', '--mac', '--macos'],
  win32: ['-w', '--win', '--windows'],
}

/**
 * @typedef {object} Packed
 * @property {string} folder the app as it is installed
 * @property {string[]} files archives and packages
 * @property {string} version what is in their names
 * @property {boolean} isTrial around an older Electron: to try the package, never to be handed out
 */

/**
 * Packs for Linux, without any helper that electron-builder would download.
 * @param {{ compression?: 'xz' | 'gzip' | 'none', archive?: boolean, version?: string }} [options] `compression` is the Debian package's;
 *   without any, no archive is made beside it unless it is asked for. Another version than package.json's is for trying an update.
 * @returns {Promise<Packed>}
 */
export async function packLinux({
  compression,
  archive: wantsArchive = compression !== 'none',
  version: asked = ownVersion(),
} = {}) {
  const electron = await ensureElectron()
  const isTrial = electron.version !== wantedVersion()
  if (isTrial)
    say(
      `packing a TRIAL around Electron ${electron.version}, because ${wantedVersion()} is out of reach here: it shows that the ` +
        'package works and must not be handed out, since this Electron gets no security fixes any more',
    )
  await prepare()
  const own = mkdtempSync(join(tmpdir(), 'amorce-electron-'))
  try {
    // A copy: fuses are set in the program itself, and the one at hand is used for other things.
    cpSync(dirname(electron.executable), own, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith(join('resources', 'app')),
    })
    const code = await electronBuilder(
      ['--linux', 'dir', `--${process.arch}`],
      [`-c.electronVersion=${electron.version}`, `-c.electronDist=${own}`, ...metadata(asked)],
    )
    if (code !== 0) throw new Error(`electron-builder ended with ${code}`)
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
  const folder = join(dist, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`)
  if (isTrial) await fitSqlite(folder, electron.nodeApi)

  const version = `${asked}${isTrial ? `~trial.electron${electron.version}` : ''}`
  const inNames = version.replace('~', '-')
  const archive = join(dist, `amorce-${inNames}-linux-${process.arch}.tar.gz`)
  const rename = `--transform=s,^${folder.slice(dist.length + 1)},amorce-${inNames},`
  if (wantsArchive)
    await mustRun('tar', ['-czf', archive, rename, '--owner=0', '--group=0', '-C', dist, folder.slice(dist.length + 1)])
  const files = wantsArchive ? [archive] : []
  if (existsSync('/usr/bin/dpkg-deb')) {
    const target = join(dist, `amorce_${inNames}_${process.arch === 'x64' ? 'amd64' : process.arch}.deb`)
    await makeDeb({
      unpacked: folder,
      arch: process.arch,
      version,
      target,
      compression: compression ?? (isTrial ? 'gzip' : 'xz'),
    })
    files.push(target)
  } else say('without dpkg-deb there is no Debian package')
  return { folder, files, version: inNames, isTrial }
}

/** What the app says of itself in its archive's package.json. */
function metadata(version = ownVersion()) {
  const key = updateKey()
  return [`-c.extraMetadata.version=${version}`, ...(key ? [`-c.extraMetadata.updateKey=${key}`] : [])]
}

const ownVersion = () => String(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).version)

async function prepare() {
  await ensureBootFiles()
  await ensureBuilt()
  mkdirSync(dist, { recursive: true })
}

/**
 * An older Electron cannot load better-sqlite3's own binary (docs/decisions/0003).
 * @type {(folder: string, nodeApi: number) => Promise<void>}
 */
async function fitSqlite(folder, nodeApi) {
  const binding = await ensureSqliteBinding({ nodeApi })
  if (!binding) return
  const packed = join(folder, 'resources/app.asar.unpacked/node_modules/better-sqlite3/prebuilds')
  const [name, ...others] = readdirSync(packed)
  if (!name || others.length > 0) throw new Error(`one binary was expected in ${packed}, there is ${[name, ...others]}`)
  cpSync(binding, join(packed, name))
}

/**
 * @param {string[]} targets
 * @param {string[]} config
 * @returns {Promise<number>} its exit code
 */
function electronBuilder(targets, config) {
  const builder = join(projectRoot, 'node_modules', 'electron-builder', 'cli.js')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [builder, ...targets, '--publish', 'never', ...config], {
      cwd: projectRoot,
      stdio: ['ignore', 2, 2],
    })
    child.on('error', reject)
    child.on('exit', (status) => resolve(status ?? 1))
  })
}

/** @type {(files: string[]) => void} */
function writeSums(files) {
  const lines = files.map(
    (file) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${file.slice(dist.length + 1)}\n`,
  )
  writeFileSync(join(dist, 'SHA256SUMS'), lines.join(''))
}

/** @type {(folder: string) => number} */
function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`

async function main() {
  const asked = process.argv.slice(2)
  if (asked.length === 0 && process.platform === 'linux') {
    const { folder, files } = await packLinux()
    writeSums(files)
    if (
      !writeManifest(
        dist,
        ownVersion(),
        files.map((file) => basename(file)),
      )
    )
      say('without AMORCE_UPDATE_KEY these are no updates for an installed Amorce')
    say(`${folder}: ${megabytes(bytesIn(folder))}`)
    for (const file of files) say(`${file}: ${megabytes(statSync(file).size)}`)
    return 0
  }
  const electron = await ensureElectron()
  if (electron.version !== wantedVersion())
    throw new Error(
      `these targets need Electron ${wantedVersion()} itself, and its download is out of reach here. Set ELECTRON_MIRROR to a mirror\n` +
        'that this network reaches, or unpack it somewhere and set ELECTRON_OVERRIDE_DIST_PATH to its folder.',
    )
  await prepare()
  // The Electron at hand is for this kind of machine; for another one electron-builder fetches its own.
  const atHand =
    process.platform === 'darwin' ? join(dirname(electron.executable), '../../..') : dirname(electron.executable)
  const own = /** @type {Record<string, string[]>} */ (platformOptions)[process.platform] ?? []
  const isForHere =
    asked.some((word) => own.includes(word)) ||
    !asked.some((word) => Object.values(platformOptions).flat().includes(word))
  const isOtherArch = asked.some(
    (word) => ['--x64', '--arm64', '--universal'].includes(word) && word !== `--${process.arch}`,
  )
  const config = [`-c.electronVersion=${wantedVersion()}`, ...metadata()]
  if (isForHere && !isOtherArch) config.push(`-c.electronDist=${atHand}`)
  return electronBuilder(asked, config)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main().catch(die)
