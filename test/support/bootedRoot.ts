import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from './namespaces.ts'
import type { Finished, Running } from './processes.ts'
import type { SparedRoot } from './sparedRoot.ts'

/** What starts with every service and is of use here: its journal. Udev, mounts and the like belong to the real system. */
const wanted = ['systemd-journald.service', 'systemd-journald.socket', 'systemd-journald-dev-log.socket']
const bootTarget = 'lab.target'

/**
 * Run in the machine's network, with mounts that nobody else sees (`ip netns exec`). systemd begins in a control group of its own, whose
 * namespace makes it the root of what systemd sees.
 */
const enterScript = `set -e
mount -t sysfs sysfs "$0/sys"
mount -t cgroup2 cgroup2 "$0/sys/fs/cgroup"
mkdir "$0/sys/fs/cgroup/$1"
echo $$ > "$0/sys/fs/cgroup/$1/cgroup.procs"
umount "$0/sys/fs/cgroup"
exec unshare --mount --pid --cgroup --ipc --uts --fork --kill-child sh -c "$2" "$0"`
const bootScript = `set -e
umount --recursive --lazy "$0/proc"
mount -t proc proc "$0/proc"
mount -t cgroup2 cgroup2 "$0/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$0/dev"
for name in null zero full random urandom tty; do : > "$0/dev/$name"; mount --bind "/dev/$name" "$0/dev/$name"; done
mkdir "$0/dev/shm" "$0/dev/pts"
mount -t tmpfs tmpfs "$0/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts"
ln -s pts/ptmx "$0/dev/ptmx"
exec chroot "$0" env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=${bootTarget}`

/** A spared root whose own systemd runs, as process 1 of a process namespace, with nothing but a journal at first. */
export class BootedRoot {
  readonly #group = `amorce-lab-${process.pid}`
  #systemd: Running | undefined
  #pid = ''

  private constructor(
    private readonly root: SparedRoot,
    private readonly machine: Namespace,
  ) {}

  static async boot(root: SparedRoot, machine: Namespace): Promise<BootedRoot> {
    const booted = new BootedRoot(root, machine)
    booted.#mask()
    booted.#systemd = machine.start('sh', ['-c', enterScript, root.path, booted.#group, bootScript])
    await booted.#running()
    return booted
  }

  #mask(): void {
    const at = (...path: string[]) => join(this.root.path, ...path)
    const own = at('etc/systemd/system')
    const packaged = at('usr/lib/systemd/system')
    rmSync(at('etc/fstab'), { force: true })
    const foldersIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.wants'))
    for (const folder of foldersIn(own)) rmSync(join(own, folder), { recursive: true })
    const names = foldersIn(packaged).flatMap((folder) => readdirSync(join(packaged, folder)))
    for (const name of new Set(names)) {
      if (wanted.includes(name) || /\.(target|slice)$/.test(name)) continue
      rmSync(join(own, name), { force: true })
      symlinkSync('/dev/null', join(own, name))
    }
    mkdirSync(at('etc/systemd/system-generators'), { recursive: true })
    for (const name of readdirSync(at('usr/lib/systemd/system-generators')))
      symlinkSync('/dev/null', at('etc/systemd/system-generators', name))
    writeFileSync(join(own, bootTarget), `[Unit]\nDescription=Lab\nWants=${wanted[0]}\n`)
  }

  async #running(): Promise<void> {
    const systemd = this.#systemd
    if (!systemd) throw new Error('it was not started')
    const deadline = Date.now() + 30_000
    let state = ''
    while (!systemd.ended && Date.now() < deadline) {
      this.#pid ||= await this.#firstProcess()
      state = this.#pid === '' ? '' : (await this.run('systemctl', 'is-system-running')).stdout.trim()
      if (state === 'running') return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await this.stop()
    throw new Error(`systemd does not run (${state}):\n${systemd.said}`)
  }

  /** Seen from outside: the one child of `unshare`, once it is systemd. */
  async #firstProcess(): Promise<string> {
    const { stdout } = await this.machine.run('ps', ['--ppid', String(this.#systemd?.child.pid), '-o', 'pid=,comm='])
    return /^\s*(\d+) systemd$/m.exec(stdout)?.[1] ?? ''
  }

  /** Runs a command as root beside systemd's services. */
  run(command: string, ...args: string[]): Promise<Finished> {
    const namespaces = ['--target', this.#pid, '--mount', '--pid', '--cgroup', '--ipc', '--uts']
    const environment = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', 'HOME=/root', 'PAGER=cat']
    const root = `--root=/proc/${this.#pid}/root`
    return this.machine.run('nsenter', [...namespaces, root, '--wd=/', ...environment, command, ...args])
  }

  async mustRun(command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, ...args)
    if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${stdout}${stderr}`)
    return stdout
  }

  /** Ends systemd and all that it started, and takes its control group away. */
  async stop(): Promise<void> {
    await this.#systemd?.stop('SIGKILL')
    const at = join(this.root.path, 'sys')
    // What is killed is gone a moment later; until then its group cannot be removed.
    const remove = `set -e
mount -t cgroup2 cgroup2 "$0"
while grep -q '^populated 1' "$0/$1/cgroup.events"; do sleep 0.1; done
find "$0/$1" -depth -type d -delete
umount "$0"`
    await this.machine.mustRun('sh', ['-c', remove, at, this.#group])
  }
}
