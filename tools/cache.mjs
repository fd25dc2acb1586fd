import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where what was fetched or compiled once is kept, so that a second run needs no network. */
export function cacheFolder() {
  const folder = resolve(
    process.env.AMORCE_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'amorce'),
  )
  mkdirSync(folder, { recursive: true })
  return folder
}

/**
 * Makes `target` (a file or a folder) once. Only a finished one ever appears under that name, and when two processes
 * want it at the same time, one makes it and the other waits.
 * @param {string} target
 * @param {(path: string) => void | Promise<void>} make makes it at `path`, on the same disk as `target`
 */
export async function makeOnce(target, make) {
  if (existsSync(target)) return
  await withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return
    const unfinished = `${target}.${process.pid}.tmp`
    try {
      await make(unfinished)
      renameSync(unfinished, target)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  })
}

/**
 * Does `work` while no other process does any under the same lock.
 * @param {string} file
 * @param {() => Promise<void>} work
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  const release = await lock(file)
  try {
    await work()
  } finally {
    release()
  }
}

/**
 * Takes the lock `file`, waiting while a living process holds it. A holder that died without releasing is succeeded.
 * @param {string} file
 */
async function lock(file) {
  const token = `${process.pid} ${randomBytes(4).toString('hex')}`
  for (;;) {
    try {
      writeFileSync(file, token, { flag: 'wx' })
      break
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    const holder = readIfThere(file)
    if (holder && !isAlive(Number.parseInt(holder))) {
      // Renaming first makes sure that of several waiters only one removes the dead holder's lock.
      const removed = `${file}.${token.replace(' ', '.')}`
      try {
        renameSync(file, removed)
        rmSync(removed)
      } catch {
        // Another waiter was faster.
      }
      continue
    }
    await sleep(200)
  }
  const release = () => {
    if (readIfThere(file) === token) rmSync(file, { force: true })
  }
  process.once('exit', release)
  return () => {
    process.off('exit', release)
    release()
  }
}

/** @param {string} file */
const readIfThere = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
