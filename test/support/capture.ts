import type { Namespace } from './namespaces.ts'
import type { Running } from './processes.ts'

/** What tcpdump hears on one NIC, one line a frame, link-level addresses first. */
export class Capture {
  private constructor(private readonly tcpdump: Running) {}

  static async start(machine: Namespace, nic: string): Promise<Capture> {
    // Immediate mode and line buffering: a frame is told when it is heard, so that silence is silence.
    const tcpdump = machine.start('tcpdump', ['-i', nic, '-nn', '-e', '-l', '--immediate-mode', '-Z', 'root'])
    await tcpdump.waitFor(/listening on/, 10_000)
    return new Capture(tcpdump)
  }

  get frames(): string[] {
    return this.tcpdump.stdout.split('\n').filter(Boolean)
  }

  framesFrom(mac: string): string[] {
    return this.frames.filter((frame) => frame.split(' ')[1] === mac)
  }

  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray> {
    return this.tcpdump.waitFor(pattern, timeoutMs)
  }

  async stop(): Promise<string[]> {
    await this.tcpdump.stop('SIGINT')
    return this.frames
  }
}
