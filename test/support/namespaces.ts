import { closeSync, existsSync, openSync, readdirSync } from 'node:fs'
import koffi from 'koffi'
import { mustRun, run, Running, type Finished, type ProcessOptions } from './processes.ts'

// Network namespaces stand for the machines and the switches of a room. Names begin with `amo-<pid>-`, so two test runs
// never meet and what a killed run left behind can be told from what is in use.

const prefix = (pid: number) => `amo-${pid}-`
const netnsFolder = '/var/run/netns'

/** One machine, or one switch, of the lab. */
export class Namespace {
  constructor(readonly name: string) {}

  /** The command line that runs `command` inside; `ip netns exec` also gives it a /sys that shows only these NICs. */
  wrap(command: string, args: readonly string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.name, command, ...args]]
  }

  start(command: string, args: readonly string[], options?: ProcessOptions): Running {
    return new Running(...this.wrap(command, args), options)
  }

  run(command: string, args: readonly string[], options?: ProcessOptions & { timeoutMs?: number }): Promise<Finished> {
    return run(...this.wrap(command, args), options)
  }

  mustRun(
    command: string,
    args: readonly string[],
    options?: ProcessOptions & { timeoutMs?: number },
  ): Promise<string> {
    return mustRun(...this.wrap(command, args), options)
  }

  /** `ip -n <this namespace> ...` */
  ip(...args: string[]): Promise<string> {
    return mustRun('ip', ['-n', this.name, ...args])
  }

  /**
   * What can be reached from other machines, sorted: `udp 0.0.0.0%exam0:67`, `tcp 192.168.60.1:8067`. The loopback,
   * where Playwright talks to the app, is left out.
   */
  async listening(): Promise<string[]> {
    const table = await this.mustRun('ss', ['-H', '-l', '-n', '-u', '-t'])
    return table
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [protocol, , , , local] = line.split(/\s+/)
        return `${protocol} ${local}`
      })
      .filter((socket) => !/ (127\.|\[::1\])/.test(socket))
      .sort()
  }

  /** How many UDP datagrams programs have read here since the namespace was made (RFC 4113 udpInDatagrams). */
  async datagramsRead(): Promise<number> {
    const lines = (await this.mustRun('cat', ['/proc/net/snmp'])).split('\n')
    const [names, values] = lines.filter((line) => line.startsWith('Udp: ')).map((line) => line.split(' '))
    return Number(values?.[names?.indexOf('InDatagrams') ?? -1])
  }

  async macOf(nic: string): Promise<string> {
    return (await this.mustRun('cat', [`/sys/class/net/${nic}/address`])).trim()
  }
}

/** An unmanaged switch: a bridge in a namespace of its own, with machines plugged into it. */
export class Segment {
  #ports = 0

  constructor(
    readonly namespace: Namespace,
    private readonly network: LabNetwork,
  ) {}

  /** The bridge's name inside the switch's namespace. */
  readonly bridge = 'br0'

  /** Plugs NIC `nic` of `machine` into the switch, up and without an address. */
  async plug(machine: Namespace, nic: string): Promise<void> {
    const port = `port${++this.#ports}`
    const pair = ['link', 'add', nic, 'netns', machine.name, 'type', 'veth', 'peer', 'name', port]
    await mustRun('ip', [...pair, 'netns', this.namespace.name])
    await this.namespace.ip('link', 'set', port, 'master', this.bridge, 'up')
    await machine.ip('link', 'set', nic, 'up')
  }

  /** A new machine with one NIC, `eth0`, on this switch. `address` as `10.99.0.2/24`; none for a DHCP client. */
  async addMachine(label: string, address?: string): Promise<Namespace> {
    const machine = await this.network.addNamespace(label)
    await this.plug(machine, 'eth0')
    if (address) await machine.ip('address', 'add', address, 'dev', 'eth0')
    return machine
  }

  /** A tap on the switch, for QEMU to be run inside the switch's namespace. */
  async addTap(): Promise<string> {
    const tap = `tap${++this.#ports}`
    await this.namespace.ip('tuntap', 'add', tap, 'mode', 'tap')
    await this.namespace.ip('link', 'set', tap, 'master', this.bridge, 'up')
    return tap
  }
}

/**
 * The network of one test: the technician's laptop with NIC `exam0` (192.168.60.1/24) on the exam room's switch and
 * NIC `other0` (10.99.0.1/24) on the campus's, and whatever machines a test plugs into either.
 */
export class LabNetwork {
  readonly #namespaces: Namespace[] = []
  laptop!: Namespace
  room!: Segment
  campus!: Segment

  static readonly examNic = 'exam0'
  static readonly examAddress = '192.168.60.1'
  static readonly otherNic = 'other0'
  static readonly otherAddress = '10.99.0.1'

  static async create(): Promise<LabNetwork> {
    await sweepLeftovers()
    const network = new LabNetwork()
    try {
      network.laptop = await network.addNamespace('laptop')
      network.room = await network.addSegment('room')
      network.campus = await network.addSegment('campus')
      await network.room.plug(network.laptop, LabNetwork.examNic)
      await network.campus.plug(network.laptop, LabNetwork.otherNic)
      await network.laptop.ip('address', 'add', `${LabNetwork.examAddress}/24`, 'dev', LabNetwork.examNic)
      await network.laptop.ip('address', 'add', `${LabNetwork.otherAddress}/24`, 'dev', LabNetwork.otherNic)
      return network
    } catch (error) {
      await network.destroy()
      throw error
    }
  }

  async addNamespace(label: string): Promise<Namespace> {
    const namespace = new Namespace(freeName(label))
    await mustRun('ip', ['netns', 'add', namespace.name])
    this.#namespaces.push(namespace)
    // IPv6 has machines say things by themselves (router solicitations), which would blur "this NIC stayed silent".
    await namespace.mustRun('sysctl', [
      '-qw',
      'net.ipv6.conf.all.disable_ipv6=1',
      'net.ipv6.conf.default.disable_ipv6=1',
    ])
    await namespace.ip('link', 'set', 'lo', 'up')
    return namespace
  }

  /** Another switch, of another room. */
  async addSegment(label: string): Promise<Segment> {
    const segment = new Segment(await this.addNamespace(label), this)
    await segment.namespace.ip('link', 'add', segment.bridge, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0')
    await segment.namespace.ip('link', 'set', segment.bridge, 'up')
    return segment
  }

  /** Ends what still runs inside and removes every namespace, with all their NICs. */
  async destroy(): Promise<void> {
    for (const namespace of this.#namespaces.splice(0).reverse()) await removeNamespace(namespace.name)
  }
}

function freeName(label: string): string {
  for (let n = 1; ; n++) {
    const name = `${prefix(process.pid)}${label}${n === 1 ? '' : n}`
    if (!existsSync(`${netnsFolder}/${name}`)) return name
  }
}

async function removeNamespace(name: string): Promise<void> {
  const inside = (await mustRun('ip', ['netns', 'pids', name])).split('\n').filter(Boolean).map(Number)
  for (const pid of inside) if (pid !== process.pid) kill(pid)
  await mustRun('ip', ['netns', 'delete', name])
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Removes the namespaces of test runs that were killed before they could. */
async function sweepLeftovers(): Promise<void> {
  if (!existsSync(netnsFolder)) return
  for (const name of readdirSync(netnsFolder)) {
    const owner = /^amo-(\d+)-/.exec(name)?.[1]
    if (owner && !existsSync(`/proc/${owner}`)) await removeNamespace(name)
  }
}

const cloneNewNet = 0x4000_0000

/**
 * Runs `task` with this process's main thread moved into a namespace: sockets opened and children started meanwhile live
 * there, and stay there. Playwright talks to Electron over the loopback, and each namespace has a loopback of its own.
 */
export async function inside<T>(namespace: Namespace, task: () => Promise<T>): Promise<T> {
  const before = openSync('/proc/self/ns/net', 'r')
  const target = openSync(`${netnsFolder}/${namespace.name}`, 'r')
  try {
    enter(target)
    return await task()
  } finally {
    enter(before)
    closeSync(before)
    closeSync(target)
  }
}

function enter(fd: number): void {
  const setns = koffi.load('libc.so.6').func('int setns(int fd, int nstype)')
  if (setns(fd, cloneNewNet) !== 0) throw new Error(`setns failed with errno ${koffi.errno()}`)
}
