import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensureBootFiles } from './bootFiles.mjs'
import { ensureBuilt } from './build.mjs'
import { ensureReleasedElectron, wantedVersion } from './electron.mjs'
import { die, mustRun, projectRoot, say } from './run.mjs'

// `npm run package`: a folder and an archive for this kind of machine. Other targets are named after it, as electron-builder
// names them: npm run package -- --linux deb, npm run package -- --win.

const asked = process.argv.slice(2)
const platformOptions = {
  linux: ['-l', '--linux'],
  darwin: ['-m', '-o', '--mac', '--macos'],
  win32: ['-w', '--win', '--windows'],
}
const names = (/** @type {string[]} */ options) => asked.some((word) => options.includes(word))
const namesPlatform = names(Object.values(platformOptions).flat())
const isForThisPlatform =
  !namesPlatform || names(platformOptions[/** @type {keyof typeof platformOptions} */ (process.platform)])
// A folder needs nothing but Electron; for archives and installers electron-builder downloads helpers of its own.
const isLinuxArchive = !namesPlatform && process.platform === 'linux'
const targets = isLinuxArchive ? ['--linux', 'dir', ...asked] : asked

async function packageApp() {
  const electron = await ensureReleasedElectron()
  const wanted = wantedVersion()
  if (electron?.version !== wanted)
    throw new Error(
      `packaging needs Electron ${wanted} itself, and ` +
        (electron
          ? `ELECTRON_OVERRIDE_DIST_PATH holds ${electron.version}`
          : 'its download is out of reach here. Set ELECTRON_MIRROR to a mirror that this network reaches and type\n' +
            `npx install-electron, or unpack Electron ${wanted} somewhere and set ELECTRON_OVERRIDE_DIST_PATH to its folder.`),
    )
  await ensureBootFiles()
  await ensureBuilt()
  // The Electron at hand is for this kind of machine; for another one electron-builder fetches its own.
  const dist =
    process.platform === 'darwin' ? join(dirname(electron.executable), '../../..') : dirname(electron.executable)
  const atHand = isForThisPlatform ? [`-c.electronDist=${dist}`] : []
  const builder = join(projectRoot, 'node_modules', 'electron-builder', 'cli.js')
  /** @type {number} */
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [builder, ...targets, `-c.electronVersion=${wanted}`, ...atHand], {
      cwd: projectRoot,
      stdio: 'inherit',
    })
    child.on('error', reject)
    child.on('exit', (status) => resolve(status ?? 1))
  })
  if (code === 0 && isLinuxArchive) await archive()
  return code
}

/** Packs the folder that electron-builder made, with the system's own tar. */
async function archive() {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  const dist = join(projectRoot, 'dist')
  const folder = process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`
  const file = join(dist, `amorce-${version}-linux-${process.arch}.tar.gz`)
  const insideIt = [`--transform=s,^${folder},amorce-${version},`, '--owner=0', '--group=0']
  await mustRun('tar', ['-czf', file, ...insideIt, '-C', dist, folder])
  say(`packed ${file}`)
}

process.exitCode = await packageApp().catch(die)
