import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from './namespaces.ts'
import { mustRun, type Finished, type Running } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

const patienceMs = 120_000

/**
 * This computer's own system with every change laid aside (overlayfs): a package is really installed there, with users of its
 * own, and nothing of it is left. It is one machine of the lab: its network is that machine's.
 */
export class SparedRoot {
  readonly #base = temporaryFolder('root')
  readonly path = join(this.#base, 'root')

  private constructor(private readonly machine: Namespace) {}

  static async create(machine: Namespace): Promise<SparedRoot> {
    const root = new SparedRoot(machine)
    try {
      await root.#mount()
      return root
    } catch (error) {
      await root.destroy()
      throw error
    }
  }

  async #mount(): Promise<void> {
    const changes = join(this.#base, 'changes')
    for (const folder of [this.path, changes]) mkdirSync(folder)
    // An overlay cannot lie on another one, as a container's disk is.
    await mustRun('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'amorce', changes])
    const [upper, work] = [join(changes, 'upper'), join(changes, 'work')]
    for (const folder of [upper, work]) mkdirSync(folder)
    await mustRun('mount', ['-t', 'overlay', '-o', `lowerdir=/,upperdir=${upper},workdir=${work}`, 'amorce', this.path])
    await mustRun('mount', ['-t', 'proc', 'proc', join(this.path, 'proc')])
    await mustRun('mount', ['--rbind', '/dev', join(this.path, 'dev')])
    await mustRun('mount', ['--make-rslave', join(this.path, 'dev')])
    for (const folder of ['tmp', 'run'])
      await mustRun('mount', ['-t', 'tmpfs', '-o', 'mode=1777', 'amorce', join(this.path, folder)])
  }

  /** What runs a command inside, as that user. */
  #wrap(user: string, command: string, args: readonly string[]): [string, string[]] {
    const asUser = user === 'root' ? [command, ...args] : ['runuser', '-u', user, '--', command, ...args]
    const environment = ['-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', 'HOME=/tmp']
    // Seen from inside the machine's network, where `ip netns exec` has mounts of its own, /sys shows its NICs.
    const enter = 'mount -t sysfs sysfs "$0/sys" && exec chroot "$0" "$@"'
    return ['sh', ['-c', enter, this.path, 'env', ...environment, ...asUser]]
  }

  run(user: string, command: string, ...args: string[]): Promise<Finished> {
    return this.machine.run(...this.#wrap(user, command, args), { timeoutMs: patienceMs })
  }

  mustRun(user: string, command: string, ...args: string[]): Promise<string> {
    return this.machine.mustRun(...this.#wrap(user, command, args), { timeoutMs: patienceMs })
  }

  start(user: string, command: string, ...args: string[]): Running {
    return this.machine.start(...this.#wrap(user, command, args))
  }

  async destroy(): Promise<void> {
    // Lazily: what a program that was just ended still holds goes when it has gone.
    for (const folder of ['run', 'tmp', 'dev', 'proc', '.'])
      await mustRun('umount', ['--recursive', '--lazy', join(this.path, folder)]).catch(() => undefined)
    await mustRun('umount', ['--lazy', join(this.#base, 'changes')]).catch(() => undefined)
  }
}
