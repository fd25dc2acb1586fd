import { spawn } from 'node:child_process'

export interface CommandResult {
  code: number
  stdout: string
  stderr: string
}

/**
 * Runs a program without a shell and waits for it.
 * @throws the system's error when it cannot be started (ENOENT: not installed) or runs for longer than `timeoutMs`.
 */
export type RunCommand = (
  program: string,
  args: readonly string[],
  options?: { input?: string; timeoutMs?: number },
) => Promise<CommandResult>

export const runCommand: RunCommand = (program, args, { input = '', timeoutMs = 10_000 } = {}) =>
  new Promise((resolve, reject) => {
    // Programs are read in English whatever the desktop's language.
    const child = spawn(program, args, {
      env: { ...process.env, LC_ALL: 'C' },
      windowsHide: true,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
    // A program that ends without reading its input is no fault of ours; its exit code says what matters.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
