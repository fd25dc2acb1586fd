import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../tools/run.mjs'
import type { Namespace } from './namespaces.ts'
import { mustRun } from './processes.ts'

const debuggingPort = 9333

/** Chromium's switches that let it be driven. */
export const drivable = ['--disable-gpu', `--remote-debugging-port=${debuggingPort}`]

/**
 * The window of a packaged Amorce: its fuses refuse Node's inspector, so it is driven as a web page is. Whatever runs as that
 * program on that machine is meant, also one that was started anew by itself.
 */
export class PackagedWindow {
  /** @param program where it lies on that machine */
  constructor(
    private readonly machine: Namespace,
    private readonly program: string,
  ) {}

  /** What an expression is in its page. */
  async evaluate(expression: string): Promise<unknown> {
    const script = join(projectRoot, 'test', 'support', 'page.mjs')
    const args = ['--no-warnings', '--experimental-websocket', script, String(debuggingPort), expression]
    return JSON.parse(await this.machine.mustRun(process.execPath, args, { timeoutMs: 30_000 })) as unknown
  }

  /** Asks it to end. Between it and a test are programs that hand no signal on. */
  async end(): Promise<void> {
    process.kill(await this.#pid(), 'SIGTERM')
  }

  /** What the kernel tells of its main process, /proc/PID/status. */
  async status(): Promise<string> {
    return readFileSync(`/proc/${await this.#pid()}/status`, 'utf8')
  }

  async #pid(): Promise<number> {
    const [window] = await this.#pids(`${this.program} --data `)
    if (window === undefined) throw new Error('the window is not there')
    return window
  }

  /** All processes of that program: its own, and Chromium's helpers. */
  async processes(): Promise<number> {
    return (await this.#pids(`${this.program} `)).length
  }

  async #pids(beginning: string): Promise<number[]> {
    const pids = (await mustRun('ip', ['netns', 'pids', this.machine.name])).split('\n').filter(Boolean).map(Number)
    return pids.filter((pid) => commandOf(pid).startsWith(beginning))
  }
}

/** Its words, as it was started with or as Chromium has written them anew; none once it has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
