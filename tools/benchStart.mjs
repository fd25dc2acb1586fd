import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootFolder } from './bootFiles.mjs'
import { ensureBuilt } from './build.mjs'
import { hasDisplay, startDisplay } from './display.mjs'
import { ensureElectron, sandboxArgs } from './electron.mjs'
import { mustRun, projectRoot, say } from './run.mjs'
import { ensureSqliteBinding } from './sqlite.mjs'

const starts = 5
const patienceMs = 60_000

/** `npm run bench -- start`: from the start to a window that answers, and the memory of all its processes then. Linux. */
export async function benchStart() {
  if (process.platform !== 'linux') throw new Error('memory is read from /proc: this needs Linux')
  const electron = await ensureElectron()
  const binding = await ensureSqliteBinding({ nodeApi: electron.nodeApi })
  await ensureBuilt()
  const display = hasDisplay() ? undefined : await startDisplay()
  const data = mkdtempSync(join(tmpdir(), 'amorce-start-'))
  try {
    /** @type {Awaited<ReturnType<typeof oneStart>>[]} */
    const measured = []
    for (let n = 0; n < starts; n++) {
      const args = [
        ...electron.appArgs,
        ...(await sandboxArgs()),
        ...(display ? ['--disable-gpu'] : []),
        '--data',
        data,
      ]
      const env = {
        ...process.env,
        ...display?.env,
        AMORCE_APP: projectRoot,
        AMORCE_BOOT_FILES: bootFolder,
        ...(binding ? { AMORCE_SQLITE_BINDING: binding } : {}),
      }
      const start = await oneStart(electron.executable, args, env)
      measured.push(start)
      say(`${n === 0 ? 'first start, with an empty data folder' : 'start'}: ${worded(start)}`)
    }
    const again = measured.slice(1)
    const median = (/** @type {keyof typeof again[0]} */ of) =>
      again.map((start) => start[of]).sort((a, b) => a - b)[Math.floor(again.length / 2)] ?? 0
    const all = { drawnMs: median('drawnMs'), answeringMs: median('answeringMs'), mebibytes: median('mebibytes') }
    say(`Electron ${electron.version}, median of ${again.length}: ${worded(all)}`)
    return 0
  } finally {
    await display?.stop()
    // A process that Electron leaves behind for a moment may still write there.
    rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** @type {(start: { drawnMs: number, answeringMs: number, mebibytes: number }) => string} */
const worded = ({ drawnMs, answeringMs, mebibytes }) =>
  `drawn after ${drawnMs} ms, seen to answer after ${answeringMs} ms, ${mebibytes} MiB in all processes (Pss)`

/** When the page was first drawn, and when the exam's button was seen to be there: milliseconds since the Unix epoch. */
const momentsInPage = `new Promise((resolve) => {
  const look = () => {
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    const isThere = document.querySelector('[data-testid=exam-button]')
    if (!paint || !isThere) return setTimeout(look, 10)
    resolve({ drawn: performance.timeOrigin + paint.startTime, answering: performance.timeOrigin + performance.now() })
  }
  look()
})`

/**
 * @param {string} executable
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ drawnMs: number, answeringMs: number, mebibytes: number }>}
 */
async function oneStart(executable, args, env) {
  const begun = Date.now()
  const child = spawn(executable, [...args, '--remote-debugging-port=0'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  try {
    const port = await new Promise((/** @type {(port: string) => void} */ resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the app did not start')), patienceMs)
      child.once('exit', () => reject(new Error('the app ended before its window came')))
      let said = ''
      child.stderr.setEncoding('utf8').on('data', (text) => {
        said += String(text)
        const listening = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]
        if (!listening) return
        clearTimeout(timer)
        resolve(listening)
      })
    })
    const page = join(projectRoot, 'test', 'support', 'page.mjs')
    const asked = await mustRun(process.execPath, [
      '--no-warnings',
      '--experimental-websocket',
      page,
      port,
      momentsInPage,
    ])
    const { drawn, answering } = JSON.parse(asked.stdout)
    return {
      drawnMs: Math.round(drawn - begun),
      answeringMs: Math.round(answering - begun),
      mebibytes: Math.round(memoryOf(/** @type {number} */ (child.pid)) / 1024),
    }
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

/**
 * What a process and those below it hold, memory they share counted once, in KiB.
 * @param {number} top
 */
function memoryOf(top) {
  /** @type {Map<number, number>} */
  const parents = new Map()
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      // The program's name, in brackets, may hold spaces: what follows is counted from its end.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It has just ended.
    }
  }
  const isBelow = (/** @type {number} */ pid) => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (at === top) return true
    return false
  }
  let sum = 0
  for (const pid of [...parents.keys()].filter(isBelow)) {
    try {
      sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // It has just ended, or its memory is not ours to read.
    }
  }
  return sum
}
