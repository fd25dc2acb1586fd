import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'

export interface ProcessOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Where everything it says is also written, to be attached to a failed test. */
  logFile?: string
}

export interface Finished {
  /** The exit code; null when a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
}

/**
 * A process of ours: what it said so far, and its end. Ended by its own pid, never by name.
 * It is always a child of this test process, also when it runs inside a network namespace.
 */
export class Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  stdout = ''
  stderr = ''
  readonly #title: string
  readonly #watchers = new Set<() => void>()
  #log: WriteStream | undefined

  constructor(command: string, args: readonly string[], { env = process.env, cwd, logFile }: ProcessOptions = {}) {
    this.#title = [command, ...args].join(' ')
    this.#log = logFile ? createWriteStream(logFile) : undefined
    this.child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#heard('stdout', text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#heard('stderr', text))
    this.finished = this.#end()
    // A start that failed is told to whoever awaits `finished`; nobody awaiting it must not end the test run.
    this.finished.catch(() => undefined)
  }

  get said(): string {
    return this.stdout + this.stderr
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** Waits until what it said matches; fails with everything it said when it ends or the time is up before that. */
  async waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        const match = this.said.match(pattern)
        if (!match && !error && !this.ended) return
        clearTimeout(timer)
        this.#watchers.delete(watcher)
        if (match) resolve(match)
        else reject(error ?? new Error(`${this.#title} ended without saying ${pattern}:\n${this.said}`))
      }
      const watcher = () => settle()
      const timer = setTimeout(
        () => settle(new Error(`${this.#title} did not say ${pattern} within ${timeoutMs} ms:\n${this.said}`)),
        timeoutMs,
      )
      this.#watchers.add(watcher)
      settle()
    })
  }

  /** Ends it: politely, then by force when it is still there after `graceMs`. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 3000): Promise<Finished> {
    this.child.kill(signal)
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs)
    try {
      return await this.finished
    } finally {
      clearTimeout(timer)
    }
  }

  async #end(): Promise<Finished> {
    try {
      const [code] = (await once(this.child, 'close')) as [number | null]
      return { code, stdout: this.stdout, stderr: this.stderr }
    } finally {
      this.#log?.end()
      this.#log = undefined
      for (const watcher of [...this.#watchers]) watcher()
    }
  }

  #heard(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text
    this.#log?.write(text)
    for (const watcher of [...this.#watchers]) watcher()
  }
}

/** Runs a command to its end. A non-zero exit is a result, not an exception; a command still running at `timeoutMs` is ended. */
export async function run(
  command: string,
  args: readonly string[],
  { timeoutMs = 30_000, ...options }: ProcessOptions & { timeoutMs?: number } = {},
): Promise<Finished> {
  const running = new Running(command, args, options)
  const timer = setTimeout(() => running.child.kill('SIGKILL'), timeoutMs)
  try {
    return await running.finished
  } finally {
    clearTimeout(timer)
  }
}

/** Runs a command that must succeed and gives what it printed. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: ProcessOptions & { timeoutMs?: number } = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options)
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return stdout
}
