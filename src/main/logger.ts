import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from '../base/index.ts'

const maxLogBytes = 5 * 2 ** 20

/** A plain log file for maintainers, one line a message; the older half is kept aside when it grows. */
export function fileLogger(path: string): Logger {
  mkdirSync(dirname(path), { recursive: true })
  const write = (level: string, message: string, fields: Record<string, unknown> = {}): void => {
    try {
      if (existsSync(path) && statSync(path).size > maxLogBytes) renameSync(path, `${path}.1`)
      appendFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`)
    } catch (error) {
      // A full disk must not stop an exam: the terminal is the last place left to say it.
      console.error(`log not written: ${String(error)}; ${level}: ${message}`)
    }
  }
  return {
    debug: () => {},
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  }
}
