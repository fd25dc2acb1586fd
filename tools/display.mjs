import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun } from './run.mjs'
import { ensureSystemPackages } from './systemPackages.mjs'

/** Whether windows have somewhere to open already. */
export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

/**
 * A virtual screen of our own, which nobody else on the machine can look at without the key in `env.XAUTHORITY`.
 * @typedef {object} Display
 * @property {{ DISPLAY: string, XAUTHORITY: string }} env for the programs that show on it
 * @property {() => Promise<void>} stop
 */

/**
 * Starts Xvfb on a display number that is free. It is stopped at the latest when this process ends.
 * @returns {Promise<Display>}
 */
export async function startDisplay() {
  if (!(await ensureSystemPackages('display')))
    throw new Error('no display here, and none can be made without these packages')
  const folder = mkdtempSync(join(tmpdir(), 'amorce-display-'))
  const authority = join(folder, 'Xauthority')
  const cookie = randomBytes(16).toString('hex')
  const allow = (/** @type {string} */ display) =>
    mustRun('xauth', ['-q', '-f', authority, 'add', display, 'MIT-MAGIC-COOKIE-1', cookie])
  // The server takes any entry's cookie; its clients look for the entry of their display, known once it runs.
  await allow(':0')

  const args = ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-auth', authority]
  // In a session of its own, Ctrl+C in the terminal does not take the screen away from an app that is still closing.
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  const end = () => {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  const stop = async () => {
    process.off('exit', end)
    server.ref()
    end()
    await ended
  }
  process.once('exit', end)
  try {
    const display = `:${await firstLine(server)}`
    await allow(display)
    server.unref()
    return { env: { DISPLAY: display, XAUTHORITY: authority }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>} what it says on its descriptor 3: its display number, once it can be connected to
 */
function firstLine(server) {
  return new Promise((resolve, reject) => {
    let complaint = ''
    let said = ''
    const told = /** @type {import('node:net').Socket} */ (server.stdio[3])
    const complaints = /** @type {import('node:net').Socket} */ (server.stderr)
    complaints.setEncoding('utf8').on('data', (text) => {
      complaint += text
    })
    told.setEncoding('utf8').on('data', (text) => {
      said += text
      if (!said.includes('\n')) return
      told.unref()
      complaints.unref()
      resolve(said.trim())
    })
    server.on('error', reject)
    server.on('exit', () => reject(new Error(`Xvfb ended at once:\n${complaint}`)))
  })
}
