import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { bootFolder, ensureBootFiles } from './bootFiles.mjs'
import { ensureBuilt } from './build.mjs'
import { hasDisplay, startDisplay } from './display.mjs'
import { ensureElectron, sandboxArgs } from './electron.mjs'
import { die, projectRoot, requireDependencies, say } from './run.mjs'
import { ensureSqliteBinding, isSqliteToBeCompiled } from './sqlite.mjs'
import { ensureSystemPackages, missingNeeds } from './systemPackages.mjs'

// `npm start`: everything the app needs, then the app, with every argument handed on to it.

const args = process.argv.slice(2)

async function start() {
  requireDependencies()
  const electron = await ensureElectron()
  const indispensable = [
    ...(hasDisplay() ? [] : [/** @type {const} */ ('display')]),
    ...(isSqliteToBeCompiled(electron.nodeApi) ? [/** @type {const} */ ('build')] : []),
  ]
  // All at once: who is not root is told one command to type. Electron's libraries may also lie where nobody looked.
  const hasAll = await ensureSystemPackages('electron', ...indispensable)
  if (!hasAll && missingNeeds(indispensable).length > 0)
    throw new Error('nothing was started; type this command again then')
  const sqliteBinding = await ensureSqliteBinding({ nodeApi: electron.nodeApi })
  await ensureBootFiles().catch((error) => say(`without boot loaders: ${error.message}`))
  await ensureBuilt()
  const sandbox = await sandboxArgs()
  const display = hasDisplay() ? undefined : await startDisplay()
  if (display) {
    const { DISPLAY, XAUTHORITY } = display.env
    say(
      `no display here: the window is on the virtual screen ${DISPLAY}. To see it: XAUTHORITY=${XAUTHORITY} x11vnc -display ` +
        `${DISPLAY}; to save it: npm start -- --screenshot window.png`,
    )
  }
  const code = await runApp(electron, [...sandbox, ...displayArgs(display)], {
    ...process.env,
    ...display?.env,
    AMORCE_APP: projectRoot,
    AMORCE_BOOT_FILES: bootFolder,
    ...(sqliteBinding ? { AMORCE_SQLITE_BINDING: sqliteBinding } : {}),
  })
  await display?.stop()
  return code
}

/** @param {import('./display.mjs').Display | undefined} display */
function displayArgs(display) {
  // There is no GPU and no desktop session behind a virtual screen; Chromium would log errors for each thing it misses.
  if (display) return ['--disable-gpu', '--log-level=3']
  return process.platform === 'linux' && !process.env.DISPLAY ? ['--ozone-platform=wayland'] : []
}

/**
 * @param {import('./electron.mjs').Electron} electron
 * @param {string[]} switches
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the app's exit code
 */
function runApp({ executable, appArgs }, switches, env) {
  delete env.ELECTRON_RUN_AS_NODE
  const ownGroup = process.platform !== 'win32'
  return new Promise((resolve, reject) => {
    const app = spawn(executable, [...appArgs, ...switches, ...args], {
      cwd: process.env.INIT_CWD ?? process.cwd(),
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      // A group of its own: a Ctrl+C reaches the app once, from here, and what it started can be ended with it.
      detached: ownGroup,
    })
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.on(signal, () => app.kill(signal))
    // npm hands a signal to the shell between us, which dies of it without a word.
    const shell = process.ppid
    if (process.env.npm_lifecycle_event)
      setInterval(() => {
        if (process.ppid !== shell) app.kill('SIGTERM')
      }, 500).unref()
    const endGroup = () => {
      try {
        if (ownGroup && app.pid) process.kill(-app.pid, 'SIGKILL')
      } catch {
        // Nothing is left of it, as it should be.
      }
    }
    process.once('exit', endGroup)
    app.on('error', reject)
    app.on('exit', (code, signal) => {
      endGroup()
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

process.exitCode = await start().catch(die)
