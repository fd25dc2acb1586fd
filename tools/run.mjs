import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

/** The project's root folder. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * A line for the person who started a command. It goes to stderr, so that stdout stays what the command is asked for.
 * @param {string} line
 */
export const say = (line) => {
  process.stderr.write(`amorce: ${line}\n`)
}

/**
 * Says what went wrong and ends the process: what a command's last line of defence does with an error.
 * @param {unknown} error
 * @returns {never}
 */
export function die(error) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

/** Ends the process with what to type where the packages that everything here is made of are missing. */
export function requireDependencies() {
  // npm writes it last.
  if (existsSync(join(projectRoot, 'node_modules', '.package-lock.json'))) return
  die(`the packages it is made of are missing; in ${projectRoot} type once: npm ci`)
}

/**
 * Runs a program to its end, keeping what it prints.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} `output` is stdout and stderr together; `code` is
 *   -1 when the program could not be started or was stopped
 */
export function run(program, args, { cwd = projectRoot, env = process.env, timeoutMs, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.on('error', (error) => resolve({ code: -1, output: `${output}${error.message}`, stdout }))
    child.on('close', (code) => resolve({ code: code ?? -1, output, stdout }))
  })
}

/**
 * Like `run`, but anything but success is an error that shows the program's last lines.
 * @param {string} program
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export async function mustRun(program, args, options) {
  const result = await run(program, args, options)
  if (result.code === 0) return result
  const lastLines = stripVTControlCharacters(result.output).trimEnd().split('\n').slice(-60).join('\n')
  throw new Error(`${[program, ...args].join(' ')} failed (${result.code}):\n${lastLines}`)
}
